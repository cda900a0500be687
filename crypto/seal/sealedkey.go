package seal

import (
	"bytes"
	"crypto/hpke"
	"crypto/rand"
	"crypto/subtle"
	"slices"

	"github.com/emmansun/gmsm/sm2"
)

// Lengths of a sealed key in bytes; they differ, so the length names the suite.
const (
	// HybridSealedSize is ML-KEM ciphertext 1088, X25519 share 32, encrypted key 32, tag 16.
	HybridSealedSize = 1088 + 32 + secretSize + tagSize
	// SM2SealedSize is C1 65, C3 32, C2 64: the key and the hash of what it is sealed for.
	SM2SealedSize = 65 + 32 + secretSize + DigestSize
)

// MaxReaders is the most keys of one envelope or group.
const MaxReaders = 32

// Suite is the suite that the key is sealed with, told from its length; unspecified if it is sealed for a
// group, or by none.
func (k SealedKey) Suite() Suite {
	switch {
	case len(k.Sealed) == HybridSealedSize:
		return MLKEM768X25519
	case len(k.Sealed) == SM2SealedSize && k.Sealed[0] == 4:
		return SM2
	default:
		return Suite_SUITE_UNSPECIFIED
	}
}

// sealFor seals a 32-byte secret for a reader. Whatever hashes into the info must be the same when it is
// opened, so a sealed key cannot be moved to where it does not belong.
func sealFor(reader PublicKey, secret []byte, use string, info ...[]byte) (SealedKey, error) {
	id := reader.ID()
	bound := hashOf(use, append([][]byte{id}, info...)...)
	var sealed []byte
	var err error
	switch reader.Suite {
	case MLKEM768X25519:
		sealed, err = hybridSeal(reader.Key, bound, secret)
	case SM2:
		// SM2 takes no associated data: the hash is sealed with the secret, and compared when opened.
		message := append(bytes.Clone(secret), bound...)
		sealed, err = sm2Seal(reader.Key, message)
		clear(message)
	default:
		err = ErrInvalidKey.Wrapf("suite %d is not known", reader.Suite)
	}
	if err != nil {
		return SealedKey{}, err
	}
	return SealedKey{KeyId: id, Sealed: sealed}, nil
}

func hybridSeal(public, info, secret []byte) ([]byte, error) {
	key, err := hpke.MLKEM768X25519().NewPublicKey(public)
	if err != nil {
		return nil, ErrInvalidKey.Wrap(err.Error())
	}
	return hpke.Seal(key, hpke.HKDFSHA256(), hpke.AES256GCM(), info, secret)
}

func sm2Seal(public, message []byte) ([]byte, error) {
	key, err := sm2.NewPublicKey(public)
	if err != nil {
		return nil, ErrInvalidKey.Wrap(err.Error())
	}
	return sm2.Encrypt(rand.Reader, key, message, sm2.NewPlainEncrypterOpts(sm2.MarshalUncompressed, sm2.C1C3C2))
}

// open finds the sealed key of a reader and opens it: 32 bytes, ErrNotReader or ErrBroken.
func (k PrivateKey) open(keys []SealedKey, use string, info ...[]byte) ([]byte, error) {
	if err := k.valid(); err != nil {
		return nil, err
	}
	id := k.public.ID()
	i, found := findKey(keys, id)
	if !found {
		return nil, ErrNotReader.Wrapf("key %x", id)
	}
	if keys[i].Suite() != k.public.Suite {
		return nil, ErrBroken.Wrap("sealed key is of another suite than its reader's key")
	}
	bound := hashOf(use, append([][]byte{id}, info...)...)
	if k.hybrid != nil {
		return hybridOpen(k.hybrid, bound, keys[i].Sealed)
	}
	message, err := sm2Open(k.sm2, keys[i].Sealed)
	if err != nil {
		return nil, err
	}
	if len(message) != secretSize+DigestSize || subtle.ConstantTimeCompare(message[secretSize:], bound) != 1 {
		clear(message)
		return nil, ErrBroken.Wrap("sealed key belongs to other content")
	}
	return message[:secretSize], nil
}

