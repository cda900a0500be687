package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// updateParams replaces the settings. Open proposals keep the expiry that they were given.
func (k *Keeper) updateParams(ctx context.Context, params types.Params) error {
	before, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	if err := k.params.Set(ctx, params); err != nil {
		return err
	}
	return emit(ctx, &types.EventParamsUpdated{OldParams: before, NewParams: params})
}
