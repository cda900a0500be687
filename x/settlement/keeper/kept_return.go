package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// keptKey is (time of decision in nanoseconds, leaf in the log): the oldest come first.
type keptKey = collections.Pair[int64, []byte]

func keptKeyOf(decidedAt time.Time, leaf []byte) keptKey {
	return collections.Join(decidedAt.UnixNano(), leaf)
}

// retireReturned lets go of what was returned of a payment that leaves state, and keeps the sum: a receipt proves the
// payment for ever, and nothing in the log tells that no return of it came after.
func (k *Keeper) retireReturned(ctx context.Context, id []byte, payment types.Payment) error {
	returned, exists, err := found(k.returns.Get(ctx, id))
	if err != nil || !exists {
		return err
	}
	if err := k.returns.Remove(ctx, id); err != nil {
		return err
	}
	leaf, err := leafOf(payment)
	if err != nil {
		return err
	}
	return k.setKeptReturned(ctx, types.KeptReturned{DecidedAt: payment.DecidedAt, Leaf: leaf, Amount: returned.Amount})
}

func (k *Keeper) setKeptReturned(ctx context.Context, kept types.KeptReturned) error {
	return k.keptReturns.Set(ctx, keptKeyOf(kept.DecidedAt, kept.Leaf), kept)
}

// keptReturned is what was returned of a payment before it left state; zero if nothing was.
func (k *Keeper) keptReturned(ctx context.Context, decidedAt time.Time, leaf []byte) (math.Int, error) {
	kept, exists, err := found(k.keptReturns.Get(ctx, keptKeyOf(decidedAt, leaf)))
	if err != nil || !exists {
		return math.ZeroInt(), err
	}
	return kept.Amount, nil
}

// forgetReturns lets go of sums that were kept for ReturnsKeptFor, at most KeptReturnsPerBlockMax.
func (k *Keeper) forgetReturns(ctx context.Context) error {
	until := sdk.UnwrapSDKContext(ctx).BlockTime().Add(-types.ReturnsKeptFor).UnixNano()
	var old []keptKey
	err := k.keptReturns.Walk(ctx, nil, func(key keptKey, _ types.KeptReturned) (bool, error) {
		if key.K1() > until || len(old) == types.KeptReturnsPerBlockMax {
			return true, nil
		}
		old = append(old, key)
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, key := range old {
		if err := k.keptReturns.Remove(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
