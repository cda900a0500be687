package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

func (k *Keeper) initRequests(ctx context.Context, state *types.GenesisState) error {
	for _, request := range state.Requests {
		if err := k.insertRequest(ctx, request); err != nil {
			return err
		}
		if err := k.restoreDue(ctx, request.NextAt, types.DueRequest, request.Id); err != nil {
			return err
		}
	}
	for _, offer := range state.Offers {
		if err := k.insertOffer(ctx, offer); err != nil {
			return err
		}
	}
	if err := k.nextRequest.Set(ctx, state.NextRequestId); err != nil {
		return err
	}
	return k.nextOffer.Set(ctx, state.NextOfferId)
}

func (k *Keeper) exportRequests(ctx context.Context, state *types.GenesisState) (err error) {
	if state.Requests, err = all(ctx, k.requests); err != nil {
		return err
	}
	if state.Offers, err = all(ctx, k.offers); err != nil {
		return err
	}
	if state.NextRequestId, err = k.nextRequest.Peek(ctx); err != nil {
		return err
	}
	state.NextOfferId, err = k.nextOffer.Peek(ctx)
	return err
}
