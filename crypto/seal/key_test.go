package seal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
)

func TestPrivateKeysAreReadBack(t *testing.T) {
	for _, suite := range suites {
		key := newKey(t, suite)
		again, err := seal.ParsePrivateKey(suite, key.Bytes())
		require.NoError(t, err)
		require.Equal(t, key.Public(), again.Public())
		require.NoError(t, key.Public().Validate())
		content, err := seal.Open(again, mustSeal(t, "x", "", seal.SM4GCM, key), nil)
		require.NoError(t, err)
		require.Equal(t, "x", string(content))
	}
}

func TestPrivateKeysOutOfRangeAreRefused(t *testing.T) {
	order, err := hex.DecodeString("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123")
	require.NoError(t, err)
	minus := func(n byte) []byte {
		out := bytes.Clone(order)
		out[31] -= n
		return out
	}
	tests := []struct {
		name  string
		suite seal.Suite
		raw   []byte
	}{
		{"no suite", 0, make([]byte, 32)},
		{"unknown suite", 3, make([]byte, 32)},
		{"short hybrid", seal.MLKEM768X25519, make([]byte, 31)},
		{"long SM2", seal.SM2, make([]byte, 33)},
		{"SM2 zero", seal.SM2, make([]byte, 32)},
		{"SM2 order", seal.SM2, order},
		{"SM2 order less one, which GB/T 32918.1 excludes", seal.SM2, minus(1)},
	}
	for _, test := range tests {
		_, err := seal.ParsePrivateKey(test.suite, test.raw)
		requireRefused(t, seal.ErrInvalidKey, err, test.name)
	}
	_, err = seal.ParsePrivateKey(seal.SM2, minus(2))
	require.NoError(t, err)
	_, err = seal.GenerateKey(0)
	requireRefused(t, seal.ErrInvalidKey, err)
}

func TestPrivateKeysAreNotPrinted(t *testing.T) {
	for _, suite := range suites {
		key := newKey(t, suite)
		raw := key.Bytes()
		encoded, err := json.Marshal(map[string]any{"key": key})
		require.NoError(t, err)
		printed := string(encoded)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
			printed += fmt.Sprintf(verb, key) + fmt.Sprintf(verb, &key) + fmt.Sprintf(verb, struct{ K seal.PrivateKey }{key})
		}
		require.Contains(t, printed, hex.EncodeToString(key.Public().ID()))
		for _, form := range []string{
			hex.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw), strings.Trim(fmt.Sprintf("%d", raw), "[]"),
		} {
			require.NotContains(t, printed, form)
		}
	}
}

func TestAWipedKeyIsGone(t *testing.T) {
	for _, suite := range suites {
		key := newKey(t, suite)
		key.Wipe()
		require.Equal(t, make([]byte, 32), key.Bytes())
	}
	seal.PrivateKey{}.Wipe()
}

func TestKeyIDs(t *testing.T) {
	key := newKey(t, seal.SM2).Public()
	require.Len(t, key.ID(), 32)
	other := key
	other.Suite = seal.MLKEM768X25519
	require.NotEqual(t, key.ID(), other.ID(), "the suite is part of it")
	require.NotEqual(t, key.ID(), newKey(t, seal.SM2).Public().ID())
}

