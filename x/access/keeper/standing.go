package keeper

import "context"

// CheckActive refuses an address that is no operator's, and an operator that may not act now: itself, its
// institution or its party is not active.
func (k *Keeper) CheckActive(ctx context.Context, operator string) error {
	address, err := k.decode(operator)
	if err != nil {
		return err
	}
	_, err = k.activeOperator(ctx, address)
	return err
}
