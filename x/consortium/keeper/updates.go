package keeper

import (
	"bytes"
	"context"

	abci "github.com/cometbft/cometbft/abci/types"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// CometBFT halts the chain on a wrong update: a key with power 0 that it does not know, one key
// twice, an empty set. So an update is never the echo of a message. Whoever changes a validator
// notes the keys concerned with the power that CometBFT knows; at the end of the block the power
// that came out of all changes together is compared with it, and only a difference is reported.

// notePending notes the keys of both versions of a validator before it changes. Only the first note
// of a block counts: until then the stored validator is what CometBFT knows. Both keys are noted, so
// that this holds for any change, also one that would give an active validator another key.
func (k *Keeper) notePending(ctx context.Context, before, after types.Validator) error {
	for _, key := range []*codectypes.Any{before.ConsensusPubkey, after.ConsensusPubkey} {
		if key == nil {
			continue
		}
		address, err := types.ConsensusAddress(key)
		if err != nil {
			return err
		}
		noted, err := k.pendingUpdates.Has(ctx, address)
		if err != nil {
			return err
		}
		if noted {
			continue
		}
		if err := k.pendingUpdates.Set(ctx, address, powerOfKey(before, key)); err != nil {
			return err
		}
	}
	return nil
}

// powerOfKey is the power in consensus that a validator gives to one of its keys: 0 for any but the
// one that it uses now.
func powerOfKey(validator types.Validator, key *codectypes.Any) int64 {
	if validator.ConsensusPubkey == nil || !bytes.Equal(validator.ConsensusPubkey.Value, key.Value) {
		return 0
	}
	return validator.EffectivePower()
}

type pendingUpdate struct {
	address []byte
	known   int64
}

// validatorUpdates returns what CometBFT must be told at the end of this block, by consensus
// address, and forgets the notes. Only messages of collective decisions, unjailings and a block's
// evidence and downtime make notes, so there are as many as validators that these named.
func (k *Keeper) validatorUpdates(ctx context.Context) ([]abci.ValidatorUpdate, error) {
	var pending []pendingUpdate
	err := k.pendingUpdates.Walk(ctx, nil, func(address []byte, known int64) (bool, error) {
		pending = append(pending, pendingUpdate{address: bytes.Clone(address), known: known})
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	var updates []abci.ValidatorUpdate
	for _, note := range pending {
		if err := k.pendingUpdates.Remove(ctx, note.address); err != nil {
			return nil, err
		}
		key, err := k.consensusKeys.Get(ctx, note.address)
		if err != nil {
			return nil, err
		}
		validator, err := k.validator(ctx, key.InstitutionId)
		if err != nil {
			return nil, err
		}
		power := powerOfKey(validator, key.ConsensusPubkey)
		if power == note.known {
			continue
		}
		update, err := validatorUpdate(key.ConsensusPubkey, power)
		if err != nil {
			return nil, err
		}
		updates = append(updates, update)
	}
	return updates, nil
}

func validatorUpdate(packed *codectypes.Any, power int64) (abci.ValidatorUpdate, error) {
	key, err := types.ConsensusPubKey(packed)
	if err != nil {
		return abci.ValidatorUpdate{}, err
	}
	encoded, err := cryptocodec.ToCmtProtoPublicKey(key)
	if err != nil {
		return abci.ValidatorUpdate{}, err
	}
	return abci.ValidatorUpdate{PubKey: encoded, Power: power}, nil
}
