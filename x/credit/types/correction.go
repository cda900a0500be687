package types

// Correction is what a ruling puts in the place of attested values: open values by name, or a commitment and the record of
// the vault that holds what is committed to.
type Correction struct {
	Values     []InputValue
	Commitment []byte
	RecordID   uint64
}

// Sealed reports whether the correct values lie in the vault.
func (c Correction) Sealed() bool { return c.RecordID != 0 || len(c.Commitment) > 0 }

// Validate checks the form: one or the other.
func (c Correction) Validate() error {
	if !c.Sealed() {
		return ValidateValues(c.Values)
	}
	if len(c.Values) > 0 || c.RecordID == 0 || len(c.Commitment) != CommitmentLength {
		return ErrInvalidAttestation.Wrapf("a correction of sealed values has a record and a commitment of %d bytes, and no values", CommitmentLength)
	}
	return nil
}
