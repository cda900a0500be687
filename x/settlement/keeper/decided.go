package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// decision is what a block has to remember of something that it decided: the key under which it was
// stored and, if it is a payment, its hash in the log.
type decision struct {
	key  []byte // a payment's id (16 bytes) or an instruction's digest (32 bytes)
	leaf []byte // 32 bytes; empty for an instruction
}

// encode puts the hash behind the key; their lengths tell them apart.
func (d decision) encode() []byte { return append(append([]byte{}, d.key...), d.leaf...) }

func decodeDecision(bytes []byte) decision {
	if len(bytes) == types.DigestLength {
		return decision{key: bytes}
	}
	idLength := len(types.PaymentID{})
	return decision{key: bytes[:idLength], leaf: bytes[idLength:]}
}

// noteDecided lists decisions in the transient store: one Merklised key a block then holds their keys,
// and another the log. A transaction that fails takes its part of the list with it.
func (k *Keeper) noteDecided(ctx context.Context, decided []decision) error {
	if len(decided) == 0 {
		return nil
	}
	count, _, err := found(k.decidedCount.Get(ctx))
	if err != nil {
		return err
	}
	for _, d := range decided {
		if err := k.decided.Set(ctx, count, d.encode()); err != nil {
			return err
		}
		count++
	}
	return k.decidedCount.Set(ctx, count)
}

func (k *Keeper) decidedInBlock(ctx context.Context) ([]decision, error) {
	count, _, err := found(k.decidedCount.Get(ctx))
	if err != nil {
		return nil, err
	}
	decided := make([]decision, 0, count)
	for i := range count {
		bytes, err := k.decided.Get(ctx, i)
		if err != nil {
			return nil, err
		}
		decided = append(decided, decodeDecision(bytes))
	}
	return decided, nil
}
