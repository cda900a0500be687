package keeper_test

import (
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
)

// owe is a receivable of zeta's against acme of 1,000.00, of which beta holds what zeta does not.
func (f *fixture) owe(id uint64, zetas int64) *owed {
	f.world.receivables[id] = &owed{
		units: map[string]int64{account(zeta): zetas, account(beta): 1000_00 - zetas},
		receivable: financingtypes.Receivable{
			Id: id, Supplier: account(zeta), Debtor: account(acme), Currency: "CNY", Amount: math.NewInt(1000_00), Unpaid: math.NewInt(1000_00),
			Reduced: math.ZeroInt(), Status: financingtypes.ReceivableConfirmed, DueAt: start.Add(-10 * day),
		},
	}
	return f.world.receivables[id]
}

func aboutReceivable(claimant accesstypes.Member, id uint64, remedies ...types.Remedy) *types.MsgFileCase {
	msg := about(types.Matter{Kind: types.MatterReceivable, Number: id}, remedies...)
	msg.Operator, msg.Claimant, msg.Reason = claimant.PartyId, claimant, types.CaseReason_CASE_REASON_NOT_AS_AGREED
	return msg
}

func TestADebtorGetsOffAReceivableWhatItsSupplierStillHasAndTheRestInMoney(t *testing.T) {
	f := newFixture(t, 7)
	receivable := f.owe(5, 300_00)
	id := f.file(aboutReceivable(acme, 5, refund(800_00), one(types.RemedyFinding)))
	require.EqualValues(t, 800_00, f.held(zeta), "held at the supplier, as of a payment")
	facts := must[*types.QueryCaseFactsResponse](f)(f.query.CaseFacts(f.ctx, &types.QueryCaseFactsRequest{CaseId: id})).Facts
	require.EqualValues(t, 5, facts[0].Receivable.Id)
	require.Equal(t, math.NewInt(300_00), facts[0].Holding.Units, "what the supplier has of it")
	c := f.accepted("handler", id)
	require.Equal(t, zeta, c.Respondent)
	require.Equal(t, "receivable", c.Product)
	require.Equal(t, map[string]int64{account(zeta): 0, account(beta): 700_00}, receivable.units, "beta holds what it held")
	require.Equal(t, [2]string{"50000", "50000"}, [2]string{c.Results[0].Amount.String(), c.Results[0].Paid.String()})
	require.Equal(t, [2]int64{10_500_00, 9_500_00}, [2]int64{f.balance(acme), f.balance(zeta)})
	require.Zero(t, f.held(zeta))
	_, err := f.msg.FileCase(f.ctx, aboutReceivable(acme, 5, refund(1)))
	require.ErrorIs(t, err, types.ErrSameFacts)
	f.requireSameAfterGenesis()
}

func TestASupplierThatHasAllUnitsPaysNothing(t *testing.T) {
	f := newFixture(t, 7)
	receivable := f.owe(5, 1000_00)
	c := f.accepted("handler", f.file(aboutReceivable(acme, 5, refund(1000_00))))
	require.Equal(t, types.RemedyDone, c.Results[0].Status)
	require.True(t, c.Results[0].Amount.IsZero())
	require.Zero(t, receivable.units[account(zeta)])
	require.EqualValues(t, 10_000_00, f.balance(acme))
}

func TestASupplierWithoutMoneyOwesWhatItHasNoUnitsFor(t *testing.T) {
	f := newFixture(t, 7)
	f.owe(5, 0)
	f.world.balances[account(zeta)+" CNY"] = math.NewInt(100_00)
	id := f.file(aboutReceivable(acme, 5, refund(600_00)))
	require.EqualValues(t, 100_00, f.held(zeta))
	f.acknowledge(id)
	must[*types.MsgAnswerCaseResponse](f)(f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{Operator: "handler", CaseId: id, Answer: types.AnswerAccept}))
	c := f.requireStatus(id, types.Executed)
	require.Equal(t, types.RemedyQueued, c.Results[0].Status)
	require.EqualValues(t, 10_100_00, f.balance(acme))
	f.requireSound()
	f.world.balances[account(zeta)+" CNY"] = math.NewInt(700_00)
	f.block(time.Second)
	f.requireStatus(id, types.Closed)
	require.Equal(t, [2]int64{10_600_00, 200_00}, [2]int64{f.balance(acme), f.balance(zeta)})
	f.requireSound()
}

