package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// InitGenesis fills an empty store, with indexes and queues.
func (k *Keeper) InitGenesis(ctx context.Context, state *types.GenesisState) error {
	if err := state.Validate(); err != nil {
		return err
	}
	if err := k.params.Set(ctx, state.Params); err != nil {
		return err
	}
	for _, item := range state.Stuck {
		if err := k.stuck.Set(ctx, collections.Join(uint32(item.Kind), item.Id), item); err != nil {
			return err
		}
		if err := k.enqueue(ctx, item.NextAt, item.Kind, item.Id); err != nil {
			return err
		}
	}
	for _, init := range []func(context.Context, *types.GenesisState) error{
		k.initReceivables,
		k.initRequests,
		k.initLoans,
		k.initFacilities,
	} {
		if err := init(ctx, state); err != nil {
			return err
		}
	}
	return nil
}

// ExportGenesis reads the whole store: each list in the order of its keys.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	state := types.DefaultGenesis()
	state.Params = params
	if state.Stuck, err = all(ctx, k.stuck); err != nil {
		return nil, err
	}
	for _, export := range []func(context.Context, *types.GenesisState) error{
		k.exportReceivables,
		k.exportRequests,
		k.exportLoans,
		k.exportFacilities,
	} {
		if err := export(ctx, state); err != nil {
			return nil, err
		}
	}
	return state, nil
}
