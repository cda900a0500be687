package keeper_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// walk is a desk where people do what they like, and what the test itself knows of it.
type walk struct {
	*desk
	t         *testing.T
	random    *rand.Rand
	keys      []string            // of the operators, in the order of the genesis
	gone      []string            // addresses that were an operator's
	approvers map[uint64][]string // addresses whose approval of an action was taken
	done      map[uint64]bool     // actions that were executed
	parties   map[uint64]string   // what each action would register
	newKeys   int
}

func TestNothingIsExecutedWithoutTheApprovalsThatItNeeds(t *testing.T) {
	executions, refusals := 0, 0
	for seed := range uint64(6) {
		w := &walk{
			desk: newDesk(t), t: t, random: rand.New(rand.NewPCG(seed, 1)),
			approvers: map[uint64][]string{}, done: map[uint64]bool{}, parties: map[uint64]string{},
		}
		for _, operator := range deskState().Operators {
			w.keys = append(w.keys, operator.Address)
		}
		for range 400 {
			if !w.step() {
				refusals++
			}
			w.check()
		}
		executions += len(w.done)
	}
	require.Greater(t, executions, 20, "the walk must get somewhere")
	require.Greater(t, refusals, 500, "and be stopped often")
}

func (w *walk) key() string {
	if len(w.gone) > 0 && w.random.IntN(10) == 0 {
		return w.gone[w.random.IntN(len(w.gone))]
	}
	return w.keys[w.random.IntN(len(w.keys))]
}

func (w *walk) someAction() types.Action {
	var all []types.Action
	page, err := w.queries.Actions(w.ctx, &types.QueryActionsRequest{InstitutionId: "BQDQ", Status: []types.ActionStatus{0, pending, pending, pending, executed}[w.random.IntN(5)]})
	require.NoError(w.t, err)
	all = page.Actions
	if len(all) == 0 {
		return types.Action{Id: 999}
	}
	return all[w.random.IntN(len(all))]
}

// step is one transaction; it tells whether it was taken.
func (w *walk) step() bool {
	branch, commit := w.ctx.CacheContext()
	var err error
	switch dice := w.random.IntN(20); {
	case dice < 4:
		err = w.propose(branch)
	case dice < 14:
		err = w.approve(branch)
	case dice < 15:
		_, err = w.messages.RejectAction(branch, &types.MsgRejectAction{Operator: w.key(), ActionId: w.someAction().Id, Reason: "NO"})
	case dice < 18:
		status := []types.MemberStatus{active, active, suspended}[w.random.IntN(3)]
		_, err = w.messages.SetOperatorStatus(branch, &types.MsgSetOperatorStatus{Operator: address("Ada admin"), Address: w.key(), Status: status})
	case dice < 19:
		err = w.rotateSome(branch)
	default:
		branch = branch.WithBlockTime(branch.BlockTime().Add(time.Duration(w.random.IntN(30)) * time.Hour))
		err = w.keeper.EndBlock(branch)
		w.ctx = w.ctx.WithBlockTime(branch.BlockTime())
	}
	if err == nil {
		commit()
	}
	return err == nil
}

func (w *walk) propose(ctx sdk.Context) error {
	maker := w.key()
	if w.random.IntN(2) == 0 {
		maker = w.keys[1] // Ann, who may
	}
	msg := newParty(fmt.Sprintf("party-%d-%d", w.ctx.BlockTime().Unix(), w.random.Uint32())).(*types.MsgRegisterParty)
	msg.Operator = maker
	response, err := w.messages.ProposeAction(ctx, &types.MsgProposeAction{Operator: maker, Messages: pack(w.t, msg)})
	if err == nil {
		w.parties[response.ActionId] = msg.Party.Id
		w.approvers[response.ActionId] = nil
	}
	return err
}

func (w *walk) approve(ctx sdk.Context) error {
	by, action := w.key(), w.someAction()
	if w.random.IntN(2) == 0 {
		by = w.keys[3+w.random.IntN(3)] // a director
	}
	response, err := w.messages.ApproveAction(ctx, &types.MsgApproveAction{
		Operator: by, ActionId: action.Id, Digest: action.Digest, Units: action.Units,
	})
	if err != nil {
		return err
	}
	w.approvers[action.Id] = append(w.approvers[action.Id], by)
	if response.Status != executed {
		return nil
	}
	require.False(w.t, w.done[action.Id], "action %d is executed once", action.Id)
	w.done[action.Id] = true
	w.requireTwoDirectors(action)
	return nil
}

// requireTwoDirectors asks, of what the test has seen itself and of the state before the execution, whether two
// different persons had a say who are active directors now, and whether the maker is active and none of them.
func (w *walk) requireTwoDirectors(action types.Action) {
	require.Equal(w.t, active, w.operatorAt(w.t, action.Maker).Status)
	var persons []string
	for _, text := range w.approvers[action.Id] {
		operator := w.operatorAt(w.t, text)
		if operator.Status != active || !slices.Contains(operator.Roles, "director") || operator.InstitutionId != "BQDQ" || operator.PartyId != "" {
			continue
		}
		require.NotEqual(w.t, action.MakerHolder, operator.Holder)
		if !slices.Contains(persons, operator.Holder) {
			persons = append(persons, operator.Holder)
		}
	}
	require.GreaterOrEqual(w.t, len(persons), 2, "action %d", action.Id)
}

func (w *walk) rotateSome(ctx sdk.Context) error {
	w.newKeys++
	at, key := 1+w.random.IntN(len(w.keys)-1), keyNamed(fmt.Sprint("key ", w.newKeys)) // Ada keeps the desk running
	old := w.keys[at]
	proof, err := key.private.Sign(types.KeyRotationBytes("zhilian-test", mustDecode(old), key.raw()))
	require.NoError(w.t, err)
	_, err = w.messages.RotateKey(ctx, &types.MsgRotateKey{Operator: old, PublicKey: key.packed(w.t), Proof: proof})
	if err == nil {
		w.keys[at] = key.address()
		w.gone = append(w.gone, old)
	}
	return err
}

// check compares what is there with what was executed: a party for each executed action, and no other.
func (w *walk) check() {
	for id, party := range w.parties {
		require.Equal(w.t, w.done[id], w.hasParty(party), "action %d", id)
	}
	registered := map[string]int{}
	for _, event := range eventsNamed[*types.EventPartyRegistered](w.t, w.desk) {
		registered[event.PartyId]++
		require.Equal(w.t, 1, registered[event.PartyId])
	}
	require.Len(w.t, registered, len(w.done))
}
