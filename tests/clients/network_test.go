package clients

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/localnet"
	networkfile "github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/nodebinary"
)

const commandBound = 2 * time.Minute

// shared is the network of all tests; it is started by the first that asks for it.
var shared struct {
	once   sync.Once
	folder string
	*testNetwork
	failed error
}

// testNetwork is a running network.
type testNetwork struct {
	binary string
	folder string // for what tests write
	layout *localnet.Layout
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.testNetwork != nil {
		if err := localnet.Stop(shared.layout.Home); err != nil {
			fmt.Fprintln(os.Stderr, "stop the network:", err)
			code = 1
		}
	}
	if shared.folder != "" {
		_ = os.RemoveAll(shared.folder)
	}
	os.Exit(code)
}

// network returns the shared network, started if it is not.
func network(t *testing.T) *testNetwork {
	t.Helper()
	if testing.Short() {
		t.Skip("networks of real nodes are left out of short runs")
	}
	shared.once.Do(func() { shared.testNetwork, shared.failed = startNetwork() })
	require.NoError(t, shared.failed)
	return shared.testNetwork
}

func startNetwork() (*testNetwork, error) {
	folder, err := os.MkdirTemp("", "zhilian-clients-")
	if err != nil {
		return nil, err
	}
	shared.folder = folder
	n := &testNetwork{folder: folder}
	if n.binary, err = nodebinary.In(folder); err != nil {
		return nil, err
	}
	home := filepath.Join(folder, "net")
	if err := prepare(home); err != nil {
		return nil, err
	}
	if _, err := n.try("localnet", "start", "--home", home, "--detach"); err != nil {
		return nil, err
	}
	n.layout, err = localnet.Load(home)
	return n, err
}

// prunedBlocks is a height at which the first states are gone.
const prunedBlocks = 45

// prepare makes a network whose node forgets old states, as nodes in service do.
func prepare(home string) error {
	text, err := os.ReadFile(filepath.Join("testdata", "network.yaml"))
	if err != nil {
		return err
	}
	file, err := networkfile.Parse(text)
	if err != nil {
		return err
	}
	layout, err := localnet.Prepare(*file, home, 0)
	if err != nil {
		return err
	}
	path := filepath.Join(layout.NodeHome(layout.Nodes[0]), "config", "app.toml")
	settings, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	pruned := strings.NewReplacer(`pruning = "default"`, `pruning = "custom"`,
		`pruning-keep-recent = "0"`, `pruning-keep-recent = "20"`, `pruning-interval = "0"`, `pruning-interval = "10"`,
	).Replace(string(settings))
	if pruned == string(settings) {
		return errors.New("app.toml does not say how it prunes")
	}
	return os.WriteFile(path, []byte(pruned), 0o600)
}

// try runs the program.
func (n *testNetwork) try(arguments ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), commandBound)
	defer cancel()
	command := exec.CommandContext(ctx, n.binary, arguments...)
	command.Env = append(os.Environ(), "HOME="+n.folder)
	var stderr strings.Builder
	command.Stderr = &stderr
	stdout, err := command.Output()
	if err != nil {
		return string(stdout), fmt.Errorf("zhiliand %s: %w\n%s%s", strings.Join(arguments, " "), err, stdout, stderr.String())
	}
	return string(stdout), nil
}

// run runs the program, which must succeed, with the keys of the network.
func (n *testNetwork) run(t *testing.T, arguments ...string) string {
	t.Helper()
	output, err := n.try(append(arguments, "--home", n.layout.Keys())...)
	require.NoError(t, err)
	return output
}

func (n *testNetwork) node() localnet.Node { return n.layout.Nodes[0] }

// account is a party's only account.
func (n *testNetwork) account(t *testing.T, party string) localnet.Account {
	t.Helper()
	accounts := n.layout.AccountsOf(party)
	require.Len(t, accounts, 1)
	return accounts[0]
}

// balance is what a party holds at its bank, in minor units.
func (n *testNetwork) balance(t *testing.T, party, currency string) string {
	t.Helper()
	account := n.account(t, party)
	text := n.run(t, "query", "ledger", "balance", account.Address, account.Institution+"/"+currency, "-o", "json")
	var answer struct {
		Balance struct{ Amount string }
	}
	require.NoError(t, json.Unmarshal([]byte(text), &answer))
	return answer.Balance.Amount
}

// requireAlive asserts that the node is well: it makes another block, and the money adds up.
func (n *testNetwork) requireAlive(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandBound)
	defer cancel()
	state, err := localnet.Status(ctx, n.layout.Home)
	require.NoError(t, err)
	require.True(t, state.Running, "the node does not run or does not answer")
	// With nothing to do a block comes every five seconds.
	require.Eventually(t, func() bool {
		now, err := localnet.Status(ctx, n.layout.Home)
		return err == nil && now.Height > state.Height
	}, 20*time.Second, 200*time.Millisecond, "no new block")
	require.Contains(t, n.run(t, "query", "settlement", "invariants"), "money_conserved: true")
	require.NotContains(t, n.log(t), "panic", "the node's log")
}

func (n *testNetwork) log(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(n.layout.Log(n.node()))
	require.NoError(t, err)
	return string(text)
}
