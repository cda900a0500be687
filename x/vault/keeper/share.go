package keeper

import (
	"context"
	"errors"
	"slices"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/domain"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

// shareRecord gives a reader access, and answers its request if one is named.
func (k *Keeper) shareRecord(ctx context.Context, actor accesstypes.Actor, record types.Record, share types.Share, request uint64) error {
	readers, err := k.readersOf(ctx, share.Keys)
	if err != nil {
		return err
	}
	if len(readers) != 1 || readers[0].Member != share.Reader {
		return types.ErrWrongKey.Wrapf("a key is not of %s", share.Reader.Text())
	}
	if request != 0 {
		if err := k.answer(ctx, request, share); err != nil {
			return err
		}
	}
	return k.grant(ctx, actor, record, share)
}

// grant stores a share on the basis that access finds for it. A later share of the same reader takes the
// place of the earlier.
func (k *Keeper) grant(ctx context.Context, actor accesstypes.Actor, record types.Record, share types.Share) error {
	basis, err := k.access.CheckSharing(ctx, sharingOf(record, share.Reader, share.Purpose))
	if err != nil {
		return err
	}
	share.SharedAt = sdk.UnwrapSDKContext(ctx).BlockTime()
	if err := restOn(&share, basis); err != nil {
		return err
	}
	if err := k.mayHaveReader(ctx, share); err != nil {
		return err
	}
	if err := k.shares.Set(ctx, collections.Join(share.RecordId, share.Reader.Text()), share); err != nil {
		return err
	}
	return k.note(ctx, record, actor, types.TrailEntry{
		Kind: types.TrailShared, Reader: share.Reader, Purpose: share.Purpose, Basis: basis.String(),
	})
}

func sharingOf(record types.Record, reader accesstypes.Member, purpose accesstypes.Purpose) accesstypes.Sharing {
	return accesstypes.Sharing{Subject: record.Subject.Scope(), Reader: reader.Scope(), Purpose: purpose, Level: record.Level}
}

// restOn writes down what a share rests on. Whatever is not known here is no basis.
func restOn(share *types.Share, basis accesstypes.Basis) error {
	share.ConsentId, share.LegalBasisId, share.BreakGlassId = 0, 0, 0
	switch basis.Kind {
	case accesstypes.BasisOwn:
	case accesstypes.BasisConsent:
		share.ConsentId = basis.ID
	case accesstypes.BasisLaw:
		share.LegalBasisId = basis.ID
	case accesstypes.BasisBreakGlass:
		share.BreakGlassId = basis.ID
	default:
		return accesstypes.ErrConsentMissing.Wrapf("%s", share.Reader.Text())
	}
	share.ExpiresAt = basis.ExpiresAt
	return nil
}

// basisOf is the text of what a stored share rests on.
func basisOf(share types.Share) string {
	basis := accesstypes.Basis{Kind: accesstypes.BasisOwn}
	switch {
	case share.ConsentId != 0:
		basis = accesstypes.Basis{Kind: accesstypes.BasisConsent, ID: share.ConsentId}
	case share.LegalBasisId != 0:
		basis = accesstypes.Basis{Kind: accesstypes.BasisLaw, ID: share.LegalBasisId}
	case share.BreakGlassId != 0:
		basis = accesstypes.Basis{Kind: accesstypes.BasisBreakGlass, ID: share.BreakGlassId}
	}
	return basis.String()
}

func (k *Keeper) mayHaveReader(ctx context.Context, share types.Share) error {
	_, err := k.share(ctx, share.RecordId, share.Reader)
	if err == nil || !errors.Is(err, types.ErrShareNotFound) {
		return err
	}
	shares, err := k.sharesOf(ctx, share.RecordId)
	if err != nil {
		return err
	}
	if len(shares) >= types.MaxReadersPerRecord {
		return types.ErrTooManyReaders.Wrapf("record %d has %d", share.RecordId, len(shares))
	}
	return nil
}

// revokeShare deletes a reader's sealed keys from state; what it has read it has read.
func (k *Keeper) revokeShare(ctx context.Context, actor accesstypes.Actor, record types.Record, reader accesstypes.Member) error {
	share, err := k.share(ctx, record.Id, reader)
	if err != nil {
		return err
	}
	if err := k.shares.Remove(ctx, collections.Join(record.Id, reader.Text())); err != nil {
		return err
	}
	return k.note(ctx, record, actor, types.TrailEntry{
		Kind: types.TrailRevoked, Reader: reader, Purpose: share.Purpose, Basis: basisOf(share),
	})
}

// noteOpening notes that a reader has fetched a record.
func (k *Keeper) noteOpening(ctx context.Context, actor accesstypes.Actor, record types.Record) error {
	reader := accesstypes.MemberOf(actor.Scope())
	share, err := k.share(ctx, record.Id, reader)
	if err != nil {
		return err
	}
	basis, err := k.holds(ctx, record, share)
	if err != nil {
		return err
	}
	return k.note(ctx, record, actor, types.TrailEntry{
		Kind: types.TrailOpened, Reader: reader, Purpose: share.Purpose, Basis: basis.String(),
	})
}

// holds returns what a share rests on now, or ErrShareExpired: its time is over, or its subject has withdrawn the
// consent, or the law or the reader's own standing no longer allow it. Access is asked each time, so that what is
// withdrawn there holds no more here from that block on.
func (k *Keeper) holds(ctx context.Context, record types.Record, share types.Share) (accesstypes.Basis, error) {
	if isOver(share, sdk.UnwrapSDKContext(ctx).BlockTime()) {
		return accesstypes.Basis{}, types.ErrShareExpired.Wrapf("%s, record %d, at %s", share.Reader.Text(), record.Id, share.ExpiresAt)
	}
	basis, err := k.access.CheckSharing(ctx, sharingOf(record, share.Reader, share.Purpose))
	if err != nil {
		return accesstypes.Basis{}, types.ErrShareExpired.Wrapf("%s, record %d: %s", share.Reader.Text(), record.Id, err)
	}
	return basis, nil
}

// readable are the shares of a record that hold now. Others stay in state until they are revoked or the record is
// erased, and are given to nobody.
func (k *Keeper) readable(ctx context.Context, record types.Record) ([]types.Share, error) {
	shares, err := k.sharesOf(ctx, record.Id)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(shares, func(share types.Share) bool {
		_, err := k.holds(ctx, record, share)
		return err != nil
	}), nil
}

// isOver reports whether what a share rests on has ended; what is the reader's own does not.
func isOver(share types.Share, now time.Time) bool {
	return !share.ExpiresAt.IsZero() && !now.Before(share.ExpiresAt)
}

// answer makes an open request a granted one.
func (k *Keeper) answer(ctx context.Context, number uint64, share types.Share) error {
	request, err := k.Request(ctx, number)
	if err != nil {
		return err
	}
	if err := domain.CheckAnswers(request, share); err != nil {
		return err
	}
	return k.decide(ctx, request, types.RequestGranted)
}
