package keeper

import (
	"context"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// ReturnOrder says what is paid back of a settled payment, and why.
type ReturnOrder struct {
	// Operator who instructs it, bech32; empty if a module does, by a ruling for example.
	Operator string
	// Reason is an ISO 20022 return reason code.
	Reason string
	// Transfer has the original's debtor as its creditor, amount, digest of the return's end-to-end id, and
	// details if there are any.
	Transfer types.Transfer
}

// ReturnPayment pays a settled payment back, in full or in part, from its creditor's account to its
// debtor's. All returns of a payment together are at most its amount. It returns what was paid back of it in
// all, in minor units. It asks nobody for permission: a caller has asked, or has the right to decide.
func (k *Keeper) ReturnPayment(
	ctx context.Context, original types.Payment, order ReturnOrder,
) (types.TransferResult, math.Int, error) {
	if err := domain.CheckReturnable(original); err != nil {
		return types.TransferResult{}, math.Int{}, err
	}
	payer, err := k.account(ctx, original.Creditor, types.ErrDebtorUnknown)
	if err != nil {
		return types.TransferResult{}, math.Int{}, err
	}
	batch, err := k.returnBatch(ctx, original, order)
	if err != nil {
		return types.TransferResult{}, math.Int{}, err
	}
	result, err := k.pay(ctx, payer, batch, order.Transfer)
	if err != nil {
		return types.TransferResult{}, math.Int{}, err
	}
	returned, err := k.returned(ctx, original.Uetr)
	return result, returned, err
}

func (k *Keeper) returnBatch(ctx context.Context, original types.Payment, order ReturnOrder) (domain.Batch, error) {
	returned, err := k.returned(ctx, original.Uetr)
	return domain.Batch{
		Operator: order.Operator, Currency: original.Currency, Single: true, Mode: types.BestEffort, Trade: true,
		Return: &domain.Return{Original: original, Returned: returned, Reason: order.Reason},
	}, err
}

// SettledPayment is a stored payment by its UETR.
func (k *Keeper) SettledPayment(ctx context.Context, uetr string) (types.Payment, error) {
	id, err := types.ParseUETR(uetr)
	if err != nil {
		return types.Payment{}, err
	}
	return load(ctx, k.payments, id[:], types.ErrPaymentNotFound.Wrap(uetr))
}

// returned is what was paid back of a payment, in minor units.
func (k *Keeper) returned(ctx context.Context, uetr string) (math.Int, error) {
	id, err := types.ParseUETR(uetr)
	if err != nil {
		return math.Int{}, err
	}
	record, exists, err := found(k.returns.Get(ctx, id[:]))
	if err != nil || !exists {
		return math.ZeroInt(), err
	}
	return record.Amount, nil
}

func (k *Keeper) setReturned(ctx context.Context, record types.Returned) error {
	id, err := types.ParseUETR(record.Uetr)
	if err != nil {
		return err
	}
	return k.returns.Set(ctx, id[:], record)
}
