package sm2

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"

	"github.com/cometbft/cometbft/crypto"
	"github.com/emmansun/gmsm/sm2"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/cosmos/cosmos-sdk/codec"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	"github.com/cosmos/cosmos-sdk/types/address"
)

// Sizes, in bytes.
const (
	PubKeySize    = 33
	PrivKeySize   = 32
	SignatureSize = 64

	numberSize = 32
)

// KeyType names the algorithm, in keyrings and in --algo.
const KeyType = "sm2"

// addressDomain is fixed for ever: an account's address follows from it.
const addressDomain = "zhilian.crypto.sm2.v1.PubKey"

// userID is the one that GM/T 0009 names where none was agreed on.
var userID = []byte("1234567812345678")

var (
	_ cryptotypes.PubKey   = (*PubKey)(nil)
	_ cryptotypes.PrivKey  = (*PrivKey)(nil)
	_ codec.AminoMarshaler = (*PubKey)(nil)
	_ codec.AminoMarshaler = (*PrivKey)(nil)
)

// Refusals of keys.
var (
	errPubKey  = errors.New("not an SM2 public key: want a compressed point of the curve, 33 bytes that begin with 02 or 03")
	errPrivKey = errors.New("not an SM2 private key: want a number from 1 to n-2 in 32 bytes")
)

// parse returns the point. A compressed one is taken and nothing else: in a hybrid or uncompressed form
// the same key would have another address.
func (m *PubKey) parse() (*ecdsa.PublicKey, error) {
	if len(m.GetKey()) != PubKeySize {
		return nil, fmt.Errorf("%w; it has %d", errPubKey, len(m.GetKey()))
	}
	curve := sm2.P256()
	x, y := elliptic.UnmarshalCompressed(curve, m.Key)
	if x == nil {
		return nil, errPubKey
	}
	point := make([]byte, 1+2*numberSize)
	point[0] = 4 // uncompressed, the only form in which the library takes a key
	x.FillBytes(point[1 : 1+numberSize])
	y.FillBytes(point[1+numberSize:])
	return sm2.NewPublicKey(point)
}

// Validate says whether the key is a point of the curve in its only form. The point at infinity has none.
func (m *PubKey) Validate() error {
	_, err := m.parse()
	return err
}

// Address returns the 32 bytes of ADR-28. Any bytes have one: who takes a key from outside validates it.
func (m *PubKey) Address() crypto.Address { return address.Hash(addressDomain, m.GetKey()) }

// Bytes returns the compressed point.
func (m *PubKey) Bytes() []byte { return m.GetKey() }

// Type names the algorithm.
func (m *PubKey) Type() string { return KeyType }

// String shows the key in hex.
func (m *PubKey) String() string { return fmt.Sprintf("PubKeySm2{%X}", m.GetKey()) }

// String shows nothing of the key.
func (m *PrivKey) String() string { return "PrivKeySm2{}" }

// Equals compares type and bytes.
func (m *PubKey) Equals(other cryptotypes.PubKey) bool {
	o, ok := other.(*PubKey)
	return ok && bytes.Equal(m.GetKey(), o.GetKey())
}

// VerifySignature tells whether a signature of 64 bytes, R and S, is this key's for a message.
//
// Nobody but the key's holder can turn a signature into a second one. ECDSA needs the rule of the low S for
// that, since there S and n-S both verify. Here R = e + x(sG + (R+s)P) mod n, and another s' for the same R and
// message must hit the same x, so s'G + (R+s')P = ±(sG + (R+s)P), which with P = dG is
//
//	s'(1+d) + Rd = ±(s(1+d) + Rd)
//
// The plus gives s' = s. The minus gives s' = -s - 2Rd/(1+d), which only who knows d can compute; n-s is it
// only for Rd = 0, and neither is. So there is nothing to normalise, and S of any size is taken.
func (m *PubKey) VerifySignature(message, signature []byte) bool {
	encoded, ok := toDER(signature)
	if !ok {
		return false
	}
	key, err := m.parse()
	if err != nil {
		return false
	}
	return sm2.VerifyASN1WithSM2(key, userID, message, encoded)
}

