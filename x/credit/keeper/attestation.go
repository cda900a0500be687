package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// attest stores what a provider says, and on both sides that it contradicts another one.
func (k *Keeper) attest(ctx context.Context, actor accesstypes.Actor, attestation types.Attestation) (types.Attestation, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return types.Attestation{}, err
	}
	if err := domain.CheckNew(attestation, params, attestation.AttestedAt); err != nil {
		return types.Attestation{}, err
	}
	if attestation, err = k.withRecord(ctx, attestation); err != nil {
		return types.Attestation{}, err
	}
	if _, err := k.providerBasis(ctx, attestation); err != nil {
		return types.Attestation{}, err
	}
	if err := k.mayHaveAnother(ctx, attestation); err != nil {
		return types.Attestation{}, err
	}
	active, err := k.activeOf(ctx, attestation.Subject)
	if err != nil {
		return types.Attestation{}, err
	}
	if attestation.Conflicts, err = domain.Contradictions(attestation, active); err != nil {
		return types.Attestation{}, err
	}
	if attestation.Id, err = number.Next(ctx, k.nextAttestation); err != nil {
		return types.Attestation{}, err
	}
	if err := k.insertAttestation(ctx, attestation, time.Time{}); err != nil {
		return types.Attestation{}, err
	}
	if err := emit(ctx, &types.EventValuesAttested{
		AttestationId: attestation.Id, Subject: attestation.Subject, ProviderId: attestation.ProviderId, Period: attestation.Period,
		ValueCount: uint32(len(attestation.Values)), Commitment: attestation.Commitment, ExpiresAt: attestation.ExpiresAt, Operator: actor.Address,
	}); err != nil {
		return types.Attestation{}, err
	}
	return attestation, k.flagConflicts(ctx, attestation)
}

// withRecord takes the level of sealed values from their record in the vault, which must be fit for them.
func (k *Keeper) withRecord(ctx context.Context, attestation types.Attestation) (types.Attestation, error) {
	if !attestation.Sealed() {
		return attestation, nil
	}
	record, err := k.vault.Record(ctx, attestation.RecordId)
	if err != nil {
		return types.Attestation{}, err
	}
	attestation.Level = record.Level
	return attestation, attestation.CheckRecord(record)
}

// providerBasis is what the provider's part rests on: the subject's consent, or a law.
func (k *Keeper) providerBasis(ctx context.Context, attestation types.Attestation) (accesstypes.Basis, error) {
	return k.access.CheckSharing(ctx, accesstypes.Sharing{
		Subject: attestation.Subject.Scope(), Reader: attestation.Provider(),
		Purpose: accesstypes.Purpose_PURPOSE_CREDIT_RATING, Level: attestation.Level,
	})
}

// mayHaveAnother counts by status, so that what is over and not yet noticed counts for a block or two.
func (k *Keeper) mayHaveAnother(ctx context.Context, attestation types.Attestation) error {
	total, ofProvider := 0, 0
	err := k.activeAttestations.Walk(ctx, collections.NewPrefixedTripleRange[string, string, uint64](attestation.Subject.Text()),
		func(key activeKey) (bool, error) {
			total++
			if key.K2() == attestation.ProviderId {
				ofProvider++
			}
			return false, nil
		})
	if err != nil {
		return err
	}
	if total >= types.MaxActivePerSubject || ofProvider >= types.MaxActivePerProvider {
		return types.ErrTooManyAttestations.Wrapf("%s has %d, of which %d are of %s", attestation.Subject.Text(), total, ofProvider, attestation.ProviderId)
	}
	return nil
}

// insertAttestation stores an attestation with its indexes; one that has ended is forgotten at forgetAt.
func (k *Keeper) insertAttestation(ctx context.Context, attestation types.Attestation, forgetAt time.Time) error {
	due := forgetAt
	if attestation.Status == types.AttestationActive {
		due = attestation.ExpiresAt
		if err := k.activeAttestations.Set(ctx, activeKeyOf(attestation)); err != nil {
			return err
		}
	}
	if err := k.attestationQueue.Set(ctx, collections.Join(due, attestation.Id)); err != nil {
		return err
	}
	if err := k.attestationsOfSubject.Set(ctx, numberOf(attestation.Subject, attestation.Id)); err != nil {
		return err
	}
	return k.attestations.Set(ctx, attestation.Id, attestation)
}

