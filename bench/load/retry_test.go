package load_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/bench/load"
)

// newBreakingNode resets the connections that breaks says, after it has read the transaction.
func newBreakingNode(t *testing.T, breaks func(call int64) bool, answer verdict) (*load.Client, *fakeNode) {
	t.Helper()
	var node *fakeNode
	node = newFakeNode(t, func(string) verdict {
		if breaks(node.calls.Load()) {
			return verdict{reset: true}
		}
		return answer
	})
	client, err := load.NewClient(node.address, 1)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client, node
}

func TestATransactionWhoseConnectionBrokeIsSentAgain(t *testing.T) {
	for name, c := range map[string]struct {
		answer   verdict
		accepted bool
	}{
		"the node did not have it":      {verdict{}, true},
		"the node had it already":       {known, true},
		"it is refused the second time": {refused, false},
	} {
		t.Run(name, func(t *testing.T) {
			client, node := newBreakingNode(t, func(call int64) bool { return call <= 2 }, c.answer)
			answer, err := client.Send(t.Context(), []byte("tx"))
			require.NoError(t, err)
			require.Equal(t, c.accepted, answer.Accepted)
			require.EqualValues(t, 3, node.calls.Load())
			require.EqualValues(t, 2, client.Retries())
		})
	}
}

func TestADuplicateThatNobodySentAgainIsARefusal(t *testing.T) {
	client, _ := newBreakingNode(t, func(int64) bool { return false }, known)
	answer, err := client.Send(t.Context(), []byte("tx"))
	require.NoError(t, err)
	require.False(t, answer.Accepted)
	require.Zero(t, client.Retries())
}

func TestANodeThatBreaksEveryConnectionEndsTheLoad(t *testing.T) {
	client, node := newBreakingNode(t, func(int64) bool { return true }, verdict{})
	_, err := client.Send(t.Context(), []byte("tx"))
	require.Error(t, err)
	require.EqualValues(t, 5, node.calls.Load(), "attempts are bounded")
	require.EqualValues(t, 4, client.Retries())
}

func TestALoadOutlivesAResetConnection(t *testing.T) {
	client, _ := newBreakingNode(t, func(call int64) bool { return call%7 == 0 }, verdict{})
	sender := load.NewSender([]*load.Client{client}, load.NewPayers(maker{}, 20), 1000)
	require.NoError(t, sender.Pace(t.Context(), 200, 200*time.Millisecond, 4))
	require.Len(t, sender.Accepted(), 40)
	require.Positive(t, sender.Retries())
}
