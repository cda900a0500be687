package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"

	"github.com/emmansun/gmsm/sm4"
)

// What hashes and derived keys are for. The zero byte that newHash puts behind a use makes uses
// prefix-free, so a hash of one use is never one of another.
const (
	domain = "zhilian/seal/v1/"

	useContent      = "content"
	useKeyID        = "key-id"
	useBinding      = "binding"
	useKey          = "sealed-key"
	useGroupKey     = "sealed-group-key"
	useGroupCommit  = "group-commitment"
	useGroupItem    = "group-item"
	useGroupContent = "group-content"
	useGroupRoot    = "group-root"
	useInline       = "inline"
	useFile         = "file"
	useKeyfile      = "keyfile"
)

// Sizes in bytes.
const (
	// DigestSize is the length of digests, key ids and salts.
	DigestSize = sha256.Size
	secretSize = 32
	nonceSize  = 12
	tagSize    = 16
)

func newHash(use string) hash.Hash {
	h := sha256.New()
	h.Write([]byte(domain + use + "\x00"))
	return h
}

// hashOf hashes parts, all of which but the last have a fixed length.
func hashOf(use string, parts ...[]byte) []byte {
	h := newHash(use)
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

// derive makes a key of size bytes out of a 32-byte secret. Context has one length per use.
func derive(secret []byte, use string, context []byte, size int) ([]byte, error) {
	return hkdf.Expand(sha256.New, secret, domain+use+"\x00"+string(context), size)
}

// groupContext is what sets a root's groups apart: binding, epoch, and who reads, in any order.
func groupContext(readers []PublicKey, binding []byte, epoch uint64) []byte {
	ids := make([][]byte, len(readers))
	for i, reader := range readers {
		ids[i] = reader.ID()
	}
	slices.SortFunc(ids, bytes.Compare)
	parts := append([][]byte{hashOf(useBinding, binding), binary.BigEndian.AppendUint64(nil, epoch)}, ids...)
	return hashOf(useGroupRoot, parts...)
}

// newAEAD derives the key of a cipher from a content key, so that one content key can never serve two
// ciphers, or an envelope and a file.
func newAEAD(c Cipher, contentKey []byte, use string) (cipher.AEAD, error) {
	size := 32
	if c == SM4GCM {
		size = sm4.BlockSize
	}
	key, err := derive(contentKey, use, []byte{byte(c)}, size)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return rawAEAD(c, key)
}

func rawAEAD(c Cipher, key []byte) (cipher.AEAD, error) {
	var block cipher.Block
	var err error
	switch c {
	case AES256GCM:
		block, err = aes.NewCipher(key)
	case SM4GCM:
		block, err = sm4.NewCipher(key)
	default:
		return nil, ErrInvalidCipher.Wrapf("%d", c)
	}
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// inlineAAD names the envelope's digest too: with it, whoever alters the digest breaks the ciphertext, so
// that ErrDigest blames no one but the sealer; and a ciphertext that opens to two contents under two keys,
// which GCM alone allows, would have to be found for a digest that depends on it.
func inlineAAD(digest, binding []byte) []byte {
	aad := make([]byte, 0, len(digest)+8+len(binding))
	aad = append(aad, digest...)
	aad = binary.BigEndian.AppendUint64(aad, uint64(len(binding)))
	return append(aad, binding...)
}

func validateCipher(c Cipher) error {
	if c != AES256GCM && c != SM4GCM {
		return ErrInvalidCipher.Wrapf("%d", c)
	}
	return nil
}
