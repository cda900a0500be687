package app_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	disputetypes "github.com/zhilian-network/zhilian/x/dispute/types"
	financingkeeper "github.com/zhilian-network/zhilian/x/financing/keeper"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	lenderName   = "laoshan-compressors"
	borrowerName = "shibei-logistics"
)

var lent = accesstypes.Member{InstitutionId: "BQDQ", PartyId: borrowerName}

// lendInCourt is a loan of 200,000.00 at 3.6 %, in two instalments of which the first was due two days after it; it has
// been unpaid for some days, at a penalty of 36 %. The borrower has no money.
func (c *court) lendInCourt(unpaidDays int, change ...func(*financingtypes.RepaymentTerms)) uint64 {
	c.t.Helper()
	terms := financingtypes.RepaymentTerms{
		Schedule: financingtypes.EqualPrincipal, DayCount: financingtypes.Act360, RatePpm: 36_000, PenaltyPpm: 360_000, Instalments: 2,
		Period: financingtypes.Period{Unit: financingtypes.UnitDay, Count: 2}, DefaultDays: 100,
	}
	for _, with := range change {
		with(&terms)
	}
	lender, borrower := "bank-LSHB", "party-"+borrowerName
	offered := c.MustSend(lender, &financingtypes.MsgOfferFacility{
		Operator: chain.Address(lender), LenderAccount: chain.Account(lenderName, 0), BorrowerAccount: chain.Account(borrowerName, 0),
		Currency: "CNY", Limit: math.NewInt(200_000_00), OpenDays: 30, Terms: terms,
	})
	facility := chain.Response[financingtypes.MsgOfferFacilityResponse](c.t, offered).FacilityId
	c.MustSend(borrower, &financingtypes.MsgAcceptFacility{Operator: chain.Address(borrower), FacilityId: facility})
	drawn := c.MustSend(borrower, &financingtypes.MsgDrawFacility{Operator: chain.Address(borrower), FacilityId: facility, Amount: math.NewInt(200_000_00)})
	c.transfer(borrowerName, claimant, c.balance(borrowerName, "BQDQ"))
	c.pass(int(terms.Period.Count) + unpaidDays)
	return chain.Response[financingtypes.MsgDrawFacilityResponse](c.t, drawn).LoanId
}

func (c *court) transfer(from, to string, amount math.Int) {
	c.t.Helper()
	key := "party-" + from
	c.MustSend(key, &settlementtypes.MsgPay{
		Operator: chain.Address(key), Debtor: chain.Account(from, 0), Creditor: chain.Account(to, 0), Currency: "CNY", Amount: amount,
		EndToEndDigest: digest(fmt.Sprint(from, to, c.Height())),
	})
}

func (c *court) loan(id uint64) (financingtypes.Loan, math.Int) {
	c.t.Helper()
	loan, waivable, err := c.App.Keepers.Financing.LoanToday(c.Context(), id)
	require.NoError(c.t, err)
	return loan, waivable
}

func (c *court) owed(id uint64) math.Int {
	c.t.Helper()
	answer, err := financingkeeper.NewQueryServer(c.App.Keepers.Financing).Loan(c.Context(), &financingtypes.QueryLoanRequest{LoanId: id})
	require.NoError(c.t, err)
	return answer.Owed
}

func (c *court) requireFinancingSound() {
	c.t.Helper()
	violations, err := c.App.Keepers.Financing.CheckInvariants(c.Context())
	require.NoError(c.t, err)
	require.Empty(c.t, violations)
	c.requireSound()
}

func penaltyCase(id uint64, amount math.Int, more ...disputetypes.Remedy) *disputetypes.MsgFileCase {
	return &disputetypes.MsgFileCase{
		Operator: chain.Address("party-" + borrowerName), Claimant: lent, Reason: disputetypes.CaseReason_CASE_REASON_PENALTY,
		Matter:   disputetypes.Matter{Kind: disputetypes.MatterLoan, Number: id},
		Remedies: append([]disputetypes.Remedy{{Kind: disputetypes.RemedyWaive, Amount: amount}}, more...),
	}
}

func (c *court) accept(id uint64) {
	c.t.Helper()
	handler := "bank-LSHB"
	c.MustSend(handler, &disputetypes.MsgAcknowledgeCase{Operator: chain.Address(handler), CaseId: id})
	c.MustSend(handler, &disputetypes.MsgAnswerCase{Operator: chain.Address(handler), CaseId: id, Answer: disputetypes.AnswerAccept})
}

