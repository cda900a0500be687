package keeper

import (
	"context"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// enqueueDay has a block look at an item when a day begins; never, if the day is 0. Of the same day the receivables
// come before the loans that they secure: the queue is in the order of time and kind.
func (k *Keeper) enqueueDay(ctx context.Context, day int64, kind types.DueKind, id uint64) error {
	at, err := k.startOf(ctx, day)
	if err != nil || day == 0 {
		return err
	}
	return k.enqueue(ctx, at, kind, id)
}

// moveDay moves an item from one day to another in the queue.
func (k *Keeper) moveDay(ctx context.Context, from, to int64, kind types.DueKind, id uint64) error {
	if from == to {
		return nil
	}
	at, err := k.startOf(ctx, from)
	if err != nil {
		return err
	}
	if err := k.dequeue(ctx, at, kind, id); err != nil {
		return err
	}
	return k.enqueueDay(ctx, to, kind, id)
}

// startOf is when a day begins, in seconds since 1970.
func (k *Keeper) startOf(ctx context.Context, day int64) (int64, error) {
	calendar, err := k.calendar(ctx)
	return calendar.StartSeconds(uint64(max(0, day))), err
}

// loanDue is what a block does for a loan on its day: it collects what is due, or forgets a loan that has long been
// closed.
func (k *Keeper) loanDue(ctx context.Context, id uint64) (work int, err error) {
	stored, loan, err := k.loanToday(ctx, id)
	if err != nil {
		return 1, err
	}
	if !loan.IsOwed() { // it was kept until today
		return k.forgetLoan(ctx, loan)
	}
	loan, err = k.collectDue(ctx, loan)
	if err != nil {
		return 1, err
	}
	return 2, k.changeLoan(ctx, stored, domain.Collected(loan), "")
}

// collectDue takes what is due of a loan as far as the borrower has it. What cannot be taken stays due, and is told.
func (k *Keeper) collectDue(ctx context.Context, loan types.Loan) (types.Loan, error) {
	due := domain.DueNow(loan)
	if !due.IsPositive() {
		return loan, nil
	}
	account, err := k.Settlement.Account(ctx, loan.BorrowerAccount)
	if err != nil {
		return loan, err
	}
	available, err := k.spendable(ctx, account, loan.Currency)
	if err != nil {
		return loan, err
	}
	collected, explanation := math.MinInt(due, available), "the account does not hold more"
	if collected.IsPositive() {
		tried, keep := sdk.UnwrapSDKContext(ctx).CacheContext()
		after, _, failure := k.collect(tried, loan, collected, "")
		if failure == nil {
			keep()
			loan = after
		} else {
			loan.Payments++
			collected, explanation = math.ZeroInt(), shortened(failure.Error())
		}
	}
	if collected.Equal(due) {
		return loan, nil
	}
	return loan, emit(ctx, &types.EventLoanUncollected{LoanId: loan.Id, Due: due, Collected: collected, Explanation: explanation})
}

// forgetLoan forgets a closed loan with its payments, over several blocks if they are many.
func (k *Keeper) forgetLoan(ctx context.Context, loan types.Loan) (int, error) {
	dropped, err := k.dropRepayments(ctx, loan.Id)
	if err != nil {
		return 1, err
	}
	if dropped == types.RepaymentsDroppedPerBlock {
		return dropped, k.enqueueDay(ctx, loan.NextDay, types.DueLoan, loan.Id)
	}
	traced, err := k.dropTrace(ctx, loan.Id)
	if err != nil {
		return dropped, err
	}
	return dropped + traced + 1, k.dropLoan(ctx, loan)
}
