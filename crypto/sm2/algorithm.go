package sm2

import (
	"fmt"
	"math/big"

	"github.com/emmansun/gmsm/sm2"

	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
)

// Algorithm is how a keyring makes an SM2 key: words and path give 32 bytes by BIP-32, as for secp256k1,
// and these are the key.
var Algorithm keyring.SignatureAlgo = algorithm{}

type algorithm struct{}

// Name is what --algo takes.
func (algorithm) Name() hd.PubKeyType { return KeyType }

// Derive is that of secp256k1.
func (algorithm) Derive() hd.DeriveFn { return hd.Secp256k1.Derive() }

// Generate takes a number from 1 to n-2 as it is, so that a key that was exported comes back as itself. Of 2^32
// derived numbers one is beyond, and is brought into the range by its remainder. The function panics on another
// length than 32: a keyring makes that an error.
func (algorithm) Generate() hd.GenerateFn {
	return func(seed []byte) cryptotypes.PrivKey {
		if len(seed) != PrivKeySize {
			panic(fmt.Sprintf("%d bytes, want %d", len(seed), PrivKeySize))
		}
		if key, err := NewPrivKey(seed); err == nil {
			return key
		}
		one := big.NewInt(1)
		most := new(big.Int).Sub(sm2.P256().Params().N, big.NewInt(2))
		number := new(big.Int).Mod(new(big.Int).SetBytes(seed), most)
		return &PrivKey{Key: number.Add(number, one).FillBytes(make([]byte, PrivKeySize))}
	}
}
