// Package accountkey is the list of the kinds of keys that accounts may have: how a keyring makes them and
// which codecs know them. That nothing else signs is the application's to see to (app/keys.go).
package accountkey

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256r1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"

	"github.com/zhilian-network/zhilian/crypto/sm2"
)

// Default is the kind of a key of which nothing else is said: wallets have it.
const Default = string(hd.Secp256k1Type)

// Secp256r1 is NIST's P-256, which hardware modules, passkeys and cloud key stores have.
const Secp256r1 = "secp256r1"

// Algorithms makes the keys of each kind, by the names that --algo takes.
func Algorithms() keyring.SigningAlgoList {
	return keyring.SigningAlgoList{hd.Secp256k1, p256{}, sm2.Algorithm, hd.MlDsa65}
}

// KeyringOptions is for whoever opens a keyring.
func KeyringOptions(options *keyring.Options) { options.SupportedAlgos = Algorithms() }

// Names of the kinds.
func Names() []string { return strings.Split(Algorithms().String(), ",") }

// Parse finds an algorithm by its name.
func Parse(name string) (keyring.SignatureAlgo, error) {
	algorithm, err := keyring.NewSigningAlgoFromString(name, Algorithms())
	if err != nil {
		return nil, fmt.Errorf("no kind of account key is called %q: want one of %s", name, strings.Join(Names(), ", "))
	}
	return algorithm, nil
}

// RegisterInterfaces makes the kinds of keys known that the SDK's own registration leaves out: SM2, and
// private keys of P-256.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	sm2.RegisterInterfaces(registry)
	registry.RegisterImplementations((*cryptotypes.PrivKey)(nil), &secp256r1.PrivKey{})
}

// RegisterLegacyAminoCodec makes SM2 known to amino; the SDK has registered its own kinds.
func RegisterLegacyAminoCodec(cdc *codec.LegacyAmino) { sm2.RegisterLegacyAminoCodec(cdc) }

// p256 makes keys of P-256 in a keyring, for which the SDK has a key and no algorithm.
type p256 struct{}

// Name is what --algo takes.
func (p256) Name() hd.PubKeyType { return Secp256r1 }

// Derive is that of secp256k1.
func (p256) Derive() hd.DeriveFn { return hd.Secp256k1.Derive() }

// p256Order is the number of the curve's points (FIPS 186-4, D.1.2.3).
var p256Order, _ = new(big.Int).SetString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 16)

// Generate takes a number from 1 to n-1 as it is, so that a key that was exported comes back as itself; one
// beyond is brought into the range by its remainder. It panics on another length than 32: a keyring makes that
// an error.
func (p256) Generate() hd.GenerateFn {
	const size = 32
	return func(seed []byte) cryptotypes.PrivKey {
		if len(seed) != size {
			panic(fmt.Sprintf("%d bytes, want %d", len(seed), size))
		}
		secret := new(big.Int).SetBytes(seed)
		if secret.Sign() == 0 || secret.Cmp(p256Order) >= 0 {
			one := big.NewInt(1)
			secret.Mod(secret, new(big.Int).Sub(p256Order, one)).Add(secret, one)
		}
		// The SDK's type can be filled from its encoding only: field 1, 32 bytes.
		key := new(secp256r1.PrivKey)
		if err := key.Unmarshal(slices.Concat([]byte{0x0a, size}, secret.FillBytes(make([]byte, size)))); err != nil {
			panic(err)
		}
		return key
	}
}
