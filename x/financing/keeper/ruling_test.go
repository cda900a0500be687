package keeper_test

import (
	"context"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// late is a loan of 50,000.00 whose instalment has been unpaid so long that penalty runs; 10,000.00 came since, the
// penalty first.
func (l *loans) late() uint64 {
	l.t.Helper()
	id := l.lend(5_000_000, advance())
	l.bank.balances["borrower"] = 0
	l.days(60)
	l.bank.balances["borrower"] = 1_000_000
	l.days(1)
	return id
}

func TestAPenaltyThatARulingWithdrawsIsSetOffAndLeftBehindInTheBooks(t *testing.T) {
	l := newLoans(t)
	id := l.late()
	before, waivable, err := l.keeper.LoanToday(l.ctx, id)
	require.NoError(t, err)
	require.Equal(t, before.PenaltyPaid, waivable, "all that has run was paid")
	require.Equal(t, "14084", waivable.String(), "28 days of 3.6 % on 5,030,000")
	owed := l.loan(id).Owed

	back, err := l.keeper.WaiveByRuling(l.ctx, id, math.NewInt(10_000), nil)
	require.NoError(t, err)
	require.Zero(t, back.Int64(), "it pays what is due")
	after := l.loan(id)
	require.Equal(t, owed.SubRaw(10_000).String(), after.Owed.String())
	require.Equal(t, [3]string{"4084", "10000", "10000"}, [3]string{after.Loan.PenaltyPaid.String(), after.Loan.PenaltyWaived.String(), after.Loan.PenaltyReturned.String()})
	told := l.told(&types.EventPenaltyWaived{})
	require.Len(t, told, 1)
	require.Equal(t, "10000", told[0].(*types.EventPenaltyWaived).SetOff.String())
	repayment, err := l.keeper.Repayment(l.ctx, id, after.Loan.Repayments)
	require.NoError(t, err)
	require.Equal(t, "waiver", repayment.Source)
	_, err = l.msg.ReverseRepayment(l.ctx, &types.MsgReverseRepayment{Operator: "lena", LoanId: id, Number: repayment.Number})
	require.ErrorIs(t, err, types.ErrNotReversible, "what a ruling did stays")
	_, err = l.msg.ReverseRepayment(l.ctx, &types.MsgReverseRepayment{Operator: "lena", LoanId: id, Number: repayment.Number - 1})
	require.ErrorIs(t, err, types.ErrNotReversible)
	l.requireSound()

	// Paid in full, what is left of the penalty goes back in money; and then there is none.
	l.bank.balances["borrower"] = 6_000_000
	l.days(1)
	require.Equal(t, types.LoanRepaid, l.loan(id).Loan.Status)
	_, waivable, err = l.keeper.LoanToday(l.ctx, id)
	require.NoError(t, err)
	back, err = l.keeper.WaiveByRuling(l.ctx, id, math.NewInt(1_000_000), nil)
	require.NoError(t, err)
	require.Equal(t, waivable.String(), back.String())
	_, err = l.keeper.WaiveByRuling(l.ctx, id, math.OneInt(), nil)
	require.ErrorIs(t, err, types.ErrNothingToWaive)
	_, err = l.keeper.WaiveByRuling(l.ctx, 99, math.OneInt(), nil)
	require.ErrorIs(t, err, types.ErrLoanNotFound)
	require.Equal(t, types.LoanRepaid, l.loan(id).Loan.Status)
	l.requireSound()
	l.days(370)
	_, _, err = l.keeper.LoanToday(l.ctx, id)
	require.ErrorIs(t, err, types.ErrLoanNotFound, "and it is forgotten like every other")
}

func TestPenaltyThatRanSinceIsWithdrawnAsFarAsItRanOnTheSameDebt(t *testing.T) {
	l := newLoans(t)
	terms := advance()
	terms.Schedule, terms.Instalments, terms.GraceDays = types.EqualPrincipal, 2, 0
	id := l.lend(3_000_000, terms)
	l.bank.balances["borrower"] = 0
	l.days(45)
	then, waivable, err := l.keeper.LoanToday(l.ctx, id)
	require.NoError(t, err)
	l.days(10)
	more := l.loan(id).Loan
	require.Positive(t, domain.Waivable(more).Sub(waivable).Int64())
	require.Equal(t, domain.Waivable(more).Sub(waivable).String(), domain.RunSince(then, more).String(), "to the last minor unit: nothing else is late")
	l.days(10) // the second instalment has fallen due, and bears penalty too
	later := l.loan(id).Loan
	since := domain.RunSince(then, later)
	require.True(t, since.LT(domain.Waivable(later).Sub(waivable)))
	back, err := l.keeper.WaiveByRuling(l.ctx, id, waivable, &then)
	require.NoError(t, err)
	require.Zero(t, back.Int64(), "nothing was paid")
	require.Equal(t, waivable.Add(since).String(), l.loan(id).Loan.PenaltyWaived.String())
	require.Equal(t, domain.Waivable(later).Sub(waivable).Sub(since).String(), domain.Waivable(l.loan(id).Loan).String(), "that of the second is not in the case")
	l.requireSound()
}

func TestADefaultIsLiftedWhenNothingIsDue(t *testing.T) {
	l := newLoans(t)
	terms := advance()
	terms.Schedule, terms.Instalments, terms.DefaultDays = types.EqualPrincipal, 3, 20
	id := l.lend(3_000_000, terms)
	l.bank.balances["borrower"] = 0
	require.ErrorIs(t, l.keeper.LiftDefaultByRuling(l.ctx, id), types.ErrLoanTransition)
	l.days(51)
	loan := l.loan(id).Loan
	require.Equal(t, types.LoanDefaulted, loan.Status)
	require.Equal(t, l.ctx.BlockTime(), loan.DefaultedAt)
	require.Equal(t, "3000000", loan.Defaulted.String())
	require.ErrorIs(t, l.keeper.LiftDefaultByRuling(l.ctx, id), types.ErrStillDue)
	require.Equal(t, types.LoanDefaulted, l.loan(id).Loan.Status)

	l.bank.balances["borrower"] = 1_100_000 // the first instalment, its interest and penalty, and some more
	l.days(1)
	require.Equal(t, types.LoanDefaulted, l.loan(id).Loan.Status)
	require.Len(t, l.files.told, 1, "credit was told of the default")
	require.NoError(t, l.keeper.LiftDefaultByRuling(l.ctx, id))
	require.Empty(t, l.files.told, "and it was none")
	loan = l.loan(id).Loan
	require.Equal(t, types.LoanActive, loan.Status)
	require.Equal(t, types.ClassNormal, loan.Class)
	require.True(t, loan.DefaultedAt.IsZero())
	require.Zero(t, l.loan(id).Due.Int64(), "what fell due by the default alone is not due any more")
	changed := l.told(&types.EventLoanStatusChanged{})
	require.Len(t, changed, 1)
	l.requireSound()

	l.bank.balances["borrower"] = 10_000_000
	l.days(7)
	require.Equal(t, types.LoanActive, l.loan(id).Loan.Status, "nothing is collected before its day")
	l.days(1)
	require.Equal(t, uint32(2), l.loan(id).Loan.Repayments, "and the second instalment is, on day 60")
	l.days(30)
	require.Equal(t, types.LoanRepaid, l.loan(id).Loan.Status)
	l.requireSound()
}

func (f *fixture) reduce(ctx context.Context, id uint64, amount int64) int64 {
	f.Helper()
	reduced, err := f.App.Keepers.Financing.ReduceByRuling(ctx, id, math.NewInt(amount))
	require.NoError(f, err)
	violations, err := f.App.Keepers.Financing.CheckInvariants(ctx)
	require.NoError(f, err)
	require.Empty(f, violations)
	return reduced.Int64()
}

func TestARulingTakesOffAReceivableWhatItsSupplierHasFreeAndNothingElse(t *testing.T) {
	f := newFixture(t)
	id := f.confirmed(20, whole("one", 600))
	f.MustSend(key("acme"), transfer(id, "acme", false, to("beta", 200)))
	f.MustSend(key("acme"), &types.MsgPledgeReceivable{
		Operator: operator("acme"), ReceivableId: id, Creditor: account("acme"), Pledgee: account("gamma"), Units: math.NewInt(150),
	})
	keepers, ctx := f.App.Keepers.Financing, f.Context()
	before := f.money("core")
	require.Equal(t, int64(100), f.reduce(ctx, id, 100))
	require.Equal(t, int64(150), f.reduce(ctx, id, 1_000), "200 are beta's, and 150 are bound for gamma")
	require.Zero(t, f.reduce(ctx, id, 1_000))
	receivable, err := keepers.Receivable(ctx, id)
	require.NoError(t, err)
	require.Equal(t, [2]int64{350, 250}, [2]int64{receivable.Unpaid.Int64(), receivable.Reduced.Int64()})
	require.Equal(t, types.ReceivableConfirmed, receivable.Status)
	holdings, err := keepers.Holdings(ctx, id)
	require.NoError(t, err)
	have := map[string][2]int64{}
	for _, holding := range holdings {
		have[holding.Account] = [2]int64{holding.Units.Int64(), holding.Bound.Int64()}
	}
	require.Equal(t, map[string][2]int64{account("acme"): {150, 150}, account("beta"): {200, 0}}, have)
	require.Equal(t, before, f.money("core"), "no money moves")

	_, err = keepers.ReduceByRuling(ctx, 99, math.OneInt())
	require.ErrorIs(t, err, types.ErrReceivableNotFound)
	issued := f.issue(20, whole("two", 10))
	require.Zero(t, f.reduce(f.Context(), issued, 10), "what is not confirmed has no units")
}

func TestAReceivableOfWhichARulingTakesOffAllIsSettledAndItsInvoiceIsUsedUp(t *testing.T) {
	f := newFixture(t)
	id := f.confirmed(20, whole("one", 600))
	f.MustSend(key("core"), payReceivable(id, 100))
	ctx := f.Context()
	require.Equal(t, int64(500), f.reduce(ctx, id, 600))
	receivable, err := f.App.Keepers.Financing.Receivable(ctx, id)
	require.NoError(t, err)
	require.Equal(t, types.ReceivableSettled, receivable.Status)
	require.Equal(t, [3]int64{0, 500, 0}, [3]int64{receivable.Unpaid.Int64(), receivable.Reduced.Int64(), int64(receivable.Holders)})
	invoice, err := f.query().Invoice(ctx, &types.QueryInvoiceRequest{Digest: digest("one")})
	require.NoError(t, err)
	require.Equal(t, uint32(1_000_000), invoice.TakenPpm, "what a ruling took off is not financed again")
}
