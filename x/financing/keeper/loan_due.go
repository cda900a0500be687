package keeper

import (
	"context"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// enqueueLoan has a block look at a loan on its next day. Its receivables that are due on the same day come first:
// the queue is in the order of time and kind.
func (k *Keeper) enqueueLoan(ctx context.Context, loan types.Loan) error {
	at, err := k.lookAt(ctx, loan)
	if err != nil || at == 0 {
		return err
	}
	return k.enqueue(ctx, at, types.DueLoan, loan.Id)
}

// lookAt is when a loan's next day begins, in seconds; 0 if it has none.
func (k *Keeper) lookAt(ctx context.Context, loan types.Loan) (int64, error) {
	calendar, err := k.calendar(ctx)
	return calendar.StartSeconds(uint64(max(0, loan.NextDay))), err
}

// requeueLoan moves a loan in the queue if its next day has changed.
func (k *Keeper) requeueLoan(ctx context.Context, stored, after types.Loan) error {
	if stored.NextDay == after.NextDay {
		return nil
	}
	at, err := k.lookAt(ctx, stored)
	if err != nil {
		return err
	}
	if at != 0 {
		if err := k.dequeue(ctx, at, types.DueLoan, stored.Id); err != nil {
			return err
		}
	}
	return k.enqueueLoan(ctx, after)
}

// loanDue is what a block does for a loan on its day: it collects what is due, or forgets a loan that has long been
// closed.
func (k *Keeper) loanDue(ctx context.Context, id uint64) (work int, err error) {
	stored, loan, err := k.loanToday(ctx, id)
	if err != nil {
		return 1, err
	}
	if !domain.IsOwed(loan.Status) { // it was kept until today
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
	available, err := k.Settlement.Available(ctx, account, loan.Currency)
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
		return dropped, k.enqueueLoan(ctx, loan)
	}
	return dropped + 1, k.dropLoan(ctx, loan)
}
