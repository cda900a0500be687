package load_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/bench/load"
)

// A network that stalls once delays everything that was planned in that time. Who counts from the
// moment of sending would see one slow transaction; the plan shows all of them.
func TestAStallCountsForEveryPaymentThatWasPlannedInIt(t *testing.T) {
	const perSecond, stall = 200, 300 * time.Millisecond
	var mutex sync.Mutex
	var calls int
	var fromPlan, fromSending []float64
	load.Schedule(t.Context(), perSecond, time.Second, 1, func(planned time.Time) {
		sent := time.Now()
		mutex.Lock()
		calls++
		stalls := calls == 50
		mutex.Unlock()
		if stalls {
			time.Sleep(stall)
		}
		fromPlan = append(fromPlan, time.Since(planned).Seconds())
		fromSending = append(fromSending, time.Since(sent).Seconds())
	})
	require.Equal(t, perSecond, calls, "every planned payment is sent, however late")
	slow := func(latencies []float64) (n int) {
		for _, latency := range latencies {
			if latency > stall.Seconds()/3 {
				n++
			}
		}
		return n
	}
	require.GreaterOrEqual(t, slow(fromPlan), 35, "0.2 s of the stall have 40 payments in them")
	require.Less(t, slow(fromSending), slow(fromPlan), "the stalled one alone is slow from its sending")
}

func TestAPlanIsEvenAndBounded(t *testing.T) {
	var mutex sync.Mutex
	var planned []time.Time
	start := time.Now()
	load.Schedule(t.Context(), 100, 500*time.Millisecond, 4, func(at time.Time) {
		require.False(t, time.Now().Before(at), "nothing is sent before its moment")
		mutex.Lock()
		defer mutex.Unlock()
		planned = append(planned, at)
	})
	require.Len(t, planned, 50)
	first, last := planned[0], planned[0]
	for _, at := range planned {
		if at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	require.Equal(t, 490*time.Millisecond, last.Sub(first))
	require.Less(t, time.Since(start), 10*time.Second)
}

func TestAPlanEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	load.Schedule(ctx, 1, time.Hour, 8, func(time.Time) {})
	require.Less(t, time.Since(start), 10*time.Second)
}

// maker makes transactions that say whose they are.
type maker struct{}

func (maker) Make(payer int, sequence uint64) (*load.Tx, error) {
	return &load.Tx{Raw: fmt.Appendf(nil, "%d/%d", payer, sequence), Moves: []load.Move{{From: uint32(payer), Amount: 1}}}, nil
}

func newSender(t *testing.T, node *fakeNode, payers *load.Payers, onTheWay int) *load.Sender {
	t.Helper()
	client, err := load.NewClient(node.address, 2)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return load.NewSender([]*load.Client{client}, payers, onTheWay)
}

func TestTheClosedLoopHasNoMoreOnTheWayThanAllowed(t *testing.T) {
	node := newFakeNode(t, func(string) verdict { return verdict{} })
	sender := newSender(t, node, load.NewPayers(maker{}, 50), 7)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- sender.Saturate(ctx, 4) }()

	require.Eventually(t, func() bool { return len(sender.Accepted()) == 7 }, 10*time.Second, time.Millisecond)
	time.Sleep(50 * time.Millisecond)
	require.Len(t, sender.Accepted(), 7, "nothing is committed, so nothing more is sent")
	sender.Committed(3)
	require.Eventually(t, func() bool { return len(sender.Accepted()) == 10 }, 10*time.Second, time.Millisecond)
	cancel()
	require.NoError(t, <-done)
	require.Len(t, sender.Accepted(), 10)
}

func TestAPayersTransactionsArriveInOrderAlsoIfSomeAreRefused(t *testing.T) {
	// Not in turn: a payer could then be refused each time that its turn comes.
	random := rand.New(rand.NewPCG(1, 2))
	node := newFakeNode(t, func(string) verdict {
		switch random.IntN(7) {
		case 1:
			return full
		case 2:
			return refused
		case 3:
			return verdict{words: "node stops: try again"}
		}
		return verdict{}
	})
	payers := load.NewPayers(maker{}, 3)
	require.NoError(t, payers.SignAhead(t.Context(), 7))
	sender := newSender(t, node, payers, 1000)
	require.NoError(t, sender.Pace(t.Context(), 200, 300*time.Millisecond, 2))

	next := map[int]uint64{}
	for _, tx := range node.taken {
		var payer int
		var sequence uint64
		_, err := fmt.Sscanf(tx, "%d/%d", &payer, &sequence)
		require.NoError(t, err)
		require.Equal(t, next[payer], sequence, "payer %d", payer)
		next[payer]++
	}
	require.Len(t, node.taken, 60)
	require.Len(t, sender.Accepted(), 60)
	require.Len(t, next, 3)
	require.Positive(t, sender.Refusals()["sdk/20"])
	require.Positive(t, sender.Refusals()["node stops"])
	require.Positive(t, sender.Refusals()["access/36"])
	require.GreaterOrEqual(t, payers.SignedLate(), int64(53), "seven were signed ahead")
	for _, tx := range sender.Accepted() {
		require.False(t, tx.Planned.IsZero())
	}
}

func TestAPayerThatIsRefusedAgainAndAgainStops(t *testing.T) {
	node := newFakeNode(t, func(tx string) verdict {
		if tx[0] == '1' {
			return verdict{codespace: "sdk", code: 32, log: "account sequence mismatch"}
		}
		return verdict{}
	})
	payers := load.NewPayers(maker{}, 2)
	sender := newSender(t, node, payers, 1000)
	require.NoError(t, sender.Pace(t.Context(), 200, 500*time.Millisecond, 2))
	require.EqualValues(t, 1, payers.OutOfStep())
	require.Len(t, sender.Accepted(), 100, "the other goes on")
	require.Equal(t, "account sequence mismatch", sender.LastRefusal())
}

func TestALostConnectionEndsTheLoad(t *testing.T) {
	node := newFakeNode(t, func(string) verdict { return verdict{} })
	sender := newSender(t, node, load.NewPayers(maker{}, 10), 1000)
	node.server.Stop()
	require.Error(t, sender.Saturate(t.Context(), 4))
}

func TestTheLoadStaysOnThisMachine(t *testing.T) {
	for _, address := range []string{"192.0.2.1:9090", "example.com:9090", "localhost:9090", "0.0.0.0:1"} {
		_, err := load.NewClient(address, 1)
		require.ErrorContains(t, err, "127.0.0.1 only", address)
	}
}
