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
	if err := k.initRequests(ctx, state); err != nil {
		return err
	}
	if err := k.initLoans(ctx, state); err != nil {
		return err
	}
	return k.nextReceivable.Set(ctx, state.NextReceivableId)
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
	if state.NextReceivableId, err = k.nextReceivable.Peek(ctx); err != nil {
		return nil, err
	}
	if err := k.exportLoans(ctx, state); err != nil {
		return nil, err
	}
	return state, k.exportRequests(ctx, state)
}
