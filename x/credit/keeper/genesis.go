package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// InitGenesis fills an empty store, with indexes and queues.
func (k *Keeper) InitGenesis(ctx context.Context, state *types.GenesisState) error {
	if err := state.Validate(); err != nil {
		return err
	}
	if err := k.params.Set(ctx, state.Params); err != nil {
		return err
	}
	for _, attestation := range state.Attestations {
		if err := k.insertAttestation(ctx, attestation, attestation.EndedAt.Add(state.Params.Retention)); err != nil {
			return err
		}
	}
	for _, object := range state.Objects {
		if err := k.modelObjects.Set(ctx, object.Digest, object.Content); err != nil {
			return err
		}
	}
	for _, entry := range state.Models {
		if err := k.insertReadable(ctx, entry); err != nil {
			return err
		}
	}
	if err := k.nextModel.Set(ctx, state.NextModelId); err != nil {
		return err
	}
	for _, rating := range state.Ratings {
		if err := k.insertRating(ctx, rating); err != nil {
			return err
		}
	}
	if err := k.nextRating.Set(ctx, state.NextRatingId); err != nil {
		return err
	}
	if err := k.initBehaviour(ctx, state); err != nil {
		return err
	}
	return k.nextAttestation.Set(ctx, state.NextAttestationId)
}

// insertReadable stores an entry whose objects the engine can read: a chain does not start with a model that
// it could not rate with.
func (k *Keeper) insertReadable(ctx context.Context, entry types.ModelEntry) error {
	objects, err := k.objectsOf(ctx, entry)
	if err != nil {
		return err
	}
	if _, err := objects.Read(); err != nil {
		return err
	}
	return k.insertModel(ctx, entry)
}

// ExportGenesis reads the whole store: each list in the order of its keys.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	state := &types.GenesisState{Params: params}
	if state.Attestations, err = values(ctx, k.attestations); err != nil {
		return nil, err
	}
	if state.NextAttestationId, err = k.nextAttestation.Peek(ctx); err != nil {
		return nil, err
	}
	if state.Models, err = values(ctx, k.models); err != nil {
		return nil, err
	}
	err = k.modelObjects.Walk(ctx, nil, func(digest, content []byte) (bool, error) {
		state.Objects = append(state.Objects, types.ModelObject{Digest: digest, Content: content})
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	if state.NextModelId, err = k.nextModel.Peek(ctx); err != nil {
		return nil, err
	}
	if state.Ratings, err = values(ctx, k.ratings); err != nil {
		return nil, err
	}
	if state.NextRatingId, err = k.nextRating.Peek(ctx); err != nil {
		return nil, err
	}
	return state, k.exportBehaviour(ctx, state)
}

func values[K, V any](ctx context.Context, collection collections.Map[K, V]) ([]V, error) {
	var all []V
	err := collection.Walk(ctx, nil, func(_ K, value V) (bool, error) {
		all = append(all, value)
		return false, nil
	})
	return all, err
}
