package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"net/http/httptest"

	"github.com/zhilian-network/zhilian/gateway/index"
	"github.com/zhilian-network/zhilian/gateway/live"
)

func TestAWatcherIsToldWhatABlockDidToItsAccountAndNothingElse(t *testing.T) {
	n := start(t, quick(), nil)
	n.play(transfer{"a", "b"})
	conn, first := n.watch(account("a"), "")
	require.Equal(t, int64(1), first.IndexedHeight)
	require.Equal(t, int64(1), first.CompleteFromHeight)

	n.play(transfer{"c", "d"})
	n.play(transfer{"a", "b"}, transfer{"c", "a"}, transfer{"b", "c"})
	var got []string
	for range 4 {
		got = append(got, eventName(t, read(t, conn)))
	}
	require.Equal(t, []string{"payment u-3-0 false", "payment u-3-1 false", "entry u-3-0 false", "entry u-3-1 true"}, got)
}

func TestEventsHaveTheFormOfREST(t *testing.T) {
	n := start(t, quick(), nil)
	conn, _ := n.watch(account("a"), "")
	n.play(transfer{"a", "b"})
	payment, entry := read(t, conn), read(t, conn)
	require.Equal(t, "1-0-0-0", payment.Cursor)
	require.JSONEq(t, fmt.Sprintf(`{"uetr":"u-1-0","debtor":%q,"creditor":%q,"currency":"CNY","amount":"100","status":"ACSC","reason":"",
		"height":"1","decided_at":"2026-11-18T11:06:41Z","tx_hash":"","end_to_end_digest":"AQID","instruction_digest":"","details_digest":"",
		"return_of":"","return_reason":"","explanation":"Settled in block 1 on 2026-11-18 at 11:06:41 UTC; final."}`, account("a"), account("b")), string(payment.Payment))
	require.Equal(t, "1-1-0-0", entry.Cursor)
	require.JSONEq(t, `{"height":"1","sequence":0,"booked_at":"2026-11-18T11:06:41Z","currency":"CNY","amount":"100","credit":false,
		"kind":"payment","uetr":"u-1-0","counterparty":"","end_to_end_digest":""}`, string(entry.Entry))
}

func TestACursorGoesOnWhereItStands(t *testing.T) {
	n := start(t, quick(), nil)
	for range 150 { // more than a page of events
		n.play(transfer{"a", "b"}, transfer{"b", "c"})
	}
	conn, first := n.watch(account("b"), "?after=20-1-1-0")
	require.Equal(t, "20-1-1-0", first.Cursor)
	n.play(transfer{"b", "a"})
	require.Equal(t, "entry u-20-1 false", eventName(t, read(t, conn)), "behind the first entry of block 20 comes its second")
	seen := map[string]bool{}
	for height := int64(21); height <= 150; height++ {
		for range 4 {
			name := eventName(t, read(t, conn))
			require.False(t, seen[name], name)
			require.Contains(t, name, fmt.Sprintf("u-%d-", height))
			seen[name] = true
		}
	}
	require.Equal(t, "payment u-151-0 false", eventName(t, read(t, conn)))
}

func TestACursorAheadOfALateNodeWaitsAndRepeatsNothing(t *testing.T) {
	n := start(t, quick(), nil)
	n.play(transfer{"a", "b"})
	conn, _ := n.watch(account("a"), "?after=40-1-0-0")
	for range 40 {
		n.play(transfer{"a", "b"})
		time.Sleep(2 * time.Millisecond) // some come from the index, the others live
	}
	require.Equal(t, "payment u-41-0 false", eventName(t, read(t, conn)))
}

func TestAClientThatLosesItsConnectionsSeesEveryEventOnce(t *testing.T) {
	const blocks = 120
	n := start(t, quick(), nil)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var played sync.WaitGroup
	defer played.Wait()
	played.Go(func() {
		for height := int64(1); height <= blocks; height++ {
			n.play(transfer{"a", "b"}, transfer{"b", "a"}, transfer{"a", "a"})
			time.Sleep(2 * time.Millisecond)
		}
	})
	random := rand.New(rand.NewPCG(1, 2))
	after, connections := "", 0
	var got []string
	for len(got) < 7*blocks && ctx.Err() == nil {
		query := "?after=" + after
		if after == "" {
			query = "?after=0-0-0-0"
		}
		conn, _ := n.watch(account("a"), query)
		connections++
		for range 1 + random.IntN(60) {
			if len(got) == 7*blocks {
				break
			}
			message := read(t, conn)
			got, after = append(got, eventName(t, message)), message.Cursor
		}
		require.NoError(t, conn.Close())
	}
	require.Greater(t, connections, 5)
	var want []string
	for height := 1; height <= blocks; height++ {
		for _, event := range []string{"payment u-%d-0 false", "payment u-%d-1 false", "payment u-%d-2 false",
			"entry u-%d-0 false", "entry u-%d-1 true", "entry u-%d-2 false", "entry u-%d-2 true"} {
			want = append(want, fmt.Sprintf(event, height))
		}
	}
	require.Equal(t, want, got)
}

