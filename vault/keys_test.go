package vault

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/crypto/vaultkeys"
	"github.com/zhilian-network/zhilian/gateway"
	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

func requireUsage(t *testing.T, err error, name string) {
	t.Helper()
	var wrong *gateway.UsageError
	require.ErrorAs(t, err, &wrong, name)
}

func TestKeygenWritesAProtectedFileAndRegistersThePublicHalf(t *testing.T) {
	w := newWorld(t)
	out := w.must("accountant", "keygen", "acme-1")
	require.Contains(t, out, "registered for BQDQ/acme")
	require.Contains(t, out, "Back up the file")

	path := filepath.Join(w.home("accountant"), "vault", "acme-1.json")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	file, err := seal.ReadKeyfile(path)
	require.NoError(t, err)
	require.True(t, file.Encrypted())
	require.Equal(t, file.Public(), w.keys[0].PublicKey)
	require.Equal(t, people["accountant"], w.keys[0].Owner)

	raw := w.must("teller", "keygen", "for-acme", "--for", "BQDQ/acme", "--suite", "sm2", "--plain", "-o", "json")
	require.Contains(t, raw, `"tx_hash": "AB12"`)
	require.Equal(t, seal.SM2, w.keys[1].PublicKey.Suite)
	require.Equal(t, people["accountant"], w.keys[1].Owner)
	require.Equal(t, types.KeyActive, w.keys[0].Status, "another suite rotates nothing")
}

func TestASecondKeyOfASuiteRotatesAndTheOldFileStays(t *testing.T) {
	w := newWorld(t)
	w.must("accountant", "keygen", "one", "--plain")
	out := w.must("accountant", "keygen", "two", "--plain", "--register")
	require.Contains(t, out, "takes the place of "+idText(w.keys[0].Id))
	require.Equal(t, types.KeyRotated, w.keys[0].Status)
	table := w.must("accountant", "keys")
	require.Regexp(t, `one +[0-9a-f]{16}… +hybrid +no +BQDQ/acme +rotated`, table)
	require.Regexp(t, `two +[0-9a-f]{16}… +hybrid +no +BQDQ/acme +active`, table)
}

func TestKeygenOverwritesNothing(t *testing.T) {
	w := newWorld(t)
	w.must("accountant", "keygen", "one", "--plain")
	path := filepath.Join(w.home("accountant"), "vault", "one.json")
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = w.do("accountant", "keygen", "one", "--plain")
	require.ErrorIs(t, err, seal.ErrKeyfileExists)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.Len(t, w.sent, 1, "nothing was registered for the second")
}

func TestAKeyWhoseRegistrationIsRefusedIsKeptAndCanBeRegisteredLater(t *testing.T) {
	w := newWorld(t)
	w.refuse = &client.Refused{Codespace: "access", Code: 31, Log: "permission denied: ask an administrator"}
	_, err := w.do("accountant", "keygen", "one")
	require.ErrorContains(t, err, "access/31")
	require.ErrorContains(t, err, "zhiliand vault register one")
	w.refuse = nil
	w.must("accountant", "register", "one")
	require.Equal(t, types.KeyActive, w.keys[0].Status)

	w.must("rater", "keygen", "later", "--offline")
	require.Len(t, w.keys, 1)
	require.Contains(t, w.must("", "keys"), "FILE")
	w.must("rater", "register", "later")
	require.Equal(t, people["rater"], w.keys[1].Owner)
	_, err = w.do("rater", "register", "absent")
	require.ErrorIs(t, err, vaultkeys.ErrNotFound)
}

func TestAWeakPassphraseMakesNoKey(t *testing.T) {
	w := newWorld(t)
	t.Setenv(vaultkeys.Env, "short")
	_, err := w.do("accountant", "keygen", "one")
	require.ErrorIs(t, err, seal.ErrWeakPassphrase)
	require.Empty(t, w.sent)
	require.NoDirExists(t, filepath.Join(w.home("accountant"), "vault"))
}

func TestWrongUsageIsToldApartFromFailure(t *testing.T) {
	w := newWorld(t)
	note := w.file("note.txt")
	require.NoError(t, os.WriteFile(note, []byte(secretText), 0o600))
	for name, args := range map[string][]string{
		"a name that is a path":         {"keygen", "../one"},
		"an unknown suite":              {"keygen", "one", "--suite", "rsa"},
		"an unknown format":             {"keys", "-o", "yaml"},
		"no level":                      {"put", note, "--subject", "BQDQ/acme", "--purpose", "audit"},
		"a level that nobody shares":    {"put", note, "--subject", "BQDQ/acme", "--purpose", "audit", "--level", "5"},
		"an unknown purpose":            {"put", note, "--subject", "BQDQ/acme", "--purpose", "fun", "--level", "3"},
		"a member that is none":         {"put", note, "--subject", "BQDQ/", "--purpose", "audit", "--level", "3"},
		"an unknown cipher":             {"put", note, "--subject", "BQDQ/acme", "--purpose", "audit", "--level", "3", "--cipher", "rot13"},
		"a number that is none":         {"open", "seven"},
		"number zero":                   {"erase", "0"},
		"no reader":                     {"share", "1", "--purpose", "audit"},
		"no purpose":                    {"request", "1"},
		"a limit of nothing":            {"trail", "1", "--limit", "0"},
		"a revocation without a reader": {"revoke", "1"},
	} {
		_, err := w.do("accountant", args...)
		requireUsage(t, err, name)
	}
	for name, args := range map[string][]string{
		"no key to register":  {"keygen", "one"},
		"no key to put":       {"put", note, "--subject", "BQDQ/acme", "--purpose", "audit", "--level", "3"},
		"no key to share":     {"share", "1", "--with", "CITY", "--purpose", "audit"},
		"no key to note":      {"open", "1", "--note"},
		"nobody to list":      {"list"},
		"offline for another": {"keygen", "one", "--offline", "--for", "CITY"},
	} {
		_, err := w.do("", args...)
		requireUsage(t, err, name)
	}
	require.Empty(t, w.sent)
}

func TestEveryCommandSaysHowItIsUsed(t *testing.T) {
	for _, command := range NewCommand().Commands() {
		require.NotEmpty(t, command.Short, command.Name())
		require.Contains(t, command.Example, "zhiliand vault "+command.Name())
		require.NotNil(t, command.Flags().Lookup("output"), command.Name())
		require.NotNil(t, command.Flags().Lookup("from"), command.Name())
	}
}
