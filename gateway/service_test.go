package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/log/v2"

	"github.com/zhilian-network/zhilian/gateway/live"
	"github.com/zhilian-network/zhilian/gateway/metrics"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// anyState is a state in which every account exists.
type anyState struct{}

func (anyState) Validators(context.Context) ([]metrics.Validator, error) { return nil, nil }
func (anyState) Currencies(context.Context) ([]string, error)            { return []string{"CNY"}, nil }
func (anyState) AccountKnown(context.Context, string) (bool, error)      { return true, nil }

// announcing is a chain that says when it has a block, and knows transactions.
type announcing struct {
	*fakeChain
	announced    chan coretypes.ResultEvent
	unsubscribed chan struct{}
	txs          map[string]*coretypes.ResultTx
}

func (a *announcing) Subscribe(_ context.Context, _, _ string, capacity ...int) (<-chan coretypes.ResultEvent, error) {
	a.announced = make(chan coretypes.ResultEvent, capacity[0])
	return a.announced, nil
}

func (a *announcing) Unsubscribe(context.Context, string, string) error {
	close(a.unsubscribed)
	return nil
}

func (a *announcing) Tx(_ context.Context, hash []byte, _ bool) (*coretypes.ResultTx, error) {
	if found := a.txs[string(hash)]; found != nil {
		return found, nil
	}
	return nil, errors.New("tx not found")
}

// runService follows a chain until the test ends.
func runService(t *testing.T, chain Blocks) (service *Service, stop func()) {
	t.Helper()
	before := runtime.NumGoroutine()
	service, err := OpenService(t.Context(), filepath.Join(t.TempDir(), "index.sqlite"), testAddresses, "")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- service.Follow(ctx, chain, nil, anyState{}, log.NewNopLogger()) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
		require.NoError(t, service.Close())
	}
	t.Cleanup(func() {
		stop()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		for range 500 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		stacks := make([]byte, 1<<20)
		t.Errorf("goroutines are left:\n%s", stacks[:runtime.Stack(stacks, true)])
	})
	return service, stop
}

func indexedTo(t *testing.T, service *Service, height int64) {
	t.Helper()
	require.Eventually(t, func() bool { return positionOf(t, service.store).Height >= height }, 5*time.Second, time.Millisecond)
}

func TestSubscribersHearOfABlockAndOfTheEnd(t *testing.T) {
	chain := newFakeChain(t, 1)
	service, stop := runService(t, chain)
	server := httptest.NewServer(service.EventsHandler(nil))
	t.Cleanup(server.Close)
	indexedTo(t, service, 1)

	url := "ws" + strings.TrimPrefix(server.URL, "http") + strings.Replace(live.Path, "{account}", accountOf(t, "a"), 1)
	conn, _, err := websocket.DefaultDialer.Dial(url, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	var message live.Message
	require.NoError(t, conn.ReadJSON(&message))
	require.Equal(t, live.TypeStart, message.Type)
	chain.set(func() { chain.newest = 2 })
	require.NoError(t, conn.ReadJSON(&message))
	require.Equal(t, live.TypePayment, message.Type)
	require.Contains(t, string(message.Payment), `"uetr":"u2"`)
	require.NoError(t, conn.ReadJSON(&message))
	require.Equal(t, live.TypeEntry, message.Type)

	go stop()
	_, _, err = conn.ReadMessage()
	require.True(t, websocket.IsCloseError(err, websocket.CloseGoingAway), err)
}

func TestTheFollowerWakesUpWhenTheNodeHasABlock(t *testing.T) {
	chain := &announcing{fakeChain: newFakeChain(t, 1), unsubscribed: make(chan struct{})}
	store := openStore(t, filepath.Join(t.TempDir(), "index.sqlite"))
	follower := followerOf(chain, store)
	follower.poll = time.Hour
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- follower.Run(ctx) }()
	require.Eventually(t, func() bool { return positionOf(t, store).Height == 1 }, 5*time.Second, time.Millisecond)
	chain.set(func() { chain.newest = 2 })
	for range 50 { // several at once are one
		chain.announced <- coretypes.ResultEvent{}
	}
	require.Eventually(t, func() bool { return positionOf(t, store).Height == 2 }, 5*time.Second, time.Millisecond)
	stop()
	require.ErrorIs(t, <-ended, context.Canceled)
	<-chain.unsubscribed
}