func TestWrongQuestionsAreRefusedBeforeTheUpgrade(t *testing.T) {
	n := start(t, quick(), nil)
	none := account("nobody")
	for name, c := range map[string]struct {
		path, says string
	}{
		"no address":                      {"x", "account:"},
		"an account of another network":   {"cosmos1qypqxpq9qcrsszg2pvxq6rs0zqg3yyc5lzv7xu", "account:"},
		"an account that does not exist":  {none, "no account " + none},
		"a cursor of another list":        {account("a") + "/events?after=1-2-3", "after:"},
		"a cursor with a kind that is no": {account("a") + "/events?after=1-3-0-0", "after:"},
		"a negative cursor":               {account("a") + "/events?after=-1-0-0-0", "after:"},
		"a cursor with a quote":           {account("a") + "/events?after=1-0-0-0'", "after:"},
		"a query that is none":            {account("a") + "/events?after=%zz", "query:"},
	} {
		t.Run(name, func(t *testing.T) {
			path := c.path
			if !strings.Contains(path, "/events") {
				path += "/events"
			}
			url := strings.TrimSuffix(n.url("", ""), "/events") + path
			_, answer, err := websocket.DefaultDialer.Dial(url, nil)
			require.ErrorIs(t, err, websocket.ErrBadHandshake)
			requireRefusal(t, answer, http.StatusBadRequest, 3, c.says)
		})
	}
	require.Zero(t, n.meter.subscribers())
}

func requireRefusal(t *testing.T, answer *http.Response, status, code int, says string) {
	t.Helper()
	defer answer.Body.Close()
	require.Equal(t, status, answer.StatusCode)
	require.Equal(t, "application/json", answer.Header.Get("Content-Type"))
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	var body struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Details []any  `json:"details"`
	}
	require.NoError(t, json.Unmarshal(text, &body), string(text))
	require.Equal(t, code, body.Code)
	require.Contains(t, body.Message, says)
	require.NotNil(t, body.Details)
}

func TestWhatIsNoWebSocketIsToldSo(t *testing.T) {
	n := start(t, quick(), nil)
	url := "http" + strings.TrimPrefix(n.url(account("a"), ""), "ws")
	answer, err := http.Get(url)
	require.NoError(t, err)
	requireRefusal(t, answer, http.StatusUpgradeRequired, 9, "WebSocket")
	answer, err = http.Post(url, "application/json", strings.NewReader("{}"))
	require.NoError(t, err)
	requireRefusal(t, answer, http.StatusMethodNotAllowed, 12, "GET")
}

func TestTheHandlerMayBeMountedOnAnyRouter(t *testing.T) {
	n := start(t, quick(), nil)
	handler := live.NewHandler(live.Config{Hub: n.hub, Index: n.store, Accounts: known{}, Addresses: addresses})
	router := mux.NewRouter()
	router.Handle(live.Path, handler)
	for name, h := range map[string]http.Handler{"gorilla/mux": router, "none at all": handler} {
		server := httptest.NewServer(h)
		url := "ws" + strings.TrimPrefix(server.URL, "http") + strings.Replace(live.Path, "{account}", account("a"), 1)
		conn, _, err := websocket.DefaultDialer.Dial(url, nil)
		require.NoError(t, err, name)
		require.Equal(t, live.TypeStart, read(t, conn).Type, name)
		require.NoError(t, conn.Close())
		server.Close()
	}
}

func TestAPageOfAnyOriginMayWatch(t *testing.T) {
	n := start(t, quick(), nil)
	conn, _, err := websocket.DefaultDialer.Dial(n.url(account("a"), ""), http.Header{"Origin": {"https://dashboard.example"}})
	require.NoError(t, err)
	require.NoError(t, conn.Close())
}

