package domain

import (
	"bytes"
	"slices"
	"time"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Corrected is an attestation whose values a ruling corrects, as a new one: of the same provider about the same
// period, until the same time. Of open values only those that were attested are corrected: nobody's ruling makes a
// provider say more than it did. Of sealed ones the commitment takes the place of the old one, and what it says only
// those know who are shown the values: the panel, which votes on this very commitment, and later each reader.
func Corrected(attestation types.Attestation, correction types.Correction, now time.Time) (types.Attestation, error) {
	if err := correction.Validate(); err != nil {
		return types.Attestation{}, err
	}
	if attestation.Sealed() != correction.Sealed() {
		return types.Attestation{}, types.ErrInvalidAttestation.Wrapf("values of %d are sealed: %t, those of the correction: %t",
			attestation.Id, attestation.Sealed(), correction.Sealed())
	}
	corrected := attestation
	corrected.Id, corrected.Corrects, corrected.Conflicts = 0, attestation.Id, nil
	corrected.AttestedAt, corrected.Status = now, types.AttestationActive
	if correction.Sealed() {
		if bytes.Equal(correction.Commitment, attestation.Commitment) || correction.RecordID == attestation.RecordId {
			return types.Attestation{}, types.ErrInvalidAttestation.Wrapf("%d is committed to these values already, or has this record", attestation.Id)
		}
		corrected.Commitment, corrected.RecordId = correction.Commitment, correction.RecordID
		return corrected, nil
	}
	values := slices.Clone(attestation.Values)
	for _, right := range correction.Values {
		old := valueOf(values, right.Name)
		if old == nil {
			return types.Attestation{}, types.ErrInvalidValue.Wrapf("attestation %d says nothing of %q", attestation.Id, right.Name)
		}
		*old = right
	}
	corrected.Values = values
	corrected.Commitment = types.Commitment(corrected.ProviderId, corrected.Subject, corrected.Period, values, nil)
	return corrected, nil
}
