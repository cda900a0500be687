package accountkey_test

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"

	"github.com/zhilian-network/zhilian/crypto/accountkey"
)

const words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"

func newKeyring() keyring.Keyring {
	registry := codectypes.NewInterfaceRegistry()
	cryptocodec.RegisterInterfaces(registry)
	accountkey.RegisterInterfaces(registry)
	return keyring.NewInMemory(codec.NewProtoCodec(registry), accountkey.KeyringOptions)
}

func TestAKeyringMakesKeysOfEveryKindAndNoOther(t *testing.T) {
	ring, again := newKeyring(), newKeyring()
	addresses := map[string]int{"secp256k1": 20, "secp256r1": 32, "sm2": 32, "ml_dsa_65": 20}
	require.Len(t, accountkey.Algorithms(), len(addresses))
	for _, algorithm := range accountkey.Algorithms() {
		name := string(algorithm.Name())
		record, err := ring.NewAccount(name, words, "", "m/44'/118'/0'/0/0", algorithm)
		require.NoError(t, err)
		public, err := record.GetPubKey()
		require.NoError(t, err)
		require.Equal(t, name, public.Type())
		require.Len(t, public.Address(), addresses[name])
		signature, _, err := ring.Sign(name, []byte("text"), signing.SignMode_SIGN_MODE_DIRECT)
		require.NoError(t, err)
		require.True(t, public.VerifySignature([]byte("text"), signature))

		same, err := again.NewAccount("recovered "+name, words, "", "m/44'/118'/0'/0/0", algorithm)
		require.NoError(t, err)
		recovered, err := same.GetPubKey()
		require.NoError(t, err)
		require.True(t, public.Equals(recovered), "the words bring the key back")
	}
	_, err := accountkey.Parse("ed25519")
	require.ErrorContains(t, err, "want one of secp256k1, secp256r1, sm2, ml_dsa_65")
}

func TestAP256KeyInHexComesBackAsItself(t *testing.T) {
	const secret = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721" // RFC 6979, A.2.5
	ring := newKeyring()
	require.NoError(t, ring.ImportPrivKeyHex("rfc", secret, "secp256r1"))
	record, err := ring.Key("rfc")
	require.NoError(t, err)
	public, err := record.GetPubKey()
	require.NoError(t, err)
	require.Equal(t, "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6", hex.EncodeToString(public.Bytes()))
	require.Error(t, ring.ImportPrivKeyHex("short", secret[2:], "secp256r1"))
}

func TestAnyDerivedNumberMakesAP256Key(t *testing.T) {
	algorithm, err := accountkey.Parse("secp256r1")
	require.NoError(t, err)
	for _, seed := range [][]byte{make([]byte, 32), bytes.Repeat([]byte{0xff}, 32)} {
		key := algorithm.Generate()(seed)
		require.Positive(t, new(big.Int).SetBytes(key.Bytes()).Sign())
		signature, err := key.Sign([]byte("text"))
		require.NoError(t, err)
		require.True(t, key.PubKey().VerifySignature([]byte("text"), signature))
	}
}
