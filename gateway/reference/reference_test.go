package reference_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/gateway/reference"
)

// keyOfCounting is 00 01 02 … 1f.
func keyOfCounting() reference.Key {
	var key reference.Key
	for i := range key {
		key[i] = byte(i)
	}
	return key
}

// hmacByHand is RFC 2104 written out, so that a mistake in the use of crypto/hmac shows.
func hmacByHand(key [32]byte, message string) []byte {
	var inner, outer [64]byte
	copy(inner[:], key[:])
	copy(outer[:], key[:])
	for i := range inner {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	first := sha256.Sum256(append(inner[:], message...))
	second := sha256.Sum256(append(outer[:], first[:]...))
	return second[:]
}

func TestDigestsFollowTheDocumentedLayout(t *testing.T) {
	key := keyOfCounting()
	for name, c := range map[string]struct {
		got     []byte
		message string
	}{
		"an IBAN": {
			key.IBAN("DE89370400440532013000"),
			"zhilian/reference/v1/iban\x00" + "\x00\x00\x00\x00\x00\x00\x00\x16" + "DE89370400440532013000",
		},
		"a bank's own number": {
			key.Other("bqdq", "8020100012345678"),
			"zhilian/reference/v1/other\x00" + "\x00\x00\x00\x00\x00\x00\x00\x04" + "bqdq" +
				"\x00\x00\x00\x00\x00\x00\x00\x10" + "8020100012345678",
		},
		"an end-to-end id": {
			key.EndToEnd([]byte{1, 2, 3}, "INV-7"),
			"zhilian/reference/v1/end-to-end\x00" + "\x00\x00\x00\x00\x00\x00\x00\x03" + "\x01\x02\x03" +
				"\x00\x00\x00\x00\x00\x00\x00\x05" + "INV-7",
		},
		"a message id": {
			key.Message("acme", "MSG-1"),
			"zhilian/reference/v1/message\x00" + "\x00\x00\x00\x00\x00\x00\x00\x04" + "acme" +
				"\x00\x00\x00\x00\x00\x00\x00\x05" + "MSG-1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, hmacByHand(key, c.message), c.got)
			require.Len(t, c.got, reference.DigestLength)
		})
	}
}

// Fixed values: a change here makes every account of a running network unfindable.
func TestDigestsNeverChange(t *testing.T) {
	key := keyOfCounting()
	require.Equal(t, "466f75a5aaed5458305f176c2e766420d60f6528d29896c1b61a8a917db3ef36", hex.EncodeToString(key.IBAN("DE89370400440532013000")))
	require.Equal(t, "b3e6545d0906a3f7bdacbceac20df2bcbc8b880c7383ab7e9981a65960abc6c1", hex.EncodeToString(key.Other("bqdq", "8020100012345678")))
	require.Equal(t, "d0673df940c7f461f1f628f7abdbdad2d99fc267b98fbe2382926c685d9e3d18", hex.EncodeToString(key.EndToEnd([]byte{1, 2, 3}, "INV-7")))
	require.Equal(t, "8ca8436d6376f9a7a2739aba6792c872f961748637987238ecdacd4c291f06da", hex.EncodeToString(key.Message("acme", "MSG-1")))
}

func TestWritingsOfOneNumberHaveOneDigest(t *testing.T) {
	key := keyOfCounting()
	require.Equal(t, key.IBAN("DE89370400440532013000"), key.IBAN(" de89 3704 0044 0532 0130 00\n"))
	require.Equal(t, key.Other("bqdq", "80201000"), key.Other("bqdq", " 8020 1000"))
	require.Equal(t, key.Message("acme", "MSG 1"), key.Message("acme", "\tMSG  1 \n"))
	require.Equal(t, key.EndToEnd([]byte{1}, "E 1"), key.EndToEnd([]byte{1}, " E \n1"))
}

