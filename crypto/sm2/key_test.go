package sm2_test

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"testing"

	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdkaddress "github.com/cosmos/cosmos-sdk/types/address"

	"github.com/zhilian-network/zhilian/crypto/sm2"
)

// The example of a signature in GB/T 32918.5-2017 (GM/T 0003.5-2012), annex A.2: recommended curve, user id
// "1234567812345678", message "message digest".
const (
	standardPrivKey = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
	standardX       = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
	standardY       = "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
	standardMessage = "message digest"
	standardR       = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
	standardS       = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
	standardK       = "59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21"
	standardE       = "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	require.NoError(t, err)
	return raw
}

func number(text string) *big.Int {
	n, ok := new(big.Int).SetString(text, 16)
	if !ok {
		panic(text)
	}
	return n
}

func standardKey(t testing.TB) *sm2.PrivKey {
	t.Helper()
	key, err := sm2.NewPrivKey(unhex(t, standardPrivKey))
	require.NoError(t, err)
	return key
}

func pair(r, s *big.Int) []byte {
	signature := make([]byte, sm2.SignatureSize)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signature
}

func TestTheExampleOfTheStandardHolds(t *testing.T) {
	public := standardKey(t).PubKey()
	require.Equal(t, unhex(t, "03"+standardX), public.Bytes(), "Y ends in 3: it is odd")
	require.True(t, public.VerifySignature([]byte(standardMessage), unhex(t, standardR+standardS)))
	require.False(t, public.VerifySignature([]byte("message digesT"), unhex(t, standardR+standardS)))
}

// The numbers of the example satisfy what the comment of VerifySignature computes with: the second s of
// an R is -s-2Rd/(1+d), and n-s is none.
func TestOnlyTheHolderOfTheKeyCanMakeASecondSignatureOfOne(t *testing.T) {
	n := gmsm.P256().Params().N
	d, r, s := number(standardPrivKey), number(standardR), number(standardS)
	x, _ := gmsm.P256().ScalarBaseMult(number(standardK).Bytes())
	require.Equal(t, r, new(big.Int).Mod(new(big.Int).Add(number(standardE), x), n))

	public := standardKey(t).PubKey()
	message := []byte(standardMessage)
	negated := new(big.Int).Sub(n, s)
	require.False(t, public.VerifySignature(message, pair(r, negated)), "as ECDSA would have it")
	require.False(t, public.VerifySignature(message, pair(new(big.Int).Sub(n, r), negated)))
	require.False(t, public.VerifySignature(message, pair(s, r)))

	inverse := new(big.Int).ModInverse(new(big.Int).Add(d, big.NewInt(1)), n)
	second := new(big.Int).Mul(r, d)
	second.Mul(second, big.NewInt(2)).Mul(second, inverse).Add(second, s).Neg(second).Mod(second, n)
	require.NotEqual(t, s, second)
	require.True(t, public.VerifySignature(message, pair(r, second)), "who knows the key signs as often as it likes")
}

func TestSignaturesAreTakenInOneFormOnly(t *testing.T) {
	public := standardKey(t).PubKey()
	n := gmsm.P256().Params().N
	r, s := number(standardR), number(standardS)
	good := pair(r, s)
	plusN := new(big.Int).Add(big.NewInt(5), n) // fits 32 bytes, as n is below 2^256 by much
	der := append([]byte{0x30, 0x46, 0x02, 0x21, 0}, append(append(bytes.Clone(good[:32]), 0x02, 0x21, 0), good[32:]...)...)
	for name, signature := range map[string][]byte{
		"none":                nil,
		"63 bytes":            good[:63],
		"65 bytes":            append(bytes.Clone(good), 0),
		"DER":                 der,
		"R is zero":           pair(new(big.Int), s),
		"S is zero":           pair(r, new(big.Int)),
		"both are zero":       make([]byte, 64),
		"R is n":              pair(n, s),
		"S is n":              pair(r, n),
		"S is above n":        pair(r, plusN),
		"R is all ones":       append(bytes.Repeat([]byte{0xff}, 32), good[32:]...),
		"R and S add up to n": pair(r, new(big.Int).Sub(n, r)),
		"one bit differs":     append(bytes.Clone(good[:63]), good[63]^1),
	} {
		t.Run(name, func(t *testing.T) {
			require.False(t, public.VerifySignature([]byte(standardMessage), signature))
		})
	}
	require.True(t, public.VerifySignature([]byte(standardMessage), good))
	parsed, err := gmsm.NewPublicKey(unhex(t, "04"+standardX+standardY))
	require.NoError(t, err)
	require.True(t, gmsm.VerifyASN1WithSM2(parsed, nil, []byte(standardMessage), der), "the case DER is right but for its form")
}

