package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

func numberOf(member accesstypes.Member, number uint64) numberOfMemberKey {
	return collections.Join3(member.InstitutionId, member.PartyId, number)
}

// Key returns an encryption key, or ErrKeyNotFound.
func (k *Keeper) Key(ctx context.Context, id []byte) (types.EncryptionKey, error) {
	key, err := k.keys.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return types.EncryptionKey{}, types.ErrKeyNotFound.Wrapf("%x", id)
	}
	return key, err
}

// Record returns a record without its ciphertext, or ErrRecordNotFound.
func (k *Keeper) Record(ctx context.Context, number uint64) (types.Record, error) {
	record, err := k.records.Get(ctx, number)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Record{}, types.ErrRecordNotFound.Wrapf("%d", number)
	}
	return record, err
}

// sealedRecord is Record of one that is not erased, else ErrErased.
func (k *Keeper) sealedRecord(ctx context.Context, number uint64) (types.Record, error) {
	record, err := k.Record(ctx, number)
	if err == nil && record.Status != types.RecordSealed {
		return types.Record{}, types.ErrErased.Wrapf("%d", number)
	}
	return record, err
}

// whole is a record with its ciphertext, if it has one in state.
func (k *Keeper) whole(ctx context.Context, record types.Record) (types.Record, error) {
	if record.InlineBytes() == 0 {
		return record, nil
	}
	var err error
	record.Ciphertext, err = k.ciphertexts.Get(ctx, record.Id)
	return record, err
}

// share returns a reader's access, or ErrShareNotFound.
func (k *Keeper) share(ctx context.Context, number uint64, reader accesstypes.Member) (types.Share, error) {
	share, err := k.shares.Get(ctx, collections.Join(number, reader.Text()))
	if errors.Is(err, collections.ErrNotFound) {
		return types.Share{}, types.ErrShareNotFound.Wrapf("%s, record %d", reader.Text(), number)
	}
	return share, err
}

// sharesOf are the shares of a record, at most MaxReadersPerRecord.
func (k *Keeper) sharesOf(ctx context.Context, number uint64) ([]types.Share, error) {
	var shares []types.Share
	err := k.shares.Walk(ctx, collections.NewPrefixedPairRange[uint64, string](number), func(_ shareKey, share types.Share) (bool, error) {
		shares = append(shares, share)
		return false, nil
	})
	return shares, err
}

// Request returns an access request, or ErrRequestNotFound.
func (k *Keeper) Request(ctx context.Context, number uint64) (types.AccessRequest, error) {
	request, err := k.requests.Get(ctx, number)
	if errors.Is(err, collections.ErrNotFound) {
		return types.AccessRequest{}, types.ErrRequestNotFound.Wrapf("%d", number)
	}
	return request, err
}

func zeroIfNone(count uint64, err error) (uint64, error) {
	if errors.Is(err, collections.ErrNotFound) {
		return 0, nil
	}
	return count, err
}
