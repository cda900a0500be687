package domain

import (
	"slices"
	"time"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Corrected is an attestation whose values a ruling corrects, as a new one: of the same provider about the same
// period, until the same time. Only open values that were attested are corrected; nobody's ruling makes a provider
// say more than it did.
func Corrected(attestation types.Attestation, corrections []types.InputValue, now time.Time) (types.Attestation, error) {
	if attestation.Sealed() {
		return types.Attestation{}, types.ErrInvalidAttestation.Wrapf("%d is sealed; it can only be revoked", attestation.Id)
	}
	if err := types.ValidateValues(corrections); err != nil {
		return types.Attestation{}, err
	}
	values := slices.Clone(attestation.Values)
	for _, correction := range corrections {
		old := valueOf(values, correction.Name)
		if old == nil {
			return types.Attestation{}, types.ErrInvalidValue.Wrapf("attestation %d says nothing of %q", attestation.Id, correction.Name)
		}
		*old = correction
	}
	corrected := attestation
	corrected.Id, corrected.Corrects, corrected.Values, corrected.Conflicts = 0, attestation.Id, values, nil
	corrected.AttestedAt, corrected.Status = now, types.AttestationActive
	corrected.Commitment = types.Commitment(corrected.ProviderId, corrected.Subject, corrected.Period, values, nil)
	return corrected, nil
}
