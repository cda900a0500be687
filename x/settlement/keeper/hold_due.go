package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// dueKey is (time in nanoseconds since 1970, id of a hold): the list of due holds is in the order of time.
type dueKey = collections.Pair[int64, []byte]

func dueKeyOf(hold types.Hold, id types.PaymentID) dueKey {
	return collections.Join(hold.DueAt.UnixNano(), id[:])
}

// workOffHolds releases the holds whose time is over, and lets go of those that have been kept long enough:
// at most HoldsDuePerBlockMax of both, the earliest first. The rest waits for the next block.
func (k *Keeper) workOffHolds(ctx context.Context) error {
	due, err := k.dueHolds(ctx)
	if err != nil {
		return err
	}
	for _, key := range due {
		if err := k.workOffHold(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) dueHolds(ctx context.Context) ([]dueKey, error) {
	now := sdk.UnwrapSDKContext(ctx).BlockTime().UnixNano()
	var due []dueKey
	err := k.holdsDue.Walk(ctx, nil, func(key dueKey) (bool, error) {
		if key.K1() > now {
			return true, nil
		}
		due = append(due, key)
		return len(due) == types.HoldsDuePerBlockMax, nil
	})
	return due, err
}

// workOffHold tries on the side: a hold that fails stays as it is, off the list, and is told of. One bad
// record must not stop the network.
func (k *Keeper) workOffHold(ctx context.Context, key dueKey) error {
	tried, keep := sdk.UnwrapSDKContext(ctx).CacheContext()
	failure := k.endHold(tried, key)
	if failure == nil {
		keep()
		return nil
	}
	if err := k.holdsDue.Remove(ctx, key); err != nil {
		return err
	}
	id := types.PaymentID(key.K2())
	return emit(ctx, &types.EventHoldStuck{Uetr: id.UETR(), Explanation: failure.Error()})
}

func (k *Keeper) endHold(ctx context.Context, key dueKey) error {
	hold, err := load(ctx, k.holds, key.K2(), error(types.ErrHoldNotFound))
	if err != nil {
		return err
	}
	if hold.Status == types.HoldPending {
		_, err := k.releaseHold(ctx, hold, domain.Expire, "")
		return err
	}
	if err := k.holds.Remove(ctx, key.K2()); err != nil {
		return err
	}
	return k.holdsDue.Remove(ctx, key)
}
