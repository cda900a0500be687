package keeper

import (
	"context"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// Pay settles a payment that another module makes from the account of a debtor who agreed to it beforehand: a
// receivable that is due, an instalment. It is a payment like any other, and leaves nothing behind if it is
// refused. It asks nobody for permission: the caller has the debtor's consent. A repetition is refused: the
// caller knows whether it has paid.
func (k *Keeper) Pay(ctx context.Context, order types.Order) (types.TransferResult, error) {
	if err := types.CheckDigest("end-to-end digest", order.EndToEndDigest); err != nil {
		return types.TransferResult{}, err
	}
	if err := types.CheckAmount(order.Amount); err != nil {
		return types.TransferResult{}, err
	}
	debtor, err := k.account(ctx, order.Debtor, types.ErrDebtorUnknown)
	if err != nil {
		return types.TransferResult{}, err
	}
	batch := domain.Batch{Operator: order.Operator, Currency: order.Currency, Single: true, Mode: types.BestEffort}
	transfer := types.Transfer{Creditor: order.Creditor, Amount: order.Amount, EndToEndDigest: order.EndToEndDigest}
	result, err := k.pay(ctx, debtor, batch, transfer)
	if err == nil && result.Replayed {
		return types.TransferResult{}, types.ErrDuplicateEndToEnd.Wrapf("payment %s has settled", result.Uetr)
	}
	return result, err
}

// Account returns a settlement account by its bech32 address, or ErrAccountNotFound.
func (k *Keeper) Account(ctx context.Context, address string) (types.Account, error) {
	return k.account(ctx, address, types.ErrAccountNotFound)
}

// Currency returns a currency that the network settles, or ErrCurrencyNotSettled.
func (k *Keeper) Currency(ctx context.Context, code string) (types.Currency, error) {
	return load(ctx, k.currencies, code, types.ErrCurrencyNotSettled.Wrapf("%.10q", code))
}

// Available is what an account can spend of its bank's money, in minor units.
func (k *Keeper) Available(ctx context.Context, account types.Account, currency string) (math.Int, error) {
	return k.depositAvailable(ctx, account, currency)
}