// Penalty was owed when the case was filed and was collected while it ran: the lender accepts, and what was paid comes
// back, less what is due by then, which it pays.
func TestAPenaltyThatTheLenderWithdrawsComesBack(t *testing.T) {
	c := newCourt(t)
	id := c.lendInCourt(3)
	loan, waivable := c.loan(id)
	require.Equal(t, financingtypes.LoanOverdue, loan.Status)
	require.Positive(t, waivable.Int64())
	borrower := "party-" + borrowerName
	for name, row := range map[string]struct {
		key  string
		msg  *disputetypes.MsgFileCase
		code uint32
	}{
		"more than the penalty": {borrower, penaltyCase(id, waivable.MulRaw(2)), disputetypes.ErrAmount.ABCICode()},
		"a loan of nobody":      {borrower, penaltyCase(99, math.OneInt()), financingtypes.ErrLoanNotFound.ABCICode()},
		"a default that is none": {
			borrower, penaltyCase(id, math.OneInt(), disputetypes.Remedy{Kind: disputetypes.RemedyLift, Amount: math.OneInt()}),
			disputetypes.ErrRemedy.ABCICode(),
		},
		"somebody else's loan": {"party-" + claimant, &disputetypes.MsgFileCase{
			Operator: chain.Address("party-" + claimant), Claimant: accesstypes.Member{InstitutionId: "BQDQ", PartyId: claimant},
			Matter: disputetypes.Matter{Kind: disputetypes.MatterLoan, Number: id}, Reason: disputetypes.CaseReason_CASE_REASON_PENALTY,
			Remedies: []disputetypes.Remedy{{Kind: disputetypes.RemedyWaive, Amount: math.OneInt()}},
		}, disputetypes.ErrNotConcerned.ABCICode()},
	} {
		require.Equal(t, row.code, c.Send(row.key, row.msg).Code, name)
	}
	_, waivable = c.loan(id)
	filed := chain.Response[disputetypes.MsgFileCaseResponse](t, c.MustSend(borrower, penaltyCase(id, waivable))).CaseId
	require.Equal(t, disputetypes.ErrSameFacts.ABCICode(), c.Send(borrower, penaltyCase(id, math.OneInt())).Code)

	c.transfer(claimant, borrowerName, math.NewInt(150_000_00))
	c.pass(1) // all that there is goes to penalty and to what was due
	loan, _ = c.loan(id)
	require.True(t, loan.PenaltyPaid.GTE(waivable), "penalty %s", loan.PenaltyPaid)
	owed, lender := c.owed(id), c.balance(lenderName, "LSHB")
	c.accept(filed)
	after, _ := c.loan(id)
	require.True(t, after.PenaltyWaived.GT(waivable), "and what has run since on the same instalments")
	_, left := c.loan(id)
	require.Zero(t, left.Int64())
	require.True(t, after.PenaltyReturned.IsPositive(), "some of it had been paid")
	require.Equal(t, lender, c.balance(lenderName, "LSHB"), "it pays what is due of the second instalment, and no money moves")
	require.Equal(t, owed.Sub(after.PenaltyWaived), c.owed(id), "but as much less is owed")
	require.Equal(t, disputetypes.OutcomeAccepted, c.get(filed).Outcome)
	require.Equal(t, disputetypes.RemedyDone, c.get(filed).Results[0].Status)
	c.requireFinancingSound()
}

// The loan was repaid with its penalty. A panel finds a part of that wrong: the lender, who has nothing, owes it.
func TestAPenaltyThatAPanelWithdrawsIsOwedByALenderWithoutMoney(t *testing.T) {
	c := newCourt(t)
	id := c.lendInCourt(3)
	c.transfer(claimant, borrowerName, math.NewInt(250_000_00))
	c.pass(1)
	loan, waivable := c.loan(id)
	require.Equal(t, financingtypes.LoanRepaid, loan.Status)
	require.Equal(t, loan.PenaltyPaid, waivable)
	c.transfer(lenderName, claimant, c.balance(lenderName, "LSHB").SubRaw(70))
	borrower := "party-" + borrowerName
	before := c.balance(borrowerName, "BQDQ")
	filed := chain.Response[disputetypes.MsgFileCaseResponse](t, c.MustSend(borrower, penaltyCase(id, waivable))).CaseId
	c.contest(filed)
	granted := waivable.QuoRaw(2)
	c.vote(filed, c.panel(filed), disputetypes.Award{Grants: []disputetypes.Grant{{Remedy: 0, Amount: granted}}})
	require.Equal(t, disputetypes.Ruled, c.get(filed).Status)
	c.pass(11)
	executed := c.get(filed)
	require.Equal(t, disputetypes.Executed, executed.Status)
	require.Equal(t, disputetypes.RemedyQueued, executed.Results[0].Status)
	require.Equal(t, before.AddRaw(70), c.balance(borrowerName, "BQDQ"), "what the lender had")
	c.requireFinancingSound()
	c.transfer(claimant, lenderName, granted)
	require.Equal(t, disputetypes.Closed, c.get(filed).Status, "served in the block in which its money came")
	require.Equal(t, before.Add(granted), c.balance(borrowerName, "BQDQ"))
	require.Equal(t, int64(70), c.balance(lenderName, "LSHB").Int64())
	loan, _ = c.loan(id)
	require.Equal(t, granted, loan.PenaltyReturned)
	require.Equal(t, waivable.Sub(granted), loan.PenaltyPaid)
	c.requireFinancingSound()
}

