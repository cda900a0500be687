package keeper

import (
	"context"
	"errors"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// RegisterDenom makes a denom known. Registering the same again changes nothing; another currency
// or exponent under a known name is refused, since it would change what stored amounts mean.
func (k *Keeper) RegisterDenom(ctx context.Context, denom types.Denom) error {
	if err := denom.Validate(); err != nil {
		return err
	}
	known, err := k.denom(ctx, denom.Denom)
	switch {
	case errors.Is(err, types.ErrUnknownDenom):
		return k.denoms.Set(ctx, denom.Denom, denom)
	case err != nil:
		return err
	case known != denom:
		return types.ErrDenomConflict.Wrapf("%s is %s with %d decimals", known.Denom, known.Currency, known.Exponent)
	}
	return nil
}

// RetireDenom forgets a denom of which nothing exists any more: a module that issues a denom for each of
// many things (a receivable, say) retires it when the thing is over, so that state does not grow with
// history. A name that is free again may come back with another meaning.
func (k *Keeper) RetireDenom(ctx context.Context, name string) error {
	if _, err := k.denom(ctx, name); err != nil {
		return err
	}
	supply, err := k.Supply(ctx, name)
	if err != nil {
		return err
	}
	if !supply.IsZero() {
		return types.ErrDenomInUse.Wrapf("%s: %s", name, supply)
	}
	return k.denoms.Remove(ctx, name)
}

// Denom returns what a denom counts; ErrUnknownDenom if it is not registered.
func (k *Keeper) Denom(ctx context.Context, name string) (types.Denom, error) {
	return k.denom(ctx, name)
}
