package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"

	"github.com/zhilian-network/zhilian/gateway/index"
	"github.com/zhilian-network/zhilian/gateway/live"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

var addresses = addresscodec.NewBech32Codec("zhilian")

func account(name string) string {
	text, err := addresses.BytesToString(settlement.AccountAddress(name, 0))
	if err != nil {
		panic(err)
	}
	return text
}

// meter remembers what it was told.
type meter struct {
	mu      sync.Mutex
	now     int
	dropped map[string]int
	refused map[string]int
}

func (m *meter) Subscribers(now int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = now
}

func (m *meter) SubscriberDropped(why string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dropped[why]++
}

func (m *meter) SubscriptionRefused(why string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refused[why]++
}

func (m *meter) subscribers() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *meter) of(counts map[string]int, why string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return counts[why]
}

// known are accounts a to d.
type known struct{ err error }

func (k known) AccountKnown(_ context.Context, address string) (bool, error) {
	for _, name := range []string{"a", "b", "c", "d"} {
		if account(name) == address {
			return true, k.err
		}
	}
	return false, k.err
}

// node is a hub with its index and server.
type node struct {
	t      *testing.T
	hub    *live.Hub
	store  *index.Store
	meter  *meter
	server *httptest.Server
	conns  chan net.Conn // that clients opened
	height int64
}

// cut ends all connections without a word.
func (n *node) cut() {
	for {
		select {
		case conn := <-n.conns:
			_ = conn.Close()
		default:
			return
		}
	}
}

// quick are limits under which a test need not wait.
func quick() live.Limits {
	limits := live.DefaultLimits()
	limits.Goodbye, limits.Write = 300*time.Millisecond, 2*time.Second
	return limits
}

func start(t *testing.T, limits live.Limits, client func(*http.Request) string) *node {
	t.Helper()
	requireNoNewGoroutines(t)
	store, err := index.Open(t.Context(), filepath.Join(t.TempDir(), "index.sqlite"))
	require.NoError(t, err)
	n := &node{t: t, store: store, conns: make(chan net.Conn, 10_000), meter: &meter{dropped: map[string]int{}, refused: map[string]int{}}}
	n.hub = live.NewHub(limits, n.meter)
	mux := http.NewServeMux()
	mux.Handle(live.Path, live.NewHandler(live.Config{Hub: n.hub, Index: store, Accounts: known{}, Addresses: addresses, Client: client}))
	n.server = httptest.NewUnstartedServer(mux)
	n.server.Config.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		n.conns <- conn
		return ctx
	}
	n.server.Start()
	t.Cleanup(func() {
		n.hub.Close()
		n.server.Close()
		require.NoError(t, store.Close())
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	return n
}

// requireNoNewGoroutines fails a test that leaves goroutines behind. It is called first, so that it is
// checked last.
func requireNoNewGoroutines(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		deadline := time.Now().Add(5 * time.Second)
		for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
			time.Sleep(10 * time.Millisecond)
		}
		if now := runtime.NumGoroutine(); now > before {
			stacks := make([]byte, 1<<20)
			t.Errorf("%d goroutines before, %d after:\n%s", before, now, stacks[:runtime.Stack(stacks, true)])
		}
	})
}

func (n *node) url(account, query string) string {
	return "ws" + strings.TrimPrefix(n.server.URL, "http") + "/zhilian/gateway/v1/accounts/" + account + "/events" + query
}

// watch opens a connection and takes its first message.
func (n *node) watch(account, query string) (*websocket.Conn, live.Message) {
	n.t.Helper()
	conn := n.dial(account, query)
	first := read(n.t, conn)
	require.Equal(n.t, live.TypeStart, first.Type)
	return conn, first
}

func (n *node) dial(account, query string) *websocket.Conn {
	n.t.Helper()
	conn, answer, err := websocket.DefaultDialer.Dial(n.url(account, query), nil)
	if err != nil && answer != nil {
		n.t.Fatalf("%s: %s", answer.Status, err)
	}
	require.NoError(n.t, err)
	n.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func read(t *testing.T, conn *websocket.Conn) live.Message {
	t.Helper()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	var message live.Message
	require.NoError(t, conn.ReadJSON(&message))
	return message
}

// readClose reads on until the connection is closed.
func readClose(t *testing.T, conn *websocket.Conn) *websocket.CloseError {
	t.Helper()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	for {
		_, _, err := conn.ReadMessage()
		if err == nil {
			continue
		}
		var closed *websocket.CloseError
		require.True(t, errors.As(err, &closed), "closed without a word: %v", err)
		return closed
	}
}

// transfer is a payment of 1.00 CNY.
type transfer struct{ from, to string }

func (n *node) nextBlock(transfers ...transfer) index.Block {
	n.height++
	block := index.Block{
		ChainID: "zhilian-test", Height: n.height, Time: time.Unix(1_795_000_000+n.height, 0).UTC(),
		Hash: hashOf(n.height), PreviousHash: hashOf(n.height - 1),
	}
	for i, t := range transfers {
		uetr := fmt.Sprintf("u-%d-%d", n.height, i)
		block.Payments = append(block.Payments, index.Payment{TxIndex: i, PaymentRow: gatewaytypes.PaymentRow{
			Uetr: uetr, Debtor: account(t.from), Creditor: account(t.to), Currency: "CNY", Amount: math.NewInt(100),
			Status: index.StatusSettled, Height: n.height, DecidedAt: block.Time, EndToEndDigest: []byte{1, 2, 3},
		}})
		for j, name := range []string{t.from, t.to} {
			block.Entries = append(block.Entries, index.AccountEntry{Account: account(name), Entry: gatewaytypes.Entry{
				Height: n.height, Sequence: uint32(2*i + j), BookedAt: block.Time, Currency: "CNY", Amount: math.NewInt(100),
				Credit: j == 1, Kind: index.KindPayment, Uetr: uetr,
			}})
		}
	}
	return block
}

func hashOf(height int64) []byte {
	if height == 0 {
		return nil
	}
	return fmt.Appendf(nil, "block-%d", height)
}

// finish indexes and publishes a block.
func (n *node) finish(block index.Block) {
	n.t.Helper()
	require.NoError(n.t, n.store.Append(n.t.Context(), block, 1))
	n.hub.Publish(block)
}

func (n *node) play(transfers ...transfer) { n.t.Helper(); n.finish(n.nextBlock(transfers...)) }

// eventName tells events apart.
func eventName(t *testing.T, message live.Message) string {
	t.Helper()
	var row struct {
		Uetr   string `json:"uetr"`
		Credit bool   `json:"credit"`
	}
	content := message.Payment
	if message.Type == live.TypeEntry {
		content = message.Entry
	}
	require.NoError(t, json.Unmarshal(content, &row))
	return fmt.Sprintf("%s %s %t", message.Type, row.Uetr, row.Credit)
}
