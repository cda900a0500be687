package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/vault/domain"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

// InitGenesis fills an empty store, with indexes, queues and budgets.
func (k *Keeper) InitGenesis(ctx context.Context, state *types.GenesisState) error {
	if err := state.Validate(); err != nil {
		return err
	}
	if err := k.params.Set(ctx, state.Params); err != nil {
		return err
	}
	for _, key := range state.Keys {
		if err := k.insertKey(ctx, key); err != nil {
			return err
		}
	}
	for _, record := range state.Records {
		if err := k.insertRecord(ctx, record); err != nil {
			return err
		}
	}
	for _, share := range state.Shares {
		if err := k.shares.Set(ctx, collections.Join(share.RecordId, share.Reader.Text()), share); err != nil {
			return err
		}
	}
	for _, request := range state.Requests {
		if err := k.importRequest(ctx, request); err != nil {
			return err
		}
	}
	for _, entry := range state.Trail {
		if err := k.insertTrail(ctx, entry); err != nil {
			return err
		}
	}
	if err := k.nextRecord.Set(ctx, state.NextRecordId); err != nil {
		return err
	}
	return k.nextRequest.Set(ctx, state.NextRequestId)
}

// importRequest stores a request. Requests come in the order of their numbers: of one reader and record the
// last one counts.
func (k *Keeper) importRequest(ctx context.Context, request types.AccessRequest) error {
	record, err := k.Record(ctx, request.RecordId)
	if err != nil {
		return err
	}
	if err := k.insertRequest(ctx, record.Subject, request); err != nil {
		return err
	}
	number, err := k.pending.Get(ctx, collections.Join(request.Reader.Text(), request.RecordId))
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	if err == nil {
		earlier, err := k.Request(ctx, number)
		if err != nil {
			return err
		}
		if err := k.release(ctx, earlier); err != nil {
			return err
		}
	}
	over := !sdk.UnwrapSDKContext(ctx).BlockTime().Before(request.ExpiresAt)
	if request.Status == types.RequestOpen || request.Status == types.RequestRefused && !over {
		return k.remember(ctx, request)
	}
	return k.requestQueue.Set(ctx, collections.Join(domain.LeavesAt(request), request.Id))
}

// ExportGenesis reads the whole store: each list in the order of its keys.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	state := &types.GenesisState{Params: params}
	if state.Keys, err = values(ctx, k.keys); err != nil {
		return nil, err
	}
	if state.Records, err = values(ctx, k.records); err != nil {
		return nil, err
	}
	for i := range state.Records {
		if state.Records[i], err = k.whole(ctx, state.Records[i]); err != nil {
			return nil, err
		}
	}
	if state.Shares, err = values(ctx, k.shares); err != nil {
		return nil, err
	}
	if state.Requests, err = values(ctx, k.requests); err != nil {
		return nil, err
	}
	if state.Trail, err = values(ctx, k.trail); err != nil {
		return nil, err
	}
	if state.NextRecordId, err = k.nextRecord.Peek(ctx); err != nil {
		return nil, err
	}
	state.NextRequestId, err = k.nextRequest.Peek(ctx)
	return state, err
}

func values[K, V any](ctx context.Context, collection collections.Map[K, V]) ([]V, error) {
	var all []V
	err := collection.Walk(ctx, nil, func(_ K, value V) (bool, error) {
		all = append(all, value)
		return false, nil
	})
	return all, err
}
