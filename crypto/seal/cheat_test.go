package seal

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/stretchr/testify/require"
)

// A sealer who shows two readers different contents under one digest is found out by the second.
func TestACheatingSealerIsFoundOut(t *testing.T) {
	for _, suite := range []Suite{MLKEM768X25519, SM2} {
		first, err := GenerateKey(suite)
		require.NoError(t, err)
		second, err := GenerateKey(suite)
		require.NoError(t, err)
		binding := []byte("receivable 7")
		honest, err := Seal([]byte("we owe 100"), binding, SM4GCM, []PublicKey{first.Public()})
		require.NoError(t, err)
		opening, err := Disclose(first, honest, binding)
		require.NoError(t, err)

		// Everything is made as it should be, but for the content.
		cheat := Envelope{Cipher: SM4GCM, Digest: honest.Digest}
		key := randomBytes(secretSize)
		cheat.Ciphertext, err = encrypt(key, opening.Salt, []byte("we owe 900"), binding, cheat)
		require.NoError(t, err)
		cheat.Keys, err = sealForAll([]PublicKey{second.Public()}, key, useKey, cheat.info(binding)...)
		require.NoError(t, err)

		content, err := Open(second, cheat, binding)
		require.ErrorIs(t, err, ErrDigest)
		require.Empty(t, content)
		_, err = Reseal(second, cheat, binding, first.Public())
		require.ErrorIs(t, err, ErrDigest, "it is not passed on either")
	}
}

func TestACheatingSealerOfFilesIsFoundOut(t *testing.T) {
	reader, err := GenerateKey(SM2)
	require.NoError(t, err)
	key, salt := randomBytes(secretSize), randomBytes(DigestSize)
	var file bytes.Buffer
	_, err = encryptFile(&file, bytes.NewReader([]byte("we owe 900")), key, salt, AES256GCM)
	require.NoError(t, err)
	e := Envelope{Cipher: AES256GCM, Digest: hashOf(useContent, salt, []byte("we owe 100"))}
	e.Keys, err = sealForAll([]PublicKey{reader.Public()}, key, useKey, e.info(nil)...)
	require.NoError(t, err)
	got, err := OpenTo(io.Discard, &file, reader, e, nil)
	require.ErrorIs(t, err, ErrDigest)
	require.Nil(t, got)
}

func TestACheatingSealerOfGroupsIsFoundOut(t *testing.T) {
	reader, err := GenerateKey(SM2)
	require.NoError(t, err)
	binding := []byte("payer")
	group, err := NewRoot().Group([]PublicKey{reader.Public()}, binding, 1)
	require.NoError(t, err)

	keys, err := group.Keys()
	require.NoError(t, err)
	keys.Keys, err = sealForAll([]PublicKey{reader.Public()}, randomBytes(secretSize), useGroupKey, keys.info(binding)...)
	require.NoError(t, err)
	_, err = OpenGroup(reader, keys, binding)
	require.ErrorIs(t, err, ErrDigest, "another group key for one reader")

	// Two groups get two content keys, and the ciphertext is of the second.
	item, err := Seal([]byte("we owe 100"), []byte("item"), AES256GCM, nil, group)
	require.NoError(t, err)
	other := randomBytes(secretSize)
	item.Ciphertext, err = encrypt(other, randomBytes(DigestSize), []byte("we owe 900"), []byte("item"), item)
	require.NoError(t, err)
	_, err = group.Open(item, []byte("item"))
	require.ErrorIs(t, err, ErrBroken)
	item.Keys[0], err = group.sealKey(other, item, []byte("item"))
	require.NoError(t, err)
	_, err = group.Open(item, []byte("item"))
	require.ErrorIs(t, err, ErrDigest, "content of another digest")

	// The payee's side is told that it makes the content key, and makes another than the ciphertext has.
	payee, err := NewRoot().Group([]PublicKey{reader.Public()}, binding, 2)
	require.NoError(t, err)
	item, err = Seal([]byte("we owe 100"), []byte("item"), AES256GCM, nil, group, payee)
	require.NoError(t, err)
	i, found := findKey(item.Keys, payee.Commitment())
	require.True(t, found)
	item.Keys[i].Sealed = nil
	_, err = payee.Open(item, []byte("item"))
	require.ErrorIs(t, err, ErrInvalidEnvelope, "two groups make the key")
	j, found := findKey(item.Keys, group.Commitment())
	require.True(t, found)
	item.Keys[j].Sealed = make([]byte, GroupSealedSize)
	_, err = payee.Open(item, []byte("item"))
	require.ErrorIs(t, err, ErrBroken)
}

// What a group's key is sealed with differs from envelope to envelope: a nonce of zeros is used once.
func TestNoTwoEnvelopesOfAGroupShareWhatTheirKeysAreSealedWith(t *testing.T) {
	reader, err := GenerateKey(SM2)
	require.NoError(t, err)
	group, err := NewRoot().Group([]PublicKey{reader.Public()}, nil, 1)
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, c := range []Cipher{AES256GCM, SM4GCM} {
		for range 3 { // the same content for the same item
			e, err := Seal([]byte("x"), []byte("item"), c, nil, group)
			require.NoError(t, err)
			for _, binding := range []string{"item", "other"} {
				sealed, err := group.sealKey(make([]byte, secretSize), e, []byte(binding))
				require.NoError(t, err)
				require.False(t, seen[string(sealed.Sealed)])
				seen[string(sealed.Sealed)] = true
				key, err := group.contentKey(e, []byte(binding))
				require.NoError(t, err)
				require.False(t, seen[string(key)], "and so do those that it makes")
				seen[string(key)] = true
			}
		}
	}
}