func TestDifferentThingsHaveDifferentDigests(t *testing.T) {
	key, other := keyOfCounting(), keyOfCounting()
	other[31] ^= 1
	digests := [][]byte{
		key.IBAN("1"), key.Other("", "1"), key.Other("1", ""), key.EndToEnd(nil, "1"), key.Message("", "1"),
		key.Other("ab", "c"), key.Other("a", "bc"), key.Message("ab", "c"), key.Message("a", "bc"),
		key.Other("bank", "Ab"), key.Other("bank", "AB"),
		other.IBAN("1"),
	}
	seen := map[string]int{}
	for i, digest := range digests {
		if before, found := seen[string(digest)]; found {
			t.Fatalf("digests %d and %d are equal", before, i)
		}
		seen[string(digest)] = i
	}
}

func TestAKeyFileComesBackAsItWasSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), reference.KeyFileName)
	key, err := reference.Generate()
	require.NoError(t, err)
	require.NoError(t, key.Save(path))

	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	loaded, err := reference.Load(path)
	require.NoError(t, err)
	require.Equal(t, key.IBAN("X"), loaded.IBAN("X"))
	require.ErrorIs(t, keyOfCounting().Save(path), reference.ErrKeyExists)
}

func TestTwoGeneratedKeysDiffer(t *testing.T) {
	first, err := reference.Generate()
	require.NoError(t, err)
	second, err := reference.Generate()
	require.NoError(t, err)
	require.False(t, first == second)
}

func TestBadKeyFilesAreRefused(t *testing.T) {
	good := strings.Repeat("ab", 32)
	for name, c := range map[string]struct {
		content string
		mode    os.FileMode
		want    error
	}{
		"readable by the group":        {good, 0o640, reference.ErrKeyExposed},
		"readable by everyone":         {good, 0o604, reference.ErrKeyExposed},
		"empty":                        {"", 0o600, reference.ErrKeyInvalid},
		"one digit short":              {good[1:], 0o600, reference.ErrKeyInvalid},
		"one byte long":                {good + "ab", 0o600, reference.ErrKeyInvalid},
		"not hexadecimal":              {strings.Repeat("zz", 32), 0o600, reference.ErrKeyInvalid},
		"all zero":                     {strings.Repeat("00", 32), 0o600, reference.ErrKeyInvalid},
		"a second line":                {good + "\n" + good, 0o600, reference.ErrKeyInvalid},
		"thirty-two raw bytes, no hex": {strings.Repeat("\x01", 32), 0o600, reference.ErrKeyInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			require.NoError(t, os.WriteFile(path, []byte(c.content), c.mode))
			require.NoError(t, os.Chmod(path, c.mode))
			_, err := reference.Load(path)
			require.ErrorIs(t, err, c.want)
			require.NotContains(t, err.Error(), good)
		})
	}

	t.Run("missing", func(t *testing.T) {
		_, err := reference.Load(filepath.Join(t.TempDir(), "absent"))
		require.ErrorIs(t, err, os.ErrNotExist)
	})
	t.Run("a directory", func(t *testing.T) {
		_, err := reference.Load(t.TempDir())
		require.ErrorIs(t, err, reference.ErrKeyInvalid)
	})
	t.Run("a zero key is not saved", func(t *testing.T) {
		require.ErrorIs(t, reference.Key{}.Save(filepath.Join(t.TempDir(), "key")), reference.ErrKeyInvalid)
	})
}

func TestAKeyFileMayEndInAnyLineEnd(t *testing.T) {
	key := keyOfCounting()
	for _, end := range []string{"", "\n", "\r\n"} {
		path := filepath.Join(t.TempDir(), "key")
		require.NoError(t, os.WriteFile(path, []byte(hex.EncodeToString(key[:])+end), 0o600))
		loaded, err := reference.Load(path)
		require.NoError(t, err)
		require.True(t, loaded == key)
	}
}

func TestAPrintedKeyShowsNothing(t *testing.T) {
	key := keyOfCounting()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		require.Equal(t, "reference.Key(hidden)", fmt.Sprintf(verb, key))
	}
}
