package keeper_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/consortium/domain"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// cometDelay is the number of blocks after which CometBFT asks a validator set for its votes: an
// update of block H counts from H+2 on, whose votes come with H+3.
const cometDelay = 3

// network runs the module against CometBFT's own validator set, which refuses a wrong update.
type network struct {
	*fixture
	comet *cmttypes.ValidatorSet
	// history is the sets of the last cometDelay blocks, oldest first.
	history []*cmttypes.ValidatorSet
}

func newNetwork(t *rapid.T, ids []string) *network {
	f := newFixture(t, ids...)
	var validators []types.Validator
	for _, id := range ids[:rapid.IntRange(1, len(ids)).Draw(t, "genesis validators")] {
		validators = append(validators, validator(id, rapid.Int64Range(1, 5).Draw(t, "power"), active))
	}
	first, err := cmttypes.PB2TM.ValidatorUpdates(f.withValidators(t, validators...))
	require.NoError(t, err)
	n := &network{fixture: f, comet: cmttypes.NewValidatorSet(first)}
	for range cometDelay {
		n.history = append(n.history, n.comet.Copy())
	}
	return n
}

// votes asks the set of some blocks ago; nobody in it is sure to sign.
func (n *network) votes(t *rapid.T) []abci.VoteInfo {
	var votes []abci.VoteInfo
	for _, validator := range n.history[0].Validators {
		flag := cmtproto.BlockIDFlagCommit
		if rapid.IntRange(0, 2).Draw(t, "missed") == 0 {
			flag = cmtproto.BlockIDFlagAbsent
		}
		votes = append(votes, abci.VoteInfo{
			Validator:   abci.Validator{Address: validator.Address, Power: validator.VotingPower},
			BlockIdFlag: flag,
		})
	}
	return votes
}

// transact runs one random transaction; like a real one, it leaves no trace if it fails.
func (n *network) transact(t *rapid.T, ids []string) {
	before := n.ctx
	branch, commit := n.ctx.CacheContext()
	n.ctx = branch
	id := rapid.SampledFrom(ids).Draw(t, "institution")
	var err error
	switch rapid.SampledFrom([]string{"admit", "admit", "remove", "unjail", "unjail", "replace"}).Draw(t, "transaction") {
	case "admit":
		err = n.admit(id, anyKey(t, ids), rapid.Int64Range(1, 5).Draw(t, "power"))
	case "remove":
		err = n.remove(id)
	case "unjail":
		err = n.unjail(id)
	case "replace":
		if err = n.remove(id); err == nil {
			err = n.admit(id, anyKey(t, ids), rapid.Int64Range(1, 5).Draw(t, "power"))
		}
	}
	n.ctx = before
	if err == nil {
		commit()
	}
}

// anyKey is a key of any institution: its first or its second one.
func anyKey(t *rapid.T, ids []string) string {
	return rapid.SampledFrom(ids).Draw(t, "key") + rapid.SampledFrom([]string{"", "-2"}).Draw(t, "key number")
}

func (n *network) set(t *rapid.T) domain.Set {
	state, err := n.keeper.ExportGenesis(n.ctx)
	require.NoError(t, err)
	return domain.NewSet(state.Validators)
}

func (n *network) beginRandomBlock(t *rapid.T, ids []string) {
	var misbehaviour []abci.Misbehavior
	if rapid.IntRange(0, 19).Draw(t, "evidence") == 0 {
		misbehaviour = append(misbehaviour, evidence(abci.MisbehaviorType_DUPLICATE_VOTE, anyKey(t, ids)))
	}
	activeBefore := n.set(t)
	n.beginBlock(t, n.votes(t), misbehaviour...)

	var jailedNow int64
	for _, change := range events[*types.EventValidatorStatusChanged](t, n.fixture) {
		if change.NewStatus == jailed {
			jailedNow += n.validator(t, change.InstitutionId).Validator.Power
		}
	}
	if jailedNow > 0 {
		after := n.set(t)
		require.Less(t, after.JailedPower()*3, after.AdmittedPower(), "a third of the admitted power is never jailed")
		require.Less(t, jailedNow*3, activeBefore.AdmittedPower()-activeBefore.JailedPower(), "nor of the active power in one block")
	}
}

func (n *network) endRandomBlock(t *rapid.T) {
	updates, err := cmttypes.PB2TM.ValidatorUpdates(n.endBlock(t))
	require.NoError(t, err)
	require.NoError(t, n.comet.UpdateWithChangeSet(updates), "CometBFT takes the updates")
	n.history = append(n.history[1:], n.comet.Copy())

	state, err := n.keeper.ExportGenesis(n.ctx)
	require.NoError(t, err)
	var want, got []string
	for _, validator := range state.Validators {
		if power := validator.EffectivePower(); power > 0 {
			address, err := types.ConsensusAddress(validator.ConsensusPubkey)
			require.NoError(t, err)
			want = append(want, fmt.Sprintf("%X has %d", address.Bytes(), power))
		}
	}
	for _, validator := range n.comet.Validators {
		got = append(got, fmt.Sprintf("%X has %d", validator.Address.Bytes(), validator.VotingPower))
	}
	slices.Sort(want)
	slices.Sort(got)
	require.NotEmpty(t, got)
	require.Equal(t, want, got, "CometBFT's set is the module's active set")
}

func TestCometAlwaysFollowsTheActiveSet(t *testing.T) {
	ids := []string{"AAAA", "BBBB", "CCCC", "DDDD", "EEEE", "FFFF", "GGGG"}
	rapid.Check(t, func(t *rapid.T) {
		n := newNetwork(t, ids)
		for range rapid.IntRange(5, 40).Draw(t, "blocks") {
			n.beginRandomBlock(t, ids)
			for range rapid.IntRange(0, 4).Draw(t, "transactions") {
				n.transact(t, ids)
			}
			n.endRandomBlock(t)
			n.ctx = n.ctx.WithBlockTime(n.ctx.BlockTime().Add(20 * time.Second))
		}
		requireSameAfterImport(t, n.fixture, ids)
	})
}

// requireSameAfterImport exports, imports into a new network as JSON, and exports again.
func requireSameAfterImport(t require.TestingT, f *fixture, ids []string) *fixture {
	exported, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	text, err := f.cdc.MarshalJSON(exported)
	require.NoError(t, err)

	copied := newFixture(t, ids...)
	var state types.GenesisState
	require.NoError(t, copied.cdc.UnmarshalJSON(text, &state))
	copied.ctx = copied.ctx.WithBlockTime(f.ctx.BlockTime()).WithEventManager(sdk.NewEventManager())
	_, err = copied.keeper.InitGenesis(copied.ctx, &state)
	require.NoError(t, err)
	again, err := copied.keeper.ExportGenesis(copied.ctx)
	require.NoError(t, err)
	textAgain, err := copied.cdc.MarshalJSON(again)
	require.NoError(t, err)
	require.Equal(t, string(text), string(textAgain))
	violations, err := copied.keeper.CheckInvariants(copied.ctx)
	require.NoError(t, err)
	require.Empty(t, violations)
	return copied
}
