package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// powerCuts is how often a node is killed at a random moment if FAULTS_ROUNDS does not say.
const powerCuts = 5

// scenario is a fault, done to a network under load. It ends with the network whole again.
type scenario struct {
	name string
	run  func(*faultyNetwork, *load)
}

// TestFourValidatorsUnderFaults does one thing after the other to one network: each must leave it sound, and
// at the end the money of all of them together is compared on every node.
func TestFourValidatorsUnderFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("networks of real nodes are left out of short runs")
	}
	seed := setting(t, "FAULTS_SEED", uint64(time.Now().UnixNano()))
	rounds := setting(t, "FAULTS_ROUNDS", powerCuts)
	t.Logf("repeat with FAULTS_SEED=%d FAULTS_ROUNDS=%d", seed, rounds)
	random := rand.New(rand.NewPCG(seed, 0))

	n := prepareNetwork(t, t.TempDir())
	n.start()
	n.observe()
	customers := n.load(seed)
	n.settles(1, resumeBound)

	scenarios := []scenario{
		{"each validator is killed in turn and catches up, and the others go on", killEachInTurn},
		{"with two of four killed nothing is committed, and with them back it goes on", killTwo},
		{"all four are killed at once and start again", killAll},
		{"a client dies between send and answer, and sends again", clientsDie},
		{"a validator hangs and wakes", hang},
		{fmt.Sprintf("a validator is killed at %d random moments under heavy load", rounds), func(n *faultyNetwork, l *load) {
			cutPower(n, l, random, rounds)
		}},
		{"a validator's key is used twice", useKeyTwice},
	}
	for _, s := range scenarios {
		begin := time.Now()
		sound := t.Run(s.name, func(t *testing.T) {
			outer := n.t
			n.t, customers.n.t = t, t
			defer func() { n.t = outer }()
			s.run(n, customers)
			n.sound()
		})
		t.Logf("%5.1f s  %s", time.Since(begin).Seconds(), s.name)
		if !sound {
			t.FailNow() // what comes after would blame a sound part
		}
	}
	customers.end()
	n.audit()
}

func killEachInTurn(n *faultyNetwork, _ *load) {
	for i := range validators {
		begin := time.Now()
		n.kill(i)
		n.settles(5, longestPause)
		n.advances(3, longestPause)
		n.start()
		n.caughtUp(i, catchUpBound)
		n.unpaused(begin)
	}
}

// unpaused fails the test if the network made no block for too long since a moment.
func (n *faultyNetwork) unpaused(since time.Time) {
	n.t.Helper()
	pause := n.book.LongestPause(since, time.Now())
	n.t.Logf("the longest pause between two blocks was %.1f s", pause.Seconds())
	require.Less(n.t, pause, longestPause)
}

func killTwo(n *faultyNetwork, _ *load) {
	n.kill(1, 2)
	stopped := n.stands()
	sent := n.book.Undecided()
	require.NotEmpty(n.t, sent, "customers go on sending")
	n.t.Logf("the network stands at block %d, with %d payments on their way", stopped, len(sent))
	n.start() // both; it returns when each has made a block
	n.await(resumeBound, func(context.Context) error {
		for _, uetr := range sent {
			if _, _, decided := n.book.Decision(uetr); !decided {
				return fmt.Errorf("payment %s, sent while the network stood, is not decided", uetr)
			}
		}
		return nil
	})
	for _, i := range []int{1, 2} {
		n.caughtUp(i, catchUpBound)
	}
}

// stands waits until the network makes no block any more, and then watches that it stays so. A block
// that the quorum had signed before the kill may still come.
func (n *faultyNetwork) stands() int64 {
	n.t.Helper()
	const (
		still   = 3 * time.Second
		watched = 8 * time.Second
		bound   = 30 * time.Second
	)
	last, since := n.highest(), time.Now()
	n.await(bound, func(context.Context) error {
		if height := n.highest(); height != last {
			last, since = height, time.Now()
		}
		if time.Since(since) < still {
			return fmt.Errorf("a block was made at %s", since)
		}
		return nil
	})
	for end := time.Now().Add(watched); time.Now().Before(end); rest(context.Background(), poll) {
		require.Equal(n.t, last, n.highest(), "a block without a quorum")
	}
	return last
}

// highest asks all nodes that run; it does not rely on the blocks that were read.
func (n *faultyNetwork) highest() int64 {
	ctx, cancel := context.WithTimeout(context.Background(), requestSeconds*time.Second)
	defer cancel()
	highest := int64(0)
	for i := range validators {
		if n.runs(i) {
			if height, _, err := n.node(i).Height(ctx); err == nil {
				highest = max(highest, height)
			}
		}
	}
	return highest
}

func killAll(n *faultyNetwork, _ *load) {
	n.kill(0, 1, 2, 3)
	n.start()
	n.settles(5, resumeBound)
	for i := range validators {
		n.caughtUp(i, catchUpBound)
	}
}

// hang stops a node as a machine does whose disk or hypervisor hangs: its connections stay open, and
// nothing answers.
func hang(n *faultyNetwork, _ *load) {
	const hung, blocks = 2, 10
	begin := time.Now()
	pid := n.place(hung).PID
	require.NoError(n.t, syscall.Kill(pid, syscall.SIGSTOP))
	defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
	n.settles(10, longestPause)
	n.advances(blocks, blocks*longestPause)
	require.NoError(n.t, syscall.Kill(pid, syscall.SIGCONT))
	n.caughtUp(hung, catchUpBound)
	require.Equal(n.t, pid, n.place(hung).PID, "it goes on by itself")
	n.unpaused(begin)
}

// cutPower kills one node again and again, in the middle of heavy commits or of its own start.
func cutPower(n *faultyNetwork, l *load, random *rand.Rand, rounds uint64) {
	const cut, mostDelay, duringStart = 3, 1500, 3 // every third kill comes while the node starts
	l.heavy.Store(true)
	defer l.heavy.Store(false)
	for round := range rounds {
		delay := time.Duration(random.IntN(mostDelay)) * time.Millisecond
		early := round%duringStart == duringStart-1
		n.t.Logf("round %d: killed %s after %s", round, map[bool]string{true: "while it starts,", false: "while it runs,"}[early], delay)
		if early {
			n.kill(cut)
			n.killWhileStarting(cut, delay)
		} else {
			rest(context.Background(), delay)
			n.kill(cut)
		}
		n.start()
		n.caughtUp(cut, catchUpBound)
		n.sound()
	}
}

// killWhileStarting starts a node and kills it after a delay, however far it has come.
func (n *faultyNetwork) killWhileStarting(i int, delay time.Duration) {
	n.t.Helper()
	before := n.place(i).PID
	ended := make(chan error, 1)
	go func() { ended <- n.tryStart() }()
	var pid int
	n.await(10*time.Second, func(context.Context) (err error) {
		pid, err = n.startedPID(i, before)
		return err
	})
	rest(context.Background(), delay)
	_ = syscall.Kill(pid, syscall.SIGKILL)
	if err := <-ended; err != nil {
		require.ErrorContains(n.t, err, "ended while starting")
	}
	n.await(10*time.Second, func(context.Context) error {
		if syscall.Kill(pid, 0) == nil {
			return fmt.Errorf("process %d still runs", pid)
		}
		return nil
	})
}
