package localnet

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// command runs `localnet ...` and returns what it prints to stdout and stderr.
func command(t *testing.T, arguments ...string) (string, string, error) {
	t.Helper()
	t.Setenv(playNode, "1")
	var stdout, stderr bytes.Buffer
	root := NewCommand()
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetArgs(arguments)
	root.SetOut(&stdout)
	root.SetErr(&stderr)
	err := root.ExecuteContext(context.Background())
	return stdout.String(), stderr.String(), err
}

func TestACommandMakesStartsShowsAndStopsANetwork(t *testing.T) {
	home := filepath.Join(t.TempDir(), "net")
	t.Cleanup(func() { killAll(t, home) })

	stdout, stderr, err := command(t, "start", "--home", home, "--validators", "2", "--detach")
	require.NoError(t, err)
	require.Contains(t, stderr, "Making a network in "+home)
	for _, want := range []string{
		"Network zhilian-local-1 runs with 2 validators.", "node1", "bank-BQDQ", "party-employee-0001", "8020100000010001",
		"zhiliand query settlement participants --home " + home + "/keys", "zhiliand localnet stop --home " + home,
	} {
		require.Contains(t, stdout, want)
	}

	stdout, _, err = command(t, "status", "--home", home)
	require.NoError(t, err)
	require.Contains(t, stdout, "runs with 2 validators, at height ")

	stdout, _, err = command(t, "status", "--home", home, "-o", "json")
	require.NoError(t, err)
	var state State
	require.NoError(t, json.Unmarshal([]byte(stdout), &state))
	require.True(t, state.Running)
	require.Len(t, state.Nodes, 2)

	_, _, err = command(t, "start", "--home", home, "--detach")
	require.ErrorIs(t, err, ErrAlreadyRunning)

	for range 2 {
		stdout, _, err = command(t, "stop", "--home", home)
		require.NoError(t, err, "stopping twice is no error")
		require.Contains(t, stdout, "is stopped")
	}
}

func TestAStartForAScriptPrintsJSONAndNothingElse(t *testing.T) {
	home := filepath.Join(t.TempDir(), "net")
	t.Cleanup(func() { killAll(t, home) })
	stdout, _, err := command(t, "start", "--home", home, "--validators", "1", "--detach", "--output", "json")
	require.NoError(t, err)
	var layout struct {
		Layout
		Home string `json:"home"`
		Keys string `json:"keys"`
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &layout))
	require.Equal(t, home, layout.Home)
	require.Equal(t, filepath.Join(home, "keys"), layout.Keys)
	require.Len(t, layout.Nodes, 1)
	require.NotZero(t, layout.Nodes[0].PID)
	require.NotEmpty(t, layout.Operators)
	require.NotEmpty(t, layout.Accounts)
}

func TestAHomeIsNotStartedAsAnotherNetworkThanItHolds(t *testing.T) {
	home := filepath.Join(t.TempDir(), "net")
	t.Cleanup(func() { killAll(t, home) })
	own := filepath.Join(t.TempDir(), "own.yaml")
	require.NoError(t, os.WriteFile(own, []byte("currencies: [CNY]\ninstitutions:\n  - {id: BANK, name: Bank, kind: bank}\nvalidators: 1\n"), 0o600))
	_, _, err := command(t, "start", "--home", home, "--network", own, "--detach")
	require.NoError(t, err)
	_, _, err = command(t, "stop", "--home", home)
	require.NoError(t, err)

	_, _, err = command(t, "start", "--home", home, "--validators", "3", "--detach")
	require.ErrorIs(t, err, ErrNetworkExists)
	require.ErrorContains(t, err, "with 1 validators: leave out --validators")

	other := filepath.Join(t.TempDir(), "other.yaml")
	require.NoError(t, os.WriteFile(other, []byte("currencies: [JPY]\ninstitutions:\n  - {id: BANK, name: Bank, kind: bank}\nvalidators: 1\n"), 0o600))
	_, _, err = command(t, "start", "--home", home, "--network", other, "--detach")
	require.ErrorContains(t, err, "made from another network file")

	_, _, err = command(t, "start", "--home", home, "--guarded", "--detach")
	require.ErrorContains(t, err, "one that answers everyone")

	_, _, err = command(t, "start", "--home", home, "--account-key", "sm2", "--detach")
	require.ErrorIs(t, err, ErrNetworkExists)
	require.ErrorContains(t, err, "with keys of the kind secp256k1: leave out --account-key")
	_, _, err = command(t, "start", "--home", home, "--consensus-key", "ml-dsa-65", "--detach")
	require.ErrorContains(t, err, "with keys of the kind ed25519: leave out --consensus-key")

	_, _, err = command(t, "start", "--home", home, "--network", own, "--validators", "1", "--account-key", "secp256k1", "--detach")
	require.NoError(t, err, "the same network goes on")
}

func TestWrongFlagsAreUsageErrors(t *testing.T) {
	cases := []struct {
		name, want string
		arguments  []string
	}{
		{"no validators", "must be 1 to 64", []string{"start", "--validators", "0"}},
		{"too many validators", "must be 1 to 64", []string{"start", "--validators", "65"}},
		{"a word for a number", "must be 1 to 64", []string{"start", "--validators", "four"}},
		{"keys that sign no payments", "must be secp256k1, secp256r1, sm2, ml_dsa_65", []string{"start", "--account-key", "ed25519"}},
		{"keys that sign no blocks", "must be ed25519, ml_dsa_65", []string{"start", "--consensus-key", "sm2"}},
		{"an unknown output", "must be text or json", []string{"status", "--output", "xml"}},
		{"an argument", "unknown command", []string{"start", "now"}},
	}
	for _, c := range cases {
		_, _, err := command(t, c.arguments...)
		require.ErrorContains(t, err, c.want, c.name)
	}
}

func TestABrokenNetworkFileMakesNoHome(t *testing.T) {
	home := filepath.Join(t.TempDir(), "net")
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	require.NoError(t, os.WriteFile(broken, []byte("currencies: [CNY]\nbanks: []\n"), 0o600))
	_, _, err := command(t, "start", "--home", home, "--network", broken, "--detach")
	require.ErrorContains(t, err, "banks: is not a key of the network file")
	require.NoDirExists(t, home)
}
