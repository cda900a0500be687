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

// Validate checks the message alone, but for the canonical bytes, which the engine reads.
func (m *MsgRegisterModel) Validate() error {
	if !IsProduct(m.Product) {
		return ErrInvalidEntry.Wrapf("product %.40q: 1 to %d of a-z, 0-9 and - are needed", m.Product, MaxProductLength)
	}
	if (len(m.Model) == 0) == (len(m.ModelDigest) == 0) {
		return ErrInvalidEntry.Wrap("either the model or the digest of one that is registered is needed")
	}
	if n := len(m.ModelDigest); n != 0 && n != DigestLength {
		return ErrInvalidEntry.Wrapf("digest of %d bytes: %d are needed", n, DigestLength)
	}
	for _, object := range []struct {
		name      string
		size, max int
	}{{"model", len(m.Model), MaxModelBytes}, {"calibration", len(m.Calibration), MaxCalibrationBytes}, {"scale", len(m.Scale), MaxScaleBytes}} {
		if object.size > object.max {
			return ErrModelTooLarge.Wrapf("%s of %d bytes; at most %d", object.name, object.size, object.max)
		}
	}
	if err := m.TrainingWindow.Validate(); err != nil {
		return err
	}
	return m.BackTest.Validate()
}

// Validate checks the message alone.
func (m *MsgEndorseModel) Validate() error {
	if _, known := ModelStep_name[int32(m.Step)]; !known || m.Step == ModelStep_MODEL_STEP_UNSPECIFIED {
		return ErrModelTransition.Wrapf("step %d is unknown", m.Step)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgRate) Validate() error { return m.Subject.Validate() }

// Validate checks the message alone. Whether score and reasons can be of the model is for the domain.
func (m *MsgPublishRating) Validate() error {
	if err := m.Subject.Validate(); err != nil {
		return err
	}
	if n := len(m.AttestationIds); n == 0 || n > MaxSources {
		return ErrInvalidRating.Wrapf("%d sources: 1 to %d are needed", n, MaxSources)
	}
	for i, number := range m.AttestationIds {
		if i > 0 && m.AttestationIds[i-1] >= number {
			return ErrInvalidRating.Wrapf("source %d is repeated or not in order", number)
		}
	}
	if n := len(m.Reasons); n > MaxReasons {
		return ErrInvalidRating.Wrapf("%d reasons, at most %d", n, MaxReasons)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgOpenRating) Validate() error {
	if n := len(m.Openings); n == 0 || n > MaxSources {
		return ErrOpening.Wrapf("%d openings: 1 to %d are needed", n, MaxSources)
	}
	for _, opening := range m.Openings {
		if err := ValidateValues(opening.Values); err != nil {
			return err
		}
		if n := len(opening.Salt); n != 0 && n < MinSaltLength || n > MaxSaltLength {
			return ErrOpening.Wrapf("salt of %d bytes: none, or %d to %d are needed", n, MinSaltLength, MaxSaltLength)
		}
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgUpdateParams) Validate() error { return m.Params.Validate() }
