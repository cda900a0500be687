package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// leafOf is the hash in the log of a payment as it is stored: gogoproto writes a message in one way.
func leafOf(payment types.Payment) ([]byte, error) {
	stored, err := payment.Marshal()
	if err != nil {
		return nil, err
	}
	return types.LeafHash(stored), nil
}

// logDecided appends the payments that the block decided to the log. A payment that was decided
// twice is in it twice: the log tells what was decided, not what is in state.
func (k *Keeper) logDecided(ctx context.Context, decided []decision) error {
	var leaves [][]byte
	for _, d := range decided {
		if len(d.leaf) > 0 {
			leaves = append(leaves, d.leaf)
		}
	}
	if len(leaves) == 0 {
		return nil
	}
	before, err := k.logHead(ctx)
	if err != nil {
		return err
	}
	after := domain.AppendToLog(before, leaves)
	if err := k.paymentLog.Set(ctx, after); err != nil {
		return err
	}
	return emit(ctx, &types.EventPaymentsLogged{
		FirstIndex: before.Size_, Payments: uint32(len(leaves)), Root: after.Root(), SubtreesBefore: before.Subtrees,
	})
}

// logHead is the empty log as long as nothing was decided.
func (k *Keeper) logHead(ctx context.Context) (types.PaymentLog, error) {
	head, _, err := found(k.paymentLog.Get(ctx))
	return head, err
}