// toDER gives the form that the library reads, for R and S from 1 to n-1 and for nothing else.
func toDER(signature []byte) ([]byte, bool) {
	if len(signature) != SignatureSize {
		return nil, false
	}
	order := sm2.P256().Params().N
	var builder cryptobyte.Builder
	r, s := new(big.Int).SetBytes(signature[:numberSize]), new(big.Int).SetBytes(signature[numberSize:])
	for _, number := range []*big.Int{r, s} {
		if number.Sign() == 0 || number.Cmp(order) >= 0 {
			return nil, false
		}
	}
	builder.AddASN1(asn1.SEQUENCE, func(sequence *cryptobyte.Builder) {
		sequence.AddASN1BigInt(r)
		sequence.AddASN1BigInt(s)
	})
	encoded, err := builder.Bytes()
	return encoded, err == nil
}

// fromDER is the way back.
func fromDER(encoded []byte) ([]byte, error) {
	r, s := new(big.Int), new(big.Int)
	input := cryptobyte.String(encoded)
	var sequence cryptobyte.String
	if !input.ReadASN1(&sequence, asn1.SEQUENCE) || !sequence.ReadASN1Integer(r) || !sequence.ReadASN1Integer(s) {
		return nil, errors.New("the library made no signature in DER")
	}
	signature := make([]byte, SignatureSize)
	r.FillBytes(signature[:numberSize])
	s.FillBytes(signature[numberSize:])
	return signature, nil
}

// GenPrivKey makes a key of the system's randomness.
func GenPrivKey() (*PrivKey, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	secret, err := key.ECDH()
	if err != nil {
		return nil, err
	}
	return &PrivKey{Key: secret.Bytes()}, nil
}

// NewPrivKey takes the 32 bytes of a private key.
func NewPrivKey(key []byte) (*PrivKey, error) {
	if _, err := parsePrivKey(key); err != nil {
		return nil, err
	}
	return &PrivKey{Key: bytes.Clone(key)}, nil
}

func parsePrivKey(key []byte) (*sm2.PrivateKey, error) {
	if len(key) != PrivKeySize {
		return nil, fmt.Errorf("%w; it has %d", errPrivKey, len(key))
	}
	parsed, err := sm2.NewPrivateKey(key)
	if err != nil {
		return nil, errPrivKey
	}
	return parsed, nil
}

// Bytes returns the number.
func (m *PrivKey) Bytes() []byte { return m.GetKey() }

// Type names the algorithm.
func (m *PrivKey) Type() string { return KeyType }

// Equals compares in a time that tells nothing of the key.
func (m *PrivKey) Equals(other cryptotypes.LedgerPrivKey) bool {
	o, ok := other.(*PrivKey)
	return ok && subtle.ConstantTimeCompare(m.GetKey(), o.GetKey()) == 1
}

// PubKey returns the public key, nil if the private one is none.
func (m *PrivKey) PubKey() cryptotypes.PubKey {
	key, err := parsePrivKey(m.GetKey())
	if err != nil {
		return nil
	}
	point, err := sm2.PublicKeyToECDH(&key.PublicKey)
	if err != nil {
		return nil
	}
	full := point.Bytes() // 04, X, Y
	compressed := append([]byte{2 | full[2*numberSize]&1}, full[1:1+numberSize]...)
	return &PubKey{Key: compressed}
}

// Sign returns R and S. The nonce comes of the key, the message and fresh randomness together, so that two
// signatures of a message differ and a failing source of randomness gives nothing away.
func (m *PrivKey) Sign(message []byte) ([]byte, error) {
	key, err := parsePrivKey(m.GetKey())
	if err != nil {
		return nil, err
	}
	digest, err := sm2.CalculateSM2Hash(&key.PublicKey, message, userID)
	if err != nil {
		return nil, err
	}
	encoded, err := key.Sign(rand.Reader, digest, nil)
	if err != nil {
		return nil, err
	}
	return fromDER(encoded)
}