func TestAThousandSubscriptionsLeaveTheNodeUp(t *testing.T) {
	const wanted = 1_200
	n := start(t, quick(), nil)
	var before, during runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)

	conns, refused := dialMany(t, n, wanted)
	require.Len(t, conns, live.MaxSubscribers)
	require.Len(t, refused, wanted-live.MaxSubscribers)
	for _, answer := range refused {
		require.Equal(t, "10", answer.Header.Get("Retry-After"))
		requireRefusal(t, answer, http.StatusServiceUnavailable, 14, "as many subscriptions as it takes")
	}
	require.Equal(t, live.MaxSubscribers, n.meter.subscribers())
	require.Equal(t, wanted-live.MaxSubscribers, n.meter.of(n.meter.refused, live.RefusedTotal))

	runtime.GC()
	runtime.ReadMemStats(&during)
	// Both ends of each connection live in this process.
	require.Less(t, int64(during.HeapInuse)-int64(before.HeapInuse), int64(64<<20))

	n.play(transfer{"a", "b"})
	for _, conn := range conns {
		require.Equal(t, live.TypeStart, read(t, conn).Type)
		require.Equal(t, "payment u-1-0 false", eventName(t, read(t, conn)))
	}
	for _, conn := range conns {
		require.NoError(t, conn.Close())
	}
	require.Eventually(t, func() bool { return n.meter.subscribers() == 0 }, 10*time.Second, 10*time.Millisecond)
	n.watch(account("a"), "")
}

func dialMany(t *testing.T, n *node, wanted int) (conns []*websocket.Conn, refused []*http.Response) {
	t.Helper()
	dialer := websocket.Dialer{HandshakeTimeout: time.Minute, ReadBufferSize: 1024, WriteBufferSize: 256}
	var mu sync.Mutex
	var group sync.WaitGroup
	work := make(chan struct{})
	for range 50 {
		group.Go(func() {
			for range work {
				conn, answer, err := dialer.Dial(n.url(account("a"), ""), nil)
				mu.Lock()
				switch {
				case err == nil:
					conns = append(conns, conn)
				case answer != nil:
					refused = append(refused, answer)
				default:
					t.Errorf("neither taken nor refused: %v", err)
				}
				mu.Unlock()
			}
		})
	}
	for range wanted {
		work <- struct{}{}
	}
	close(work)
	group.Wait()
	t.Cleanup(func() {
		for _, conn := range conns {
			_ = conn.Close()
		}
	})
	return conns, refused
}

func TestOneClientHasItsShareAndOthersHaveTheRest(t *testing.T) {
	limits := quick()
	limits.PerClient = 3
	n := start(t, limits, func(r *http.Request) string { return r.Header.Get("X-Test-Client") })
	dial := func(client string) (*websocket.Conn, *http.Response, error) {
		return websocket.DefaultDialer.Dial(n.url(account("a"), ""), http.Header{"X-Test-Client": {client}})
	}
	var first *websocket.Conn
	for i := range 3 {
		conn, _, err := dial("greedy")
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		if i == 0 {
			first = conn
		}
	}
	_, answer, err := dial("greedy")
	require.Error(t, err)
	requireRefusal(t, answer, http.StatusTooManyRequests, 8, "this client address")
	require.Equal(t, 1, n.meter.of(n.meter.refused, live.RefusedClient))
	modest, _, err := dial("modest")
	require.NoError(t, err)
	require.NoError(t, modest.Close())

	require.NoError(t, first.Close())
	require.Eventually(t, func() bool {
		conn, _, err := dial("greedy")
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, 5*time.Second, 20*time.Millisecond, "a slot comes free")
}

func TestClientsAreToldApartByAddress(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.7:4711":            "192.0.2.7",
		"[::ffff:192.0.2.7]:4711":   "192.0.2.7",
		"[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64",
		"127.0.0.1:4711":            "",
		"[::1]:4711":                "",
		"pipe":                      "0.0.0.0",
	} {
		require.Equal(t, want, live.ClientAddress(&http.Request{RemoteAddr: remote}), remote)
	}
}

