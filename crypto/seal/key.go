package seal

import (
	"bytes"
	"crypto/hpke"
	"crypto/rand"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
)

// Short names of the generated constants.
const (
	MLKEM768X25519 = Suite_SUITE_MLKEM768_X25519
	SM2            = Suite_SUITE_SM2
	AES256GCM      = Cipher_CIPHER_AES256_GCM
	SM4GCM         = Cipher_CIPHER_SM4_GCM
)

// Lengths of encoded public keys in bytes.
const (
	mlkemKeySize  = 1184
	x25519KeySize = 32
	hybridKeySize = mlkemKeySize + x25519KeySize
	sm2KeySize    = 65
)

// PrivateKey opens what is sealed for its public key. Its zero value is invalid. It prints as its key id.
// It is safe for concurrent use until Wipe.
type PrivateKey struct {
	public PublicKey
	raw    []byte // 32 bytes: the seed of the hybrid, or the scalar of SM2, big-endian
	hybrid hpke.PrivateKey
	sm2    *sm2.PrivateKey
}

// GenerateKey makes a key from the system's randomness.
func GenerateKey(suite Suite) (PrivateKey, error) {
	switch suite {
	case MLKEM768X25519:
		raw := randomBytes(secretSize)
		defer clear(raw)
		return ParsePrivateKey(suite, raw)
	case SM2:
		key, err := sm2.GenerateKey(rand.Reader)
		if err != nil {
			return PrivateKey{}, err
		}
		raw := key.D.FillBytes(make([]byte, secretSize))
		defer clear(raw)
		defer clear(key.D.Bits())
		return ParsePrivateKey(suite, raw)
	default:
		return PrivateKey{}, ErrInvalidKey.Wrapf("suite %d is not known", suite)
	}
}

// ParsePrivateKey reads what Bytes wrote: 32 bytes. It keeps a copy.
func ParsePrivateKey(suite Suite, raw []byte) (PrivateKey, error) {
	if len(raw) != secretSize {
		return PrivateKey{}, ErrInvalidKey.Wrapf("private key has %d bytes, must have %d", len(raw), secretSize)
	}
	key := PrivateKey{raw: bytes.Clone(raw)}
	var err error
	switch suite {
	case MLKEM768X25519:
		if key.hybrid, err = hpke.MLKEM768X25519().NewPrivateKey(key.raw); err == nil {
			key.public = PublicKey{Suite: suite, Key: key.hybrid.PublicKey().Bytes()}
		}
	case SM2:
		if key.sm2, err = sm2.NewPrivateKey(key.raw); err == nil {
			key.public = PublicKey{Suite: suite, Key: sm2PointBytes(key.sm2)}
		}
	default:
		return PrivateKey{}, ErrInvalidKey.Wrapf("suite %d is not known", suite)
	}
	if err != nil {
		return PrivateKey{}, ErrInvalidKey.Wrap("private key is out of range")
	}
	return key, nil
}

func sm2PointBytes(key *sm2.PrivateKey) []byte {
	out := make([]byte, sm2KeySize)
	out[0] = 4
	key.X.FillBytes(out[1:33])
	key.Y.FillBytes(out[33:])
	return out
}

// Public is the key to give to those who seal.
func (k PrivateKey) Public() PublicKey {
	return PublicKey{Suite: k.public.Suite, Key: bytes.Clone(k.public.Key)}
}

// Bytes is the secret: 32 bytes, a copy. Whoever asks keeps it safe and clears it; see EncryptKeyfile.
func (k PrivateKey) Bytes() []byte { return bytes.Clone(k.raw) }

// Wipe zeroes what of the key this package holds. Copies inside the libraries stay until they are
// collected. The key and its copies must not be used afterwards.
func (k PrivateKey) Wipe() {
	clear(k.raw)
	if k.sm2 != nil {
		clear(k.sm2.D.Bits())
	}
}

