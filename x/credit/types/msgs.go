package types

import "time"

// Validate checks the message alone. Addresses are decoded by access, which knows the prefix.
func (m *MsgAttest) Validate() error {
	if err := m.Subject.Validate(); err != nil {
		return err
	}
	if err := m.Period.Validate(); err != nil {
		return err
	}
	if m.RecordId == 0 {
		if len(m.Commitment) != 0 {
			return ErrInvalidAttestation.Wrap("a commitment needs the record of the vault that holds its values")
		}
		return ValidateValues(m.Values)
	}
	if len(m.Values) != 0 {
		return ErrInvalidAttestation.Wrap("values are either open or sealed; attest twice to have both")
	}
	if n := len(m.Commitment); n != CommitmentLength {
		return ErrInvalidAttestation.Wrapf("commitment of %d bytes: %d are needed", n, CommitmentLength)
	}
	return nil
}

// NewAttestation is the attestation that the message asks for, without its number. Its level is that of open
// values; that of sealed ones is the record's.
func (m *MsgAttest) NewAttestation(provider string, now time.Time) Attestation {
	attestation := Attestation{
		Subject: m.Subject, ProviderId: provider, Operator: m.Operator, Period: m.Period, Values: m.Values,
		Commitment: m.Commitment, RecordId: m.RecordId, Level: OpenLevel, AttestedAt: now, ExpiresAt: m.ExpiresAt.UTC(),
		Status: AttestationActive,
	}
	if !attestation.Sealed() {
		attestation.Commitment = Commitment(provider, m.Subject, m.Period, m.Values, nil)
	}
	return attestation
}

// Validate checks the message alone.
func (m *MsgUpdateParams) Validate() error { return m.Params.Validate() }
