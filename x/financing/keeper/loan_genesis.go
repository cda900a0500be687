package keeper

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// initLoans fills an empty store with the loans of a valid genesis.
func (k *Keeper) initLoans(ctx context.Context, state *types.GenesisState) error {
	if state.Clock.Day != 0 {
		if err := k.clock.Set(ctx, state.Clock); err != nil {
			return err
		}
	}
	for _, loan := range state.Loans {
		if err := domain.CheckBooks(loan); err != nil {
			return err
		}
		if err := k.insertLoan(ctx, loan); err != nil {
			return err
		}
		if err := k.restoreDay(ctx, loan.NextDay, types.DueLoan, loan.Id); err != nil {
			return err
		}
	}
	for _, repayment := range state.Repayments {
		if err := k.repayments.Set(ctx, collections.Join(repayment.LoanId, repayment.Number), repayment); err != nil {
			return err
		}
	}
	for _, draw := range state.Draws {
		if err := k.draws.Set(ctx, collections.Join(draw.LoanId, draw.Number), draw); err != nil {
			return err
		}
	}
	for _, use := range state.Uses {
		if err := k.uses.Set(ctx, collections.Join(use.LoanId, use.PaymentUetr), use); err != nil {
			return err
		}
		if err := k.usesCounted.Set(ctx, use.PaymentUetr, use.LoanId); err != nil {
			return err
		}
	}
	return k.nextLoan.Set(ctx, state.NextLoanId)
}

// restoreDay is enqueueDay at genesis.
func (k *Keeper) restoreDay(ctx context.Context, day int64, kind types.DueKind, id uint64) error {
	at, err := k.startOf(ctx, day)
	if err != nil || day == 0 {
		return err
	}
	return k.restoreDue(ctx, at, kind, id)
}

func (k *Keeper) exportLoans(ctx context.Context, state *types.GenesisState) (err error) {
	if state.Clock, _, err = found(k.clock.Get(ctx)); err != nil {
		return err
	}
	if state.Loans, err = all(ctx, k.loans); err != nil {
		return err
	}
	if len(state.Loans) > 0 { // before the end of a block they are ahead of it
		if state.Clock, err = k.clockNow(ctx); err != nil {
			return err
		}
	}
	if state.Repayments, err = all(ctx, k.repayments); err != nil {
		return err
	}
	if state.Draws, err = all(ctx, k.draws); err != nil {
		return err
	}
	if state.Uses, err = all(ctx, k.uses); err != nil {
		return err
	}
	state.NextLoanId, err = k.nextLoan.Peek(ctx)
	return err
}

// checkLoans: the books of every loan are right, and a block will look at each that asks for it.
func (k *Keeper) checkLoans(ctx context.Context, state *types.GenesisState) ([]string, error) {
	var wrong []string
	for _, loan := range state.Loans {
		if err := domain.CheckBooks(loan); err != nil {
			wrong = append(wrong, err.Error())
		}
		isQueued, err := k.isQueued(ctx, loan.NextDay, types.DueLoan, loan.Id)
		if err != nil {
			return nil, err
		}
		if !isQueued {
			wrong = append(wrong, fmt.Sprintf("loan %d is not in the queue for day %d", loan.Id, loan.NextDay))
		}
	}
	return wrong, nil
}

// isQueued reports whether a block will look at an item on a day, or tries it again because no block could work it
// off; an item without a day needs none.
func (k *Keeper) isQueued(ctx context.Context, day int64, kind types.DueKind, id uint64) (bool, error) {
	at, err := k.startOf(ctx, day)
	if err != nil || day == 0 {
		return err == nil, err
	}
	isStuck, err := k.stuck.Has(ctx, collections.Join(uint32(kind), id))
	if err != nil || isStuck {
		return isStuck, err
	}
	return k.due.Has(ctx, collections.Join3(at, uint32(kind), id))
}
