package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/internal/number"
	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// Consent returns a consent, or ErrConsentNotFound.
func (k *Keeper) Consent(ctx context.Context, number uint64) (types.Consent, error) {
	consent, err := k.sharing.consents.records.Get(ctx, number)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Consent{}, types.ErrConsentNotFound.Wrapf("%d", number)
	}
	return consent, err
}

// LegalBasis returns a legal basis, or ErrLegalBasisNotFound.
func (k *Keeper) LegalBasis(ctx context.Context, number uint64) (types.LegalBasis, error) {
	basis, err := k.sharing.legalBases.records.Get(ctx, number)
	if errors.Is(err, collections.ErrNotFound) {
		return types.LegalBasis{}, types.ErrLegalBasisNotFound.Wrapf("%d", number)
	}
	return basis, err
}

func (k *Keeper) giveConsent(ctx context.Context, actor types.Actor, consent types.Consent) (uint64, error) {
	if _, _, err := k.scopeRecords(ctx, consent.Grantee.Scope()); err != nil {
		return 0, err
	}
	var err error
	if consent.Id, err = number.Next(ctx, k.sharing.consents.next); err != nil {
		return 0, err
	}
	if err := k.insertConsent(ctx, consent); err != nil {
		return 0, err
	}
	return consent.Id, emit(ctx, &types.EventConsentGiven{
		ConsentId: consent.Id, Subject: consent.Subject, Grantee: consent.Grantee,
		Purposes: consent.Purposes, Level: consent.Level, Operator: actor.Address,
	})
}

func (k *Keeper) insertConsent(ctx context.Context, consent types.Consent) error {
	if err := k.sharing.consents.insert(ctx, consent.Grant(), consent); err != nil {
		return err
	}
	return k.sharing.due.Set(ctx, collections.Join3(consent.ExpiresAt, dueConsentEnd, consent.Id))
}

func (k *Keeper) withdrawConsent(ctx context.Context, actor types.Actor, consent types.Consent) error {
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	if !domain.IsInForce(consent.Grant(), now) {
		return types.ErrConsentEnded.Wrapf("%d", consent.Id)
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	if err := k.sharing.due.Remove(ctx, collections.Join3(consent.ExpiresAt, dueConsentEnd, consent.Id)); err != nil {
		return err
	}
	consent.Withdrawn = true
	if err := k.sharing.consents.records.Set(ctx, consent.Id, consent); err != nil {
		return err
	}
	if err := k.retireConsent(ctx, consent, now.Add(params.Retention)); err != nil {
		return err
	}
	return emit(ctx, &types.EventConsentWithdrawn{
		ConsentId: consent.Id, Subject: consent.Subject, Grantee: consent.Grantee, Operator: actor.Address,
	})
}

func (k *Keeper) recordLegalBasis(ctx context.Context, basis types.LegalBasis) (uint64, error) {
	for _, member := range []types.Member{basis.Subject, basis.Grantee} {
		if _, _, err := k.scopeRecords(ctx, member.Scope()); err != nil {
			return 0, err
		}
	}
	var err error
	if basis.Id, err = number.Next(ctx, k.sharing.legalBases.next); err != nil {
		return 0, err
	}
	if err := k.insertLegalBasis(ctx, basis); err != nil {
		return 0, err
	}
	return basis.Id, emit(ctx, &types.EventLegalBasisRecorded{
		LegalBasisId: basis.Id, Subject: basis.Subject, Grantee: basis.Grantee,
		Reference: basis.Reference, Operator: basis.Operator,
	})
}

func (k *Keeper) insertLegalBasis(ctx context.Context, basis types.LegalBasis) error {
	if err := k.sharing.legalBases.insert(ctx, basis.Grant(), basis); err != nil {
		return err
	}
	return k.sharing.due.Set(ctx, collections.Join3(basis.ExpiresAt, dueLegalBasisEnd, basis.Id))
}

func (k *Keeper) revokeLegalBasis(ctx context.Context, actor types.Actor, basis types.LegalBasis) error {
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	if !domain.IsInForce(basis.Grant(), now) {
		return types.ErrLegalBasisEnded.Wrapf("%d", basis.Id)
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	if err := k.sharing.due.Remove(ctx, collections.Join3(basis.ExpiresAt, dueLegalBasisEnd, basis.Id)); err != nil {
		return err
	}
	basis.Revoked = true
	if err := k.sharing.legalBases.records.Set(ctx, basis.Id, basis); err != nil {
		return err
	}
	if err := k.retireLegalBasis(ctx, basis, now.Add(params.Retention)); err != nil {
		return err
	}
	return emit(ctx, &types.EventLegalBasisRevoked{LegalBasisId: basis.Id, Operator: actor.Address})
}