func TestPublicKeysAreChecked(t *testing.T) {
	hybrid, sm2 := newKey(t, seal.MLKEM768X25519).Public(), newKey(t, seal.SM2).Public()
	with := func(key seal.PublicKey, alter func([]byte) []byte) seal.PublicKey {
		return seal.PublicKey{Suite: key.Suite, Key: alter(bytes.Clone(key.Key))}
	}
	set := func(at int, to ...byte) func([]byte) []byte {
		return func(key []byte) []byte { copy(key[at:], to); return key }
	}
	// 3329 is 0xd01: the smallest coefficient that is not reduced.
	tests := []struct {
		name string
		key  seal.PublicKey
	}{
		{"empty", seal.PublicKey{}},
		{"no suite", seal.PublicKey{Key: sm2.Key}},
		{"unknown suite", seal.PublicKey{Suite: 3, Key: sm2.Key}},
		{"hybrid as SM2", seal.PublicKey{Suite: seal.SM2, Key: hybrid.Key}},
		{"SM2 as hybrid", seal.PublicKey{Suite: seal.MLKEM768X25519, Key: sm2.Key}},
		{"short hybrid", with(hybrid, func(k []byte) []byte { return k[1:] })},
		{"long hybrid", with(hybrid, func(k []byte) []byte { return append(k, 0) })},
		{"first coefficient 3329", with(hybrid, set(0, 0x01, 0x0d))},
		{"second coefficient 3329", with(hybrid, set(1, 0x10, 0xd0))},
		{"last coefficient 4095", with(hybrid, set(1150, 0xf0, 0xff))},
		{"X25519 zero", with(hybrid, set(1184, make([]byte, 32)...))},
		{"X25519 top bit", with(hybrid, func(k []byte) []byte { k[1215] |= 0x80; return k })},
		{"short SM2", with(sm2, func(k []byte) []byte { return k[:64] })},
		{"SM2 compressed", with(sm2, func(k []byte) []byte { k[0] = 2; return k[:33] })},
		{"SM2 hybrid form", with(sm2, set(0, 6|sm2.Key[64]&1))},
		{"SM2 at infinity", seal.PublicKey{Suite: seal.SM2, Key: []byte{0}}},
		{"SM2 zero point", with(sm2, set(1, make([]byte, 64)...))},
		{"SM2 off the curve", with(sm2, func(k []byte) []byte { k[64] ^= 1; return k })},
		{"SM2 coordinate beyond the prime", with(sm2, set(1, bytes.Repeat([]byte{0xff}, 32)...))},
	}
	for _, test := range tests {
		requireRefused(t, seal.ErrInvalidKey, test.key.Validate(), test.name)
	}
	require.NoError(t, with(hybrid, set(0, 0x00, 0x0d, 0xd0)).Validate(), "3328 is reduced")
	require.NoError(t, hybrid.Validate())
	require.NoError(t, sm2.Validate())
}

const passphrase = "correct horse battery staple"

func TestKeyfilesAreReadBack(t *testing.T) {
	for _, suite := range suites {
		key := newKey(t, suite)
		data, err := seal.EncryptKeyfile(key, []byte(passphrase))
		require.NoError(t, err)
		require.NotContains(t, string(data), base64.StdEncoding.EncodeToString(key.Bytes()))
		path := filepath.Join(t.TempDir(), "key.json")
		require.NoError(t, seal.WriteKeyfile(path, data))
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

		file, err := seal.ReadKeyfile(path)
		require.NoError(t, err)
		require.True(t, file.Encrypted())
		require.Equal(t, key.Public(), file.Public())
		opened, err := file.Unlock([]byte(passphrase))
		require.NoError(t, err)
		require.Equal(t, key.Bytes(), opened.Bytes())
		_, err = file.Unlock([]byte(passphrase + " "))
		requireRefused(t, seal.ErrPassphrase, err)
		_, err = file.Unlock(nil)
		requireRefused(t, seal.ErrPassphrase, err)
	}
}

func TestKeyfilesAreNotOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key.json")
	require.NoError(t, seal.WriteKeyfile(path, []byte("mine")))
	requireRefused(t, seal.ErrKeyfileExists, seal.WriteKeyfile(path, []byte("yours")))
	left, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "mine", string(left))
}

func TestPlainKeyfiles(t *testing.T) {
	key := newKey(t, seal.SM2)
	data, err := seal.PlainKeyfile(key)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "key.json")
	require.NoError(t, seal.WriteKeyfile(path, data))
	file, err := seal.ReadKeyfile(path)
	require.NoError(t, err)
	require.False(t, file.Encrypted())
	opened, err := file.Unlock(nil)
	require.NoError(t, err)
	require.Equal(t, key.Bytes(), opened.Bytes())

	require.NoError(t, os.Chmod(path, 0o640))
	_, err = seal.ReadKeyfile(path)
	requireRefused(t, seal.ErrKeyfileMode, err)
}

