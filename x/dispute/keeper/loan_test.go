package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// lend is zeta's loan to acme, in default, with 30.00 of penalty owed and 50.00 paid.
func (f *fixture) lend(id uint64) *lent {
	f.world.loans[id] = &lent{owed: 30_00, paid: 50_00, loan: financingtypes.Loan{
		Id: id, Lender: zeta, Borrower: acme, LenderAccount: account(zeta), BorrowerAccount: account(acme), Currency: "CNY",
		Status: financingtypes.LoanDefaulted,
	}}
	return f.world.loans[id]
}

func waive(amount int64) types.Remedy {
	return types.Remedy{Kind: types.RemedyWaive, Amount: math.NewInt(amount)}
}

func aboutLoan(id uint64, remedies ...types.Remedy) *types.MsgFileCase {
	msg := about(types.Matter{Kind: types.MatterLoan, Number: id}, remedies...)
	msg.Reason = types.CaseReason_CASE_REASON_PENALTY
	return msg
}

func TestAPenaltyThatIsAcceptedToBeWrongIsWrittenDownAndPaidBack(t *testing.T) {
	f := newFixture(t, 7)
	loan := f.lend(3)
	id := f.file(aboutLoan(3, waive(70_00), one(types.RemedyLift), one(types.RemedyFinding)))
	require.Zero(t, f.held(zeta), "a penalty is a debt: nothing is held at the lender")
	facts := must[*types.QueryCaseFactsResponse](f)(f.query.CaseFacts(f.ctx, &types.QueryCaseFactsRequest{CaseId: id})).Facts
	require.Equal(t, loan.loan.Id, facts[0].Loan.Id, "the loan stands in the case")
	c := f.accepted("handler", id)
	require.Equal(t, zeta, c.Respondent)
	require.Equal(t, "loan", c.Product)
	require.Equal(t, [2]int64{0, 10_00}, [2]int64{loan.owed, loan.paid})
	require.Equal(t, [2]int64{10_000_00 + 40_00, 10_000_00 - 40_00}, [2]int64{f.balance(acme), f.balance(zeta)})
	require.Equal(t, types.RemedyDone, c.Results[0].Status)
	require.Equal(t, [2]string{"4000", "4000"}, [2]string{c.Results[0].Amount.String(), c.Results[0].Paid.String()}, "what was owed moves no money")
	require.Equal(t, types.RemedyDone, c.Results[1].Status)
	require.Equal(t, financingtypes.LoanActive, loan.loan.Status)

	_, err := f.msg.FileCase(f.ctx, aboutLoan(3, waive(10_00)))
	require.ErrorIs(t, err, types.ErrSameFacts)
	f.requireSameAfterGenesis()
}

func TestAPanelWithdrawsAPartOfAPenalty(t *testing.T) {
	f := newFixture(t, 7)
	loan := f.lend(3)
	id := f.file(aboutLoan(3, waive(80_00)))
	panel := f.toPanel(id)
	f.vote(id, panel, give(0, 20_00))
	f.pass(11 * day)
	c := f.requireStatus(id, types.Closed)
	require.Equal(t, types.OutcomePartly, c.Outcome)
	require.Equal(t, [2]int64{10_00, 50_00}, [2]int64{loan.owed, loan.paid})
	require.Equal(t, types.RemedyDone, c.Results[0].Status, "something was given, and no money moved")
	require.True(t, c.Results[0].Amount.IsZero())
	require.Equal(t, int64(10_000_00), f.balance(acme))
	f.requireSound()
}

func TestAllOfAPenaltyIsAlsoWhatHasRunSinceTheFiling(t *testing.T) {
	f := newFixture(t, 7)
	for id, row := range map[uint64][2]int64{1: {80_00, 0}, 2: {79_99, 6}} {
		loan := f.lend(id)
		filed := f.file(aboutLoan(id, waive(row[0])))
		loan.owed, loan.since = loan.owed+5, 5
		f.accepted("handler", filed)
		require.Equal(t, row[1], loan.owed+loan.paid, "who asks for a part gets that part")
	}
	f.requireSound()
}

func TestAnEmptyLenderOwesThePenaltyThatItTook(t *testing.T) {
	f := newFixture(t, 7)
	f.lend(3)
	f.world.balances[account(zeta)+" CNY"] = math.NewInt(15_00)
	id := f.file(aboutLoan(3, waive(80_00)))
	f.acknowledge(id)
	must[*types.MsgAnswerCaseResponse](f)(f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{Operator: "handler", CaseId: id, Answer: types.AnswerAccept}))
	c := f.requireStatus(id, types.Executed)
	require.Equal(t, types.RemedyQueued, c.Results[0].Status)
	claim, err := f.keeper.Claim(f.ctx, c.Results[0].ClaimId)
	require.NoError(t, err)
	require.Equal(t, types.PriorityEnterprise, claim.Priority)
	require.Equal(t, [2]string{"5000", "1500"}, [2]string{claim.Amount.String(), claim.Paid.String()})
	f.requireSound()
	f.requireSameAfterGenesis()
	f.world.balances[account(zeta)+" CNY"] = math.NewInt(100_00)
	f.block(time.Second)
	f.requireStatus(id, types.Closed)
	require.Equal(t, [2]int64{10_000_00 + 50_00, 65_00}, [2]int64{f.balance(acme), f.balance(zeta)})
	f.requireSound()
}