func (k *Keeper) flagConflicts(ctx context.Context, attestation types.Attestation) error {
	for _, conflict := range attestation.Conflicts {
		other, err := k.Attestation(ctx, conflict.AttestationId)
		if err != nil {
			return err
		}
		other = domain.WithConflict(other, types.Conflict{AttestationId: attestation.Id, Inputs: conflict.Inputs})
		if err := k.attestations.Set(ctx, other.Id, other); err != nil {
			return err
		}
		if err := emit(ctx, &types.EventAttestationsConflicted{
			Subject: attestation.Subject, AttestationId: attestation.Id, OtherAttestationId: other.Id, Inputs: conflict.Inputs,
		}); err != nil {
			return err
		}
	}
	return nil
}

// revokeAttestation ends an attestation by its provider's will, and the ratings that rest on it.
func (k *Keeper) revokeAttestation(ctx context.Context, actor accesstypes.Actor, attestation types.Attestation) error {
	if !attestation.IsActive(blockTime(ctx)) {
		return types.ErrAttestationEnded.Wrapf("%d", attestation.Id)
	}
	if err := k.attestationQueue.Remove(ctx, collections.Join(attestation.ExpiresAt, attestation.Id)); err != nil {
		return err
	}
	if err := k.endAttestation(ctx, attestation, types.AttestationRevoked, actor.Address); err != nil {
		return err
	}
	return k.endRatings(ctx, attestation.Subject, attestation.Id, func(r types.Rating) bool { return r.RestsOn(attestation.Id) })
}

// endAttestation takes an attestation, and its conflicts on both sides, out of use. It is kept until retention
// is over.
func (k *Keeper) endAttestation(ctx context.Context, attestation types.Attestation, status types.AttestationStatus, operator string) error {
	if err := domain.CheckAttestationTransition(attestation.Status, status); err != nil {
		return err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	if err := k.activeAttestations.Remove(ctx, activeKeyOf(attestation)); err != nil {
		return err
	}
	for _, conflict := range attestation.Conflicts {
		other, err := k.Attestation(ctx, conflict.AttestationId)
		if err != nil {
			return err
		}
		if err := k.attestations.Set(ctx, other.Id, domain.WithoutConflict(other, attestation.Id)); err != nil {
			return err
		}
	}
	attestation.Status, attestation.EndedAt, attestation.Conflicts = status, blockTime(ctx), nil
	if err := k.insertAttestation(ctx, attestation, attestation.EndedAt.Add(params.Retention)); err != nil {
		return err
	}
	return emit(ctx, &types.EventAttestationEnded{
		AttestationId: attestation.Id, Subject: attestation.Subject, ProviderId: attestation.ProviderId, Status: status, Operator: operator,
	})
}

func (k *Keeper) forgetAttestation(ctx context.Context, attestation types.Attestation) error {
	if err := k.attestationsOfSubject.Remove(ctx, numberOf(attestation.Subject, attestation.Id)); err != nil {
		return err
	}
	return k.attestations.Remove(ctx, attestation.Id)
}

// endAttestations ends what is over and forgets what was kept long enough, at most MaxEndsPerBlock of both.
func (k *Keeper) endAttestations(ctx context.Context) error {
	due, err := k.dueNow(ctx)
	if err != nil {
		return err
	}
	for _, key := range due {
		if err := k.attestationQueue.Remove(ctx, key); err != nil {
			return err
		}
		attestation, err := k.Attestation(ctx, key.K2())
		if err != nil {
			return err
		}
		if attestation.Status == types.AttestationActive {
			err = k.endAttestation(ctx, attestation, types.AttestationExpired, "")
		} else {
			err = k.forgetAttestation(ctx, attestation)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) dueNow(ctx context.Context) ([]dueKey, error) {
	now := blockTime(ctx)
	var due []dueKey
	err := k.attestationQueue.Walk(ctx, nil, func(key dueKey) (bool, error) {
		if key.K1().After(now) || len(due) == types.MaxEndsPerBlock {
			return true, nil
		}
		due = append(due, key)
		return false, nil
	})
	return due, err
}