func TestASlowReaderIsClosedWithItsCursorAndLosesNothing(t *testing.T) {
	limits := quick()
	limits.QueueBytes = 2_000
	n := start(t, limits, nil)
	conn, _ := n.watch(account("a"), "")
	n.play(transfer{"a", "b"})
	require.Equal(t, "payment u-1-0 false", eventName(t, read(t, conn)))
	last := read(t, conn)
	// More in one block than the queue holds.
	n.play(transfer{"a", "b"}, transfer{"a", "b"}, transfer{"a", "b"}, transfer{"a", "b"}, transfer{"a", "b"}, transfer{"a", "b"})
	closed := readClose(t, conn)
	require.Equal(t, live.CodeSlow, closed.Code)
	require.Equal(t, "read too slowly: go on with ?after="+last.Cursor, closed.Text)
	require.Equal(t, 1, n.meter.of(n.meter.dropped, live.DroppedSlow))

	again, _ := n.watch(account("a"), "?after="+last.Cursor)
	for i := range 6 {
		require.Equal(t, fmt.Sprintf("payment u-2-%d false", i), eventName(t, read(t, again)))
	}
}

func TestWhatWaitsForAllSubscribersTogetherIsBounded(t *testing.T) {
	limits := quick()
	limits.TotalQueueBytes = 2_000 // two events, but not ten
	n := start(t, limits, nil)
	conn, _ := n.watch(account("a"), "")
	n.play(transfer{"a", "b"}, transfer{"a", "b"}, transfer{"a", "b"}, transfer{"a", "b"}, transfer{"a", "b"})
	require.Equal(t, live.CodeSlow, readClose(t, conn).Code)
	// What was dropped does not count any more.
	conn, _ = n.watch(account("a"), "")
	n.play(transfer{"a", "b"})
	require.Equal(t, "payment u-2-0 false", eventName(t, read(t, conn)))
}

func TestAReaderThatStandsStillIsCutOffAndHoldsNobodyUp(t *testing.T) {
	limits := quick()
	limits.Write = 500 * time.Millisecond
	n := start(t, limits, nil)
	stalled := n.dial(account("a"), "") // never read
	require.NoError(t, stalled.NetConn().(interface{ SetReadBuffer(int) error }).SetReadBuffer(1024))
	reading, _ := n.watch(account("d"), "")
	var transfers []transfer
	for range 1_000 {
		transfers = append(transfers, transfer{"a", "b"})
	}
	began := time.Now()
	for range 8 {
		n.play(append(transfers, transfer{"c", "d"})...)
	}
	require.Less(t, time.Since(began), 20*time.Second)
	for range 8 {
		require.Contains(t, eventName(t, read(t, reading)), "payment")
		require.Contains(t, eventName(t, read(t, reading)), "entry")
	}
	require.Eventually(t, func() bool { return n.meter.of(n.meter.dropped, live.DroppedSlow) == 1 }, 10*time.Second, 20*time.Millisecond)
	require.Eventually(t, func() bool { return n.meter.subscribers() == 1 }, 5*time.Second, 20*time.Millisecond)
}

func TestAClientThatTalksIsClosed(t *testing.T) {
	n := start(t, quick(), nil)
	for name, text := range map[string]string{"a word": "hello", "a flood": strings.Repeat("x", 1<<20)} {
		conn, _ := n.watch(account("a"), "")
		_ = conn.WriteMessage(websocket.TextMessage, []byte(text))
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
		_, _, err := conn.ReadMessage()
		require.Error(t, err, name)
		if name == "a word" {
			require.True(t, websocket.IsCloseError(err, live.CodeTalked), err)
		}
	}
	require.Eventually(t, func() bool { return n.meter.of(n.meter.dropped, live.DroppedTalked) == 2 }, 5*time.Second, 10*time.Millisecond)
}

func TestAClientThatAnswersNoPingIsDroppedAndOneThatDoesStays(t *testing.T) {
	limits := quick()
	limits.Ping, limits.Idle = 50*time.Millisecond, 300*time.Millisecond
	n := start(t, limits, nil)
	silent, _ := n.watch(account("a"), "")
	silent.SetPingHandler(func(string) error { return nil })
	alive, _ := n.watch(account("a"), "")
	var readers sync.WaitGroup
	defer readers.Wait()
	defer alive.Close()
	for _, conn := range []*websocket.Conn{silent, alive} {
		readers.Go(func() {
			for {
				if _, _, err := conn.ReadMessage(); err != nil {
					return
				}
			}
		})
	}
	require.Eventually(t, func() bool { return n.meter.of(n.meter.dropped, live.DroppedSilent) == 1 }, 5*time.Second, 10*time.Millisecond)
	time.Sleep(3 * limits.Idle)
	require.Equal(t, 1, n.meter.subscribers())
}

