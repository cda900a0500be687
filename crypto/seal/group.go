package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/subtle"
)

// GroupSealedSize is the length of a content key that is sealed for a group: encrypted key 32, tag 16. The
// first group of an envelope makes the content key itself, and nothing is sealed for it.
const GroupSealedSize = secretSize + tagSize

// ValidateBasic checks the form as Envelope.ValidateBasic does, at the same bounded cost.
func (g GroupKeys) ValidateBasic(maxKeys int) error {
	if len(g.Commitment) != DigestSize {
		return ErrInvalidEnvelope.Wrapf("group commitment has %d bytes, must have %d", len(g.Commitment), DigestSize)
	}
	return validateKeys(g.Keys, 1, min(maxKeys, MaxReaders), false)
}

// ForGroup tells whether the key is a group's, whose commitment is then its key id.
func (k SealedKey) ForGroup() bool { return k.made() || len(k.Sealed) == GroupSealedSize }

// made tells whether the group's readers make the content key themselves.
func (k SealedKey) made() bool { return len(k.Sealed) == 0 }

// Groups are the commitments of the groups that an envelope is sealed for.
func (e Envelope) Groups() [][]byte {
	var groups [][]byte
	for i := range e.Keys {
		if e.Keys[i].ForGroup() {
			groups = append(groups, e.Keys[i].KeyId)
		}
	}
	return groups
}

// Group is readers who share a key: it is sealed once for them, at the price of a public-key encryption
// each, and then serves any number of envelopes, at the price of 32 bytes each, or 80 beside another group. Its readers open every one
// of them. Whoever has a Group can seal for it and open. Wipe it after use.
type Group struct {
	secret     []byte
	commitment []byte
	binding    []byte
	readers    []PublicKey
}

// Root is what a sealer makes group keys of, so that it need not keep them: 32 random bytes, as secret as
// all that was ever sealed for its groups.
type Root [secretSize]byte

// NewRoot draws a root.
func NewRoot() Root { return Root(randomBytes(secretSize)) }

// Group is the group of 1 to 32 readers for a binding and an epoch. The same root makes the same group of
// them again; others learn nothing of it from groups that they read. Binding is what the group belongs to.
// Another epoch makes another group, so that a stolen group key does not open what comes later.
func (r Root) Group(readers []PublicKey, binding []byte, epoch uint64) (Group, error) {
	if err := validateReaders(readers, 1); err != nil {
		return Group{}, err
	}
	if r == (Root{}) {
		return Group{}, ErrInvalidKey.Wrap("root of groups is empty")
	}
	secret, err := derive(r[:], useGroupRoot, groupContext(readers, binding, epoch), secretSize)
	if err != nil {
		return Group{}, err
	}
	return Group{secret: secret, commitment: hashOf(useGroupCommit, secret), binding: binding, readers: readers}, nil
}

// Keys seals the group key for its readers, anew each time: what to publish once, before or with the first
// envelope that is sealed for the group. A group that was opened has no readers to seal for.
func (g Group) Keys() (GroupKeys, error) {
	if err := validateReaders(g.readers, 1); err != nil {
		return GroupKeys{}, err
	}
	if err := g.valid(); err != nil {
		return GroupKeys{}, err
	}
	keys := GroupKeys{Commitment: bytes.Clone(g.commitment)}
	var err error
	keys.Keys, err = sealForAll(g.readers, g.secret, useGroupKey, keys.info(g.binding)...)
	return keys, err
}

func (g GroupKeys) info(binding []byte) [][]byte {
	return [][]byte{hashOf(useBinding, binding), g.Commitment}
}

