package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

func (k *Keeper) updateParams(ctx context.Context, params types.Params) error {
	before, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	if before.BusinessDaySeconds != params.BusinessDaySeconds {
		return types.ErrBusinessDay.Wrapf("it has %d seconds", before.BusinessDaySeconds)
	}
	if err := k.params.Set(ctx, params); err != nil {
		return err
	}
	return emit(ctx, &types.EventParamsUpdated{OldParams: before, NewParams: params})
}
