package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/localnet"
	description "github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/tests/faults/observer"
	"github.com/zhilian-network/zhilian/testutil/nodebinary"
)

// Bounds. They are far above what two idle cores need: a loaded machine must not fail a sound network.
const (
	// longestPause is how long the network may make no block while one of four validators is out.
	longestPause = 20 * time.Second
	// catchUpBound is how long a node may need, after its process started, to have all blocks.
	catchUpBound = 60 * time.Second
	// resumeBound is how long a network that stood still may need to go on, once it has its quorum.
	resumeBound = 60 * time.Second
	// answerBound is how long a customer may have to send again until every payment is answered.
	answerBound = 90 * time.Second

	// requestSeconds bounds one question of a scenario to a node.
	requestSeconds = 4

	poll = 100 * time.Millisecond
)

const (
	validators    = 4
	networkFolder = "net"
	shownLines    = 40
)

// faultyNetwork is a network of real nodes, its observer and its customers.
type faultyNetwork struct {
	t        *testing.T
	folder   string
	home     string
	binary   string
	encoding app.Encoding
	opening  observer.Opening
	book     *observer.Book

	mu     sync.Mutex
	layout *localnet.Layout // changes with every start
	nodes  []*observer.Node
}

func binary(t *testing.T) string {
	t.Helper()
	path, err := nodebinary.In(t.TempDir())
	require.NoError(t, err)
	return path
}

// prepareNetwork makes a network in a folder and does not start it yet.
func prepareNetwork(t *testing.T, folder string) *faultyNetwork {
	t.Helper()
	n := &faultyNetwork{t: t, folder: folder, home: filepath.Join(folder, networkFolder), binary: binary(t), encoding: app.NewEncoding()}
	layout, err := localnet.Prepare(*description.Default(), n.home, validators)
	require.NoError(t, err)
	n.opening, err = observer.ReadOpening(filepath.Join(layout.NodeHome(layout.Nodes[0]), "config", "genesis.json"))
	require.NoError(t, err)
	n.book = observer.NewBook(n.opening)
	n.layout = layout
	startKeeper(t, folder)
	t.Cleanup(func() {
		killNodesIn(folder)
		if t.Failed() {
			n.showLogs()
		}
	})
	return n
}

// start starts the nodes that do not run, and waits until each has made a block with the others.
func (n *faultyNetwork) start() {
	n.t.Helper()
	require.NoError(n.t, n.tryStart())
}

func (n *faultyNetwork) tryStart() error {
	ctx, cancel := context.WithTimeout(context.Background(), resumeBound+catchUpBound)
	defer cancel()
	layout, err := localnet.Start(ctx, n.home, n.binary)
	if err != nil {
		return err
	}
	return n.use(layout)
}

