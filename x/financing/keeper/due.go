package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// dueHandler works off one item that is due, and says how much work that was: payments made and records
// written, at least 1. The item is off the queue when it is called; what is to come again, it enqueues.
type dueHandler func(ctx context.Context, id uint64) (work int, err error)

// dueHandlers is who works off what; one line a kind.
func (k *Keeper) dueHandlers() map[types.DueKind]dueHandler {
	return map[types.DueKind]dueHandler{
		types.DueRequest:    k.requestDue,
		types.DueLoan:       k.loanDue,
		types.DueReceivable: k.receivableDue,
		types.DueCovenant:   k.covenantsDue,
		types.DueFacility:   k.facilityDue,
	}
}

// enqueue has a block look at an item at a time, in seconds since 1970, or as soon as it can after it.
func (k *Keeper) enqueue(ctx context.Context, at int64, kind types.DueKind, id uint64) error {
	return k.due.Set(ctx, collections.Join3(at, uint32(kind), id))
}

// dequeue takes an item off the queue that a message has dealt with: from where its record says it is, or from
// where it waits because no block could work it off.
func (k *Keeper) dequeue(ctx context.Context, at int64, kind types.DueKind, id uint64) error {
	key := collections.Join(uint32(kind), id)
	item, isStuck, err := found(k.stuck.Get(ctx, key))
	if err != nil {
		return err
	}
	if isStuck {
		if err := k.stuck.Remove(ctx, key); err != nil {
			return err
		}
		at = item.NextAt
	}
	return k.due.Remove(ctx, collections.Join3(at, uint32(kind), id))
}

// restoreDue is enqueue at genesis, after stuck items: one of those waits where it says.
func (k *Keeper) restoreDue(ctx context.Context, at int64, kind types.DueKind, id uint64) error {
	isStuck, err := k.stuck.Has(ctx, collections.Join(uint32(kind), id))
	if err != nil || isStuck {
		return err
	}
	return k.enqueue(ctx, at, kind, id)
}

// EndBlock works off what is due, the earliest first, until DueWorkPerBlock is spent. What fell due while the
// chain stood still comes in the same order, block after block.
func (k *Keeper) EndBlock(ctx context.Context) error {
	if err := k.keepClock(ctx); err != nil {
		return err
	}
	if err := k.forgetInvoices(ctx); err != nil {
		return err
	}
	due, err := k.dueNow(ctx)
	if err != nil {
		return err
	}
	handlers := k.dueHandlers()
	spent := 0
	for _, key := range due {
		if spent >= types.DueWorkPerBlock {
			return nil
		}
		work, err := k.workOff(ctx, key, handlers[types.DueKind(key.K2())])
		if err != nil {
			return err
		}
		spent += max(1, work)
	}
	return nil
}

// dueNow is no more than a block can work off if each item is least work.
func (k *Keeper) dueNow(ctx context.Context) ([]dueKey, error) {
	now := blockTime(ctx).Unix()
	var due []dueKey
	err := k.due.Walk(ctx, nil, func(key dueKey) (bool, error) {
		if key.K1() > now || len(due) == types.DueWorkPerBlock {
			return true, nil
		}
		due = append(due, key)
		return false, nil
	})
	return due, err
}

// workOff tries on the side: an item that fails leaves nothing behind but a record of it, and is tried again
// one business day later. One bad record must not stop the network. An item that another one has moved in this
// block, as a receivable moves the loan that it repays, is not due any more.
func (k *Keeper) workOff(ctx context.Context, key dueKey, handler dueHandler) (int, error) {
	if queued, err := k.due.Has(ctx, key); err != nil || !queued {
		return 1, err
	}
	if err := k.due.Remove(ctx, key); err != nil {
		return 0, err
	}
	kind, id := types.DueKind(key.K2()), key.K3()
	if handler == nil {
		return 1, k.markStuck(ctx, kind, id, types.ErrUnknownDue)
	}
	tried, keep := sdk.UnwrapSDKContext(ctx).CacheContext()
	work, failure := handler(tried, id)
	if failure != nil {
		return work, k.markStuck(ctx, kind, id, failure)
	}
	keep()
	return work, k.stuck.Remove(ctx, collections.Join(key.K2(), id))
}

func (k *Keeper) markStuck(ctx context.Context, kind types.DueKind, id uint64, failure error) error {
	calendar, err := k.calendar(ctx)
	if err != nil {
		return err
	}
	now := blockTime(ctx)
	item, exists, err := found(k.stuck.Get(ctx, collections.Join(uint32(kind), id)))
	if err != nil {
		return err
	}
	if !exists {
		item = types.Stuck{Kind: kind, Id: id, Since: now}
	}
	item.Explanation = shortened(failure.Error())
	item.Attempts++
	item.NextAt = calendar.AfterDays(now, 1).Unix()
	if err := k.stuck.Set(ctx, collections.Join(uint32(kind), id), item); err != nil {
		return err
	}
	if err := k.enqueue(ctx, item.NextAt, kind, id); err != nil {
		return err
	}
	return emit(ctx, &types.EventItemStuck{Kind: kind, Id: id, Explanation: item.Explanation})
}

func shortened(text string) string { return text[:min(len(text), types.MaxExplanationLength)] }
