package keeper_test

import (
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/financing/keeper"
	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

func TestALoanIsCollectedByItselfOnItsDay(t *testing.T) {
	l := newLoans(t)
	id := l.lend(5_000_000, advance())
	l.bank.balances["borrower"] += 30_000 // the interest
	l.days(29)
	require.Equal(t, "5029000", l.loan(id).Owed.String())
	require.Zero(t, l.loan(id).Due.Int64(), "nothing is due the day before")

	l.days(1)
	answer := l.loan(id)
	require.Equal(t, types.LoanRepaid, answer.Loan.Status)
	require.Zero(t, answer.Owed.Int64())
	require.Equal(t, int64(100_030_000), l.bank.balances["lender"])
	require.Zero(t, l.bank.balances["borrower"])
	repayments, err := l.query.Repayments(l.ctx, &types.QueryRepaymentsRequest{LoanId: id})
	require.NoError(t, err)
	require.Len(t, repayments.Repayments, 1)
	require.Contains(t, repayments.Repayments[0].Source, "payment/")
	require.Len(t, l.told(&types.EventInstalmentCalled{}), 1)
	require.Len(t, l.told(&types.EventRepaymentReceived{}), 1)
	changed := l.told(&types.EventLoanStatusChanged{})
	require.Len(t, changed, 1)
	require.Equal(t, types.LoanRepaid, changed[0].(*types.EventLoanStatusChanged).NewStatus)
	require.Len(t, l.files.told, 1, "credit is told that the borrower was on time")
	require.Equal(t, answer.Loan.Borrower, l.files.told[0].party)
	on := l.files.told[0].obligation
	require.Equal(t, [3]int64{5_030_000, on.DueDay, on.DueDay}, [3]int64{on.Amount.Int64(), on.DueDay, on.EndDay})
}

func TestWhatIsMissingIsCollectedDayAfterDay(t *testing.T) {
	l := newLoans(t)
	id := l.lend(5_000_000, advance())
	l.bank.balances["borrower"] = 1_000_000
	l.days(30)
	answer := l.loan(id)
	require.Equal(t, types.LoanActive, answer.Loan.Status, "days of grace")
	require.Equal(t, "4030000", answer.Due.String())
	uncollected := l.told(&types.EventLoanUncollected{})[0].(*types.EventLoanUncollected)
	require.Equal(t, "5030000", uncollected.Due.String())
	require.Equal(t, "1000000", uncollected.Collected.String())

	l.days(4)
	require.Equal(t, types.LoanOverdue, l.loan(id).Loan.Status)
	require.Equal(t, types.ClassSpecialMention, l.loan(id).Loan.Class)
	l.bank.balances["borrower"] = 6_000_000
	l.days(1)
	require.Equal(t, types.LoanRepaid, l.loan(id).Loan.Status)
	require.Equal(t, int64(100_000_000+6_000_000+1_000_000-5_000_000), l.bank.balances["lender"]+l.bank.balances["borrower"], "no money is made")
	require.Len(t, l.files.told, 1)
	require.Equal(t, int64(5), l.files.told[0].obligation.EndDay-l.files.told[0].obligation.DueDay, "five days late")
}

func TestARefusedCollectionLeavesTheLoanAsItIsAndIsTriedAgain(t *testing.T) {
	l := newLoans(t)
	id := l.lend(5_000_000, advance())
	l.bank.balances["borrower"] = 6_000_000
	l.bank.refuses["lender"] = settlementtypes.ErrInsufficientReserve.Wrap("HXNB")
	l.days(30)
	require.Equal(t, "5030000", l.loan(id).Due.String())
	told := l.told(&types.EventLoanUncollected{})
	require.Len(t, told, 1)
	require.Contains(t, told[0].(*types.EventLoanUncollected).Explanation, "reserve")
	delete(l.bank.refuses, "lender")
	l.days(1)
	require.Equal(t, types.LoanRepaid, l.loan(id).Loan.Status)
}

func TestWhoUsesUpTheNameOfACollectionPutsItOffByADay(t *testing.T) {
	l := newLoans(t)
	id := l.lend(5_000_000, advance())
	l.bank.balances["borrower"] = 6_000_000
	_, err := l.bank.Pay(l.ctx, settlementtypes.Order{
		Debtor: "borrower", Creditor: "lender", Currency: "CNY", Amount: math.NewInt(1), EndToEndDigest: types.PayLoan.Digest(id, 0),
	})
	require.NoError(t, err)
	l.days(30)
	require.Equal(t, "5030000", l.loan(id).Due.String())
	l.days(1)
	require.Equal(t, types.LoanRepaid, l.loan(id).Loan.Status)
}

func TestALoanThatFallsDueWhileTheChainIsDownIsCollectedWhenItIsBackWithoutPenalty(t *testing.T) {
	l := newLoans(t)
	id := l.lend(5_000_000, advance())
	l.bank.balances["borrower"] = 0
	l.days(25)
	l.block(20 * 24 * time.Hour) // day 45: no block from day 26 to 44

	answer := l.loan(id)
	require.Equal(t, "5045000", answer.Due.String(), "interest for all the days, for the borrower had the money; no penalty")
	require.Equal(t, types.LoanActive, answer.Loan.Status, "days of grace begin when it can be paid")
	called := l.told(&types.EventInstalmentCalled{})[0].(*types.EventInstalmentCalled)
	require.Equal(t, int64(15), called.CalledDay-called.DueDay)

	l.days(3)
	require.Equal(t, types.LoanActive, l.loan(id).Loan.Status)
	require.Zero(t, l.loan(id).Loan.PenaltyAccrual.Int64())
	l.days(1)
	require.Equal(t, types.LoanOverdue, l.loan(id).Loan.Status)

	penalty := l.loan(id).Loan.PenaltyAccrual
	l.block(100 * 24 * time.Hour)
	require.Equal(t, types.LoanOverdue, l.loan(id).Loan.Status, "a halt brings it no nearer to default")
	perDay := math.NewInt(5_030_000 * 36_000)
	require.Equal(t, penalty.Add(perDay).String(), l.loan(id).Loan.PenaltyAccrual.String(), "one day with a block")
}

func TestAfterAHaltBlocksWorkOffWhatFellDueInTheOrderOfItsDays(t *testing.T) {
	l := newLoans(t)
	const count = 150 // two of work each: more than a block works off
	var ids []uint64
	for range count {
		ids = append(ids, l.lend(10_000, advance()))
	}
	l.bank.balances["borrower"] += 100 * count
	l.block(40 * 24 * time.Hour)
	collected := 0
	for i, id := range ids {
		if l.loan(id).Loan.Status == types.LoanRepaid {
			collected++
			require.Equal(t, collected, i+1, "the first ones first")
		}
	}
	require.Equal(t, types.DueWorkPerBlock/2, collected)
	l.block(time.Second)
	for _, id := range ids {
		require.Equal(t, types.LoanRepaid, l.loan(id).Loan.Status)
		require.Zero(t, l.loan(id).Loan.PenaltyPaid.Int64())
	}
}

func TestABorrowerRepaysEarlyAndNotMoreThanItOwes(t *testing.T) {
	l := newLoans(t)
	id := l.lend(5_000_000, advance())
	l.bank.balances["borrower"] += 1_000_000
	l.days(10)
	_, err := l.repay(id, 5_010_001)
	require.ErrorIs(t, err, types.ErrPaymentAboveDebt, "5010000 are owed")
	require.ErrorContains(t, err, "5010000 are owed")
	_, err = l.repay(id, 0)
	require.ErrorIs(t, err, types.ErrInvalidLoan)
	_, err = l.repay(99, 1)
	require.ErrorIs(t, err, types.ErrLoanNotFound)

	answer, err := l.repay(id, 2_000_000)
	require.NoError(t, err)
	require.Equal(t, "3010000", answer.Owed.String())
	require.Equal(t, int64(2_000_000), l.desk.spent, "it counts against the operator's day")
	answer, err = l.repay(id, 3_010_000)
	require.NoError(t, err)
	require.Zero(t, answer.Owed.Int64())
	require.Equal(t, types.LoanRepaid, l.loan(id).Loan.Status)
	_, err = l.repay(id, 1)
	require.ErrorIs(t, err, types.ErrPaymentAboveDebt)
	l.days(30)
	require.Zero(t, l.loan(id).Loan.PenaltyPaid.Int64())
	require.Len(t, l.bank.paid, 2, "nothing is collected of a loan that is repaid")
}

func TestALendersMistakeIsTakenBackOnTheSameDay(t *testing.T) {
	l := newLoans(t)
	id := l.lend(5_000_000, advance())
	l.bank.balances["borrower"] += 1_000_000
	l.days(10)
	before := l.loan(id)
	answer, err := l.repay(id, 5_010_000)
	require.NoError(t, err)
	undo := &types.MsgReverseRepayment{Operator: "lena", LoanId: id, Number: answer.Number}
	_, err = l.msg.ReverseRepayment(l.ctx, undo)
	require.NoError(t, err)
	after := l.loan(id)
	require.Equal(t, uint32(1), after.Loan.Repayments, "it stays on record")
	after.Loan.Repayments, after.Loan.Payments = 0, 0
	require.Equal(t, before, after)
	require.Equal(t, int64(6_000_000), l.bank.balances["borrower"])
	_, err = l.msg.ReverseRepayment(l.ctx, undo)
	require.ErrorIs(t, err, types.ErrNotReversible, "only once")

	answer, err = l.repay(id, 10)
	require.NoError(t, err)
	l.days(1)
	undo.Number = answer.Number
	_, err = l.msg.ReverseRepayment(l.ctx, undo)
	require.ErrorIs(t, err, types.ErrNotReversible, "not on another day")
	undo.Number = 9
	_, err = l.msg.ReverseRepayment(l.ctx, undo)
	require.ErrorIs(t, err, types.ErrRepaymentNotFound)
	l.bank.balances["borrower"] = 6_000_000
	l.days(19)
	require.Equal(t, types.LoanRepaid, l.loan(id).Loan.Status, "it is still collected on its day")
}

func TestMoneyFromAReceivableServesTheLoanFirstAndTheRestIsTheBorrowers(t *testing.T) {
	l := newLoans(t)
	id := l.lend(5_000_000, advance())
	l.days(30 - 1)
	owed, err := keeper.OwedToday(l.keeper, l.ctx, id)
	require.NoError(t, err)
	require.Equal(t, "5029000", owed.String())
	surplus, err := keeper.ApplyRepayment(l.keeper, l.ctx, id, math.NewInt(6_000_000), "receivable/7")
	require.NoError(t, err)
	require.Equal(t, "971000", surplus.String())
	require.Equal(t, types.LoanRepaid, l.loan(id).Loan.Status)
	l.requireSound()
	_, err = keeper.ApplyRepayment(l.keeper, l.ctx, id, math.NewInt(1), "receivable/7")
	require.ErrorIs(t, err, types.ErrLoanTransition)
}

func TestALoanThatNobodyPaysGoesDownTheClassesAndIsWrittenOff(t *testing.T) {
	l := newLoans(t)
	id := l.lend(5_000_000, advance())
	l.bank.balances["borrower"] = 0
	writeOff := &types.MsgWriteOffLoan{Operator: "lena", LoanId: id}
	_, err := l.msg.WriteOffLoan(l.ctx, writeOff)
	require.ErrorIs(t, err, types.ErrLoanTransition)
	l.days(30 + 90)
	require.Equal(t, types.LoanOverdue, l.loan(id).Loan.Status)
	l.days(1)
	require.Equal(t, types.LoanDefaulted, l.loan(id).Loan.Status)
	require.Equal(t, types.ClassSubstandard, l.loan(id).Loan.Class)
	l.days(180)
	require.Equal(t, types.ClassDoubtful, l.loan(id).Loan.Class)
	l.days(90)
	require.Equal(t, types.ClassLoss, l.loan(id).Loan.Class)

	answer, err := l.msg.WriteOffLoan(l.ctx, writeOff)
	require.NoError(t, err)
	require.Equal(t, "5000000", answer.WrittenOff.String())
	owed := l.loan(id).Owed
	l.days(100)
	require.Equal(t, owed, l.loan(id).Owed, "it costs no more")
	l.bank.balances["borrower"] = 10_000_000
	recovered, err := l.repay(id, owed.Int64())
	require.NoError(t, err)
	require.Zero(t, recovered.Owed.Int64())
	require.Equal(t, types.LoanRecovered, l.loan(id).Loan.Status)
	require.Equal(t, owed, l.loan(id).Loan.Recovered)
	l.requireSound()
}

func TestAClosedLoanIsForgottenWhenItsRetentionIsOver(t *testing.T) {
	l := newLoans(t)
	id := l.lend(5_000_000, advance())
	l.bank.balances["borrower"] += 1_000_000
	for range types.RepaymentsDroppedPerBlock + 5 {
		_, err := l.repay(id, 1)
		require.NoError(t, err)
	}
	_, err := l.repay(id, 5_000_000-types.RepaymentsDroppedPerBlock-5)
	require.NoError(t, err)
	require.Equal(t, types.LoanRepaid, l.loan(id).Loan.Status)
	l.days(365)
	l.loan(id)
	l.days(1)
	l.block(time.Second)
	_, err = l.query.Loan(l.ctx, &types.QueryLoanRequest{LoanId: id})
	require.ErrorIs(t, err, types.ErrLoanNotFound)
	state, err := l.keeper.ExportGenesis(l.ctx)
	require.NoError(t, err)
	require.Empty(t, state.Loans)
	require.Empty(t, state.Repayments)
	listed, err := l.query.Loans(l.ctx, &types.QueryLoansRequest{InstitutionId: "HXNB", PartyId: "acme"})
	require.NoError(t, err)
	require.Empty(t, listed.Loans)
}

func TestWhoMayDoWhatWithALoan(t *testing.T) {
	l := newLoans(t)
	l.desk.operators["zoe"] = accesstypes.Member{InstitutionId: "HXNB", PartyId: "zeta"}
	l.desk.may["zoe"] = everyone
	id := l.lend(5_000_000, advance())
	_, err := l.repay(id, 100)
	require.NoError(t, err)
	for _, row := range []struct {
		operator            string
		repay, undo, giveUp error
	}{
		{"ann", nil, accesstypes.ErrScopeDenied, accesstypes.ErrScopeDenied},
		{"lena", accesstypes.ErrScopeDenied, nil, types.ErrLoanTransition},
		{"cleo", accesstypes.ErrPermissionDenied, accesstypes.ErrPermissionDenied, accesstypes.ErrPermissionDenied},
		{"zoe", accesstypes.ErrScopeDenied, accesstypes.ErrScopeDenied, accesstypes.ErrScopeDenied},
		{"nobody", accesstypes.ErrOperatorNotFound, accesstypes.ErrOperatorNotFound, accesstypes.ErrOperatorNotFound},
	} {
		try := func(want error, what string, do func() error) {
			err := do()
			if want == nil {
				require.NoError(t, err, "%s may %s", row.operator, what)
				return
			}
			require.ErrorIs(t, err, want, "%s may not %s", row.operator, what)
		}
		ctx, _ := l.ctx.CacheContext()
		try(row.undo, "reverse", func() error {
			_, err := l.msg.ReverseRepayment(ctx, &types.MsgReverseRepayment{Operator: row.operator, LoanId: id, Number: 1})
			return err
		})
		try(row.repay, "repay", func() error {
			_, err := l.msg.RepayLoan(ctx, &types.MsgRepayLoan{Operator: row.operator, LoanId: id, Amount: math.NewInt(1)})
			return err
		})
		try(row.giveUp, "write off", func() error {
			_, err := l.msg.WriteOffLoan(ctx, &types.MsgWriteOffLoan{Operator: row.operator, LoanId: id})
			return err
		})
	}
}

func TestLoansAreTheSameAfterGenesis(t *testing.T) {
	l := newLoans(t)
	l.bank.balances["borrower"] = 300_000
	monthly := advance()
	monthly.Schedule, monthly.Instalments, monthly.Period = types.EqualInstalment, 6, types.Period{Unit: types.UnitMonth, Count: 1}
	first := l.lend(1_000_000, monthly)
	l.lend(2_000_000, advance())
	_, err := l.repay(first, 50_000)
	require.NoError(t, err)
	l.days(33)
	l.requireSameAfterGenesis()
	l.block(50 * 24 * time.Hour)
	l.requireSameAfterGenesis()
}

// requireSameAfterGenesis exports, starts a chain from it, and exports again.
func (l *loans) requireSameAfterGenesis() {
	l.t.Helper()
	state, err := l.keeper.ExportGenesis(l.ctx)
	require.NoError(l.t, err)
	again := newLoans(l.t)
	iterator := again.ctx.KVStore(again.store).Iterator(nil, nil)
	var keys [][]byte
	for ; iterator.Valid(); iterator.Next() {
		keys = append(keys, iterator.Key())
	}
	require.NoError(l.t, iterator.Close())
	for _, key := range keys {
		again.ctx.KVStore(again.store).Delete(key)
	}
	again.ctx = again.ctx.WithBlockTime(l.ctx.BlockTime())
	require.NoError(l.t, again.keeper.InitGenesis(again.ctx, state))
	exported, err := again.keeper.ExportGenesis(again.ctx)
	require.NoError(l.t, err)
	require.Equal(l.t, state, exported)
	require.Equal(l.t, l.stored(), again.stored(), "indexes and queues too")
}

func (l *loans) stored() (all [][2]string) {
	iterator := l.ctx.KVStore(l.store).Iterator(nil, nil)
	defer iterator.Close()
	for ; iterator.Valid(); iterator.Next() {
		all = append(all, [2]string{string(iterator.Key()), string(iterator.Value())})
	}
	return all
}
