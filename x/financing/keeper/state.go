package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
)

// found turns "not found" into false: the one place where the store's error is looked at.
func found[V any](value V, err error) (V, bool, error) {
	if errors.Is(err, collections.ErrNotFound) {
		return value, false, nil
	}
	return value, err == nil, err
}

// load reads one record, or refuses with the given error.
func load[K, V any](ctx context.Context, records collections.Map[K, V], key K, missing error) (V, error) {
	value, exists, err := found(records.Get(ctx, key))
	if err == nil && !exists {
		err = missing
	}
	return value, err
}

// all reads every record, by key: for exports and invariants, not for blocks.
func all[K, V any](ctx context.Context, records collections.Map[K, V]) ([]V, error) {
	var values []V
	err := records.Walk(ctx, nil, func(_ K, value V) (bool, error) {
		values = append(values, value)
		return false, nil
	})
	return values, err
}