func TestNewBlocksAreNoReasonToTryAFailedOneSooner(t *testing.T) {
	chain := &announcing{fakeChain: newFakeChain(t, 1), unsubscribed: make(chan struct{})}
	var attempts atomic.Int32
	chain.failBlock = func(int64) error { attempts.Add(1); return errors.New("away") }
	follower := followerOf(chain, openStore(t, filepath.Join(t.TempDir(), "index.sqlite")))
	follower.poll = time.Hour
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- follower.Run(ctx) }()
	require.Eventually(t, func() bool { return attempts.Load() == 1 }, 5*time.Second, time.Millisecond)
	for range 20 {
		chain.announced <- coretypes.ResultEvent{}
		time.Sleep(2 * time.Millisecond)
	}
	require.Equal(t, int32(1), attempts.Load())
	stop()
	require.ErrorIs(t, <-ended, context.Canceled)
}

// watched remembers what an observer is told.
type watched struct {
	heights  []int64
	failures int
}

func (w *watched) Indexed(_ context.Context, block Finished) {
	w.heights = append(w.heights, block.Rows.Height)
}
func (w *watched) Failed(error) { w.failures++ }

func TestObserversHearOfEachBlockOnceAndOfFailures(t *testing.T) {
	chain := newFakeChain(t, 3)
	store := openStore(t, filepath.Join(t.TempDir(), "index.sqlite"))
	seen := &watched{}
	follower := NewFollower(chain, store, testAddresses, log.NewNopLogger(), seen)
	require.NoError(t, follower.catchUp(t.Context()))
	require.NoError(t, follower.catchUp(t.Context()))
	require.Equal(t, []int64{1, 2, 3}, seen.heights)

	follower.poll = time.Millisecond
	chain.set(func() { chain.id = "another" })
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	require.Error(t, follower.Run(ctx))
	require.Positive(t, seen.failures)
}

func checked(raw string, kind abci.CheckTxType, answer abci.ResponseCheckTx) (*abci.RequestCheckTx, *abci.ResponseCheckTx) {
	return &abci.RequestCheckTx{Tx: []byte(raw), Type: kind}, &answer
}

func hashText(raw string) string {
	sum := sha256.Sum256([]byte(raw))
	return hex.EncodeToString(sum[:])
}

func findBy(t *testing.T, service *Service, reference string) *gatewaytypes.QueryFindPaymentsResponse {
	t.Helper()
	answer, err := service.QueryServer(nil).FindPayments(t.Context(), &gatewaytypes.QueryFindPaymentsRequest{Reference: reference})
	require.NoError(t, err)
	return answer
}

func TestATransactionIsFoundFromTheDoorToItsBlock(t *testing.T) {
	chain := newFakeChain(t, 0)
	service, _ := runService(t, chain)
	refused := abci.ResponseCheckTx{Code: 36, Codespace: "access", Log: "too\x1b[2J much"}
	service.Checked(checked("greedy", abci.CheckTxType_New, refused))
	answer := findBy(t, service, hashText("greedy"))
	require.Contains(t, answer.Explanation, "This node refused it")
	require.Contains(t, answer.Explanation, `too\u{001b}[2J much`)

	// Every block of the chain has the transaction "tx".
	service.Checked(checked("tx", abci.CheckTxType_New, abci.ResponseCheckTx{}))
	service.Checked(checked("tx", abci.CheckTxType_Recheck, abci.ResponseCheckTx{}))
	answer = findBy(t, service, hashText("tx"))
	require.Contains(t, answer.Explanation, "waits for a block")
	require.Empty(t, answer.Payments)

	chain.set(func() { chain.newest = 1 })
	indexedTo(t, service, 1)
	answer = findBy(t, service, strings.ToUpper(hashText("tx")))
	require.Len(t, answer.Payments, 1)
	require.Equal(t, "Settled in block 1 on 1970-01-01 at 00:00:01 UTC; final.", answer.Explanation)
	require.Equal(t, answer.Explanation, answer.Payments[0].Explanation)

	page, err := service.QueryServer(nil).Payments(t.Context(), &gatewaytypes.QueryPaymentsRequest{Account: accountOf(t, "a")})
	require.NoError(t, err)
	require.Equal(t, answer.Explanation, page.Payments[0].Explanation)
	requireMeasured(t, service)
}

