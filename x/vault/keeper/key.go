package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/crypto/seal"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

// registerKey makes a key the active one of its suite. Nobody proves to have its private half; the module's README
// says why.
func (k *Keeper) registerKey(ctx context.Context, actor accesstypes.Actor, owner accesstypes.Member, public seal.PublicKey) ([]byte, error) {
	id := public.ID()
	taken, err := k.keys.Has(ctx, id)
	if err != nil {
		return nil, err
	}
	if taken {
		return nil, types.ErrKeyTaken.Wrapf("%x", id)
	}
	if err := k.makeRoom(ctx, owner); err != nil {
		return nil, err
	}
	if err := k.rotate(ctx, owner, public.Suite); err != nil {
		return nil, err
	}
	key := types.EncryptionKey{
		Id: id, Owner: owner, PublicKey: public, Status: types.KeyActive,
		RegisteredAt: sdk.UnwrapSDKContext(ctx).BlockTime(),
	}
	if err := k.insertKey(ctx, key); err != nil {
		return nil, err
	}
	return id, emit(ctx, &types.EventKeyRegistered{KeyId: id, Owner: owner, Operator: actor.Address})
}

// makeRoom lets the oldest revoked key of a member leave if the member has its most. A key that nobody may seal
// to any more is kept for its history only; without a revoked one the member has to revoke first.
func (k *Keeper) makeRoom(ctx context.Context, owner accesstypes.Member) error {
	var of []keyOfMemberKey // at most MaxKeysPerMember, the oldest first
	err := k.keysOfMember.Walk(ctx, collections.NewPrefixedTripleRange[string, time.Time, []byte](owner.Text()),
		func(key keyOfMemberKey) (bool, error) {
			of = append(of, key)
			return len(of) == types.MaxKeysPerMember, nil
		})
	if err != nil || len(of) < types.MaxKeysPerMember {
		return err
	}
	for _, at := range of {
		key, err := k.keys.Get(ctx, at.K3())
		if err != nil {
			return err
		}
		if key.Status == types.KeyRevoked {
			if err := k.keysOfMember.Remove(ctx, at); err != nil {
				return err
			}
			return k.keys.Remove(ctx, key.Id)
		}
	}
	return types.ErrTooManyKeys.Wrapf("%s has %d", owner.Text(), len(of))
}

// rotate lets the active key of a suite step back, if there is one.
func (k *Keeper) rotate(ctx context.Context, owner accesstypes.Member, suite seal.Suite) error {
	id, err := k.activeKeys.Get(ctx, activeKey(owner, suite))
	if errors.Is(err, collections.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	earlier, err := k.keys.Get(ctx, id)
	if err != nil {
		return err
	}
	earlier.Status = types.KeyRotated
	return k.keys.Set(ctx, id, earlier)
}

func activeKey(owner accesstypes.Member, suite seal.Suite) activeKeyKey {
	return collections.Join(owner.Text(), int32(suite))
}

func (k *Keeper) insertKey(ctx context.Context, key types.EncryptionKey) error {
	if key.Status == types.KeyActive {
		if err := k.activeKeys.Set(ctx, activeKey(key.Owner, key.PublicKey.Suite), key.Id); err != nil {
			return err
		}
	}
	if err := k.keysOfMember.Set(ctx, collections.Join3(key.Owner.Text(), key.RegisteredAt, key.Id)); err != nil {
		return err
	}
	return k.keys.Set(ctx, key.Id, key)
}

func (k *Keeper) revokeKey(ctx context.Context, actor accesstypes.Actor, key types.EncryptionKey) error {
	if key.Status == types.KeyRevoked {
		return types.ErrKeyRevoked.Wrapf("%x", key.Id)
	}
	if key.Status == types.KeyActive {
		if err := k.activeKeys.Remove(ctx, activeKey(key.Owner, key.PublicKey.Suite)); err != nil {
			return err
		}
	}
	key.Status = types.KeyRevoked
	if err := k.keys.Set(ctx, key.Id, key); err != nil {
		return err
	}
	return emit(ctx, &types.EventKeyRevoked{KeyId: key.Id, Owner: key.Owner, Operator: actor.Address})
}
