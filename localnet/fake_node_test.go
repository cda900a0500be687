package localnet

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The test binary plays the node if this variable is set: it listens where its configuration says,
// and makes a block every fakeBlockInterval. A file "behave" in its home changes its manners.
const (
	playNode          = "ZHILIAN_LOCALNET_TEST_NODE"
	playRunner        = "ZHILIAN_LOCALNET_TEST_RUNNER"
	playStarter       = "ZHILIAN_LOCALNET_TEST_STARTER"
	fakeBlockInterval = 100 * time.Millisecond

	behaveDying     = "die"
	behaveStuck     = "make no block"
	behaveDeaf      = "ignore SIGTERM"
	behaveForgetful = "end after two seconds"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(playNode) != "" && len(os.Args) == 4 && os.Args[1] == "start":
		os.Exit(fakeNode(os.Args[3]))
	case os.Getenv(playRunner) != "":
		os.Exit(runner(os.Getenv(playRunner)))
	case os.Getenv(playStarter) != "":
		os.Exit(starter(os.Getenv(playStarter)))
	}
	os.Exit(m.Run())
}

// runner is a program with a network in its foreground.
func runner(home string) int {
	err := Run(context.Background(), home, os.Args[0], func(*Layout) { fmt.Println("ready") })
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// starter is a program that leaves a network behind.
func starter(home string) int {
	if _, err := Start(context.Background(), home, os.Args[0]); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

func fakeNode(home string) int {
	behaviour := readText(filepath.Join(home, "behave"))
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	if behaviour == behaveDying {
		fmt.Println("panic: the disk is on fire")
		fmt.Print(strings.Repeat("a line of the stack\n", 50))
		return 3
	}
	ports, err := configuredPorts(home)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	chain := &fakeChain{home: home, stuck: behaviour == behaveStuck, began: time.Now()}
	chain.base, _ = strconv.ParseInt(readText(filepath.Join(home, "height")), 10, 64)
	for _, port := range []int{ports.P2P, ports.GRPC, ports.API} {
		listener, err := net.Listen("tcp", address(port))
		if err != nil {
			fmt.Println(err)
			return 1
		}
		defer listener.Close()
	}
	go func() {
		fmt.Println(http.ListenAndServe(address(ports.RPC), chain))
		os.Exit(1)
	}()
	var tired <-chan time.Time
	if behaviour == behaveForgetful {
		tired = time.After(2 * time.Second)
	}
	for {
		select {
		case <-tired:
			return 0
		case <-term:
			if behaviour == behaveDeaf {
				continue
			}
			_ = os.WriteFile(filepath.Join(home, "height"), []byte(strconv.FormatInt(chain.height(), 10)), 0o600)
			return 0
		}
	}
}

type fakeChain struct {
	home  string
	stuck bool
	base  int64
	began time.Time
}

func (c *fakeChain) height() int64 {
	if c.stuck {
		return c.base
	}
	return c.base + int64(time.Since(c.began)/fakeBlockInterval)
}

func (c *fakeChain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/status":
		fmt.Fprintf(w, `{"jsonrpc":"2.0","id":-1,"result":{"node_info":{},"sync_info":{"latest_block_height":"%d","latest_block_time":"2026-01-02T03:04:05Z","catching_up":false}}}`, c.height())
	case "/net_info":
		fmt.Fprint(w, `{"jsonrpc":"2.0","id":-1,"result":{"listening":true,"n_peers":"3","peers":[]}}`)
	default:
		http.NotFound(w, r)
	}
}

// configuredPorts reads config.toml and app.toml, as a node does: a port that moves only in
// localnet.json is a failure.
func configuredPorts(home string) (Ports, error) {
	comet := readText(filepath.Join(home, "config", "config.toml"))
	app := readText(filepath.Join(home, "config", "app.toml"))
	laddr := regexp.MustCompile(`(?m)^laddr = "tcp://127\.0\.0\.1:(\d+)"$`).FindAllStringSubmatch(comet, -1)
	api := regexp.MustCompile(`(?m)^address = "tcp://127\.0\.0\.1:(\d+)"$`).FindStringSubmatch(app)
	grpc := regexp.MustCompile(`(?m)^address = "127\.0\.0\.1:(\d+)"$`).FindStringSubmatch(app)
	if len(laddr) != 2 || api == nil || grpc == nil {
		return Ports{}, fmt.Errorf("the configuration in %s does not name all ports", home)
	}
	var ports Ports
	for text, port := range map[string]*int{laddr[0][1]: &ports.RPC, laddr[1][1]: &ports.P2P, api[1]: &ports.API, grpc[1]: &ports.GRPC} {
		*port, _ = strconv.Atoi(text)
	}
	return ports, nil
}

func readText(path string) string {
	text, _ := os.ReadFile(path)
	return strings.TrimSpace(string(text))
}

// fakeHome is a home with configuration and without keys and genesis, which fake nodes do not need.
func fakeHome(t *testing.T, nodes int) *Layout {
	t.Helper()
	t.Setenv(playNode, "1")
	layout := &Layout{ChainID: "zhilian-fake-1", Home: t.TempDir()}
	ports, err := choosePorts(nodes)
	require.NoError(t, err)
	for i := range nodes {
		layout.Nodes = append(layout.Nodes, Node{
			Name: "node" + strconv.Itoa(i), Institution: fmt.Sprintf("BANK%d", i), ID: strings.Repeat(strconv.Itoa(i), 40), Ports: ports[i],
		})
	}
	for _, node := range layout.Nodes {
		require.NoError(t, os.MkdirAll(filepath.Join(layout.NodeHome(node), "config"), 0o700))
		writeNodeConfig(layout.NodeHome(node), node, layout.Nodes)
	}
	require.NoError(t, os.MkdirAll(filepath.Join(layout.Keys(), "config"), 0o700))
	client := clientConfig(layout.ChainID, layout.Nodes[0])
	require.NoError(t, os.WriteFile(filepath.Join(layout.Keys(), "config", "client.toml"), []byte(client), 0o600))
	require.NoError(t, layout.save())
	t.Cleanup(func() { killAll(t, layout.Home) })
	return layout
}

// killAll leaves no process behind, whatever the test did; it trusts nothing but the command line.
func killAll(t *testing.T, home string) {
	t.Helper()
	if err := Stop(home); err != nil {
		t.Logf("stop: %v", err)
	}
	for pid, arguments := range processes(t) {
		if strings.Contains(strings.Join(arguments, " "), home) {
			t.Errorf("process %d (%v) was left behind", pid, arguments)
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

func processes(t *testing.T) map[int][]string {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil // no /proc: nothing to look at
	}
	all := map[int][]string{}
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			all[pid] = commandLine(pid)
		}
	}
	return all
}

func behave(t *testing.T, layout *Layout, node int, behaviour string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(layout.NodeHome(layout.Nodes[node]), "behave"), []byte(behaviour), 0o600))
}

func within(t *testing.T, bound time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	t.Cleanup(cancel)
	return ctx
}

func startFake(t *testing.T, home string) *Layout {
	t.Helper()
	layout, err := Start(within(t, 30*time.Second), home, os.Args[0])
	require.NoError(t, err)
	return layout
}

func stateOf(t *testing.T, home string) *State {
	t.Helper()
	state, err := Status(context.Background(), home)
	require.NoError(t, err)
	return state
}
