package gateway

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// fakeJudge wants approval from 100 on under the proposed policies, and lets all through today.
type fakeJudge struct {
	uses  []access.PastUse
	fails error
}

func (f *fakeJudge) ScopeOf(_ context.Context, operator string) (access.Scope, error) {
	return access.Scope{InstitutionID: operator}, nil // operators are named after their institutions here
}

func (f *fakeJudge) SimulatePolicies(_ context.Context, _ access.ApprovalPolicies, uses []access.PastUse) (access.Simulation, error) {
	f.uses = uses
	simulation := access.Simulation{Lockouts: []access.Lockout{{Policy: "p", Err: access.ErrPolicyLocksOut.Wrap("p")}}}
	for _, use := range uses {
		judged := access.JudgedUse{SpentBefore: math.ZeroInt(), Current: access.Judgement{Verdict: access.VerdictAllowed}}
		if judged.Proposed = judged.Current; use.Money.Total.GTE(math.NewInt(100)) {
			judged.Proposed = access.Judgement{Verdict: access.VerdictNeedsApproval, Rule: "policy p", Approvals: 1, Err: access.ErrApprovalNeeded.Wrap("p")}
		}
		simulation.Uses = append(simulation.Uses, judged)
	}
	return simulation, f.fails
}

// paying is a chain of blocks, each with the events of one transaction.
type paying struct {
	Node
	blocks map[int64][]abci.Event
	pruned int64 // blocks up to it are gone
}

func (p paying) BlockResults(_ context.Context, height *int64) (*coretypes.ResultBlockResults, error) {
	if *height <= p.pruned {
		return nil, errors.New("height is not available, lowest height is " + fmt.Sprint(p.pruned+1))
	}
	failed := &abci.ExecTxResult{Code: 5, Events: p.blocks[*height]}
	return &coretypes.ResultBlockResults{Height: *height, TxsResults: []*abci.ExecTxResult{failed, {Events: p.blocks[*height]}}}, nil
}

func eventOf(t *testing.T, message int, event proto.Message) abci.Event {
	t.Helper()
	typed, err := sdk.TypedEventToEvent(event)
	require.NoError(t, err)
	return abci.Event(typed.AppendAttributes(sdk.NewAttribute("msg_index", fmt.Sprint(message))))
}

func settledBy(t *testing.T, message int, operator, uetr, file string, amount int64) abci.Event {
	return eventOf(t, message, &settlement.EventPaymentSettled{
		Uetr: uetr, Operator: operator, Debtor: accountOf(t, "a"), Creditor: accountOf(t, "b"), DebtorInstitution: "BQDQ",
		CreditorInstitution: "BQDQ", Currency: "CNY", Amount: math.NewInt(amount), InstructionDigest: []byte(file),
	})
}

func rejectedBy(t *testing.T, message int, operator, uetr, file string, amount int64) abci.Event {
	return eventOf(t, message, &settlement.EventPaymentRejected{
		Uetr: uetr, Operator: operator, Debtor: accountOf(t, "a"), Creditor: accountOf(t, "b"), Currency: "CNY",
		Amount: math.NewInt(amount), InstructionDigest: []byte(file), Stored: true,
	})
}

func simulating(t *testing.T, node paying, judge PolicyJudge) gatewaytypes.QueryServer {
	t.Helper()
	store := openStore(t, filepath.Join(t.TempDir(), "index.sqlite"))
	for height := int64(1); height <= int64(len(node.blocks)); height++ {
		block := index.Block{ChainID: "zhilian-test", Height: height, Time: time.Unix(1_000+height, 0), Hash: []byte{byte(height)}, PreviousHash: []byte{byte(height - 1)}}
		for at, instruction := range index.Instructions(&coretypes.ResultBlockResults{TxsResults: []*abci.ExecTxResult{{Events: node.blocks[height]}}}) {
			block.Payments = append(block.Payments, index.Payment{EventIndex: at, PaymentRow: gatewaytypes.PaymentRow{
				Uetr: instruction.UETR, Debtor: instruction.Debtor, Creditor: accountOf(t, "b"), Currency: "CNY", Amount: instruction.Total,
				Status: index.StatusSettled, Height: height, DecidedAt: block.Time,
			}})
		}
		require.NoError(t, store.Append(t.Context(), block, 1))
	}
	return NewQueryServer(store, node, nil, nil, judge, testAddresses, "")
}

func fourBlocks(t *testing.T) map[int64][]abci.Event {
	return map[int64][]abci.Event{
		1: {settledBy(t, 0, "BQDQ", "oldest", "", 500)},
		2: {settledBy(t, 0, "HZHZ", "another bank's", "", 900)},
		3: {
			settledBy(t, 0, "BQDQ", "salary 1", "file", 60), rejectedBy(t, 0, "BQDQ", "salary 2", "file", 50),
			settledBy(t, 1, "BQDQ", "small", "", 10),
		},
		4: {settledBy(t, 0, "BQDQ", "newest", "", 99)},
	}
}

