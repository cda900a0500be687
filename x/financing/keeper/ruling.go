package keeper

import (
	"context"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// The methods of this file ask nobody for permission: x/dispute calls them when a ruling is final.

// waiverSource names a payment that is penalty set off.
const waiverSource = "waiver"

// LoanToday is a loan as it stands today, and what of its penalty a ruling could withdraw, in minor units.
func (k *Keeper) LoanToday(ctx context.Context, id uint64) (types.Loan, math.Int, error) {
	_, loan, err := k.loanToday(ctx, id)
	if err != nil {
		return loan, math.Int{}, err
	}
	return loan, domain.Waivable(loan), nil
}

// WaiveByRuling withdraws penalty of a loan, up to an amount, and what has run since it stood as it did then on what was
// unpaid: nil for nothing more. What of it had been paid and is not set off against what is due is the lender's to pay
// back: the caller moves that. ErrNothingToWaive, or ErrLoanNotFound of a loan that was closed, and forgotten.
func (k *Keeper) WaiveByRuling(ctx context.Context, id uint64, amount math.Int, then *types.Loan) (back math.Int, err error) {
	stored, loan, err := k.loanToday(ctx, id)
	if err != nil {
		return math.Int{}, err
	}
	if then != nil {
		amount = amount.Add(domain.RunSince(*then, loan))
	}
	after, waiver, err := domain.Waive(loan, amount)
	if err != nil {
		return math.Int{}, err
	}
	if waiver.SetOff.IsPositive() {
		repayment := types.Repayment{Source: waiverSource, Amount: waiver.SetOff, Parts: waiver.Parts}
		if err := k.noteRepayment(ctx, loan, after, repayment); err != nil {
			return math.Int{}, err
		}
	}
	if err := k.changeLoan(ctx, stored, after, ""); err != nil {
		return math.Int{}, err
	}
	return waiver.Back, emit(ctx, &types.EventPenaltyWaived{
		LoanId: id, WrittenDown: waiver.WrittenDown, SetOff: waiver.SetOff, Returned: waiver.Back,
		PenaltyWaived: after.PenaltyWaived, Owed: domain.Owed(after),
	})
}

// LiftDefaultByRuling takes back the default of a loan of which nothing is unpaid that is due by its schedule, else
// ErrStillDue; ErrLoanTransition of one that is not in default.
func (k *Keeper) LiftDefaultByRuling(ctx context.Context, id uint64) error {
	stored, loan, err := k.loanToday(ctx, id)
	if err != nil {
		return err
	}
	after, err := domain.LiftDefault(loan)
	if err != nil {
		return err
	}
	if given, told := domain.ToldDefault(loan); told {
		if err := k.Behaviour.TakeBackDefault(ctx, loan.Borrower, given, loan.DefaultedAt); err != nil {
			return err
		}
	}
	return k.changeLoan(ctx, stored, after, "")
}

// Holdings are what the holders have of a receivable, by address, at most MaxHolders.
func (k *Keeper) Holdings(ctx context.Context, id uint64) ([]types.Holding, error) {
	return k.holdingsOf(ctx, id)
}

// ReduceByRuling takes off a receivable, up to an amount, what its supplier still has of it and has not bound: these
// units are no more, and as much less is unpaid. Units of others stay: a confirmed receivable is good in their hands.
// It returns how much that was. The invoice parts are not free again: what was confirmed has used them up.
func (k *Keeper) ReduceByRuling(ctx context.Context, id uint64, amount math.Int) (math.Int, error) {
	before, err := k.Receivable(ctx, id)
	if err != nil {
		return math.Int{}, err
	}
	account, err := k.bytesOf(before.Supplier)
	if err != nil {
		return math.Int{}, err
	}
	free, err := k.Ledger.Available(ctx, account, types.UnitDenom(id))
	if err != nil {
		return math.Int{}, err
	}
	units := math.MinInt(amount, free)
	if !units.IsPositive() {
		return math.ZeroInt(), nil
	}
	after, err := k.takeOff(ctx, before, account, units)
	if err != nil {
		return math.Int{}, err
	}
	if err := k.changeReceivable(ctx, before, after, ""); err != nil {
		return math.Int{}, err
	}
	return units, emit(ctx, &types.EventReceivableReduced{
		ReceivableId: id, Supplier: after.Supplier, Debtor: after.Debtor, Units: units, Unpaid: after.Unpaid,
	})
}

// takeOff takes units of a holder out of the ledger that nobody paid for and nothing binds.
func (k *Keeper) takeOff(ctx context.Context, receivable types.Receivable, account sdk.AccAddress, units math.Int) (types.Receivable, error) {
	holding, err := k.holdingOf(ctx, receivable.Id, account)
	if err != nil {
		return receivable, err
	}
	securities, err := k.securitiesOf(ctx, receivable.Id)
	if err != nil {
		return receivable, err
	}
	after, err := k.redeemUnits(ctx, receivable, holding, units, ofHolder(securities, holding.Account), nil)
	if err != nil {
		return receivable, err
	}
	after.Reduced = after.Reduced.Add(units)
	if after.Unpaid.IsPositive() {
		return after, nil
	}
	return k.settleReceivable(ctx, after, domain.TakeOff)
}
