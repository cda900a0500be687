package seal

import (
	"bytes"
	"crypto/subtle"
)

// ValidateBasic checks the form as Envelope.ValidateBasic does, at the same bounded cost.
func (g GroupKeys) ValidateBasic(maxKeys int) error {
	if len(g.Commitment) != DigestSize {
		return ErrInvalidEnvelope.Wrapf("group commitment has %d bytes, must have %d", len(g.Commitment), DigestSize)
	}
	return validateKeys(g.Keys, 1, min(maxKeys, MaxReaders))
}

// Group seals and opens the items of one batch. Its readers open every item; an item's own readers open
// that item and learn nothing of others. Whoever has a Group can do both. Wipe it after use.
type Group struct {
	secret []byte
	keys   GroupKeys
}

// NewGroup makes a group key and seals it for 1 to 32 readers. Binding is what the batch belongs to.
func NewGroup(readers []PublicKey, binding []byte) (Group, error) {
	if err := validateReaders(readers, 1); err != nil {
		return Group{}, err
	}
	g := Group{secret: randomBytes(secretSize)}
	g.keys.Commitment = hashOf(useGroupCommit, g.secret)
	var err error
	g.keys.Keys, err = sealForAll(readers, g.secret, useGroupKey, g.keys.info(binding)...)
	if err != nil {
		g.Wipe()
		return Group{}, err
	}
	return g, nil
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
	g := Group{secret: secret, keys: keys}
	if subtle.ConstantTimeCompare(hashOf(useGroupCommit, secret), keys.Commitment) != 1 {
		g.Wipe()
		return Group{}, ErrDigest.Wrap("group key is not the one of the commitment")
	}
	return g, nil
}

// Keys is what to publish with the batch.
func (g Group) Keys() GroupKeys {
	out := GroupKeys{Commitment: bytes.Clone(g.keys.Commitment)}
	out.Keys = append(out.Keys, g.keys.Keys...)
	return out
}

// Wipe zeroes the group key.
func (g Group) Wipe() { clear(g.secret) }

// itemKey is the content key of an item: whoever has some of them cannot compute others.
func (g Group) itemKey(binding []byte) ([]byte, error) {
	if len(g.secret) != secretSize {
		return nil, ErrInvalidKey.Wrap("group is empty")
	}
	return derive(g.secret, useGroupItem, hashOf(useBinding, binding), secretSize)
}

// Seal is like the function Seal for an item of the batch. Readers are the item's own beside those of the
// group; there may be none. Binding names the item and must be another for each item, such as its UETR.
// The item's own readers use Open, Disclose and Reseal.
func (g Group) Seal(content, binding []byte, c Cipher, readers []PublicKey) (Envelope, error) {
	if err := validateReaders(readers, 0); err != nil {
		return Envelope{}, err
	}
	key, err := g.itemKey(binding)
	if err != nil {
		return Envelope{}, err
	}
	defer clear(key)
	return sealWith(key, content, binding, c, readers)
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
	key, err := g.itemKey(binding)
	if err != nil {
		return Opening{}, err
	}
	defer clear(key)
	return decrypt(key, e, binding)
}

// Reseal lets a reader of the group give one item, and no other, to a further reader.
func (g Group) Reseal(e Envelope, binding []byte, reader PublicKey) (SealedKey, error) {
	opening, err := g.Disclose(e, binding)
	if err != nil {
		return SealedKey{}, err
	}
	clear(opening.Content)
	key, err := g.itemKey(binding)
	if err != nil {
		return SealedKey{}, err
	}
	defer clear(key)
	return resealWith(key, e, binding, reader)
}