func TestAReceivableThatIsForgottenIsRefundedInMoney(t *testing.T) {
	f := newFixture(t, 7)
	f.owe(5, 300_00)
	id := f.file(aboutReceivable(acme, 5, refund(400_00)))
	delete(f.world.receivables, 5)
	f.accepted("handler", id)
	require.EqualValues(t, 10_400_00, f.balance(acme))
}

func TestAHolderOfAnOverdueReceivableGetsInterestForTheDelay(t *testing.T) {
	f := newFixture(t, 7)
	receivable := f.owe(5, 300_00)
	_, err := f.msg.FileCase(f.ctx, aboutReceivable(beta, 5, one(types.RemedyInterest)))
	require.ErrorIs(t, err, types.ErrRemedy, "it is not overdue")
	receivable.receivable.Status = financingtypes.ReceivableOverdue
	id := f.file(aboutReceivable(beta, 5, one(types.RemedyInterest)))
	c := f.get(id)
	require.Equal(t, acme, c.Respondent, "the debtor answers to holders")
	require.Equal(t, math.NewInt(700_00), c.Claimants[0].Disputed)
	require.Zero(t, f.held(acme))
	f.pass(2 * day) // silence acknowledges nothing yet
	receivable.units[account(beta)] = 200_00
	must[*types.MsgAcknowledgeCaseResponse](f)(f.msg.AcknowledgeCase(f.ctx, &types.MsgAcknowledgeCase{Operator: "bqdq", CaseId: id}))
	must[*types.MsgAnswerCaseResponse](f)(f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{Operator: "bqdq", CaseId: id, Answer: types.AnswerAccept}))
	c = f.requireStatus(id, types.Closed)
	// 3 % of 200.00 for twelve days, and of the 500.00 that were paid meanwhile for the ten until the filing.
	require.EqualValues(t, 19+41, c.Results[0].Paid.Int64())
	require.EqualValues(t, 10_000_00+60, f.balance(beta))
	f.requireSound()
}

func TestWhatCannotBeAskedAboutAReceivableIsRefused(t *testing.T) {
	f := newFixture(t, 7)
	receivable := f.owe(5, 1000_00)
	delete(receivable.units, account(beta))
	for name, row := range map[string]struct {
		msg *types.MsgFileCase
		err error
	}{
		"one that nobody knows":          {aboutReceivable(acme, 6, refund(1)), financingtypes.ErrReceivableNotFound},
		"more than the receivable":       {aboutReceivable(acme, 5, refund(1000_01)), types.ErrAmount},
		"somebody else's":                {aboutReceivable(beta, 5, refund(1)), types.ErrNotConcerned},
		"money from the debtor":          {aboutReceivable(zeta, 5, refund(1)), types.ErrRemedy},
		"interest on what is not paid":   {aboutReceivable(acme, 5, refund(1), one(types.RemedyInterest)), types.ErrRemedy},
		"a penalty, which there is none": {aboutReceivable(acme, 5, waive(1)), types.ErrRemedy},
	} {
		_, err := f.msg.FileCase(f.ctx, row.msg)
		require.ErrorIs(t, err, row.err, name)
	}
	receivable.receivable.Status = financingtypes.ReceivableIssued
	_, err := f.msg.FileCase(f.ctx, aboutReceivable(acme, 5, refund(1)))
	require.ErrorIs(t, err, types.ErrMatter, "what is not confirmed is refused, not disputed")
}
