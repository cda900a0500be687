package keeper

import (
	"context"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// PlaceHold sets money of a debtor aside for a payee, and tells whether an equal order did so before. It
// asks nobody for permission: a caller has asked, or has the right to decide.
func (k *Keeper) PlaceHold(ctx context.Context, debtor types.Account, order types.HoldOrder) (types.Hold, bool, error) {
	order.Debtor = debtor.Address
	named, err := k.namedHold(ctx, order)
	if err != nil || named.exists {
		if err == nil {
			err = domain.RepeatsHold(order, named.stored)
		}
		return named.stored, named.exists, err
	}
	facts, err := k.holdFacts(ctx, debtor, order)
	if err != nil {
		return types.Hold{}, false, err
	}
	hold, err := domain.PlaceHold(order, named.id.UETR(), facts)
	if err != nil {
		return types.Hold{}, false, err
	}
	if err := k.ledger.Hold(ctx, holdKey(named.debtor, debtor, hold), hold.Amount); err != nil {
		return types.Hold{}, false, err
	}
	if err := k.setHold(ctx, hold); err != nil {
		return types.Hold{}, false, err
	}
	return hold, false, emit(ctx, &types.EventHoldPlaced{
		Uetr: hold.Uetr, Debtor: hold.Debtor, Creditor: hold.Creditor, Currency: hold.Currency, Amount: hold.Amount,
		EndToEndDigest: hold.EndToEndDigest, ExpiresAt: hold.ExpiresAt, Operator: order.Operator,
		OldStatus: types.HoldNone, NewStatus: hold.Status,
	})
}

// namedHold is what stands under the name of an order.
type namedHold struct {
	debtor []byte
	id     types.PaymentID
	stored types.Hold
	exists bool
}

func (k *Keeper) namedHold(ctx context.Context, order types.HoldOrder) (namedHold, error) {
	address, err := k.addresses.StringToBytes(order.Debtor)
	if err != nil {
		return namedHold{}, types.ErrAddressInvalid.Wrap(err.Error())
	}
	named := namedHold{debtor: address, id: types.DeriveHoldID(address, order.EndToEndDigest)}
	named.stored, named.exists, err = found(k.holds.Get(ctx, named.id[:]))
	return named, err
}

// freshHold is the money that an order would set aside: none if it repeats a stored hold.
func (k *Keeper) freshHold(ctx context.Context, order types.HoldOrder) (accesstypes.Money, error) {
	named, err := k.namedHold(ctx, order)
	if err != nil {
		return accesstypes.Money{}, err
	}
	if named.exists && domain.RepeatsHold(order, named.stored) == nil {
		return accesstypes.MoneyOf(order.Currency, math.ZeroInt()), nil
	}
	return accesstypes.MoneyOf(order.Currency, order.Amount), nil
}

func (k *Keeper) holdFacts(ctx context.Context, debtor types.Account, order types.HoldOrder) (domain.Facts, error) {
	facts := domain.Facts{Debtor: debtor, Time: sdk.UnwrapSDKContext(ctx).BlockTime()}
	batch := domain.Batch{
		Debtor: debtor.Address, Currency: order.Currency, Lines: []domain.Line{{Transfer: types.Transfer{Creditor: order.Creditor}}},
	}
	for _, load := range []func(context.Context, domain.Batch, *domain.Facts) error{k.loadFile, k.loadCreditors} {
		if err := load(ctx, batch, &facts); err != nil {
			return facts, err
		}
	}
	var err error
	facts.Balance, err = k.depositAvailable(ctx, debtor, order.Currency)
	return facts, err
}

// CaptureHold pays the payee out of a hold: a payment like any other, whose money was set aside. digest is
// the payee's id of the capture; the same again gives the first result. It asks nobody for permission.
func (k *Keeper) CaptureHold(
	ctx context.Context, hold types.Hold, operator string, amount math.Int, digest []byte,
) (types.TransferResult, types.Hold, error) {
	debtor, err := k.account(ctx, hold.Debtor, types.ErrDebtorUnknown)
	if err != nil {
		return types.TransferResult{}, hold, err
	}
	address, err := k.addresses.StringToBytes(hold.Debtor)
	if err != nil {
		return types.TransferResult{}, hold, types.ErrAddressInvalid.Wrap(err.Error())
	}
	batch := domain.Batch{Operator: operator, Currency: hold.Currency, Single: true, Mode: types.BestEffort}
	transfer := types.Transfer{Creditor: hold.Creditor, Amount: amount, EndToEndDigest: types.CaptureDigest(hold.Uetr, digest)}
	known, err := k.payments.Has(ctx, paymentKey(address, transfer.EndToEndDigest))
	if err != nil {
		return types.TransferResult{}, hold, err
	}
	if known { // its result is the answer, or its names are taken: nothing is captured
		result, err := k.pay(ctx, debtor, batch, transfer)
		return result, hold, err
	}
	after, err := k.holdAfter(ctx, hold, func(now sdk.Context, params types.Params) (types.Hold, error) {
		return domain.CaptureHold(hold, amount, now.BlockTime(), params.RetentionPeriod)
	})
	if err != nil {
		return types.TransferResult{}, hold, err
	}
	result, err := k.pay(ctx, debtor, batch, transfer, ledgertypes.Capture{Hold: holdKey(address, debtor, hold), Amount: amount})
	if err != nil {
		return types.TransferResult{}, hold, err
	}
	if err := k.changeHold(ctx, hold, after); err != nil {
		return types.TransferResult{}, hold, err
	}
	return result, after, emit(ctx, &types.EventHoldCaptured{
		Uetr: hold.Uetr, PaymentUetr: result.Uetr, Debtor: hold.Debtor, Creditor: hold.Creditor, Currency: hold.Currency,
		Amount: amount, Left: after.Left(), Operator: operator, OldStatus: hold.Status, NewStatus: after.Status,
	})
}

// ReleaseHold gives a debtor back what is left of a hold. It asks nobody for permission.
func (k *Keeper) ReleaseHold(ctx context.Context, hold types.Hold, operator string) (types.Hold, error) {
	return k.releaseHold(ctx, hold, domain.Release, operator)
}

func (k *Keeper) releaseHold(ctx context.Context, hold types.Hold, event domain.HoldEvent, operator string) (types.Hold, error) {
	after, err := k.holdAfter(ctx, hold, func(now sdk.Context, params types.Params) (types.Hold, error) {
		return domain.ReleaseHold(hold, event, now.BlockTime(), params.RetentionPeriod)
	})
	if err != nil {
		return hold, err
	}
	debtor, err := k.account(ctx, hold.Debtor, types.ErrDebtorUnknown)
	if err != nil {
		return hold, err
	}
	address, err := k.addresses.StringToBytes(hold.Debtor)
	if err != nil {
		return hold, types.ErrAddressInvalid.Wrap(err.Error())
	}
	released, err := k.ledger.Release(ctx, holdKey(address, debtor, hold))
	if err != nil {
		return hold, err
	}
	if err := k.changeHold(ctx, hold, after); err != nil {
		return hold, err
	}
	return after, emit(ctx, &types.EventHoldReleased{
		Uetr: hold.Uetr, Debtor: hold.Debtor, Creditor: hold.Creditor, Currency: hold.Currency, Amount: released,
		Reason: after.Reason, Operator: operator, OldStatus: hold.Status, NewStatus: after.Status,
	})
}

func (k *Keeper) holdAfter(
	ctx context.Context, hold types.Hold, decide func(sdk.Context, types.Params) (types.Hold, error),
) (types.Hold, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return hold, err
	}
	return decide(sdk.UnwrapSDKContext(ctx), params)
}