// requireMeasured looks at what the transaction above left in the metrics.
func requireMeasured(t *testing.T, service *Service) {
	t.Helper()
	require.Eventually(t, func() bool {
		recorder := httptest.NewRecorder()
		service.MetricsHandler().ServeHTTP(recorder, httptest.NewRequest("GET", metrics.Path, nil))
		text := recorder.Body.String()
		for _, line := range []string{
			`zhilian_transactions_admitted_total 1`,
			`zhilian_transactions_refused_total{code="36",codespace="access",stage="check"} 1`,
			`zhilian_settlement_latency_seconds_count 1`,
			`zhilian_payments_total{currency="CNY",status="ACSC"} 1`,
		} {
			if !strings.Contains(text, line+"\n") {
				return false
			}
		}
		return true
	}, 5*time.Second, 10*time.Millisecond)
}

func TestATransactionThatFallsOutOfTheMempoolIsRefused(t *testing.T) {
	service, _ := runService(t, newFakeChain(t, 1))
	indexedTo(t, service, 1)
	service.Checked(checked("late", abci.CheckTxType_New, abci.ResponseCheckTx{}))
	service.Checked(checked("late", abci.CheckTxType_Recheck, abci.ResponseCheckTx{Code: 32, Codespace: "sdk", Log: "sequence"}))
	require.Contains(t, findBy(t, service, hashText("late")).Explanation, "sdk/32")
}

func TestANodeThatIndexesTransactionsKnowsThoseWithoutPayments(t *testing.T) {
	hash := func(raw string) string { sum := sha256.Sum256([]byte(raw)); return string(sum[:]) }
	chain := &announcing{fakeChain: newFakeChain(t, 2), unsubscribed: make(chan struct{}), txs: map[string]*coretypes.ResultTx{
		hash("vote"):  {Height: 1},
		hash("ahead"): {Height: 9},
		hash("wrong"): {Height: 9, TxResult: abci.ExecTxResult{Code: 13, Codespace: "settlement"}},
	}}
	service, _ := runService(t, chain)
	indexedTo(t, service, 2)
	for raw, want := range map[string]string{
		"vote":  "Carried out in block 1",
		"ahead": "In block 9, which the index of this node has not reached",
		"wrong": "Refused in block 9: settlement/13, AM04",
		"none":  "No transaction with this hash",
	} {
		answer := findBy(t, service, hashText(raw))
		require.Contains(t, answer.Explanation, want)
		require.Empty(t, answer.Payments)
		require.Equal(t, int64(2), answer.IndexedHeight)
	}
}

func TestWrongReferencesAreRefused(t *testing.T) {
	service, _ := runService(t, newFakeChain(t, 1))
	indexedTo(t, service, 1)
	uetr := "7c5a1f9e-2b7d-4c4e-9d3a-0f1e2d3c4b5a"
	for name, request := range map[string]*gatewaytypes.QueryFindPaymentsRequest{
		"nothing":              nil,
		"an empty reference":   {},
		"a name":               {Reference: "INV-1"},
		"a UETR in capitals":   {Reference: strings.ToUpper(uetr)},
		"63 characters":        {Reference: strings.Repeat("a", 63)},
		"128 characters":       {Reference: strings.Repeat("a", 128)},
		"no hexadecimal":       {Reference: strings.Repeat("g", 64)},
		"too many":             {Reference: uetr, Limit: 201},
		"a cursor of another":  {Reference: strings.Repeat("a", 64), Cursor: "1-2"},
		"a cursor of a UETR's": {Reference: uetr, Cursor: "1-2-3"},
	} {
		_, err := service.QueryServer(nil).FindPayments(t.Context(), request)
		require.Equal(t, codes.InvalidArgument, status.Code(err), name)
	}
	require.Contains(t, findBy(t, service, uetr).Explanation, "No payment with this UETR")
}