// Format prints the key id for every verb, so that a secret gets into no log by accident.
func (k PrivateKey) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "private key %x", k.public.ID())
}

func (k PrivateKey) valid() error {
	if k.hybrid == nil && k.sm2 == nil {
		return ErrInvalidKey.Wrap("private key is empty")
	}
	return nil
}

// ID names the key: SHA-256 over a prefix, the suite and the encoded key; 32 bytes. It is defined for
// invalid keys too.
func (k PublicKey) ID() []byte {
	return hashOf(useKeyID, []byte{byte(k.Suite >> 24), byte(k.Suite >> 16), byte(k.Suite >> 8), byte(k.Suite)}, k.Key)
}

// Validate says whether one can seal for the key: ErrInvalidKey if not. It is meant for consensus too: a
// pure function of the key's bytes, without randomness or panic, of bounded cost (under 5 µs).
//
// It demands the one canonical encoding, so that a key has one id. For the hybrid it makes the modulus
// check of FIPS 203, section 7.2, and refuses X25519 points of low order and coordinates that are not
// reduced. hpke's NewPublicKey makes the same modulus check but takes any 32 bytes as X25519 point (low
// order shows when sealing), expands the matrix of ML-KEM, and runs under the process's FIPS settings;
// consensus should not depend on those, so the check stands here. Every key that passes is taken by
// NewPublicKey, which a fuzz test holds. For SM2 the point must be on the curve.
func (k PublicKey) Validate() error {
	switch k.Suite {
	case MLKEM768X25519:
		return validateHybrid(k.Key)
	case SM2:
		if len(k.Key) != sm2KeySize || k.Key[0] != 4 {
			return ErrInvalidKey.Wrapf("SM2 key must be an uncompressed point of %d bytes", sm2KeySize)
		}
		if _, err := sm2.NewPublicKey(k.Key); err != nil {
			return ErrInvalidKey.Wrap("SM2 key is not a point of the curve")
		}
		return nil
	default:
		return ErrInvalidKey.Wrapf("suite %d is not known", k.Suite)
	}
}

func validateHybrid(key []byte) error {
	if len(key) != hybridKeySize {
		return ErrInvalidKey.Wrapf("hybrid key has %d bytes, must have %d", len(key), hybridKeySize)
	}
	const modulus, vectorSize = 3329, 1152 // three polynomials of 256 coefficients of 12 bits
	for i := 0; i < vectorSize; i += 3 {
		low := uint16(key[i]) | uint16(key[i+1]&0x0f)<<8
		high := uint16(key[i+1])>>4 | uint16(key[i+2])<<4
		if low >= modulus || high >= modulus {
			return ErrInvalidKey.Wrap("ML-KEM key has a coefficient that is not reduced")
		}
	}
	point := key[mlkemKeySize:]
	if !lessThan25519Prime(point) {
		return ErrInvalidKey.Wrap("X25519 key is not reduced")
	}
	for _, low := range lowOrderPoints {
		if bytes.Equal(point, low) {
			return ErrInvalidKey.Wrap("X25519 key is a point of low order")
		}
	}
	return nil
}

// lessThan25519Prime compares a little-endian number with 2^255 - 19.
func lessThan25519Prime(point []byte) bool {
	if point[31] != 0x7f {
		return point[31] < 0x7f
	}
	for i := 30; i > 0; i-- {
		if point[i] != 0xff {
			return true
		}
	}
	return point[0] < 0xed
}

// lowOrderPoints are the reduced coordinates of order 1, 2, 4 and 8 on Curve25519 and its twist: 0, 1, two
// of order 8, and p - 1. With them the shared secret would be zero whatever the other's key.
var lowOrderPoints = [][]byte{
	make([]byte, x25519KeySize),
	append([]byte{1}, make([]byte, x25519KeySize-1)...),
	{
		0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
		0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
	},
	{
		0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
		0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
	},
	{
		0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
	},
}

var _ fmt.Formatter = PrivateKey{}
