package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

// What follows carries out what x/dispute rules, and ends a panel's access to evidence. It asks nobody for
// permission: the case is one.

// RevokeByRuling takes a reader's access to a record away. ErrShareNotFound if it has none.
func (k *Keeper) RevokeByRuling(ctx context.Context, number uint64, reader accesstypes.Member) error {
	record, err := k.Record(ctx, number)
	if err != nil {
		return err
	}
	return k.revokeShare(ctx, accesstypes.Actor{}, record, reader)
}

// HasShare reports whether a reader has access to a record, whatever that rests on.
func (k *Keeper) HasShare(ctx context.Context, number uint64, reader accesstypes.Member) (bool, error) {
	_, err := k.share(ctx, number, reader)
	if errors.Is(err, types.ErrShareNotFound) {
		return false, nil
	}
	return err == nil, err
}

// NewestTrail are the newest entries of a record's trail, at most most, the oldest first.
func (k *Keeper) NewestTrail(ctx context.Context, number uint64, most int) ([]types.TrailEntry, error) {
	length, err := zeroIfNone(k.trailLengths.Get(ctx, number))
	if err != nil {
		return nil, err
	}
	var entries []types.TrailEntry
	for sequence := max(1, int64(length)-int64(most)+1); sequence <= int64(length); sequence++ {
		entry, err := k.trail.Get(ctx, collections.Join(number, uint64(sequence)))
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}