func TestKeyfilesAreNotMadeOfNothing(t *testing.T) {
	_, err := seal.EncryptKeyfile(newKey(t, seal.SM2), []byte("1234567"))
	requireRefused(t, seal.ErrWeakPassphrase, err)
	_, err = seal.EncryptKeyfile(seal.PrivateKey{}, []byte(passphrase))
	requireRefused(t, seal.ErrInvalidKey, err)
	_, err = seal.PlainKeyfile(seal.PrivateKey{})
	requireRefused(t, seal.ErrInvalidKey, err)
	_, err = seal.Keyfile{}.Unlock([]byte(passphrase))
	requireRefused(t, seal.ErrInvalidKeyfile, err)
}

func TestAlteredKeyfilesAreRefused(t *testing.T) {
	key, other := newKey(t, seal.SM2), newKey(t, seal.SM2)
	encrypted, err := seal.EncryptKeyfile(key, []byte(passphrase))
	require.NoError(t, err)
	plain, err := seal.PlainKeyfile(key)
	require.NoError(t, err)
	fields := func(fields map[string]any) func(map[string]any) {
		return func(file map[string]any) {
			for name, value := range fields {
				file[name] = value
			}
		}
	}
	cost := func(name string, value any) func(map[string]any) {
		return func(file map[string]any) { file["argon2id"].(map[string]any)[name] = value }
	}
	theirs := fields(map[string]any{"public_key": other.Public().Key, "key_id": hex.EncodeToString(other.Public().ID())})
	tests := []struct {
		name  string
		data  []byte
		alter func(map[string]any)
		want  *errorsmod.Error
	}{
		{"version", plain, fields(map[string]any{"version": 2}), seal.ErrInvalidKeyfile},
		{"suite", plain, fields(map[string]any{"suite": "SUITE_MLKEM768_X25519"}), seal.ErrInvalidKeyfile},
		{"unknown suite", plain, fields(map[string]any{"suite": "RSA"}), seal.ErrInvalidKeyfile},
		{"key id", plain, fields(map[string]any{"key_id": strings.Repeat("0", 64)}), seal.ErrInvalidKeyfile},
		{"public key of another", plain, theirs, seal.ErrInvalidKeyfile},
		{"encrypted, public key of another", encrypted, theirs, seal.ErrPassphrase},
		{"private key out of range", plain, fields(map[string]any{"private_key": make([]byte, 32)}), seal.ErrInvalidKeyfile},
		{"short private key", plain, fields(map[string]any{"private_key": make([]byte, 31)}), seal.ErrInvalidKeyfile},
		{"encrypted private key", encrypted, fields(map[string]any{"private_key": make([]byte, 60)}), seal.ErrPassphrase},
		{"protection", encrypted, fields(map[string]any{"protection": "none"}), seal.ErrInvalidKeyfile},
		{"unknown protection", plain, fields(map[string]any{"protection": "rot13"}), seal.ErrInvalidKeyfile},
		{"unknown field", plain, fields(map[string]any{"comment": "mine"}), seal.ErrInvalidKeyfile},
		{"memory beyond the bound", encrypted, cost("memory_kib", 1<<20+1), seal.ErrInvalidKeyfile},
		{"time beyond the bound", encrypted, cost("time", 17), seal.ErrInvalidKeyfile},
		{"no threads", encrypted, cost("threads", 0), seal.ErrInvalidKeyfile},
		{"cheaper", encrypted, cost("time", 1), seal.ErrPassphrase},
		{"salt", encrypted, cost("salt", make([]byte, 16)), seal.ErrPassphrase},
		{"no cost", encrypted, func(file map[string]any) { delete(file, "argon2id") }, seal.ErrInvalidKeyfile},
	}
	for _, test := range tests {
		var file map[string]any
		require.NoError(t, json.Unmarshal(test.data, &file))
		test.alter(file)
		data, err := json.Marshal(file)
		require.NoError(t, err)
		parsed, err := seal.ParseKeyfile(data)
		if err == nil {
			_, err = parsed.Unlock([]byte(passphrase))
		}
		requireRefused(t, test.want, err, test.name)
	}
	for _, data := range []string{"", "null", "{}", "[]", string(plain) + "{}", string(plain[:len(plain)-3]), strings.Repeat(" ", 1<<15)} {
		_, err := seal.ParseKeyfile([]byte(data))
		requireRefused(t, seal.ErrInvalidKeyfile, err, data)
	}
}
