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