func TestASimulationTakesTheNewestInstructionsOfItsScope(t *testing.T) {
	judge := &fakeJudge{}
	answer, err := simulating(t, paying{blocks: fourBlocks(t)}, judge).SimulatePolicies(t.Context(),
		&gatewaytypes.QuerySimulatePoliciesRequest{InstitutionId: "BQDQ"})
	require.NoError(t, err)
	var seen []string
	for _, row := range answer.Instructions {
		seen = append(seen, fmt.Sprintf("%d %s %d %s %s", row.Height, row.Uetr, row.Payments, row.Amount, row.Proposed.Rule))
	}
	require.Equal(t, []string{"4 newest 1 99 ", "3 small 1 10 ", "3 salary 1 2 110 policy p", "1 oldest 1 500 policy p"}, seen)
	require.Equal(t, "oldest", uetrOfFirst(answer), "and judges them oldest first")
	require.Equal(t, math.NewInt(60), judge.uses[1].Moved, "what was rejected did not move")
	require.Equal(t, math.NewInt(60), judge.uses[1].Money.Largest)
	const allowed, needs = gatewaytypes.SimulatedVerdict_SIMULATED_VERDICT_ALLOWED, gatewaytypes.SimulatedVerdict_SIMULATED_VERDICT_NEEDS_APPROVAL
	require.Equal(t, []gatewaytypes.SimulatedTotal{
		{Currency: "CNY", Current: allowed, Proposed: allowed, Instructions: 2, Payments: 2, Amount: math.NewInt(109)},
		{Currency: "CNY", Current: allowed, Proposed: needs, Instructions: 2, Payments: 3, Amount: math.NewInt(610)},
	}, answer.Totals)
	require.Equal(t, "p", answer.Lockouts[0].PolicyId)
	require.Equal(t, uint32(60), answer.Instructions[3].Proposed.Code)
	require.False(t, answer.OldestDayPartial)
	require.Equal(t, [2]int64{1, 4}, [2]int64{answer.FromHeight, answer.IndexedHeight})
}

func uetrOfFirst(answer *gatewaytypes.QuerySimulatePoliciesResponse) string {
	return answer.Instructions[len(answer.Instructions)-1].Uetr
}

func TestASimulationEndsWhereItHasEnoughOrTheNodeHasNoMore(t *testing.T) {
	whole := simulating(t, paying{blocks: fourBlocks(t)}, &fakeJudge{})
	answer, err := whole.SimulatePolicies(t.Context(), &gatewaytypes.QuerySimulatePoliciesRequest{InstitutionId: "BQDQ", Last: 3})
	require.NoError(t, err)
	require.Len(t, answer.Instructions, 3, "a batch is taken whole")
	require.True(t, answer.OldestDayPartial)
	require.Equal(t, int64(3), answer.FromHeight)

	first := simulating(t, paying{blocks: map[int64][]abci.Event{1: fourBlocks(t)[3]}}, &fakeJudge{})
	answer, err = first.SimulatePolicies(t.Context(), &gatewaytypes.QuerySimulatePoliciesRequest{InstitutionId: "BQDQ", Last: 1})
	require.NoError(t, err)
	require.True(t, answer.OldestDayPartial, "there is another in the same block")

	answer, err = simulating(t, paying{blocks: fourBlocks(t), pruned: 3}, &fakeJudge{}).SimulatePolicies(t.Context(), &gatewaytypes.QuerySimulatePoliciesRequest{InstitutionId: "BQDQ"})
	require.NoError(t, err)
	require.Len(t, answer.Instructions, 1)
	require.True(t, answer.OldestDayPartial)
	require.Equal(t, int64(4), answer.FromHeight)

	answer, err = whole.SimulatePolicies(t.Context(), &gatewaytypes.QuerySimulatePoliciesRequest{InstitutionId: "PBOC"})
	require.NoError(t, err)
	require.Empty(t, answer.Instructions, "who paid nothing")
}

func TestSimulationsThatAreRefused(t *testing.T) {
	blocks := paying{blocks: fourBlocks(t)}
	ask := func(node paying, judge PolicyJudge, last uint32) codes.Code {
		_, err := simulating(t, node, judge).SimulatePolicies(t.Context(), &gatewaytypes.QuerySimulatePoliciesRequest{InstitutionId: "BQDQ", Last: last})
		return status.Code(err)
	}
	require.Equal(t, codes.OK, ask(blocks, &fakeJudge{}, MaxSimulatedPayments))
	require.Equal(t, codes.InvalidArgument, ask(blocks, &fakeJudge{}, MaxSimulatedPayments+1))
	require.Equal(t, codes.InvalidArgument, ask(blocks, &fakeJudge{}, 1<<32-1))
	require.Equal(t, codes.Unavailable, ask(blocks, nil, 1))
	require.Equal(t, codes.Unavailable, ask(paying{blocks: fourBlocks(t), pruned: 4}, &fakeJudge{}, 1), "a node without its newest block")
	require.NotEqual(t, codes.OK, ask(blocks, &fakeJudge{fails: access.ErrRoleNotFound}, 1))
	_, err := simulating(t, blocks, &fakeJudge{}).SimulatePolicies(t.Context(), nil)
	require.Equal(t, codes.InvalidArgument, status.Code(err))

	busy := simulating(t, blocks, &fakeJudge{}).(queryServer)
	busy.simulator.running.Lock()
	_, err = busy.SimulatePolicies(t.Context(), &gatewaytypes.QuerySimulatePoliciesRequest{InstitutionId: "BQDQ"})
	require.Equal(t, codes.ResourceExhausted, status.Code(err))
}
