package localnet

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestANetworkStartsShowsItsStateAndStops(t *testing.T) {
	home := fakeHome(t, 3).Home
	stopped := stateOf(t, home)
	require.False(t, stopped.Running)

	layout := startFake(t, home)
	state := stateOf(t, home)
	require.True(t, state.Running)
	require.Equal(t, "zhilian-fake-1", state.ChainID)
	require.GreaterOrEqual(t, state.Height, int64(1), "start returns after the first block")
	for i, node := range state.Nodes {
		require.True(t, node.Running && node.Answers && !node.CatchingUp, node.Name)
		require.Equal(t, layout.Nodes[i].PID, node.PID)
		require.Equal(t, layout.Nodes[i].RPC(), node.RPC)
		require.Equal(t, 3, node.Peers)
		require.GreaterOrEqual(t, node.Height, int64(1))
		session, err := syscall.Getpgid(node.PID)
		require.NoError(t, err)
		require.Equal(t, node.PID, session, "a node leads its own process group: the terminal's Ctrl-C does not reach it")
	}

	require.NoError(t, Stop(home))
	for _, node := range stateOf(t, home).Nodes {
		require.False(t, node.Running || node.Answers, node.Name)
		require.Zero(t, node.PID)
	}
	require.NoError(t, Stop(home), "stopping again is no error")
}

func TestARestartContinuesAndWaitsForANewBlock(t *testing.T) {
	home := fakeHome(t, 2).Home
	startFake(t, home)
	require.NoError(t, Stop(home))
	before, err := strconv.ParseInt(readText(filepath.Join(home, "node0", "height")), 10, 64)
	require.NoError(t, err)

	startFake(t, home)
	require.Greater(t, stateOf(t, home).Nodes[0].Height, before, "until a node commits a block it refuses transactions")
}

func TestASecondStartIsRefusedAndDisturbsNothing(t *testing.T) {
	home := fakeHome(t, 2).Home
	first := startFake(t, home)
	_, err := Start(within(t, 10*time.Second), home, os.Args[0])
	require.ErrorIs(t, err, ErrAlreadyRunning)
	require.ErrorContains(t, err, "localnet stop --home "+home)
	for i, node := range stateOf(t, home).Nodes {
		require.True(t, node.Running)
		require.Equal(t, first.Nodes[i].PID, node.PID)
	}
}

func TestOfTwoStartsAtOnceOneIsRefused(t *testing.T) {
	home := fakeHome(t, 2).Home
	results := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := Start(context.Background(), home, os.Args[0])
			results <- err
		}()
	}
	one, other := <-results, <-results
	if one == nil {
		one, other = other, one
	}
	require.ErrorIs(t, one, ErrAlreadyRunning)
	require.NoError(t, other)
}

func TestStopWorksAfterNodesWereKilled(t *testing.T) {
	layout := startFake(t, fakeHome(t, 3).Home)
	require.NoError(t, syscall.Kill(layout.Nodes[1].PID, syscall.SIGKILL))
	require.Eventually(t, func() bool { return !stateOf(t, layout.Home).Nodes[1].Running }, 5*time.Second, 20*time.Millisecond)
	require.False(t, stateOf(t, layout.Home).Running, "a network with a dead node does not run as a whole")
	require.NoError(t, Stop(layout.Home))
	require.Equal(t, []bool{false, false, false}, running(t, layout.Home))
}

func TestAKilledNodeIsStartedAgainAlone(t *testing.T) {
	first := startFake(t, fakeHome(t, 3).Home)
	require.NoError(t, syscall.Kill(first.Nodes[2].PID, syscall.SIGKILL))
	require.Eventually(t, func() bool { return !stateOf(t, first.Home).Nodes[2].Running }, 5*time.Second, 20*time.Millisecond)

	second := startFake(t, first.Home)
	require.Equal(t, first.Nodes[0].PID, second.Nodes[0].PID)
	require.Equal(t, first.Nodes[1].PID, second.Nodes[1].PID)
	require.NotEqual(t, first.Nodes[2].PID, second.Nodes[2].PID)
	require.Equal(t, []bool{true, true, true}, running(t, first.Home))
}

