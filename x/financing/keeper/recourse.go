package keeper

import (
	"context"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// exerciseRecourse has a seller take back at par what it promised to, as far as the holder has it and it is
// free: units against money in one posting. The seller agreed to it when it sold.
func (k *Keeper) exerciseRecourse(
	ctx context.Context, actor accesstypes.Actor, receivable types.Receivable, holder settlementtypes.Account, sellerAddress string,
) (units math.Int, uetr string, err error) {
	if receivable.Status != types.ReceivableDefaulted {
		return math.Int{}, "", types.ErrReceivableTransition.Wrapf("there is no recourse for one that is %s", receivable.Status)
	}
	seller, err := k.Settlement.Account(ctx, sellerAddress)
	if err != nil {
		return math.Int{}, "", err
	}
	recourse, units, err := k.recoverable(ctx, receivable, holder, seller)
	if err != nil {
		return math.Int{}, "", err
	}
	uetrs, err := k.Settlement.Exchange(ctx, actor.Address, [2]settlementtypes.Leg{
		{Payer: holder.Address, Payee: seller.Address, Denom: types.UnitDenom(receivable.Id), Amount: units},
		{
			Payer: seller.Address, Payee: holder.Address, Amount: units,
			Denom:          settlementtypes.DepositDenom(seller.InstitutionId, receivable.Currency),
			EndToEndDigest: types.PaymentDigest(receivable.Id, receivable.Payments),
		},
	})
	if err != nil {
		return math.Int{}, "", err
	}
	if err := k.setRecourse(ctx, recourse, recourse.Units.Sub(units)); err != nil {
		return math.Int{}, "", err
	}
	after := receivable
	after.Payments++
	if after, err = k.noteMove(ctx, after, unitMove{operator: actor.Address, from: holder, to: seller, units: units, paymentUETR: uetrs[1]}); err != nil {
		return math.Int{}, "", err
	}
	if err := k.changeReceivable(ctx, receivable, after, actor.Address); err != nil {
		return math.Int{}, "", err
	}
	return units, uetrs[1], emit(ctx, &types.EventRecourseExercised{
		ReceivableId: receivable.Id, Creditor: holder.Address, Seller: seller.Address, Units: units, PaymentUetr: uetrs[1], Operator: actor.Address,
	})
}

// recoverable is what of a promise can be called: the holder has it, and it is free.
func (k *Keeper) recoverable(
	ctx context.Context, receivable types.Receivable, holder, seller settlementtypes.Account,
) (types.Recourse, math.Int, error) {
	all, err := k.recoursesOf(ctx, receivable.Id)
	if err != nil {
		return types.Recourse{}, math.Int{}, err
	}
	account, err := k.bytesOf(holder.Address)
	if err != nil {
		return types.Recourse{}, math.Int{}, err
	}
	free, err := k.Ledger.Available(ctx, account, types.UnitDenom(receivable.Id))
	if err != nil {
		return types.Recourse{}, math.Int{}, err
	}
	for _, recourse := range all {
		if recourse.Creditor != holder.Address || recourse.Seller != seller.Address {
			continue
		}
		if units := math.MinInt(recourse.Units, free); units.IsPositive() {
			return recourse, units, nil
		}
	}
	return types.Recourse{}, math.Int{}, types.ErrNoRecourse.Wrapf("%s to %s", holder.Address, seller.Address)
}
