package seal_test

import (
	"bytes"
	"crypto/hpke"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
)

// isOneOf says whether an error is a refusal of ours; anything else is a bug.
func isOneOf(err error, refusals ...error) bool {
	for _, refusal := range refusals {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

func FuzzEnvelope(f *testing.F) {
	hybrid, sm2 := newKey(f, seal.MLKEM768X25519), newKey(f, seal.SM2)
	for _, keys := range [][]seal.PrivateKey{{hybrid}, {sm2}, {hybrid, sm2}} {
		raw, err := ptr(mustSeal(f, "content", "binding", seal.SM4GCM, keys...)).Marshal()
		require.NoError(f, err)
		f.Add(raw)
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var e seal.Envelope
		if e.Unmarshal(raw) != nil {
			return
		}
		formErr := e.ValidateBasic(seal.Limits{MaxContent: seal.MaxInline, MaxKeys: seal.MaxReaders})
		if formErr != nil && !isOneOf(formErr, seal.ErrInvalidCipher, seal.ErrInvalidEnvelope, seal.ErrTooLarge) {
			t.Fatal(formErr)
		}
		for _, key := range []seal.PrivateKey{hybrid, sm2} {
			content, err := seal.Open(key, e, []byte("binding"))
			switch {
			case err == nil:
				// Whoever has no key can only hand on what was sealed.
				require.NoError(t, formErr)
				require.Equal(t, "content", string(content))
			case formErr == nil:
				if !isOneOf(err, seal.ErrNotReader, seal.ErrBroken) {
					t.Fatal(err)
				}
			default:
				if !isOneOf(err, seal.ErrInvalidCipher, seal.ErrInvalidEnvelope, seal.ErrTooLarge, seal.ErrNoCiphertext) {
					t.Fatal(err)
				}
			}
		}
	})
}

func ptr[T any](v T) *T { return &v }

func FuzzFile(f *testing.F) {
	key := newKey(f, seal.SM2)
	content := pattern(chunk)
	e, _, file := mustSealTo(f, content, seal.AES256GCM, key)
	f.Add(file, 0, byte(0))
	f.Add(file[:chunk], 100, byte(1))
	f.Add(file[:20], 7, byte(2))
	f.Fuzz(func(t *testing.T, raw []byte, at int, mask byte) {
		raw = bytes.Clone(raw)
		if at >= 0 && at < len(raw) {
			raw[at] ^= mask
		}
		var out bytes.Buffer
		_, err := seal.OpenTo(&out, bytes.NewReader(raw), key, e, []byte("record 7"))
		if err == nil {
			require.True(t, bytes.Equal(content, out.Bytes()))
		} else if !isOneOf(err, seal.ErrBroken) {
			t.Fatal(err)
		}
	})
}

func FuzzKeyfile(f *testing.F) {
	for _, suite := range suites {
		plain, err := seal.PlainKeyfile(newKey(f, suite))
		require.NoError(f, err)
		f.Add(plain)
		encrypted, err := seal.EncryptKeyfile(newKey(f, suite), []byte(passphrase))
		require.NoError(f, err)
		f.Add(encrypted)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := seal.ParseKeyfile(data)
		if err != nil {
			if !isOneOf(err, seal.ErrInvalidKeyfile) {
				t.Fatal(err)
			}
			return
		}
		require.NoError(t, file.Public().Validate())
		if file.Encrypted() { // Argon2id takes what the file says, up to minutes
			return
		}
		if key, err := file.Unlock(nil); err == nil {
			require.Equal(t, file.Public(), key.Public())
		} else if !isOneOf(err, seal.ErrInvalidKeyfile) {
			t.Fatal(err)
		}
	})
}

// Validate promises that one can seal for a key that it takes.
func FuzzPublicKey(f *testing.F) {
	for _, suite := range suites {
		key := newKey(f, suite).Public()
		f.Add(int32(suite), key.Key, 0, byte(0))
		f.Add(int32(suite), key.Key, len(key.Key)-1, byte(0x80))
		f.Add(int32(suite), key.Key, 1, byte(0xff))
	}
	f.Fuzz(func(t *testing.T, suite int32, raw []byte, at int, mask byte) {
		raw = bytes.Clone(raw)
		if at >= 0 && at < len(raw) {
			raw[at] ^= mask
		}
		key := seal.PublicKey{Suite: seal.Suite(suite), Key: raw}
		err := key.Validate()
		if err != nil && !isOneOf(err, seal.ErrInvalidKey) {
			t.Fatal(err)
		}
		_, sealErr := seal.Seal([]byte("x"), nil, seal.AES256GCM, []seal.PublicKey{key})
		require.Equal(t, err == nil, sealErr == nil, sealErr)
		if key.Suite != seal.MLKEM768X25519 {
			return
		}
		_, hpkeErr := hpke.MLKEM768X25519().NewPublicKey(raw)
		if err == nil {
			require.NoError(t, hpkeErr)
		} else if hpkeErr == nil {
			// We refuse more than hpke only for the X25519 part.
			require.Contains(t, err.Error(), "X25519")
		}
	})
}