func TestOneNodeIsStoppedAndStartedAgain(t *testing.T) {
	first := startFake(t, fakeHome(t, 3).Home)
	require.NoError(t, StopNode(first.Home, "node1"))
	require.Equal(t, []bool{true, false, true}, running(t, first.Home))
	require.NoError(t, StopNode(first.Home, "node1"), "stopping it again is no error")

	second := startFake(t, first.Home)
	require.Equal(t, first.Nodes[0].PID, second.Nodes[0].PID)
	require.NotEqual(t, first.Nodes[1].PID, second.Nodes[1].PID)
	require.Equal(t, []bool{true, true, true}, running(t, first.Home))

	require.ErrorContains(t, StopNode(first.Home, "node7"), `has no node "node7"; it has node0 to node2`)
	require.Equal(t, []bool{true, true, true}, running(t, first.Home))
}

func TestAProcessIDThatSomebodyElseHasNowIsLeftAlone(t *testing.T) {
	layout := fakeHome(t, 1)
	stranger := exec.Command("sleep", "60")
	require.NoError(t, stranger.Start())
	t.Cleanup(func() { _ = stranger.Process.Kill(); _ = stranger.Wait() })
	layout.Nodes[0].PID = stranger.Process.Pid
	require.NoError(t, layout.save())

	require.Equal(t, []bool{false}, running(t, layout.Home))
	require.NoError(t, Stop(layout.Home))
	require.NoError(t, stranger.Process.Signal(syscall.Signal(0)), "the stranger lives")

	layout.Nodes[0].PID = stranger.Process.Pid
	require.NoError(t, layout.save())
	started := startFake(t, layout.Home)
	require.NotEqual(t, stranger.Process.Pid, started.Nodes[0].PID)
}

func TestOnlyTheNodeOfThisHomeIsTakenForIt(t *testing.T) {
	cases := []struct {
		name      string
		arguments []string
		want      bool
	}{
		{"the node", []string{"zhiliand", "start", "--home", "/net/node1"}, true},
		{"the node with more flags", []string{"zhiliand", "start", "--trace", "--home", "/net/node1", "--x"}, true},
		{"another node whose home begins the same", []string{"zhiliand", "start", "--home", "/net/node10"}, false},
		{"an editor that has the home open", []string{"vi", "/net/node1"}, false},
		{"a query with that home", []string{"zhiliand", "query", "--home", "/net/node1"}, false},
		{"a process that has ended", nil, false},
	}
	for _, c := range cases {
		require.Equal(t, c.want, runsNode(c.arguments, "/net/node1"), c.name)
	}
}

func TestANodeThatDiesShowsItsLastWordsAndStopsTheStart(t *testing.T) {
	layout := fakeHome(t, 3)
	behave(t, layout, 1, behaveDying)
	_, err := Start(within(t, 20*time.Second), layout.Home, os.Args[0])
	require.ErrorContains(t, err, "node1 ended while starting (exit status 3)")
	require.ErrorContains(t, err, "panic: the disk is on fire")
	require.Equal(t, []bool{false, false, false}, running(t, layout.Home), "nothing is left running")
}

func TestANetworkThatMakesNoBlockIsStoppedWhenTimeIsOver(t *testing.T) {
	layout := fakeHome(t, 2)
	behave(t, layout, 0, behaveStuck)
	_, err := Start(within(t, 3*time.Second), layout.Home, os.Args[0])
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "node0: no block since the start")
	require.Equal(t, []bool{false, false}, running(t, layout.Home))
}

func TestANodeThatIgnoresTheRequestToEndIsKilled(t *testing.T) {
	layout := fakeHome(t, 1)
	behave(t, layout, 0, behaveDeaf)
	layout = startFake(t, layout.Home)
	require.NoError(t, end(layout, []int{0}, 500*time.Millisecond))
	require.Equal(t, []bool{false}, running(t, layout.Home))
}

func TestPortsThatWereTakenMeanwhileAreMoved(t *testing.T) {
	layout := fakeHome(t, 2)
	squatter, err := net.Listen("tcp", address(layout.Nodes[1].Ports.RPC))
	require.NoError(t, err)
	defer squatter.Close()
	config := filepath.Join(layout.NodeHome(layout.Nodes[0]), "config", "config.toml")
	edited := readText(config) + "\n# a user's remark\n"
	require.NoError(t, os.WriteFile(config, []byte(edited), 0o600))

	moved := startFake(t, layout.Home)
	require.Equal(t, []bool{true, true}, running(t, layout.Home))
	require.NotEqual(t, layout.Nodes[1].Ports.RPC, moved.Nodes[1].Ports.RPC)
	require.Contains(t, readText(config), "# a user's remark")
	require.Contains(t, readText(config), `persistent_peers = "`+moved.Nodes[1].Peer()+`"`)
	require.Contains(t, readText(filepath.Join(layout.Keys(), "config", "client.toml")), address(moved.Nodes[0].Ports.RPC))
}