func TestWhatCannotBeAskedAboutALoanIsRefused(t *testing.T) {
	f := newFixture(t, 7)
	loan := f.lend(3)
	_, err := f.msg.FileCase(f.ctx, aboutLoan(4, waive(1)))
	require.ErrorIs(t, err, financingtypes.ErrLoanNotFound)
	_, err = f.msg.FileCase(f.ctx, aboutLoan(3, waive(80_01)))
	require.ErrorIs(t, err, types.ErrAmount, "more than the penalty")
	_, err = f.msg.FileCase(f.ctx, aboutLoan(3, refund(1)))
	require.ErrorIs(t, err, types.ErrRemedy)
	other := aboutLoan(3, waive(1))
	other.Operator, other.Claimant = "beta", beta
	_, err = f.msg.FileCase(f.ctx, other)
	require.ErrorIs(t, err, types.ErrNotConcerned, "somebody else's loan")
	other.Operator, other.Claimant = "zeta", zeta
	_, err = f.msg.FileCase(f.ctx, other)
	require.ErrorIs(t, err, types.ErrNotConcerned, "nor its lender's")
	loan.loan.Status, loan.owed, loan.paid = financingtypes.LoanActive, 0, 0
	for _, remedy := range []types.Remedy{waive(1), one(types.RemedyLift)} {
		_, err = f.msg.FileCase(f.ctx, aboutLoan(3, remedy))
		require.ErrorIs(t, err, types.ErrRemedy, "there is neither a penalty nor a default")
	}
	intake := must[*types.QueryIntakeResponse](f)(f.query.Intake(f.ctx, &types.QueryIntakeRequest{
		InstitutionId: acme.InstitutionId, PartyId: acme.PartyId, Matter: types.Matter{Kind: types.MatterLoan, Number: 3},
	}))
	require.Len(t, intake.Remedies, 2, "a finding and an apology are left")
	require.True(t, intake.WouldHold.IsZero())
	f.file(aboutLoan(3, apology()))
}

func TestALoanThatChangesWhileItsCaseRunsGetsWhatIsStillToBeDone(t *testing.T) {
	f := newFixture(t, 7)
	paidUp, gone, due := f.lend(1), f.lend(2), f.lend(3)
	ids := make([]uint64, 4)
	for i := range uint64(3) {
		ids[i+1] = f.file(aboutLoan(i+1, waive(80_00), one(types.RemedyLift)))
	}
	// The lender gave everything back by itself.
	paidUp.owed, paidUp.paid, paidUp.loan.Status = 0, 0, financingtypes.LoanRepaid
	c := f.accepted("handler", ids[1])
	require.Equal(t, []types.RemedyStatus{types.RemedyMoot, types.RemedyMoot}, statusesOf(c))
	// The loan was paid, penalty and all, and forgotten.
	_ = gone
	delete(f.world.loans, 2)
	c = f.accepted("handler", ids[2])
	require.Equal(t, []types.RemedyStatus{types.RemedyDone, types.RemedyMoot}, statusesOf(c))
	require.Equal(t, int64(10_000_00+80_00), f.balance(acme))
	// Something else is due: the default stays.
	due.due = true
	c = f.accepted("handler", ids[3])
	require.Equal(t, []types.RemedyStatus{types.RemedyDone, types.RemedyFailed}, statusesOf(c))
	require.Equal(t, "financing/109", c.Results[1].Refusal)
	require.Equal(t, financingtypes.LoanDefaulted, due.loan.Status)
}

func TestAPaymentOfAPenaltyThatIsRefusedIsOwed(t *testing.T) {
	f := newFixture(t, 7)
	f.lend(3)
	id := f.file(aboutLoan(3, waive(80_00)))
	f.world.frozen = true
	f.acknowledge(id)
	must[*types.MsgAnswerCaseResponse](f)(f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{Operator: "handler", CaseId: id, Answer: types.AnswerAccept}))
	c := f.requireStatus(id, types.Executed)
	require.Equal(t, fmt.Sprint("settlement/", settlementtypes.ErrAccountBlocked.ABCICode()), c.Results[0].Refusal)
	f.world.frozen = false
	f.block(time.Second)
	f.requireStatus(id, types.Closed)
	require.Equal(t, int64(10_000_00+50_00), f.balance(acme))
	f.requireSound()
}

func statusesOf(c types.Case) []types.RemedyStatus {
	statuses := make([]types.RemedyStatus, len(c.Results))
	for i, result := range c.Results {
		statuses[i] = result.Status
	}
	return statuses
}