func TestANodeThatStopsSaysSo(t *testing.T) {
	n := start(t, quick(), nil)
	n.play(transfer{"a", "b"})
	var conns []*websocket.Conn
	for range 5 {
		conn, _ := n.watch(account("a"), "")
		conns = append(conns, conn)
	}
	closed := make(chan struct{})
	go func() {
		n.hub.Close()
		close(closed)
	}()
	for _, conn := range conns {
		reason := readClose(t, conn)
		require.Equal(t, websocket.CloseGoingAway, reason.Code)
		require.Equal(t, "the node stops: go on with ?after=1-2-0-0", reason.Text)
	}
	<-closed
	_, answer, err := websocket.DefaultDialer.Dial(n.url(account("a"), ""), nil)
	require.Error(t, err)
	requireRefusal(t, answer, http.StatusServiceUnavailable, 14, "stopping")
}

func TestANodeThatStopsDoesNotWaitForAReaderThatStandsStill(t *testing.T) {
	limits := quick()
	limits.Write = time.Minute
	n := start(t, limits, nil)
	n.dial(account("a"), "")
	var transfers []transfer
	for range 1_000 {
		transfers = append(transfers, transfer{"a", "b"})
	}
	for range 8 {
		n.play(transfers...)
	}
	began := time.Now()
	n.hub.Close()
	require.Less(t, time.Since(began), 5*time.Second)
}

func TestTheClientComesBackAfterTheNodeDid(t *testing.T) {
	n := start(t, quick(), nil)
	n.play(transfer{"a", "b"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	lost := make(chan error, 100)
	messages := make(chan live.Message, 100)
	client := &live.Client{API: n.server.URL, Account: account("a"), Lost: func(err error, _ time.Duration) { lost <- err }}
	ended := make(chan error, 1)
	go func() { ended <- client.Watch(ctx, func(m live.Message) error { messages <- m; return nil }) }()
	require.Equal(t, live.TypeStart, (<-messages).Type)
	n.cut()
	n.play(transfer{"a", "b"})
	require.Error(t, <-lost)
	require.Equal(t, live.TypeStart, (<-messages).Type)
	require.Equal(t, "payment u-2-0 false", eventName(t, <-messages))
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
}

func TestTheClientEndsWhereComingBackWouldNotHelp(t *testing.T) {
	n := start(t, quick(), nil)
	var refused *live.Refused
	err := (&live.Client{API: n.server.URL, Account: account("nobody")}).Watch(t.Context(), func(live.Message) error { return nil })
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusBadRequest, refused.Status)
	enough := errors.New("enough")
	err = (&live.Client{API: n.server.URL, Account: account("a")}).Watch(t.Context(), func(live.Message) error { return enough })
	require.ErrorIs(t, err, enough)
	require.Error(t, (&live.Client{API: "gopher://x", Account: account("a")}).Watch(t.Context(), nil))
}

func TestABrokenIndexIsTold(t *testing.T) {
	n := start(t, quick(), nil)
	handler := live.NewHandler(live.Config{Hub: n.hub, Index: broken{}, Accounts: known{}, Addresses: addresses})
	server := httptest.NewServer(handler)
	defer server.Close()
	url := "ws" + strings.TrimPrefix(server.URL, "http") + strings.Replace(live.Path, "{account}", account("a"), 1)
	conn, _, err := websocket.DefaultDialer.Dial(url+"?after=1-0-0-0", nil)
	require.NoError(t, err)
	defer conn.Close()
	require.Equal(t, live.CodeFailed, readClose(t, conn).Code)
	require.Equal(t, 1, n.meter.of(n.meter.dropped, live.DroppedFailed))

	handler = live.NewHandler(live.Config{Hub: n.hub, Index: n.store, Accounts: known{errors.New("no state yet")}, Addresses: addresses})
	early := httptest.NewServer(handler)
	defer early.Close()
	url = "ws" + strings.TrimPrefix(early.URL, "http") + strings.Replace(live.Path, "{account}", account("a"), 1)
	_, answer, err := websocket.DefaultDialer.Dial(url, nil)
	require.Error(t, err)
	requireRefusal(t, answer, http.StatusServiceUnavailable, 14, "cannot look up")
}

// broken is an index that can be opened and not be read.
type broken struct{}

func (broken) Position(context.Context) (index.Position, error) {
	return index.Position{Height: 1}, nil
}

func (broken) Events(context.Context, string, index.EventCursor, int) (index.EventPage, error) {
	return index.EventPage{}, errors.New("disk I/O error")
}