// OpenGroup opens the group key for one of the group's readers: ErrInvalidEnvelope, ErrNotReader,
// ErrBroken, or ErrDigest if the sealer gave this reader another key than its commitment says.
func OpenGroup(key PrivateKey, keys GroupKeys, binding []byte) (Group, error) {
	if err := keys.ValidateBasic(MaxReaders); err != nil {
		return Group{}, err
	}
	secret, err := key.open(keys.Keys, useGroupKey, keys.info(binding)...)
	if err != nil {
		return Group{}, err
	}
	g := Group{secret: secret, commitment: bytes.Clone(keys.Commitment), binding: binding}
	if subtle.ConstantTimeCompare(hashOf(useGroupCommit, secret), keys.Commitment) != 1 {
		g.Wipe()
		return Group{}, ErrDigest.Wrap("group key is not the one of the commitment")
	}
	return g, nil
}

// Commitment is the group's name: 32 bytes that tell nothing of its key, and are of this key alone.
func (g Group) Commitment() []byte { return bytes.Clone(g.commitment) }

// Wipe zeroes the group key.
func (g Group) Wipe() { clear(g.secret) }

func (g Group) valid() error {
	if len(g.secret) != secretSize {
		return ErrInvalidKey.Wrap("group is empty")
	}
	return nil
}

// secretFor is the group's secret for a use and an envelope. It comes from the envelope's digest, and so from its
// random salt: no two envelopes share it.
func (g Group) secretFor(use string, e Envelope, binding []byte) ([]byte, error) {
	if err := g.valid(); err != nil {
		return nil, err
	}
	bound := hashOf(use, append([][]byte{g.commitment}, e.info(binding)...)...)
	return derive(g.secret, use, bound, secretSize)
}

// contentKey is the content key of an envelope whose first group this is.
func (g Group) contentKey(e Envelope, binding []byte) ([]byte, error) {
	return g.secretFor(useGroupContent, e, binding)
}

// aead is what the content key of one envelope is sealed with, once. That is why the nonce may be zero.
func (g Group) aead(e Envelope, binding []byte) (cipher.AEAD, error) {
	secret, err := g.secretFor(useGroupItem, e, binding)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	return newAEAD(e.Cipher, secret, useGroupItem)
}

func (g Group) sealKey(contentKey []byte, e Envelope, binding []byte) (SealedKey, error) {
	aead, err := g.aead(e, binding)
	if err != nil {
		return SealedKey{}, err
	}
	return SealedKey{KeyId: g.Commitment(), Sealed: aead.Seal(nil, make([]byte, nonceSize), contentKey, nil)}, nil
}

// openKey is ErrNotReader if the envelope is not sealed for the group, and ErrBroken if its key does not open.
func (g Group) openKey(e Envelope, binding []byte) ([]byte, error) {
	i, found := findKey(e.Keys, g.commitment)
	if !found || !e.Keys[i].ForGroup() {
		return nil, ErrNotReader.Wrapf("group %x", g.commitment)
	}
	if e.Keys[i].made() {
		return g.contentKey(e, binding)
	}
	aead, err := g.aead(e, binding)
	if err != nil {
		return nil, err
	}
	key, err := aead.Open(nil, make([]byte, nonceSize), e.Keys[i].Sealed, nil)
	if err != nil {
		return nil, ErrBroken.Wrap("key that is sealed for the group does not open")
	}
	return key, nil
}

// Open is like the function Open, for a reader of the group.
func (g Group) Open(e Envelope, binding []byte) ([]byte, error) {
	opening, err := g.Disclose(e, binding)
	return opening.Content, err
}

// Disclose is like the function Disclose, for a reader of the group.
func (g Group) Disclose(e Envelope, binding []byte) (Opening, error) {
	if err := e.validateInline(); err != nil {
		return Opening{}, err
	}
	key, err := g.openKey(e, binding)
	if err != nil {
		return Opening{}, err
	}
	defer clear(key)
	return decrypt(key, e, binding)
}

// Reseal lets a reader of the group give one envelope, and no other, to a further reader.
func (g Group) Reseal(e Envelope, binding []byte, reader PublicKey) (SealedKey, error) {
	opening, err := g.Disclose(e, binding)
	if err != nil {
		return SealedKey{}, err
	}
	clear(opening.Content)
	key, err := g.openKey(e, binding)
	if err != nil {
		return SealedKey{}, err
	}
	defer clear(key)
	return resealWith(key, e, binding, reader)
}