func TestAnOldIndexAnswersBeforeItsNodeIsUp(t *testing.T) {
	service, err := OpenService(t.Context(), filepath.Join(t.TempDir(), "index.sqlite"), testAddresses, "")
	require.NoError(t, err)
	t.Cleanup(func() { _ = service.Close() })
	require.Contains(t, findBy(t, service, hashText("x")).Explanation, "holds no block yet")
	_, err = service.AccountKnown(t.Context(), accountOf(t, "a"))
	require.ErrorIs(t, err, errNodeNotUp)
}

func TestEventsAreToldInWords(t *testing.T) {
	var out strings.Builder
	take := teller(&out, "text", 2)
	for i, message := range []live.Message{
		{Type: live.TypeStart, IndexedHeight: 7, CompleteFromHeight: 3},
		{Type: live.TypePayment, Payment: []byte(`{"uetr":"u1","currency":"KWD","amount":"1500","debtor":"a","creditor":"b","explanation":"Settled\u001b."}`)},
		{Type: live.TypeEntry, Entry: []byte(`{"currency":"CNY","amount":"250","credit":true,"kind":"payment","uetr":"u1","height":"9","booked_at":"2026-11-22T09:15:02Z"}`)},
	} {
		err := take(message)
		require.Equal(t, i == 2, errors.Is(err, errSeenAll), "%v", err)
	}
	require.Equal(t, `Watching; the node's index stands at block 7. It is incomplete below block 3.
payment u1  1.500 KWD  a -> b  Settled\u{001b}.
entry   +2.50 CNY  payment in block 9 on 2026-11-22 09:15:02 UTC  u1
`, out.String())
	text, err := inWords(live.Message{Type: "merger", Cursor: "1-2-3-4"})
	require.NoError(t, err)
	require.Equal(t, "merger at 1-2-3-4", text)
	require.Equal(t, "5 minor units of XX1", amountOf("XX1", "5"))
}

func TestAWatchEndsAsItWasAskedTo(t *testing.T) {
	chain := newFakeChain(t, 3)
	service, _ := runService(t, chain)
	server := httptest.NewServer(service.EventsHandler(nil))
	t.Cleanup(server.Close)
	indexedTo(t, service, 3)
	account := accountOf(t, "a")

	out, err := run(t, "", "watch", account, "--api-url", server.URL, "--after", "0-0-0-0", "--count", "3", "-o", "json")
	require.NoError(t, err)
	require.Equal(t, 4, strings.Count(out, "\n"), out)
	require.Contains(t, out, `"cursor":"2-0-0-0"`)

	_, err = run(t, "", "watch", account, "--api-url", server.URL, "--count", "1", "--timeout", "100ms")
	require.ErrorIs(t, err, ErrTooFewEvents)
	_, err = run(t, "", "watch", account, "--api-url", server.URL, "--timeout", "100ms")
	require.NoError(t, err)
	_, err = run(t, "", "watch", "nobody", "--api-url", server.URL)
	var refused *live.Refused
	require.ErrorAs(t, err, &refused)
}

func TestReferencesThatTheNodeUnderstandsAreSentAsTheyAre(t *testing.T) {
	digest := sha256.Sum256([]byte("x"))
	inHex := hex.EncodeToString(digest[:])
	for given, want := range map[string]string{
		" 7C5A1F9E-2B7D-4C4E-9D3A-0F1E2D3C4B5A\n": "7c5a1f9e-2b7d-4c4e-9d3a-0f1e2d3c4b5a",
		inHex:                  inHex,
		strings.ToUpper(inHex): strings.ToUpper(inHex),
		base64.StdEncoding.EncodeToString(digest[:]): inHex,
	} {
		got, ok := ownReference(given)
		require.True(t, ok, given)
		require.Equal(t, want, got)
	}
	for _, plain := range []string{"INV-1", "", strings.Repeat("a", 63), fmt.Sprintf("%x", "short")} {
		_, ok := ownReference(plain)
		require.False(t, ok, plain)
	}
}
