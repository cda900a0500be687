package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

func numberOf(member accesstypes.Member, number uint64) numberOfMemberKey {
	return collections.Join3(member.InstitutionId, member.PartyId, number)
}

// Attestation returns an attestation, or ErrAttestationNotFound.
func (k *Keeper) Attestation(ctx context.Context, number uint64) (types.Attestation, error) {
	attestation, err := k.attestations.Get(ctx, number)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Attestation{}, types.ErrAttestationNotFound.Wrapf("%d", number)
	}
	return attestation, err
}

// activeOf are the attestations about a subject that are in force at the block's time, by provider and
// number, at most MaxActivePerSubject.
func (k *Keeper) activeOf(ctx context.Context, subject accesstypes.Member) ([]types.Attestation, error) {
	var numbers []uint64
	err := k.activeAttestations.Walk(ctx, collections.NewPrefixedTripleRange[string, string, uint64](subject.Text()),
		func(key activeKey) (bool, error) {
			numbers = append(numbers, key.K3())
			return false, nil
		})
	if err != nil {
		return nil, err
	}
	now := blockTime(ctx)
	var active []types.Attestation
	for _, number := range numbers {
		attestation, err := k.Attestation(ctx, number)
		if err != nil {
			return nil, err
		}
		if attestation.IsActive(now) {
			active = append(active, attestation)
		}
	}
	return active, nil
}

func activeKeyOf(attestation types.Attestation) activeKey {
	return collections.Join3(attestation.Subject.Text(), attestation.ProviderId, attestation.Id)
}
