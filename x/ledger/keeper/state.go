package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/ledger/domain"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// Balance returns what an account holds of a denom, in minor units; zero if nothing. Holds are in it.
func (k *Keeper) Balance(ctx context.Context, account sdk.AccAddress, denom string) (math.Int, error) {
	balance, err := k.balance(ctx, account, denom)
	return balance.Amount, err
}

// Available returns what an account can spend of a denom, in minor units: its balance less its holds.
func (k *Keeper) Available(ctx context.Context, account sdk.AccAddress, denom string) (math.Int, error) {
	balance, err := k.balance(ctx, account, denom)
	if err != nil {
		return math.Int{}, err
	}
	return balance.Available(), nil
}

func (k *Keeper) balance(ctx context.Context, account sdk.AccAddress, denom string) (domain.Balance, error) {
	stored, err := k.balances.Get(ctx, newBalanceKey(account, denom))
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return domain.Balance{}, err
	}
	if stored.Amount.IsNil() {
		stored.Amount = math.ZeroInt()
	}
	return domain.Balance{Amount: stored.Amount, Held: stored.HeldAmount()}, nil
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

// setBalance deletes a zero: the store then holds only accounts that hold something. Nothing is held of
// nothing. A record says what is held only if something is.
func (k *Keeper) setBalance(ctx context.Context, account sdk.AccAddress, denom string, balance domain.Balance) error {
	key := newBalanceKey(account, denom)
	if balance.Amount.IsZero() {
		return k.balances.Remove(ctx, key)
	}
	stored := types.Balance{Amount: balance.Amount}
	if !balance.Held.IsZero() {
		stored.Held = &balance.Held
	}
	return k.balances.Set(ctx, key, stored)
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
