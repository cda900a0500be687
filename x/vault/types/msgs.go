package types

// Validate checks the message alone. Addresses are decoded by access, which knows the prefix.
func (m *MsgRegisterKey) Validate() error {
	if err := m.Owner.Validate(); err != nil {
		return err
	}
	return m.PublicKey.Validate()
}

// Validate checks the message alone.
func (m *MsgRevokeKey) Validate() error {
	if n := len(m.KeyId); n != KeyIDLength {
		return ErrKeyNotFound.Wrapf("key id has %d bytes: %d are needed", n, KeyIDLength)
	}
	return nil
}

// Validate checks the message alone: the form of the record and of its envelope.
func (m *MsgPut) Validate() error {
	if err := m.NewRecord().validateContents(); err != nil {
		return err
	}
	return validateEnvelope(m.Envelope, m.OutsideDigest, m.OutsideSize)
}

// NewRecord is the record that the message asks for, without number, times and ciphertext.
func (m *MsgPut) NewRecord() Record {
	record := Record{
		Subject: m.Subject, CustodianId: m.Subject.InstitutionId, Operator: m.Operator, Level: m.Level,
		MediaType: m.MediaType, Purpose: m.Purpose, Cipher: m.Envelope.Cipher, Digest: m.Envelope.Digest,
		OutsideDigest: m.OutsideDigest, Size_: m.OutsideSize, Status: RecordSealed,
	}
	if !record.Outside() {
		record.Size_ = uint64(len(m.Envelope.Ciphertext))
	}
	return record
}

// Validate checks the message alone.
func (m *MsgShare) Validate() error {
	if err := m.Reader.Validate(); err != nil {
		return err
	}
	if !m.Purpose.IsSet() {
		return ErrInvalidShare.Wrapf("purpose %d is unknown", m.Purpose)
	}
	return validateSealedKeys(m.Keys)
}

// Validate checks the message alone.
func (m *MsgRequestAccess) Validate() error {
	if !m.Purpose.IsSet() {
		return ErrInvalidShare.Wrapf("purpose %d is unknown", m.Purpose)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgRevoke) Validate() error { return m.Reader.Validate() }

// Validate checks the message alone.
func (m *MsgUpdateParams) Validate() error { return m.Params.Validate() }