func TestAForegroundNetworkEndsWithItsContext(t *testing.T) {
	layout := fakeHome(t, 2)
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan *Layout, 1), make(chan error, 1)
	go func() { done <- Run(ctx, layout.Home, os.Args[0], func(l *Layout) { ready <- l }) }()
	<-ready
	require.Equal(t, []bool{true, true}, running(t, layout.Home))
	cancel()
	require.NoError(t, <-done)
	require.Equal(t, []bool{false, false}, running(t, layout.Home))
}

func TestAForegroundNetworkMayBeStoppedFromElsewhere(t *testing.T) {
	layout := fakeHome(t, 2)
	ready, done := make(chan *Layout, 1), make(chan error, 1)
	go func() {
		done <- Run(context.Background(), layout.Home, os.Args[0], func(l *Layout) { ready <- l })
	}()
	<-ready
	require.NoError(t, Stop(layout.Home))
	require.NoError(t, <-done)
}

func TestAForegroundNetworkWhoseNodesAllEndIsAnError(t *testing.T) {
	layout := fakeHome(t, 1)
	behave(t, layout, 0, behaveForgetful)
	err := Run(within(t, 20*time.Second), layout.Home, os.Args[0], func(*Layout) {})
	require.ErrorContains(t, err, "all nodes have ended by themselves")
}

func TestAForegroundNetworkEndsIfItsParentIsKilled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a child with its parent")
	}
	layout := fakeHome(t, 2)
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), playRunner+"="+layout.Home)
	output, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	line, err := bufio.NewReader(output).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "ready\n", line)
	require.Equal(t, []bool{true, true}, running(t, layout.Home))

	require.NoError(t, parent.Process.Kill())
	_ = parent.Wait()
	require.Eventually(t, func() bool {
		states := running(t, layout.Home)
		return !states[0] && !states[1]
	}, 10*time.Second, 50*time.Millisecond)
}

func TestADetachedNetworkOutlivesItsParent(t *testing.T) {
	layout := fakeHome(t, 1)
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), playStarter+"="+layout.Home)
	output, err := parent.CombinedOutput()
	require.NoError(t, err, "%s", output)
	require.Equal(t, []bool{true}, running(t, layout.Home))
	require.NoError(t, Stop(layout.Home), "another program can stop it")
	require.Equal(t, []bool{false}, running(t, layout.Home))
}

func TestWhatHoldsNoNetworkIsRefused(t *testing.T) {
	home := t.TempDir()
	_, err := Start(context.Background(), home, os.Args[0])
	require.ErrorIs(t, err, ErrNoNetwork)
	require.ErrorIs(t, Stop(home), ErrNoNetwork)
	_, err = Status(context.Background(), home)
	require.ErrorIs(t, err, ErrNoNetwork)
	entries, err := os.ReadDir(home)
	require.NoError(t, err)
	require.Empty(t, entries, "a refusal leaves no file")
}

func TestAMissingBinaryIsOneClearError(t *testing.T) {
	home := fakeHome(t, 2).Home
	_, err := Start(context.Background(), home, filepath.Join(home, "no-such-binary"))
	require.ErrorContains(t, err, "the binary of the nodes")
	require.NoFileExists(t, filepath.Join(home, "node0", logFile))
}

func TestAPortOfSomebodyElseIsNotTakenForANode(t *testing.T) {
	layout := fakeHome(t, 1)
	listener, err := net.Listen("tcp", address(layout.Nodes[0].Ports.RPC))
	require.NoError(t, err)
	defer listener.Close()
	state := stateOf(t, layout.Home)
	require.False(t, state.Nodes[0].Running || state.Nodes[0].Answers)
}

func running(t *testing.T, home string) []bool {
	t.Helper()
	var states []bool
	for _, node := range stateOf(t, home).Nodes {
		states = append(states, node.Running)
	}
	return states
}
