package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/domain"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

// note adds an entry to a record's trail and tells it as an event. Entries are never changed or removed.
func (k *Keeper) note(ctx context.Context, record types.Record, actor accesstypes.Actor, entry types.TrailEntry) error {
	length, err := zeroIfNone(k.trailLengths.Get(ctx, record.Id))
	if err != nil {
		return err
	}
	if err := domain.CheckTrailRoom(entry.Kind, length); err != nil {
		return err
	}
	header := sdk.UnwrapSDKContext(ctx)
	entry.RecordId, entry.Sequence = record.Id, length+1
	entry.Operator, entry.Actor = actor.Address, accesstypes.MemberOf(actor.Scope())
	entry.At, entry.Height = header.BlockTime(), header.BlockHeight()
	if err := k.insertTrail(ctx, entry); err != nil {
		return err
	}
	return emit(ctx, &types.EventRecordTrail{Entry: entry, Subject: record.Subject})
}

func (k *Keeper) insertTrail(ctx context.Context, entry types.TrailEntry) error {
	if err := k.trailLengths.Set(ctx, entry.RecordId, entry.Sequence); err != nil {
		return err
	}
	return k.trail.Set(ctx, collections.Join(entry.RecordId, entry.Sequence), entry)
}
