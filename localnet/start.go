package localnet

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	// startBound is how long nodes may take to their first block. On two busy cores eight nodes
	// take less than a minute.
	startBound = 3 * time.Minute
	// stopBound is how long a node may take to write its state and end.
	stopBound = 20 * time.Second
	// shownLogLines of each node explain a failed start.
	shownLogLines = 15
)

// Start starts the nodes of a home that do not run, as processes that outlive this one, and waits
// until every node has committed a block. After a restart it waits for a new block, at most
// nodeconfig.IdleBlockInterval more: before it, nodes refuse transactions. If a node fails, those started
// here are stopped again, and the error shows what the node printed last.
func Start(ctx context.Context, home, binary string) (*Layout, error) {
	layout, _, err := start(ctx, home, binary, false)
	return layout, err
}

// Run is Start in the foreground: it calls ready once all nodes run, and returns when ctx is done or
// when every node has ended. Its nodes end with it, on Linux even if it is killed.
func Run(ctx context.Context, home, binary string, ready func(*Layout)) error {
	layout, children, err := start(ctx, home, binary, true)
	if err != nil {
		return err
	}
	ready(layout)
	for _, child := range children {
		select {
		case <-ctx.Done():
			return Stop(layout.Home)
		case <-child.done:
		}
	}
	// All have ended: by `localnet stop` from elsewhere, which forgets their process ids, or not.
	unlock, err := lock(ctx, layout.Home)
	if err != nil {
		return err
	}
	defer unlock()
	if layout, err = Load(layout.Home); err != nil {
		return err
	}
	for _, child := range children {
		if layout.Nodes[child.node].PID == child.pid {
			return fmt.Errorf("all nodes have ended by themselves%s", layout.lastWords(children...))
		}
	}
	return nil
}

func start(ctx context.Context, home, binary string, tied bool) (*Layout, []*child, error) {
	binary, err := executable(binary)
	if err != nil {
		return nil, nil, err
	}
	unlock, err := lock(ctx, home)
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	layout, err := Load(home)
	if err != nil {
		return nil, nil, err
	}
	missing, err := layout.missing()
	if err != nil {
		return nil, nil, err
	}
	children, err := layout.spawnAll(binary, missing, tied)
	if err == nil {
		err = layout.await(ctx, children)
	}
	if err != nil {
		return nil, nil, errors.Join(err, layout.stopChildren(children))
	}
	return layout, children, nil
}

// missing lists the nodes to start, after making sure that they can listen.
func (l *Layout) missing() ([]int, error) {
	var missing []int
	for i, node := range l.Nodes {
		process, running := find(l, node)
		if !running {
			missing = append(missing, i)
			continue
		}
		_ = process.Release()
	}
	if len(missing) == 0 {
		return nil, fmt.Errorf("the network in %s %w (%s is process %d); stop it with: zhiliand localnet stop --home %s",
			l.Home, ErrAlreadyRunning, l.Nodes[0].Name, l.Nodes[0].PID, l.Home)
	}
	if len(missing) == len(l.Nodes) {
		_, err := l.movePorts()
		return missing, err
	}
	for _, i := range missing {
		// The other nodes know these ports: they cannot be moved now.
		if taken := l.Nodes[i].Ports.takenForLong(); len(taken) > 0 {
			return nil, fmt.Errorf("another program listens on port %d of %s; stop the network and start it again to have it moved", taken[0], l.Nodes[i].Name)
		}
	}
	return missing, nil
}

// spawnAll starts nodes and notes their process ids, also of those before one that fails.
func (l *Layout) spawnAll(binary string, nodes []int, tied bool) ([]*child, error) {
	children := make([]*child, 0, len(nodes))
	var failed error
	for _, i := range nodes {
		started, err := spawn(binary, l, i, tied)
		if err != nil {
			failed = err
			break
		}
		l.Nodes[i].PID = started.pid
		children = append(children, started)
	}
	l.Runs++
	return children, errors.Join(failed, l.save())
}

// awaited is a node on its way to its first block.
type awaited struct {
	*child
	first   int64 // height when it answered first; a new network has none
	answers bool
	ready   bool
}

var errNoBlockYet = errors.New("no block since the start")

// await returns when every node takes transactions.
func (l *Layout) await(ctx context.Context, children []*child) error {
	ctx, cancel := context.WithTimeout(ctx, startBound)
	defer cancel()
	nodes := make([]awaited, len(children))
	for i, child := range children {
		nodes[i].child = child
	}
	for {
		waiting, reason := 0, error(nil)
		for i := range nodes {
			node := &nodes[i]
			if node.ended() {
				return fmt.Errorf("%s ended while starting (%v)%s", l.Nodes[node.node].Name, node.exit, l.lastWords(node.child))
			}
			if err := l.advance(ctx, node); err != nil {
				waiting++
				reason = fmt.Errorf("%s: %w", l.Nodes[node.node].Name, err)
			}
		}
		if waiting == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the network did not start: %w; %w%s", ctx.Err(), reason, l.lastWords(children...))
		case <-time.After(pollInterval):
		}
	}
}

func (l *Layout) advance(ctx context.Context, a *awaited) error {
	if a.ready {
		return nil
	}
	node := l.Nodes[a.node]
	sync, err := askSync(ctx, node)
	if err != nil {
		return err
	}
	if !a.answers {
		a.answers = true
		if l.Runs > 1 {
			a.first = sync.Height
		}
	}
	if sync.Height <= a.first || sync.CatchingUp {
		return errNoBlockYet
	}
	for _, port := range []int{node.Ports.GRPC, node.Ports.API} {
		if err := dial(ctx, port); err != nil {
			return err
		}
	}
	a.ready = true
	return nil
}

// lastWords are the last lines that nodes have printed, for the error that ends the program.
func (l *Layout) lastWords(children ...*child) string {
	var text strings.Builder
	for _, child := range children {
		node := l.Nodes[child.node]
		fmt.Fprintf(&text, "\n--- the last lines of %s\n%s", l.Log(node), logTail(l.Log(node), child.logged, shownLogLines))
	}
	return text.String()
}

func (l *Layout) stopChildren(children []*child) error {
	nodes := make([]int, len(children))
	for i, child := range children {
		nodes[i] = child.node
	}
	if err := end(l, nodes, stopBound); err != nil {
		return err
	}
	for _, i := range nodes {
		l.Nodes[i].PID = 0
	}
	return l.save()
}

// executable finds the node's binary, so that a missing one is one error and not one per node.
func executable(binary string) (string, error) {
	path, err := exec.LookPath(binary)
	if err != nil {
		return "", fmt.Errorf("the binary of the nodes: %w", err)
	}
	return filepath.Abs(path)
}
