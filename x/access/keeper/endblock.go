package keeper

import "context"

// EndBlock takes note of what is over, and forgets what was kept long enough: a bounded number of each.
func (k *Keeper) EndBlock(ctx context.Context) error {
	if err := k.settleActions(ctx); err != nil {
		return err
	}
	return k.endSharing(ctx)
}
