package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/ledger/domain"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// holdKey is (address, denom, module, id): the holds of a balance stand together, in the order of balances.
type holdKey = collections.Quad[[]byte, string, string, string]

func newHoldKey(key types.HoldKey) holdKey {
	return collections.Join4([]byte(key.Account), key.Denom, key.Module, key.ID)
}

// Hold sets an amount of an account's balance aside for a module. Balance and supply stay as they are; what
// is held cannot be spent but by Capture. It is a *types.Shortfall if less is available, and ErrHoldExists
// if the module has a hold of that name. It writes the balance and the hold.
func (k *Keeper) Hold(ctx context.Context, key types.HoldKey, amount math.Int) error {
	if err := key.Validate(); err != nil {
		return err
	}
	if err := k.requireDenoms(ctx, []string{key.Denom}); err != nil {
		return err
	}
	exists, err := k.holds.Has(ctx, newHoldKey(key))
	if err != nil {
		return err
	}
	if exists {
		return types.ErrHoldExists.Wrapf("%s %s", key.Module, key.ID)
	}
	before, err := k.balance(ctx, key.Account, key.Denom)
	if err != nil {
		return err
	}
	after, err := domain.Hold(key, before, amount)
	if err != nil {
		return k.nameAccount(err)
	}
	if err := k.setBalance(ctx, key.Account, key.Denom, after); err != nil {
		return err
	}
	return k.holds.Set(ctx, newHoldKey(key), amount)
}

// Release ends a hold and returns what was left of it, in minor units: it is available again.
func (k *Keeper) Release(ctx context.Context, key types.HoldKey) (math.Int, error) {
	hold, err := k.hold(ctx, key)
	if err != nil {
		return math.Int{}, err
	}
	before, err := k.balance(ctx, key.Account, key.Denom)
	if err != nil {
		return math.Int{}, err
	}
	after, err := domain.Release(before, hold)
	if err != nil {
		return math.Int{}, err
	}
	if err := k.setBalance(ctx, key.Account, key.Denom, after); err != nil {
		return math.Int{}, err
	}
	return hold, k.holds.Remove(ctx, newHoldKey(key))
}

// Capture is Post, and spends from holds: each of them gets smaller by its amount, and ends at zero. The
// posting debits the holds' accounts by as much, or more.
func (k *Keeper) Capture(ctx context.Context, posting types.Posting, captures ...types.Capture) error {
	left := make([]math.Int, len(captures))
	for i, capture := range captures {
		hold, err := k.hold(ctx, capture.Hold)
		if err != nil {
			return err
		}
		if err := types.CheckHoldAmount(capture.Amount); err != nil {
			return err
		}
		if left[i], err = domain.TakeFromHold(hold, capture.Amount); err != nil {
			return err
		}
	}
	if err := k.post(ctx, posting, captures); err != nil {
		return err
	}
	for i, capture := range captures {
		if err := k.setHold(ctx, capture.Hold, left[i]); err != nil {
			return err
		}
	}
	return nil
}

// Held is what is left of a hold, in minor units; zero if there is none.
func (k *Keeper) Held(ctx context.Context, key types.HoldKey) (math.Int, error) {
	hold, err := k.hold(ctx, key)
	if errors.Is(err, types.ErrHoldNotFound) {
		return math.ZeroInt(), nil
	}
	return hold, err
}

func (k *Keeper) hold(ctx context.Context, key types.HoldKey) (math.Int, error) {
	if err := key.Validate(); err != nil {
		return math.Int{}, err
	}
	hold, err := k.holds.Get(ctx, newHoldKey(key))
	if errors.Is(err, collections.ErrNotFound) {
		return math.Int{}, types.ErrHoldNotFound.Wrapf("%s %s", key.Module, key.ID)
	}
	return hold, err
}

// setHold deletes a zero: a hold from which nothing is left has ended.
func (k *Keeper) setHold(ctx context.Context, key types.HoldKey, left math.Int) error {
	if left.IsZero() {
		return k.holds.Remove(ctx, newHoldKey(key))
	}
	return k.holds.Set(ctx, newHoldKey(key), left)
}