// StoredHold is a hold by its UETR; ErrHoldNotFound if there is none, or it has left state.
func (k *Keeper) StoredHold(ctx context.Context, uetr string) (types.Hold, error) {
	id, err := types.ParseUETR(uetr)
	if err != nil {
		return types.Hold{}, err
	}
	return load(ctx, k.holds, id[:], types.ErrHoldNotFound.Wrap(uetr))
}

func paymentKey(debtor, digest []byte) []byte {
	id := types.DerivePaymentID(debtor, digest)
	return id[:]
}

// holdKey is what the ledger calls a hold.
func holdKey(address []byte, debtor types.Account, hold types.Hold) ledgertypes.HoldKey {
	return ledgertypes.HoldKey{
		Account: address, Denom: types.DepositDenom(debtor.InstitutionId, hold.Currency), Module: types.ModuleName, ID: hold.Uetr,
	}
}

// setHold stores a hold and lists it for the block that looks at it next.
func (k *Keeper) setHold(ctx context.Context, hold types.Hold) error {
	id, err := types.ParseUETR(hold.Uetr)
	if err != nil {
		return err
	}
	if err := k.holds.Set(ctx, id[:], hold); err != nil {
		return err
	}
	return k.holdsDue.Set(ctx, dueKeyOf(hold, id))
}

// changeHold stores a hold in its new standing, and in its new place in the list if that changed.
func (k *Keeper) changeHold(ctx context.Context, before, after types.Hold) error {
	id, err := types.ParseUETR(before.Uetr)
	if err != nil {
		return err
	}
	if before.DueAt.Equal(after.DueAt) {
		return k.holds.Set(ctx, id[:], after)
	}
	if err := k.holdsDue.Remove(ctx, dueKeyOf(before, id)); err != nil {
		return err
	}
	return k.setHold(ctx, after)
}
