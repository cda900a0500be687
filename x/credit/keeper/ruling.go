package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// What follows carries out what a panel of x/dispute has ruled. It asks nobody for permission: the ruling is one.

// CorrectByRuling ends an attestation and puts one in its place whose values are corrected, open or sealed as they
// were, of the same provider and period and until the same time. It returns the new one's number.
func (k *Keeper) CorrectByRuling(ctx context.Context, number uint64, correction types.Correction) (uint64, error) {
	attestation, err := k.Attestation(ctx, number)
	if err != nil {
		return 0, err
	}
	corrected, err := domain.Corrected(attestation, correction, blockTime(ctx))
	if err != nil {
		return 0, err
	}
	if err := k.revokeAttestation(ctx, accesstypes.Actor{}, attestation); err != nil {
		return 0, err
	}
	stored, err := k.attest(ctx, accesstypes.Actor{Address: corrected.Operator}, corrected)
	return stored.Id, err
}

// CheckCorrection refuses values that CorrectByRuling would refuse.
func (k *Keeper) CheckCorrection(ctx context.Context, attestation types.Attestation, correction types.Correction) error {
	corrected, err := domain.Corrected(attestation, correction, blockTime(ctx))
	if err != nil {
		return err
	}
	if _, err := k.withRecord(ctx, corrected); err != nil {
		return err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	return domain.CheckNew(corrected, params, corrected.AttestedAt)
}

// RevokeAttestationByRuling ends an attestation, and the ratings that rest on it.
func (k *Keeper) RevokeAttestationByRuling(ctx context.Context, number uint64) error {
	attestation, err := k.Attestation(ctx, number)
	if err != nil {
		return err
	}
	return k.revokeAttestation(ctx, accesstypes.Actor{}, attestation)
}

// RateByRuling has the chain rate a subject anew, as if it had asked for it itself by an operator.
func (k *Keeper) RateByRuling(ctx context.Context, operator string, subject accesstypes.Member, product string) (uint64, error) {
	actor := accesstypes.Actor{Address: operator, InstitutionID: subject.InstitutionId, PartyID: subject.PartyId}
	rating, err := k.rate(ctx, actor, subject, product)
	return rating.Id, err
}
