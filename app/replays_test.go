package app_test

import (
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	sdkmath "cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// limitTheDay bounds what the payer's key moves in a day.
func limitTheDay(fen int64) func(*accesstypes.GenesisState) {
	return func(state *accesstypes.GenesisState) {
		for at := range state.Operators {
			if state.Operators[at].Address == chain.Address(payerKey) {
				state.Operators[at].Limits = []accesstypes.Limit{{Currency: "CNY", PerPayment: sdkmath.ZeroInt(), PerDay: sdkmath.NewInt(fen)}}
			}
		}
	}
}

// batchTo is a batch that a file stands behind, if it has a name.
func batchTo(file string, transfers ...settlementtypes.Transfer) *settlementtypes.MsgPayBatch {
	msg := &settlementtypes.MsgPayBatch{
		Operator: chain.Address(payerKey), Debtor: chain.Account(payer, 0), Currency: "CNY", Mode: settlementtypes.BestEffort, Transfers: transfers,
	}
	if file != "" {
		msg.InstructionDigest, msg.ContentDigest = digest("id of "+file), digest("content of "+file)
	}
	return msg
}

func transferOf(endToEnd string, fen int64) settlementtypes.Transfer {
	return settlementtypes.Transfer{Creditor: chain.Account(supplier, 0), Amount: sdkmath.NewInt(fen), EndToEndDigest: digest(endToEnd)}
}

func paid(t *testing.T, result *abci.ExecTxResult) settlementtypes.TransferResult {
	t.Helper()
	return chain.Response[settlementtypes.MsgPayResponse](t, result).Result
}

func paidBatch(t *testing.T, result *abci.ExecTxResult) []settlementtypes.TransferResult {
	t.Helper()
	return chain.Response[settlementtypes.MsgPayBatchResponse](t, result).Results
}

func requireAccessRefuses(t *testing.T, want interface{ ABCICode() uint32 }, result *abci.ExecTxResult) {
	t.Helper()
	require.Equal(t, accesstypes.ModuleName, result.Codespace)
	require.Equal(t, want.ABCICode(), result.Code, result.Log)
}

func TestARetryGetsItsFirstResultThoughTheDayIsSpent(t *testing.T) {
	c := twoPersonChain(t, limitTheDay(20_000))
	rent := payment("rent", 9_000)
	salaries := batchTo("salaries", transferOf("ann", 4_500), transferOf("bob", 4_500))
	firstRent, firstSalaries := paid(t, c.MustSend(payerKey, rent)), paidBatch(t, c.MustSend(payerKey, salaries))
	after := balance(t, c, supplier, "LSHB/CNY")

	again := paid(t, c.MustSend(payerKey, rent))
	require.True(t, again.Replayed)
	require.Equal(t, [2]any{firstRent.Uetr, firstRent.Height}, [2]any{again.Uetr, again.Height})
	for at, result := range paidBatch(t, c.MustSend(payerKey, salaries)) {
		require.True(t, result.Replayed)
		require.Equal(t, firstSalaries[at].Uetr, result.Uetr)
	}
	require.Equal(t, after, balance(t, c, supplier, "LSHB/CNY"), "a retry moves nothing")

	requireAccessRefuses(t, accesstypes.ErrLimitExceeded, c.Send(payerKey, payment("rent", 9_001)))
	requireAccessRefuses(t, accesstypes.ErrLimitExceeded, c.Send(payerKey, payment("one too many", 2_001)))
	c.MustSend(payerKey, payment("what is left", 2_000))
	requireAccessRefuses(t, accesstypes.ErrLimitExceeded, c.Send(payerKey, payment("a fen", 1)))
	require.True(t, paid(t, c.MustSend(payerKey, rent)).Replayed, "also when nothing is left")
	c.RequireMoneyConserved()
}

func TestABatchThatRepeatsInPartIsJudgedByItsRest(t *testing.T) {
	c := twoPersonChain(t, limitTheDay(11_000))
	c.MustSend(payerKey, batchTo("", transferOf("ann", 4_000), transferOf("bob", 4_000)))
	requireAccessRefuses(t, accesstypes.ErrLimitExceeded,
		c.Send(payerKey, batchTo("", transferOf("ann", 4_000), transferOf("bob", 4_000), transferOf("cid", 3_001))))
	requireAccessRefuses(t, accesstypes.ErrLimitExceeded,
		c.Send(payerKey, batchTo("", transferOf("ann", 4_000), transferOf("ann", 4_000))))
	// 11,000 together, for which a second person would be asked, of which 3,000 are new.
	results := paidBatch(t, c.MustSend(payerKey, batchTo("", transferOf("ann", 4_000), transferOf("bob", 4_000), transferOf("cid", 3_000))))
	require.Equal(t, []bool{true, true, false}, []bool{results[0].Replayed, results[1].Replayed, results[2].Replayed})
	require.Equal(t, settlementtypes.PaymentSettled, results[2].Status)
	requireAccessRefuses(t, accesstypes.ErrLimitExceeded, c.Send(payerKey, payment("a fen", 1)))
}

func TestAHoldThatIsOrderedAgainAsksForNoMoreOfTheDay(t *testing.T) {
	c := twoPersonChain(t, limitTheDay(10_000))
	hold := func(id string, fen int64) *settlementtypes.MsgPlaceHold {
		return &settlementtypes.MsgPlaceHold{
			Operator: chain.Address(payerKey), Debtor: chain.Account(payer, 0), Creditor: chain.Account(supplier, 0),
			Currency: "CNY", Amount: sdkmath.NewInt(fen), EndToEndDigest: digest(id), ExpiresAt: sdk.UnwrapSDKContext(c.Context()).BlockTime().Add(24 * time.Hour),
		}
	}
	deposit := hold("deposit", 9_000)
	first := chain.Response[settlementtypes.MsgPlaceHoldResponse](t, c.MustSend(payerKey, deposit))
	require.False(t, first.Replayed)
	again := chain.Response[settlementtypes.MsgPlaceHoldResponse](t, c.MustSend(payerKey, deposit))
	require.True(t, again.Replayed)
	require.Equal(t, first.Hold, again.Hold)

	requireAccessRefuses(t, accesstypes.ErrLimitExceeded, c.Send(payerKey, hold("another", 1_001)))
	other := *deposit
	other.Amount = sdkmath.NewInt(9_001)
	requireAccessRefuses(t, accesstypes.ErrLimitExceeded, c.Send(payerKey, &other))
	c.RequireMoneyConserved()
}

func TestAReturnThatIsSentAgainAsksForNoMoreOfTheDay(t *testing.T) {
	c := twoPersonChain(t, limitTheDay(10_000))
	received := func(id string, fen int64) string {
		msg := payment(id, fen)
		msg.Operator, msg.Debtor, msg.Creditor = chain.Address(supplierKey), chain.Account(supplier, 0), chain.Account(payer, 0)
		return paid(t, c.MustSend(supplierKey, msg)).Uetr
	}
	back := func(uetr, id string, fen int64) *settlementtypes.MsgReturnPayment {
		return &settlementtypes.MsgReturnPayment{
			Operator: chain.Address(payerKey), OriginalUetr: uetr, Reason: "DUPL", Amount: sdkmath.NewInt(fen), EndToEndDigest: digest(id),
		}
	}
	refund := back(received("twice", 9_000), "refund", 9_000)
	other := back(received("too much", 5_000), "another", 1_001)
	first := chain.Response[settlementtypes.MsgReturnPaymentResponse](t, c.MustSend(payerKey, refund))
	require.False(t, first.Result.Replayed)
	again := chain.Response[settlementtypes.MsgReturnPaymentResponse](t, c.MustSend(payerKey, refund))
	require.True(t, again.Result.Replayed)
	require.Equal(t, first.Returned, again.Returned, "nothing more was paid back")
	requireAccessRefuses(t, accesstypes.ErrLimitExceeded, c.Send(payerKey, other))
	c.RequireMoneyConserved()
}

func TestWhatTwoPersonsHavePaidIsAnsweredToTheMakerAlone(t *testing.T) {
	c := twoPersonChain(t, nil)
	large := payment("large", 10_000)
	requireAccessRefuses(t, accesstypes.ErrApprovalNeeded, c.Send(payerKey, large))
	first := chain.Response[accesstypes.MsgProposeActionResponse](t, c.MustSend(payerKey, proposeAction(t, large)))
	twin := chain.Response[accesstypes.MsgProposeActionResponse](t, c.MustSend(payerKey, proposeAction(t, large)))
	approve := func(action *accesstypes.MsgProposeActionResponse) settlementtypes.TransferResult {
		msg := &accesstypes.MsgApproveAction{Operator: chain.Address(directorKey), ActionId: action.ActionId, Digest: action.Digest, Units: 1}
		done := chain.Response[accesstypes.MsgApproveActionResponse](t, c.MustSend(directorKey, msg))
		require.Equal(t, accesstypes.ActionStatus_ACTION_STATUS_EXECUTED, done.Status, done.Reason)
		require.NoError(t, done.UnpackInterfaces(c.App.Encoding.Registry))
		return done.Responses[0].GetCachedValue().(*settlementtypes.MsgPayResponse).Result
	}
	require.False(t, approve(first).Replayed)
	after := balance(t, c, supplier, "LSHB/CNY")

	require.True(t, paid(t, c.MustSend(payerKey, large)).Replayed, "nothing moves that anyone could approve")
	require.True(t, approve(twin).Replayed, "an action that was proposed twice")
	late := chain.Response[accesstypes.MsgProposeActionResponse](t, c.MustSend(payerKey, proposeAction(t, large)))
	require.Empty(t, late.Policies)
	require.True(t, approve(late).Replayed, "and once more")
	require.Equal(t, after, balance(t, c, supplier, "LSHB/CNY"))
	requireAccessRefuses(t, accesstypes.ErrApprovalNeeded, c.Send(payerKey, payment("large", 10_001)))
}

func TestAStrangerLearnsNothingOfWhatWasPaid(t *testing.T) {
	c := twoPersonChain(t, limitTheDay(20_000))
	c.MustSend(payerKey, payment("rent", 20_000-10_001))
	asked := func(endToEnd string) *abci.ExecTxResult {
		msg := payment(endToEnd, 20_000-10_001)
		msg.Operator = chain.Address(supplierKey)
		return c.Send(supplierKey, sdk.Msg(msg))
	}
	known, unknown := asked("rent"), asked("never")
	requireAccessRefuses(t, accesstypes.ErrScopeDenied, known)
	require.Equal(t, unknown.Code, known.Code)
	require.Equal(t, unknown.Log, known.Log)
	require.Equal(t, unknown.GasUsed, known.GasUsed, "not even by what it costs")
}

// The threshold is 10,000: of one payment, or of the day.
func TestALargeAmountThatIsSplitTakesTwoPersonsToo(t *testing.T) {
	policyFor := func(day bool) func(*accesstypes.GenesisState) {
		return func(state *accesstypes.GenesisState) { state.Policies[0].Policies[0].PerDay = day }
	}
	split := []sdk.Msg{payment("part 1", 4_000), payment("part 2", 4_000), payment("part 3", 2_000)}

	blind := twoPersonChain(t, policyFor(false))
	blind.MustSend(payerKey, split...)

	c := twoPersonChain(t, policyFor(true))
	before := balance(t, c, supplier, "LSHB/CNY")
	requireAccessRefuses(t, accesstypes.ErrApprovalNeeded, c.Send(payerKey, split...))
	require.Equal(t, before, balance(t, c, supplier, "LSHB/CNY"), "no part of the transaction is left")
	c.MustSend(payerKey, split[:2]...)
	requireAccessRefuses(t, accesstypes.ErrApprovalNeeded, c.Send(payerKey, split[2]))
	require.True(t, paid(t, c.MustSend(payerKey, split[0])).Replayed, "a retry adds nothing to the day")

	proposed := chain.Response[accesstypes.MsgProposeActionResponse](t, c.MustSend(payerKey,
		proposeAction(t, payment("a", 1_000), payment("b", 1_000))))
	require.Equal(t, []string{"large"}, proposed.Policies, "an action is judged by its messages together")
	done := chain.Response[accesstypes.MsgApproveActionResponse](t, c.MustSend(directorKey,
		&accesstypes.MsgApproveAction{Operator: chain.Address(directorKey), ActionId: proposed.ActionId, Digest: proposed.Digest, Units: 2}))
	require.Equal(t, accesstypes.ActionStatus_ACTION_STATUS_EXECUTED, done.Status, done.Reason)
	require.Equal(t, before.AddRaw(10_000), balance(t, c, supplier, "LSHB/CNY"))
	c.RequireMoneyConserved()
}
