package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/domain"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

// put keeps a sealed record; each member that it is sealed to becomes a reader, on a basis of its own.
func (k *Keeper) put(ctx context.Context, actor accesstypes.Actor, record types.Record, envelope seal.Envelope) (uint64, error) {
	readers, err := k.readersOf(ctx, envelope.Keys)
	if err != nil {
		return 0, err
	}
	if err := domain.CheckOwnReader(record.Subject, readers); err != nil {
		return 0, err
	}
	if record.Id, err = number.Next(ctx, k.nextRecord); err != nil {
		return 0, err
	}
	record.PutAt = sdk.UnwrapSDKContext(ctx).BlockTime()
	if err := k.useBudget(ctx, record); err != nil {
		return 0, err
	}
	record.Ciphertext = envelope.Ciphertext
	if err := k.insertRecord(ctx, record); err != nil {
		return 0, err
	}
	if err := k.note(ctx, record, actor, types.TrailEntry{Kind: types.TrailPut, Purpose: record.Purpose, Basis: own}); err != nil {
		return 0, err
	}
	for _, reader := range readers {
		share := types.Share{RecordId: record.Id, Reader: reader.Member, Keys: reader.Keys, Purpose: record.Purpose}
		if err := k.grant(ctx, actor, record, share); err != nil {
			return 0, err
		}
	}
	return record.Id, nil
}

// own is the basis of the subject and of the institution that serves it.
var own = accesstypes.Basis{Kind: accesstypes.BasisOwn}.String()

// readersOf finds out whom keys are sealed to.
func (k *Keeper) readersOf(ctx context.Context, keys []seal.SealedKey) ([]domain.Reader, error) {
	addressed := make([]domain.Addressed, len(keys))
	for i, sealed := range keys {
		to, err := k.Key(ctx, sealed.KeyId)
		if errors.Is(err, types.ErrKeyNotFound) {
			return nil, types.ErrWrongKey.Wrapf("key %x is not registered", sealed.KeyId)
		}
		if err != nil {
			return nil, err
		}
		addressed[i] = domain.Addressed{Sealed: sealed, To: to}
		if err := domain.CheckAddressed(addressed[i]); err != nil {
			return nil, err
		}
	}
	return domain.Readers(addressed)
}

func (k *Keeper) useBudget(ctx context.Context, record types.Record) error {
	if record.InlineBytes() == 0 {
		return nil
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	used, err := zeroIfNone(k.inlineBytes.Get(ctx, record.CustodianId))
	if err != nil {
		return err
	}
	_, err = domain.UseBudget(used, record.InlineBytes(), params.InlineBytesPerInstitution)
	return err
}

// insertRecord stores a record, its ciphertext apart, and counts its bytes.
func (k *Keeper) insertRecord(ctx context.Context, record types.Record) error {
	if bytes := record.InlineBytes(); bytes > 0 {
		used, err := zeroIfNone(k.inlineBytes.Get(ctx, record.CustodianId))
		if err != nil {
			return err
		}
		if err := k.inlineBytes.Set(ctx, record.CustodianId, used+bytes); err != nil {
			return err
		}
		if err := k.ciphertexts.Set(ctx, record.Id, record.Ciphertext); err != nil {
			return err
		}
	}
	record.Ciphertext = nil
	if err := k.count(ctx, record.Subject); err != nil {
		return err
	}
	if err := k.ofSubject.Set(ctx, numberOf(record.Subject, record.Id)); err != nil {
		return err
	}
	return k.records.Set(ctx, record.Id, record)
}

// count adds a record to those of its subject, or refuses it.
func (k *Keeper) count(ctx context.Context, subject accesstypes.Member) error {
	records, err := zeroIfNone(k.recordCounts.Get(ctx, subject.Text()))
	if err != nil {
		return err
	}
	if records >= types.MaxRecordsPerSubject {
		return types.ErrTooManyRecords.Wrapf("%s has %d", subject.Text(), records)
	}
	return k.recordCounts.Set(ctx, subject.Text(), records+1)
}

// erase deletes what is sealed, and nothing else: number, digest, size and trail prove that there was a
// record and who read it.
func (k *Keeper) erase(ctx context.Context, actor accesstypes.Actor, record types.Record) error {
	shares, err := k.sharesOf(ctx, record.Id)
	if err != nil {
		return err
	}
	for _, share := range shares {
		if err := k.shares.Remove(ctx, collections.Join(record.Id, share.Reader.Text())); err != nil {
			return err
		}
	}
	if bytes := record.InlineBytes(); bytes > 0 {
		if err := k.freeBytes(ctx, record.CustodianId, bytes); err != nil {
			return err
		}
		if err := k.ciphertexts.Remove(ctx, record.Id); err != nil {
			return err
		}
	}
	record.Status, record.ErasedAt = types.RecordErased, sdk.UnwrapSDKContext(ctx).BlockTime()
	if err := k.records.Set(ctx, record.Id, record); err != nil {
		return err
	}
	return k.note(ctx, record, actor, types.TrailEntry{Kind: types.TrailErased, Purpose: record.Purpose, Basis: own})
}

func (k *Keeper) freeBytes(ctx context.Context, institution string, bytes uint64) error {
	used, err := zeroIfNone(k.inlineBytes.Get(ctx, institution))
	if err != nil {
		return err
	}
	if used <= bytes {
		return k.inlineBytes.Remove(ctx, institution)
	}
	return k.inlineBytes.Set(ctx, institution, used-bytes)
}