// The list of points of low order is what crypto/ecdh refuses when it is too late for us.
func TestLowOrderPoints(t *testing.T) {
	private, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(t, err)
	require.Len(t, lowOrderPoints, 5)
	key, err := GenerateKey(MLKEM768X25519)
	require.NoError(t, err)
	for _, point := range lowOrderPoints {
		public, err := ecdh.X25519().NewPublicKey(point)
		require.NoError(t, err)
		_, err = private.ECDH(public)
		require.Error(t, err)

		altered := key.Public()
		copy(altered.Key[mlkemKeySize:], point)
		require.ErrorIs(t, altered.Validate(), ErrInvalidKey)
		_, err = hpke.MLKEM768X25519().NewPublicKey(altered.Key)
		require.NoError(t, err, "if hpke refuses it as well, the comment of Validate is out of date")
	}
}

func TestThePrimeOf25519(t *testing.T) {
	prime := append([]byte{0xed}, bytes.Repeat([]byte{0xff}, 31)...)
	prime[31] = 0x7f
	tests := []struct {
		name  string
		alter func([]byte)
		less  bool
	}{
		{"p", func([]byte) {}, false},
		{"p - 1", func(p []byte) { p[0]-- }, true},
		{"p + 1", func(p []byte) { p[0]++ }, false},
		{"2^255 - 1", func(p []byte) { p[0] = 0xff }, false},
		{"below in the middle", func(p []byte) { p[0], p[15] = 0xff, 0xfe }, true},
		{"below at byte 1", func(p []byte) { p[0], p[1] = 0xff, 0xfe }, true},
		{"below at the top", func(p []byte) { p[0], p[31] = 0xff, 0x7e }, true},
		{"top bit", func(p []byte) { clear(p); p[31] = 0x80 }, false},
		{"zero", func(p []byte) { clear(p) }, true},
	}
	for _, test := range tests {
		point := bytes.Clone(prime)
		test.alter(point)
		require.Equal(t, test.less, lessThan25519Prime(point), test.name)
	}
}

func fromHex(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	require.NoError(t, err)
	return raw
}

// RFC 8998, appendix A.1.
func TestSM4GCMVector(t *testing.T) {
	aead, err := rawAEAD(SM4GCM, fromHex(t, "0123456789abcdeffedcba9876543210"))
	require.NoError(t, err)
	nonce := fromHex(t, "00001234567800000000abcd")
	aad := fromHex(t, "feedfacedeadbeeffeedfacedeadbeefabaddad2")
	plain := fromHex(t, "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"+
		"eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa")
	want := fromHex(t, "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"+
		"d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"+
		"83de3541e4c2b58177e065a9bf7b62ec")
	require.Equal(t, want, aead.Seal(nil, nonce, plain, aad))
}

// GB/T 32918.5-2017, annex C: encryption with the recommended curve, as C1 C3 C2.
func TestSM2Vector(t *testing.T) {
	key, err := sm2.NewPrivateKey(fromHex(t, "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"))
	require.NoError(t, err)
	sealed := fromHex(t, "04"+
		"04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"+
		"e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"+
		"59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"+
		"21886ca989ca9c7d58087307ca93092d651efa")
	message, err := sm2Open(key, sealed)
	require.NoError(t, err)
	require.Equal(t, "encryption standard", string(message))
}

// Uses must stay apart: a hash or key of one never equals one of another.
func TestUsesAreApart(t *testing.T) {
	seen := map[string]string{}
	secret := make([]byte, secretSize)
	for _, use := range []string{useContent, useKeyID, useBinding, useKey, useGroupKey, useGroupCommit, useKeyfile} {
		seen[string(hashOf(use, secret))] = use
	}
	for _, use := range []string{useGroupItem, useGroupContent, useGroupRoot, useInline, useFile} {
		key, err := derive(secret, use, nil, secretSize)
		require.NoError(t, err)
		seen[string(key)] = use
	}
	require.Len(t, seen, 12)
	require.NotEqual(t, hashOf("a", []byte("b")), hashOf("ab"))
}

func TestACutDownloadIsNotSealedAsAWhole(t *testing.T) {
	reader, err := GenerateKey(SM2)
	require.NoError(t, err)
	for _, broken := range []error{io.ErrUnexpectedEOF, errors.New("connection reset")} {
		for _, size := range []int{0, 100, chunkSize - DigestSize, chunkSize, 3 * chunkSize} {
			content := io.MultiReader(bytes.NewReader(make([]byte, size)), failing{broken})
			_, _, err = SealTo(io.Discard, content, nil, AES256GCM, []PublicKey{reader.Public()})
			require.ErrorIs(t, err, broken, size)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
