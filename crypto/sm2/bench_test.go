package sm2_test

import (
	"testing"

	cmtmldsa65 "github.com/cometbft/cometbft/crypto/mldsa65"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keys/mldsa65"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256r1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"

	"github.com/zhilian-network/zhilian/crypto/sm2"
)

func keys(b *testing.B) map[string]cryptotypes.PrivKey {
	b.Helper()
	ours, err := sm2.GenPrivKey()
	require.NoError(b, err)
	r1, err := secp256r1.GenPrivKey()
	require.NoError(b, err)
	postQuantum, err := mldsa65.GenPrivKey()
	require.NoError(b, err)
	return map[string]cryptotypes.PrivKey{"secp256k1": secp256k1.GenPrivKey(), "secp256r1": r1, "sm2": ours, "ml_dsa_65": &postQuantum}
}

// BenchmarkVerify has the kinds of account keys beside each other; a message is of a payment's size.
func BenchmarkVerify(b *testing.B) {
	message := make([]byte, 400)
	all := keys(b)
	for _, kind := range []string{"secp256k1", "secp256r1", "sm2", "ml_dsa_65"} {
		public := all[kind].PubKey()
		signature, err := all[kind].Sign(message)
		require.NoError(b, err)
		b.Run(kind, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !public.VerifySignature(message, signature) {
					b.Fatal("wrong")
				}
			}
		})
	}
}

// BenchmarkVerifyExpanded is ML-DSA with the key in the form that app/keys.go remembers.
func BenchmarkVerifyExpanded(b *testing.B) {
	message := make([]byte, 400)
	private := keys(b)["ml_dsa_65"]
	expanded, err := cmtmldsa65.NewPubKeyFromBytes(private.PubKey().Bytes())
	require.NoError(b, err)
	signature, err := private.Sign(message)
	require.NoError(b, err)
	for b.Loop() {
		if !expanded.VerifySignature(message, signature) {
			b.Fatal("wrong")
		}
	}
}

func BenchmarkSign(b *testing.B) {
	message := make([]byte, 400)
	all := keys(b)
	for _, kind := range []string{"secp256k1", "secp256r1", "sm2", "ml_dsa_65"} {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				if _, err := all[kind].Sign(message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