// contest has the case contested and brought before a panel.
func (c *court) contest(id uint64) {
	c.t.Helper()
	handler, claims := "bank-LSHB", c.get(id).Claimants[0].Member
	c.MustSend(handler, &disputetypes.MsgAcknowledgeCase{Operator: chain.Address(handler), CaseId: id})
	c.MustSend(handler, &disputetypes.MsgAnswerCase{Operator: chain.Address(handler), CaseId: id, Answer: disputetypes.AnswerContest})
	key := "party-" + claims.PartyId
	c.MustSend(key, &disputetypes.MsgEscalateCase{Operator: chain.Address(key), CaseId: id})
}

// A default that the lender says was wrong is lifted with its penalty: the loan goes on by its schedule, and credit
// forgets that it was told.
func TestADefaultThatWasWrongIsLiftedAndForgotten(t *testing.T) {
	c := newCourt(t)
	borrower := "party-" + borrowerName
	c.MustSend(borrower, &credittypes.MsgEnrolBehaviour{
		Operator: chain.Address(borrower), Subject: lent, Currencies: []string{"CNY"}, EndsAt: chain.Start.AddDate(1, 0, 0),
	})
	id := c.lendInCourt(3, func(terms *financingtypes.RepaymentTerms) { terms.Period.Count, terms.DefaultDays = 12, 2 })
	loan, waivable := c.loan(id)
	require.Equal(t, financingtypes.LoanDefaulted, loan.Status)
	late := c.loansTold()
	require.Equal(t, loan.Outstanding().Uint64(), late.TotalMinor-late.OnTimeMinor)
	lift := disputetypes.Remedy{Kind: disputetypes.RemedyLift, Amount: math.OneInt()}
	filed := chain.Response[disputetypes.MsgFileCaseResponse](t, c.MustSend(borrower, penaltyCase(id, waivable, lift))).CaseId
	c.transfer(claimant, borrowerName, math.NewInt(101_000_00))
	c.pass(1) // the first instalment, its interest and what there is of penalty
	c.accept(filed)
	require.Equal(t, []disputetypes.RemedyStatus{disputetypes.RemedyDone, disputetypes.RemedyDone},
		[]disputetypes.RemedyStatus{c.get(filed).Results[0].Status, c.get(filed).Results[1].Status})
	loan, _ = c.loan(id)
	require.Equal(t, financingtypes.LoanActive, loan.Status)
	require.Zero(t, c.loansTold().Count, "as if it had not been told")
	c.requireFinancingSound()

	c.transfer(claimant, borrowerName, math.NewInt(110_000_00))
	c.pass(3)
	loan, _ = c.loan(id)
	require.Equal(t, financingtypes.LoanActive, loan.Status, "what fell due by the default waits for its day again")
	c.pass(7)
	loan, _ = c.loan(id)
	require.Equal(t, financingtypes.LoanRepaid, loan.Status)
	told := c.loansTold()
	require.Equal(t, [3]uint64{1, told.TotalMinor, told.TotalMinor}, [3]uint64{uint64(told.Count), told.TotalMinor, told.OnTimeMinor})
	violations, err := c.App.Keepers.Credit.CheckInvariants(c.Context())
	require.NoError(t, err)
	require.Empty(t, violations)
	c.requireFinancingSound()
}

// loansTold is what credit keeps of the borrower's loans.
func (c *court) loansTold() credittypes.Punctuality {
	c.t.Helper()
	state, err := c.App.Keepers.Credit.ExportGenesis(c.Context())
	require.NoError(c.t, err)
	for _, flow := range state.Flows {
		if flow.Subject == lent {
			return flow.Loans
		}
	}
	return credittypes.Punctuality{}
}
