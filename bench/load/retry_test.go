package load_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/bench/load"
)

// reset breaks the connection of a request without an answer, as a node does that closes it.
func reset(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.(*net.TCPConn).SetLinger(0) // RST instead of FIN
	_ = conn.Close()
}

// newBreakingNode resets the connections that breaks says, after it has read the request.
func newBreakingNode(t *testing.T, breaks func(call int64) bool, answer string) (*load.Client, *atomic.Int64) {
	t.Helper()
	calls := &atomic.Int64{}
	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if breaks(calls.Add(1)) {
			reset(w)
			return
		}
		fmt.Fprintf(w, `{"jsonrpc":"2.0","id":1,%s}`, answer)
	}))
	t.Cleanup(node.Close)
	client, err := load.NewClient(node.URL, 4)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client, calls
}

const (
	taken   = `"result":{"code":0}`
	cached  = `"error":{"code":-32603,"message":"Internal error","data":"tx already exists in cache"}`
	replay  = `"result":{"code":19,"codespace":"sdk","log":"tx already in mempool"}`
	refused = `"result":{"code":36,"codespace":"access","log":"quota is used up"}`
)

func TestATransactionWhoseConnectionBrokeIsSentAgain(t *testing.T) {
	for name, c := range map[string]struct {
		answer   string
		accepted bool
	}{
		"the node did not have it":      {taken, true},
		"the node had it already":       {cached, true},
		"its mempool said so":           {replay, true},
		"it is refused the second time": {refused, false},
	} {
		t.Run(name, func(t *testing.T) {
			client, calls := newBreakingNode(t, func(call int64) bool { return call <= 2 }, c.answer)
			answer, err := client.Send(t.Context(), []byte("tx"))
			require.NoError(t, err)
			require.Equal(t, c.accepted, answer.Accepted)
			require.EqualValues(t, 3, calls.Load())
			require.EqualValues(t, 2, client.Retries())
		})
	}
}

func TestADuplicateThatNobodySentAgainIsARefusal(t *testing.T) {
	client, _ := newBreakingNode(t, func(int64) bool { return false }, cached)
	answer, err := client.Send(t.Context(), []byte("tx"))
	require.NoError(t, err)
	require.False(t, answer.Accepted)
	require.Zero(t, client.Retries())
}

func TestANodeThatBreaksEveryConnectionEndsTheLoad(t *testing.T) {
	client, calls := newBreakingNode(t, func(int64) bool { return true }, taken)
	_, err := client.Send(t.Context(), []byte("tx"))
	require.Error(t, err)
	require.EqualValues(t, 5, calls.Load(), "attempts are bounded")
	require.EqualValues(t, 4, client.Retries())
}

func TestALoadOutlivesAResetConnection(t *testing.T) {
	client, _ := newBreakingNode(t, func(call int64) bool { return call%7 == 0 }, taken)
	sender := load.NewSender([]*load.Client{client}, load.NewPayers(maker{}, 20), 1000)
	require.NoError(t, sender.Pace(t.Context(), 200, 200*time.Millisecond, 4))
	require.Len(t, sender.Accepted(), 40)
	require.Positive(t, sender.Retries())
}