func TestPublicKeysAreTakenInOneFormOnly(t *testing.T) {
	require.NoError(t, (&sm2.PubKey{Key: unhex(t, "03"+standardX)}).Validate())
	for name, key := range map[string][]byte{
		"none":                  nil,
		"identity":              {0},
		"identity, 33 bytes":    make([]byte, 33),
		"X without its sign":    unhex(t, standardX),
		"uncompressed":          unhex(t, "04"+standardX+standardY),
		"hybrid":                unhex(t, "07"+standardX+standardY),
		"hybrid, cut":           unhex(t, "07"+standardX),
		"uncompressed, cut":     unhex(t, "04"+standardX),
		"a byte more":           unhex(t, "03"+standardX+"00"),
		"off the curve":         unhex(t, "03"+standardX[:63]+"4"),
		"X is the field's size": unhex(t, "02FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF"),
		"X is above that":       unhex(t, "02"+"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"),
		"a point of secp256k1":  secp256k1.GenPrivKeyFromSecret([]byte("5")).PubKey().Bytes(),
	} {
		t.Run(name, func(t *testing.T) {
			public := &sm2.PubKey{Key: key}
			require.Error(t, public.Validate())
			require.False(t, public.VerifySignature([]byte(standardMessage), unhex(t, standardR+standardS)))
			require.Error(t, new(sm2.PubKey).UnmarshalAmino(key))
		})
	}
	other := &sm2.PubKey{Key: unhex(t, "02"+standardX)}
	require.NoError(t, other.Validate(), "the point's negative is a key, of somebody else")
	require.False(t, other.VerifySignature([]byte(standardMessage), unhex(t, standardR+standardS)))
}

func TestPrivateKeysAreFrom1ToNMinus2(t *testing.T) {
	n := gmsm.P256().Params().N
	at := func(distance int64) []byte {
		return new(big.Int).Sub(n, big.NewInt(distance)).FillBytes(make([]byte, 32))
	}
	for name, key := range map[string][]byte{
		"none": nil, "zero": make([]byte, 32), "n-1": at(1), "n": at(0), "n+1": at(-1), "31 bytes": at(2)[1:], "33 bytes": append([]byte{0}, at(2)...),
	} {
		_, err := sm2.NewPrivKey(key)
		require.Error(t, err, name)
		require.Nil(t, (&sm2.PrivKey{Key: key}).PubKey(), name)
		_, err = (&sm2.PrivKey{Key: key}).Sign([]byte("x"))
		require.Error(t, err, name)
	}
	for _, key := range [][]byte{at(2), big.NewInt(1).FillBytes(make([]byte, 32))} {
		private, err := sm2.NewPrivKey(key)
		require.NoError(t, err)
		signature, err := private.Sign([]byte("x"))
		require.NoError(t, err)
		require.True(t, private.PubKey().VerifySignature([]byte("x"), signature))
	}
}

func TestWhatAKeySignsIsVerifiedAndNothingElse(t *testing.T) {
	lengths := []int{0, 1, 55, 64, 1000}
	for range 20 {
		private, err := sm2.GenPrivKey()
		require.NoError(t, err)
		other, err := sm2.GenPrivKey()
		require.NoError(t, err)
		for _, length := range lengths {
			message := bytes.Repeat([]byte{'m'}, length)
			first, err := private.Sign(message)
			require.NoError(t, err)
			second, err := private.Sign(message)
			require.NoError(t, err)
			require.NotEqual(t, first, second)
			for _, signature := range [][]byte{first, second} {
				require.Len(t, signature, sm2.SignatureSize)
				require.True(t, private.PubKey().VerifySignature(message, signature))
				require.False(t, other.PubKey().VerifySignature(message, signature))
				require.False(t, private.PubKey().VerifySignature(append(message, 0), signature))
			}
		}
	}
}

func TestAnAddressIsFixed(t *testing.T) {
	public := standardKey(t).PubKey()
	require.Equal(t, sdkaddress.Hash("zhilian.crypto.sm2.v1.PubKey", public.Bytes()), public.Address().Bytes())
	require.Equal(t, "016d7548f855a6a3c003c3a6d0d79bf88c6a3a72dece2784f5d23f1303263565", hex.EncodeToString(public.Address()))
	require.Len(t, public.Address(), 32)
}

func TestKeysAreEqualToThemselvesAlone(t *testing.T) {
	private, other := standardKey(t), standardKey(t)
	other.Key[31] ^= 1
	require.True(t, private.Equals(standardKey(t)))
	require.False(t, private.Equals(other))
	require.False(t, private.Equals(&secp256k1.PrivKey{Key: private.Key}))
	require.True(t, private.PubKey().Equals(standardKey(t).PubKey()))
	require.False(t, private.PubKey().Equals(other.PubKey()))
	require.False(t, private.PubKey().Equals(&secp256k1.PubKey{Key: private.PubKey().Bytes()}))
}