func (n *faultyNetwork) use(layout *localnet.Layout) error {
	nodes := make([]*observer.Node, 0, len(layout.Nodes))
	for _, node := range layout.Nodes {
		read, err := observer.NewNode(node.Name, node.RPC(), n.encoding.Registry)
		if err != nil {
			return err
		}
		nodes = append(nodes, read)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.layout, n.nodes = layout, nodes
	return nil
}

// observe reads the blocks of every node all the time, until the test ends.
func (n *faultyNetwork) observe() {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for i := range validators {
		all.Go(func() {
			for ctx.Err() == nil {
				// A node that is down or hangs is read on later; what it misses is checked at the end.
				_ = n.node(i).Follow(ctx, n.book)
				rest(ctx, 2*poll)
			}
		})
	}
	n.t.Cleanup(func() {
		cancel()
		all.Wait()
	})
}

func (n *faultyNetwork) node(i int) *observer.Node {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.nodes[i]
}

func (n *faultyNetwork) place(i int) localnet.Node {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.layout.Nodes[i]
}

// kill ends nodes at once, as kill -9 does, and waits until their processes are gone.
func (n *faultyNetwork) kill(nodes ...int) {
	n.t.Helper()
	for _, i := range nodes {
		require.NoError(n.t, syscall.Kill(n.place(i).PID, syscall.SIGKILL), n.place(i).Name)
	}
	for _, i := range nodes {
		n.await(10*time.Second, func(context.Context) error {
			if n.runs(i) {
				return fmt.Errorf("%s still runs", n.place(i).Name)
			}
			return nil
		})
	}
}

func (n *faultyNetwork) runs(i int) bool {
	pid := n.place(i).PID
	return pid > 0 && !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

// startedPID is the process id of a node that another goroutine is starting.
func (n *faultyNetwork) startedPID(i, before int) (int, error) {
	layout, err := localnet.Load(n.home)
	if err != nil {
		return 0, err
	}
	if pid := layout.Nodes[i].PID; pid != before {
		return pid, nil
	}
	return 0, fmt.Errorf("%s has not been started", layout.Nodes[i].Name)
}

// caughtUp waits until a node has the blocks that the others have now, and no longer catches up.
func (n *faultyNetwork) caughtUp(i int, bound time.Duration) {
	n.t.Helper()
	target := n.book.Newest()
	n.await(bound, func(ctx context.Context) error {
		height, catchingUp, err := n.node(i).Height(ctx)
		if err == nil && (height < target || catchingUp) {
			err = fmt.Errorf("%s is at block %d of %d, catching up: %t", n.place(i).Name, height, target, catchingUp)
		}
		return err
	})
}

// advances waits until the network has made some more blocks.
func (n *faultyNetwork) advances(blocks int64, bound time.Duration) {
	n.t.Helper()
	target := n.book.Newest() + blocks
	n.await(bound, func(context.Context) error {
		if newest := n.book.Newest(); newest < target {
			return fmt.Errorf("the network is at block %d, not yet at %d", newest, target)
		}
		return nil
	})
}

// settles waits until some more payments have settled.
func (n *faultyNetwork) settles(payments int, bound time.Duration) {
	n.t.Helper()
	target := n.book.Settlements() + payments
	n.await(bound, func(context.Context) error {
		if settled := n.book.Settlements(); settled < target {
			return fmt.Errorf("%d payments have settled, not yet %d", settled, target)
		}
		return nil
	})
}

// await asks until the answer is no error, and fails the test with the last one when the time is over.
func (n *faultyNetwork) await(bound time.Duration, ask func(context.Context) error) {
	n.t.Helper()
	require.NoError(n.t, await(bound, ask))
}

func await(bound time.Duration, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		rest(ctx, poll)
		if ctx.Err() != nil {
			return fmt.Errorf("within %s: %w", bound, err)
		}
	}
}

func rest(ctx context.Context, pause time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
}

// sound fails the test if the book has found anything wrong so far.
func (n *faultyNetwork) sound() {
	n.t.Helper()
	require.Empty(n.t, n.book.Problems())
}

// audit compares everything at the end, when no payment is on its way any more: the blocks of all nodes,
// and what each node says of balances, supplies, invariants and, from its index, payments.
func (n *faultyNetwork) audit() {
	n.t.Helper()
	height := n.highest()
	for i := range validators {
		n.await(catchUpBound, func(context.Context) error {
			if at := n.book.Position(n.place(i).Name); at < height {
				return fmt.Errorf("%s was read up to block %d of %d", n.place(i).Name, at, height)
			}
			return nil
		})
	}
	require.Empty(n.t, n.book.Problems())
	require.Empty(n.t, n.book.Undecided(), "payments without an end")
	for i := range validators {
		n.auditNode(n.node(i), height)
	}
	require.Empty(n.t, n.book.Problems())
	n.t.Logf("%d blocks, %d payments asked for, %d settled: the same on every node", height, n.book.Asked(), n.book.Settlements())
}

func (n *faultyNetwork) auditNode(node *observer.Node, height int64) {
	n.t.Helper()
	var view observer.View
	n.await(catchUpBound, func(ctx context.Context) (err error) {
		if view, err = node.View(ctx, n.opening, height); err == nil && view.IndexedHeight < height {
			err = fmt.Errorf("the index of %s is at block %d of %d", node.Name, view.IndexedHeight, height)
		}
		return err
	})
	require.Empty(n.t, n.book.Compare(view))
	n.await(catchUpBound, func(ctx context.Context) error { return node.CompareHeaders(ctx, n.book, height) })
}

// showLogs prints the end of every node's log.
func (n *faultyNetwork) showLogs() {
	logs, err := filepath.Glob(filepath.Join(n.folder, "*", "node*", "node.log"))
	if err != nil {
		n.t.Log(err)
	}
	for _, path := range logs {
		n.t.Logf("the last lines of %s\n%s", path, logTail(path, shownLines))
	}
}

func logTail(path string, lines int) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(all[max(len(all)-lines, 0):], "\n")
}
