package types

import (
	"bytes"
	"errors"

	"github.com/zhilian-network/zhilian/crypto/seal"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// Statuses and kinds, for short.
const (
	KeyActive  = KeyStatus_KEY_STATUS_ACTIVE
	KeyRotated = KeyStatus_KEY_STATUS_ROTATED
	KeyRevoked = KeyStatus_KEY_STATUS_REVOKED

	RecordSealed = RecordStatus_RECORD_STATUS_SEALED
	RecordErased = RecordStatus_RECORD_STATUS_ERASED

	RequestOpen    = RequestStatus_REQUEST_STATUS_OPEN
	RequestGranted = RequestStatus_REQUEST_STATUS_GRANTED
	RequestDenied  = RequestStatus_REQUEST_STATUS_DENIED
	RequestRefused = RequestStatus_REQUEST_STATUS_REFUSED
	RequestExpired = RequestStatus_REQUEST_STATUS_EXPIRED

	TrailPut       = TrailKind_TRAIL_KIND_PUT
	TrailShared    = TrailKind_TRAIL_KIND_SHARED
	TrailRequested = TrailKind_TRAIL_KIND_REQUESTED
	TrailDenied    = TrailKind_TRAIL_KIND_DENIED
	TrailRefused   = TrailKind_TRAIL_KIND_REFUSED
	TrailRevoked   = TrailKind_TRAIL_KIND_REVOKED
	TrailErased    = TrailKind_TRAIL_KIND_ERASED
	TrailOpened    = TrailKind_TRAIL_KIND_OPENED
)

// Usable reports whether something may be sealed to the key. A rotated key may still be used: who sealed
// could not know of the newer one.
func (k EncryptionKey) Usable() bool { return k.Status == KeyActive || k.Status == KeyRotated }

// Validate checks a stored key's form.
func (k EncryptionKey) Validate() error {
	if err := k.Owner.Validate(); err != nil {
		return err
	}
	if err := k.PublicKey.Validate(); err != nil {
		return err
	}
	if !bytes.Equal(k.Id, k.PublicKey.ID()) {
		return ErrInvalidGenesis.Wrapf("key %x has another id", k.Id)
	}
	if k.Status < KeyActive || k.Status > KeyRevoked {
		return ErrInvalidGenesis.Wrapf("key %x: status %d is unknown", k.Id, k.Status)
	}
	return nil
}

// Outside reports whether the ciphertext is kept outside the ledger, also of a record that was erased.
func (r Record) Outside() bool { return len(r.OutsideDigest) != 0 }

// InlineBytes are the bytes that count against the institution's budget.
func (r Record) InlineBytes() uint64 {
	if r.Status != RecordSealed || r.Outside() {
		return 0
	}
	return r.Size_
}

// validateContents checks what a record says about itself, but for its ciphertext.
func (r Record) validateContents() error {
	if err := r.Subject.Validate(); err != nil {
		return err
	}
	if !accesstypes.IsSharingLevel(r.Level) {
		return ErrInvalidRecord.Wrapf("level %d: %d to %d is needed", r.Level, accesstypes.MinSharingLevel, accesstypes.MaxSharingLevel)
	}
	if !r.Purpose.IsSet() {
		return ErrInvalidRecord.Wrapf("purpose %d is unknown", r.Purpose)
	}
	if !isMediaType(r.MediaType) {
		return ErrInvalidRecord.Wrapf("media type %.70q is not like application/pdf, at most %d characters", r.MediaType, MaxMediaTypeLength)
	}
	return nil
}

// isMediaType accepts type/subtype of RFC 6838, in lower case, without parameters: those could tell names.
func isMediaType(s string) bool {
	if len(s) > MaxMediaTypeLength {
		return false
	}
	kind, subtype, found := bytes.Cut([]byte(s), []byte{'/'})
	return found && isRestrictedName(kind) && isRestrictedName(subtype)
}

func isRestrictedName(name []byte) bool {
	for i, c := range name {
		letter := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || bytes.IndexByte([]byte("!#$&-^_.+"), c) < 0) {
			return false
		}
	}
	return len(name) > 0
}

// validateEnvelope checks the form of what is sealed. An envelope that is kept outside has no ciphertext,
// and one that is inline names no place outside.
func validateEnvelope(envelope seal.Envelope, outsideDigest []byte, outsideSize uint64) error {
	limits := seal.Limits{MaxContent: MaxInlineBytes - SealedOverhead, MinKeys: 1, MaxKeys: seal.MaxReaders, Detached: len(outsideDigest) != 0}
	if limits.Detached {
		if len(outsideDigest) != DigestLength {
			return ErrInvalidRecord.Wrapf("outside digest has %d bytes: %d are needed", len(outsideDigest), DigestLength)
		}
		if outsideSize == 0 || outsideSize > MaxOutsideBytes {
			return ErrInvalidRecord.Wrapf("outside size %d: 1 to %d bytes are needed", outsideSize, MaxOutsideBytes)
		}
	} else if outsideSize != 0 {
		return ErrInvalidRecord.Wrap("a size outside needs the digest of what is kept there")
	}
	err := envelope.ValidateBasic(limits)
	if errors.Is(err, seal.ErrTooLarge) {
		return ErrTooLarge.Wrapf("%d bytes", len(envelope.Ciphertext))
	}
	return err
}

// validateSealedKeys checks the form of the keys of one reader.
func validateSealedKeys(keys []seal.SealedKey) error {
	probe := seal.Envelope{Cipher: seal.AES256GCM, Digest: make([]byte, DigestLength), Keys: keys}
	return probe.ValidateBasic(seal.Limits{MinKeys: 1, MaxKeys: MaxKeysPerReader, Detached: true})
}
