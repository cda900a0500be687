package types

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// Bounds of key replacement.
const (
	// MaxPublicKeyBytes and MaxKeyProofBytes hold a multisig of seven ML-DSA-65 keys.
	MaxPublicKeyBytes        = 32 << 10
	MaxKeyProofBytes         = 64 << 10
	MaxReferenceCharacters   = 140
	MaxAdministratorsToAgree = MaxActionApprovals
)

// keyRotationDomain keeps the proof from being a signature of anything else.
const keyRotationDomain = "zhilian/key-rotation/1"

// KeyRotationBytes are what the new key signs: the domain, the chain's id and the two addresses' bytes, each
// behind its length in 8 bytes, big-endian. It holds once: an address is never an operator's twice.
func KeyRotationBytes(chainID string, oldAddress, newAddress []byte) []byte {
	var message []byte
	for _, part := range [][]byte{[]byte(keyRotationDomain), []byte(chainID), oldAddress, newAddress} {
		message = binary.BigEndian.AppendUint64(message, uint64(len(part)))
		message = append(message, part...)
	}
	return slices.Clip(message)
}

// Validate checks the message alone.
func (m *MsgRotateKey) Validate() error { return validateKeyProof(m.PublicKey.Size(), len(m.Proof)) }

// Validate checks the message alone.
func (m *MsgRecoverOperator) Validate() error {
	return validateKeyProof(m.PublicKey.Size(), len(m.Proof))
}

func validateKeyProof(keyBytes, proofBytes int) error {
	switch {
	case keyBytes == 0:
		return ErrInvalidKey.Wrap("the public key is missing")
	case keyBytes > MaxPublicKeyBytes:
		return ErrInvalidKey.Wrapf("the public key has %d bytes: at most %d", keyBytes, MaxPublicKeyBytes)
	case proofBytes == 0 || proofBytes > MaxKeyProofBytes:
		return ErrInvalidKey.Wrapf("the proof has %d bytes: want 1 to %d", proofBytes, MaxKeyProofBytes)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgReplaceAdministrator) Validate() error {
	if err := validateInstitutionID(m.InstitutionId); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(m.Reference); !utf8.ValidString(m.Reference) || n < 1 || n > MaxReferenceCharacters {
		return ErrInvalidOperator.Wrapf("the reference has %d characters: want 1 to %d", n, MaxReferenceCharacters)
	}
	if m.Holder == "" {
		return ErrHolderMissing.Wrap("say who holds the new administrator's key")
	}
	return m.NewAdministrator().Validate()
}

// NewAdministrator is the operator that the message asks for.
func (m *MsgReplaceAdministrator) NewAdministrator() Operator {
	return Operator{
		Address:       m.Administrator,
		InstitutionId: m.InstitutionId,
		Roles:         []string{AdministratorRole},
		Status:        MemberStatus_MEMBER_STATUS_ACTIVE,
		Holder:        m.Holder,
	}
}
