package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// Balance returns what an account holds of a denom, in minor units; zero if nothing.
func (k *Keeper) Balance(ctx context.Context, account sdk.AccAddress, denom string) (math.Int, error) {
	balance, err := k.balances.Get(ctx, newBalanceKey(account, denom))
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return math.Int{}, err
	}
	if balance.Amount.IsNil() {
		return math.ZeroInt(), nil
	}
	return balance.Amount, nil
}

// Supply returns how much of a denom exists, in minor units; zero if nothing.
func (k *Keeper) Supply(ctx context.Context, denom string) (math.Int, error) {
	supply, err := k.supplies.Get(ctx, denom)
	if errors.Is(err, collections.ErrNotFound) {
		return math.ZeroInt(), nil
	}
	return supply, err
}

func newBalanceKey(account sdk.AccAddress, denom string) balanceKey {
	return collections.Join([]byte(account), denom)
}

// setBalance deletes a zero: the store then holds only accounts that hold something.
func (k *Keeper) setBalance(ctx context.Context, account sdk.AccAddress, denom string, amount math.Int) error {
	key := newBalanceKey(account, denom)
	if amount.IsZero() {
		return k.balances.Remove(ctx, key)
	}
	return k.balances.Set(ctx, key, types.Balance{Amount: amount})
}

func (k *Keeper) setSupply(ctx context.Context, denom string, amount math.Int) error {
	if amount.IsZero() {
		return k.supplies.Remove(ctx, denom)
	}
	return k.supplies.Set(ctx, denom, amount)
}

func (k *Keeper) denom(ctx context.Context, name string) (types.Denom, error) {
	denom, err := k.denoms.Get(ctx, name)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Denom{}, types.ErrUnknownDenom.Wrapf("%.40q", name)
	}
	return denom, err
}