func hybridOpen(key hpke.PrivateKey, info, sealed []byte) ([]byte, error) {
	secret, err := hpke.Open(key, hpke.HKDFSHA256(), hpke.AES256GCM(), info, sealed)
	if err != nil {
		return nil, ErrBroken.Wrap("sealed key does not open")
	}
	if len(secret) != secretSize {
		return nil, ErrBroken.Wrap("sealed key has a wrong length")
	}
	return secret, nil
}

func sm2Open(key *sm2.PrivateKey, sealed []byte) ([]byte, error) {
	message, err := key.Decrypt(nil, sealed, sm2.NewPlainDecrypterOpts(sm2.C1C3C2))
	if err != nil {
		return nil, ErrBroken.Wrap("sealed key does not open")
	}
	return message, nil
}

// sealForAll seals one secret for each reader, sorted by key id.
func sealForAll(readers []PublicKey, secret []byte, use string, info ...[]byte) ([]SealedKey, error) {
	keys := make([]SealedKey, 0, len(readers))
	for _, reader := range readers {
		key, err := sealFor(reader, secret, use, info...)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	sortKeys(keys)
	return keys, nil
}

func sortKeys(keys []SealedKey) {
	slices.SortFunc(keys, func(a, b SealedKey) int { return bytes.Compare(a.KeyId, b.KeyId) })
}

// validateReaders refuses too few, too many, invalid and doubled readers before any work.
func validateReaders(readers []PublicKey, fewest int) error {
	if len(readers) < fewest || len(readers) > MaxReaders {
		return ErrInvalidReaders.Wrapf("%d readers, must be %d to %d", len(readers), fewest, MaxReaders)
	}
	seen := make(map[string]bool, len(readers))
	for i, reader := range readers {
		if err := reader.Validate(); err != nil {
			return err
		}
		id := string(reader.ID())
		if seen[id] {
			return ErrInvalidReaders.Wrapf("reader %d is there twice", i+1)
		}
		seen[id] = true
	}
	return nil
}

// validateKeys checks form only: lengths, order, uniqueness.
func validateKeys(keys []SealedKey, fewest, most int, groups bool) error {
	if len(keys) < fewest || len(keys) > most {
		return ErrInvalidEnvelope.Wrapf("%d sealed keys, must be %d to %d", len(keys), fewest, most)
	}
	made := 0
	for i, key := range keys {
		if key.made() {
			made++
		}
		if len(key.KeyId) != DigestSize {
			return ErrInvalidEnvelope.Wrapf("key id %d must have %d bytes", i+1, DigestSize)
		}
		if key.Suite() == Suite_SUITE_UNSPECIFIED && !(groups && key.ForGroup()) {
			return ErrInvalidEnvelope.Wrapf("sealed key %d has %d bytes or a form that no suite has", i+1, len(key.Sealed))
		}
		if i > 0 && bytes.Compare(keys[i-1].KeyId, key.KeyId) >= 0 {
			return ErrInvalidEnvelope.Wrapf("sealed key %d is doubled or not in order of key ids", i+1)
		}
	}
	if made > 1 {
		return ErrInvalidEnvelope.Wrapf("%d groups make the content key", made)
	}
	return nil
}

func findKey(keys []SealedKey, id []byte) (int, bool) {
	return slices.BinarySearchFunc(keys, id, func(key SealedKey, id []byte) int { return bytes.Compare(key.KeyId, id) })
}

// InsertKey returns keys, which must be sorted, with one more at its place, or in place of the one with
// the same key id. It does not change keys. ErrInvalidEnvelope if the key is malformed or too many.
func InsertKey(keys []SealedKey, key SealedKey) ([]SealedKey, error) {
	out := slices.Clone(keys)
	if i, found := findKey(out, key.KeyId); found {
		out[i] = key
	} else {
		out = slices.Insert(out, i, key)
	}
	if err := validateKeys(out, 1, MaxReaders, true); err != nil {
		return nil, err
	}
	return out, nil
}
