package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// EndBlock releases holds whose time is over, lists what the block decided, logs it, and lets go of what has
// been kept long enough.
func (k *Keeper) EndBlock(ctx context.Context) error {
	if err := k.workOffHolds(ctx); err != nil {
		return err
	}
	decided, err := k.decidedInBlock(ctx)
	if err != nil {
		return err
	}
	if err := k.listDecided(ctx, decided); err != nil {
		return err
	}
	if err := k.logDecided(ctx, decided); err != nil {
		return err
	}
	if err := k.retireDue(ctx); err != nil {
		return err
	}
	return k.forgetReturns(ctx)
}

// listDecided turns the transient list of the block into one Merklised record.
func (k *Keeper) listDecided(ctx context.Context, decided []decision) error {
	if len(decided) == 0 {
		return nil
	}
	header := sdk.UnwrapSDKContext(ctx)
	// A list of this height exists already if the chain began anew from an export at a lower height.
	// Its keys then stay as long as the new ones: later than due, never earlier.
	list, _, err := found(k.retirements.Get(ctx, header.BlockHeight()))
	if err != nil {
		return err
	}
	list.Height = header.BlockHeight()
	list.DecidedAt = header.BlockTime()
	for _, d := range decided {
		list.Keys = append(list.Keys, d.key)
	}
	return k.retirements.Set(ctx, list.Height, list)
}

// retireDue does at most the params' work of one block; the rest waits for the next.
func (k *Keeper) retireDue(ctx context.Context) error {
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	due, err := k.dueLists(ctx, params)
	if err != nil || len(due) == 0 {
		return err
	}
	plan := domain.PlanRetirement(due, int(params.RetirementsPerBlockMax))
	payments, err := k.retire(ctx, plan)
	if err != nil {
		return err
	}
	more := plan.Rest != nil || len(plan.Emptied) < len(due)
	if payments == 0 && !more {
		return nil
	}
	return emit(ctx, &types.EventPaymentsRetired{Payments: payments, More: more})
}

// dueLists loads the oldest due lists until they hold more than one block's work: one list beyond it
// tells that there is more. No list is empty, so it loads at most one list more than there is work.
func (k *Keeper) dueLists(ctx context.Context, params types.Params) ([]types.Retirement, error) {
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	var due []types.Retirement
	keys := 0
	err := k.retirements.Walk(ctx, nil, func(_ int64, list types.Retirement) (bool, error) {
		if !domain.IsDue(list.DecidedAt, params.RetentionPeriod, now) {
			return true, nil
		}
		due = append(due, list)
		keys += len(list.Keys)
		return keys > int(params.RetirementsPerBlockMax), nil
	})
	return due, err
}

// retire lets go of what a plan takes and counts the payments among it.
func (k *Keeper) retire(ctx context.Context, plan domain.RetirementPlan) (uint32, error) {
	var payments uint32
	for _, item := range plan.Take {
		left, err := k.retireKey(ctx, item)
		if err != nil {
			return 0, err
		}
		if left {
			payments++
		}
	}
	for _, height := range plan.Emptied {
		if err := k.retirements.Remove(ctx, height); err != nil {
			return 0, err
		}
	}
	if plan.Rest == nil {
		return payments, nil
	}
	return payments, k.retirements.Set(ctx, plan.Rest.Height, *plan.Rest)
}

// retireKey lets go of one payment or instruction, and tells whether a payment left. A payment that was
// tried again belongs to the later block's list.
func (k *Keeper) retireKey(ctx context.Context, item domain.Retirable) (bool, error) {
	if len(item.Key) == types.DigestLength {
		return false, k.instructions.Remove(ctx, item.Key)
	}
	payment, exists, err := found(k.payments.Get(ctx, item.Key))
	if err != nil || !exists || payment.Height != item.Height {
		return false, err
	}
	if err := k.payments.Remove(ctx, item.Key); err != nil {
		return false, err
	}
	if err := k.retireReturned(ctx, item.Key, payment); err != nil {
		return false, err
	}
	return true, k.removeName(ctx, payment)
}

// removeName takes the second name of a payment away, if it has one.
func (k *Keeper) removeName(ctx context.Context, payment types.Payment) error {
	derived, err := k.derivedID(payment)
	if err != nil || derived.UETR() == payment.Uetr {
		return err
	}
	return k.paymentNames.Remove(ctx, derived[:])
}

func (k *Keeper) derivedID(payment types.Payment) (types.PaymentID, error) {
	debtor, err := k.addresses.StringToBytes(payment.Debtor)
	if err != nil {
		return types.PaymentID{}, types.ErrAddressInvalid.Wrap(err.Error())
	}
	return types.DerivePaymentID(debtor, payment.EndToEndDigest), nil
}
