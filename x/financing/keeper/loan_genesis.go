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
		at, err := k.lookAt(ctx, loan)
		if err != nil {
			return err
		}
		if at == 0 {
			continue
		}
		if err := k.restoreDue(ctx, at, types.DueLoan, loan.Id); err != nil {
			return err
		}
	}
	for _, repayment := range state.Repayments {
		if err := k.repayments.Set(ctx, collections.Join(repayment.LoanId, repayment.Number), repayment); err != nil {
			return err
		}
	}
	return k.nextLoan.Set(ctx, state.NextLoanId)
}

func (k *Keeper) exportLoans(ctx context.Context, state *types.GenesisState) (err error) {
	if state.Clock, _, err = found(k.clock.Get(ctx)); err != nil {
		return err
	}
	if state.Loans, err = all(ctx, k.loans); err != nil {
		return err
	}
	if state.Repayments, err = all(ctx, k.repayments); err != nil {
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
		at, err := k.lookAt(ctx, loan)
		if err != nil {
			return nil, err
		}
		if at == 0 {
			continue
		}
		isQueued, err := k.due.Has(ctx, collections.Join3(at, uint32(types.DueLoan), loan.Id))
		if err != nil {
			return nil, err
		}
		isStuck, err := k.stuck.Has(ctx, collections.Join(uint32(types.DueLoan), loan.Id))
		if err != nil {
			return nil, err
		}
		if !isQueued && !isStuck {
			wrong = append(wrong, fmt.Sprintf("loan %d is not in the queue for day %d", loan.Id, loan.NextDay))
		}
	}
	return wrong, nil
}
