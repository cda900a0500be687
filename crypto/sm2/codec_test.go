package sm2_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/legacy"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/crypto/keys/multisig"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"

	"github.com/zhilian-network/zhilian/crypto/sm2"
)

func newCodec() codec.Codec {
	registry := codectypes.NewInterfaceRegistry()
	cryptocodec.RegisterInterfaces(registry)
	sm2.RegisterInterfaces(registry)
	return codec.NewProtoCodec(registry)
}

func newKeyring() keyring.Keyring {
	return keyring.NewInMemory(newCodec(), func(options *keyring.Options) {
		options.SupportedAlgos = keyring.SigningAlgoList{hd.Secp256k1, sm2.Algorithm}
	})
}

const (
	words    = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
	path     = "m/44'/118'/0'/0/0"
	password = "a pass phrase"
)

func TestKeysSurviveEveryCodec(t *testing.T) {
	private, public := standardKey(t), standardKey(t).PubKey()
	cdc := newCodec()

	text, err := cdc.MarshalInterfaceJSON(public)
	require.NoError(t, err)
	require.Contains(t, string(text), "/zhilian.crypto.sm2.v1.PubKey")
	var read cryptotypes.PubKey
	require.NoError(t, cdc.UnmarshalInterfaceJSON(text, &read))
	require.True(t, public.Equals(read))

	raw, err := legacy.Cdc.Marshal(private)
	require.NoError(t, err)
	back, err := legacy.PrivKeyFromBytes(raw)
	require.NoError(t, err)
	require.True(t, private.Equals(back))
	raw = legacy.Cdc.MustMarshal(public)
	again, err := legacy.PubKeyFromBytes(raw)
	require.NoError(t, err)
	require.True(t, public.Equals(again))
	_, err = legacy.PubKeyFromBytes(append(raw[:len(raw)-1], raw[len(raw)-1]^0x04))
	require.Error(t, err, "amino lets no point in that is off the curve")
}

func TestAMultisigWithSM2HasAnAddress(t *testing.T) {
	k1 := secp256k1.GenPrivKeyFromSecret([]byte("k1")).PubKey()
	one := multisig.NewLegacyAminoPubKey(2, []cryptotypes.PubKey{k1, standardKey(t).PubKey()})
	other := multisig.NewLegacyAminoPubKey(1, []cryptotypes.PubKey{k1, standardKey(t).PubKey()})
	require.Len(t, one.Address(), 20)
	require.NotEqual(t, one.Address(), other.Address())
}

func TestAKeyringMakesSignsExportsAndImports(t *testing.T) {
	ring := newKeyring()
	record, err := ring.NewAccount("bank", words, "", path, sm2.Algorithm)
	require.NoError(t, err)
	public, err := record.GetPubKey()
	require.NoError(t, err)
	require.Equal(t, "sm2", public.Type())

	signature, signer, err := ring.Sign("bank", []byte("text"), signing.SignMode_SIGN_MODE_DIRECT)
	require.NoError(t, err)
	require.True(t, signer.Equals(public))
	require.True(t, public.VerifySignature([]byte("text"), signature))

	armoured, err := ring.ExportPrivKeyArmor("bank", password)
	require.NoError(t, err)
	publicArmour, err := ring.ExportPubKeyArmor("bank")
	require.NoError(t, err)

	other := newKeyring()
	require.NoError(t, other.ImportPrivKey("imported", armoured, password))
	require.Error(t, newKeyring().ImportPrivKey("imported", armoured, "another"))
	signature, _, err = other.Sign("imported", []byte("text"), signing.SignMode_SIGN_MODE_DIRECT)
	require.NoError(t, err)
	require.True(t, public.VerifySignature([]byte("text"), signature))
	require.NoError(t, newKeyring().ImportPubKey("watched", publicArmour))

	again, err := newKeyring().NewAccount("bank", words, "", path, sm2.Algorithm)
	require.NoError(t, err)
	recovered, err := again.GetPubKey()
	require.NoError(t, err)
	require.True(t, public.Equals(recovered), "the words bring the key back")
}

func TestAKeyInHexComesBackAsItself(t *testing.T) {
	ring := newKeyring()
	require.NoError(t, ring.ImportPrivKeyHex("standard", standardPrivKey, "sm2"))
	record, err := ring.Key("standard")
	require.NoError(t, err)
	public, err := record.GetPubKey()
	require.NoError(t, err)
	require.True(t, standardKey(t).PubKey().Equals(public))
	require.Error(t, ring.ImportPrivKeyHex("short", standardPrivKey[2:], "sm2"))
}

func TestAnyDerivedNumberMakesAKey(t *testing.T) {
	const nMinus2 = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54121"
	const nMinus1 = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122"
	one := append(make([]byte, 31), 1)
	for seed, want := range map[string][]byte{
		hex.EncodeToString(make([]byte, 32)): one,
		hex.EncodeToString(one):              one,
		nMinus2:                              unhex(t, nMinus2),
		nMinus1:                              append(make([]byte, 31), 2),
	} {
		require.Equal(t, want, sm2.Algorithm.Generate()(unhex(t, seed)).Bytes(), seed)
	}
	most := sm2.Algorithm.Generate()(bytes.Repeat([]byte{0xff}, 32))
	_, err := sm2.NewPrivKey(most.Bytes())
	require.NoError(t, err)
}

// What a stranger calls a public key is refused or has this one form.
func FuzzPublicKeyFromOutside(f *testing.F) {
	f.Add(unhex(f, "03"+standardX))
	f.Add(unhex(f, "02"+standardX))
	f.Add(unhex(f, "04"+standardX+standardY))
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		public := &sm2.PubKey{Key: raw}
		_, _, _ = public.Address(), public.String(), public.Equals(&sm2.PubKey{})
		valid := public.Validate() == nil
		require.False(t, public.VerifySignature([]byte(standardMessage), unhex(t, standardR+standardS)) && !valid)
		if !valid {
			return
		}
		require.Len(t, raw, sm2.PubKeySize)
		require.Contains(t, []byte{2, 3}, raw[0])
		written, err := public.Marshal()
		require.NoError(t, err)
		var read sm2.PubKey
		require.NoError(t, read.Unmarshal(written))
		require.True(t, public.Equals(&read))
	})
}

// A stranger's message of the wire format does not crash its decoder, and what it decodes to does not either.
func FuzzPublicKeyMessage(f *testing.F) {
	good, err := (&sm2.PubKey{Key: unhex(f, "03"+standardX)}).Marshal()
	require.NoError(f, err)
	f.Add(good)
	f.Fuzz(func(_ *testing.T, raw []byte) {
		var read sm2.PubKey
		if read.Unmarshal(raw) == nil {
			_ = read.Validate()
			_ = read.VerifySignature([]byte("m"), make([]byte, 64))
		}
	})
}

// No other bytes than the two numbers of the standard are a signature of the standard's message: to find some
// is to break SM2.
func FuzzSignatureFromOutside(f *testing.F) {
	good := unhex(f, standardR+standardS)
	f.Add(good)
	f.Add(good[:63])
	f.Add(make([]byte, 64))
	f.Add(bytes.Repeat([]byte{0xff}, 64))
	public := standardKey(f).PubKey()
	f.Fuzz(func(t *testing.T, raw []byte) {
		require.Equal(t, bytes.Equal(raw, good), public.VerifySignature([]byte(standardMessage), raw))
	})
}
