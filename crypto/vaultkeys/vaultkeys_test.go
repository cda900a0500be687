package vaultkeys_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/crypto/vaultkeys"
)

const secret = "a good passphrase"

func newKey(t *testing.T) seal.PrivateKey {
	t.Helper()
	key, err := seal.GenerateKey(seal.SM2)
	require.NoError(t, err)
	return key
}

func TestAKeyFileOpensWithItsPassphraseOnly(t *testing.T) {
	home, key := t.TempDir(), newKey(t)
	ring := vaultkeys.New(home)
	path, err := ring.Save("acme", key, []byte(secret))
	require.NoError(t, err)
	require.Equal(t, filepath.Join(home, "vault", "acme.json"), path)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	named, err := ring.Get("acme")
	require.NoError(t, err)
	t.Setenv(vaultkeys.Env, secret)
	opened, err := named.Unlock(vaultkeys.NewAsk(strings.NewReader("")))
	require.NoError(t, err)
	require.Equal(t, key.Bytes(), opened.Bytes())

	t.Setenv(vaultkeys.Env, "another passphrase")
	_, err = named.Unlock(vaultkeys.NewAsk(strings.NewReader("")))
	require.ErrorIs(t, err, seal.ErrPassphrase)
	require.NotContains(t, err.Error(), "another")
}

func TestAPlainKeyNeedsNoPassphraseAndAnEmptyOneIsNotPlain(t *testing.T) {
	ring, key := vaultkeys.New(t.TempDir()), newKey(t)
	_, err := ring.Save("plain", key, nil)
	require.NoError(t, err)
	named, err := ring.Get("plain")
	require.NoError(t, err)
	require.False(t, named.File.Encrypted())
	_, err = named.Unlock(vaultkeys.Ask{})
	require.NoError(t, err)
	_, err = ring.Save("empty", key, []byte{})
	require.ErrorIs(t, err, seal.ErrWeakPassphrase)
}

func TestKeyFilesAreNeverOverwritten(t *testing.T) {
	ring, key := vaultkeys.New(t.TempDir()), newKey(t)
	require.NoError(t, ring.Absent("acme"))
	path, err := ring.Save("acme", key, nil)
	require.NoError(t, err)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	require.ErrorIs(t, ring.Absent("acme"), seal.ErrKeyfileExists)
	_, err = ring.Save("acme", newKey(t), nil)
	require.ErrorIs(t, err, seal.ErrKeyfileExists)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestNoNameLeadsOutOfTheFolder(t *testing.T) {
	ring := vaultkeys.New(t.TempDir())
	for _, name := range []string{"", ".", "..", "../x", "a/b", `a\b`, ".hidden", "-flag", "名", "a b", strings.Repeat("a", 65)} {
		_, err := ring.Path(name)
		require.ErrorIs(t, err, vaultkeys.ErrName, name)
		_, err = ring.Get(name)
		require.ErrorIs(t, err, vaultkeys.ErrName, name)
	}
}

func TestKeysAreFoundByTheirIDsBesideBrokenFiles(t *testing.T) {
	ring, one, two := vaultkeys.New(t.TempDir()), newKey(t), newKey(t)
	keys, err := ring.List()
	require.NoError(t, err, "no folder is no key")
	require.Empty(t, keys)
	for name, key := range map[string]seal.PrivateKey{"one": one, "two": two} {
		_, err := ring.Save(name, key, nil)
		require.NoError(t, err)
	}
	require.NoError(t, os.WriteFile(filepath.Join(ring.Folder(), "notes.txt"), []byte("x"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(ring.Folder(), "broken.json"), []byte(`{"private_key":"c2VjcmV0"`), 0o600))

	found, err := ring.Find(two.Public().ID())
	require.NoError(t, err)
	require.Equal(t, "two", found.Name)
	keys, err = ring.List()
	require.Len(t, keys, 2)
	require.ErrorIs(t, err, seal.ErrInvalidKeyfile)
	require.ErrorContains(t, err, "broken.json")
	require.NotContains(t, err.Error(), "c2VjcmV0")
	_, err = ring.Find(newKey(t).Public().ID())
	require.ErrorIs(t, err, vaultkeys.ErrNotFound)
	require.ErrorContains(t, err, "broken.json", "the wanted key may be in there")
}

func TestANewPassphraseIsTypedTwice(t *testing.T) {
	os.Unsetenv(vaultkeys.Env)
	typed, err := vaultkeys.NewAsk(strings.NewReader(secret + "\n" + secret + "\n")).NewPassphrase("acme")
	require.NoError(t, err)
	require.Equal(t, secret, string(typed))
	_, err = vaultkeys.NewAsk(strings.NewReader(secret + "\n" + secret + "s\n")).NewPassphrase("acme")
	require.ErrorIs(t, err, vaultkeys.ErrDifferent)
	_, err = vaultkeys.NewAsk(strings.NewReader("")).NewPassphrase("acme")
	require.ErrorContains(t, err, vaultkeys.Env)
	t.Setenv(vaultkeys.Env, "short")
	_, err = vaultkeys.NewAsk(strings.NewReader("")).NewPassphrase("acme")
	require.ErrorIs(t, err, seal.ErrWeakPassphrase)
}
