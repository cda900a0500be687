package types

import (
	"bytes"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// DefaultGenesis has no attestations, models or ratings.
func DefaultGenesis() *GenesisState {
	return &GenesisState{Params: DefaultParams(), NextAttestationId: 1, NextModelId: 1, NextRatingId: 1}
}

// Validate checks every record, the order of every list and every reference between them. Whether members
// and records of the vault exist is for those modules, which come first.
func (gs GenesisState) Validate() error {
	if err := gs.Params.Validate(); err != nil {
		return err
	}
	if err := validateAttestations(gs.Attestations, gs.NextAttestationId); err != nil {
		return err
	}
	if err := validateModels(gs.Models, gs.Objects, gs.NextModelId); err != nil {
		return err
	}
	if err := validateBehaviour(gs); err != nil {
		return err
	}
	return validateRatings(gs)
}

func validateAttestations(attestations []Attestation, next uint64) error {
	index := make(map[uint64]Attestation, len(attestations))
	var last uint64
	for _, attestation := range attestations {
		if attestation.Id <= last || attestation.Id >= next {
			return ErrInvalidGenesis.Wrapf("attestation %d comes after %d, and the next is to be %d", attestation.Id, last, next)
		}
		last = attestation.Id
		if err := attestation.validate(); err != nil {
			return err
		}
		index[attestation.Id] = attestation
	}
	for _, attestation := range attestations {
		if err := attestation.validateConflicts(index); err != nil {
			return err
		}
	}
	return nil
}

// validate checks a stored attestation alone.
func (a Attestation) validate() error {
	if err := a.Subject.Validate(); err != nil {
		return err
	}
	if err := (accesstypes.Member{InstitutionId: a.ProviderId}).Validate(); err != nil {
		return err
	}
	if err := a.Period.Validate(); err != nil {
		return err
	}
	if err := a.validateContent(); err != nil {
		return err
	}
	if _, known := AttestationStatus_name[int32(a.Status)]; !known || a.Status == AttestationStatus_ATTESTATION_STATUS_UNSPECIFIED {
		return ErrInvalidGenesis.Wrapf("attestation %d: status %d is unknown", a.Id, a.Status)
	}
	if (a.Status == AttestationActive) != a.EndedAt.IsZero() || !a.AttestedAt.Before(a.ExpiresAt) || a.Operator == "" {
		return ErrInvalidGenesis.Wrapf("attestation %d: status, operator or times contradict each other", a.Id)
	}
	return nil
}

func (a Attestation) validateContent() error {
	if len(a.Commitment) != CommitmentLength {
		return ErrInvalidGenesis.Wrapf("attestation %d: commitment of %d bytes", a.Id, len(a.Commitment))
	}
	if a.Sealed() {
		if len(a.Values) != 0 || !accesstypes.IsSharingLevel(a.Level) {
			return ErrInvalidGenesis.Wrapf("attestation %d is sealed and has open values, or no level", a.Id)
		}
		return nil
	}
	if err := ValidateValues(a.Values); err != nil {
		return err
	}
	if a.Level != OpenLevel || !bytes.Equal(a.Commitment, Commitment(a.ProviderId, a.Subject, a.Period, a.Values, nil)) {
		return ErrInvalidGenesis.Wrapf("attestation %d: level or commitment is not that of its values", a.Id)
	}
	return nil
}

// validateConflicts wants every conflict told on both sides, and between attestations that are in force.
func (a Attestation) validateConflicts(index map[uint64]Attestation) error {
	var last uint64
	for _, conflict := range a.Conflicts {
		if conflict.AttestationId <= last {
			return ErrInvalidGenesis.Wrapf("attestation %d: conflicts are not in order", a.Id)
		}
		last = conflict.AttestationId
		other, known := index[conflict.AttestationId]
		if !known || a.Status != AttestationActive || other.Subject != a.Subject || other.Period != a.Period || other.ProviderId == a.ProviderId {
			return ErrInvalidGenesis.Wrapf("attestation %d conflicts with %d, which cannot be", a.Id, conflict.AttestationId)
		}
		if !other.conflictsWith(a.Id) {
			return ErrInvalidGenesis.Wrapf("attestation %d does not know that it conflicts with %d", other.Id, a.Id)
		}
	}
	return nil
}

func (a Attestation) conflictsWith(number uint64) bool {
	for _, conflict := range a.Conflicts {
		if conflict.AttestationId == number {
			return true
		}
	}
	return false
}
