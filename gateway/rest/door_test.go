package rest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/gateway/rest"
)

const denoms = "/zhilian/ledger/v1/denoms"

func TestUnknownPathsAndMethodsAreToldSo(t *testing.T) {
	n := startNode(t)
	for _, path := range []string{"/zhilian/nope", "/zhilian/ledger/v2/denoms", "/cosmos/nope", "/nope", "/zhilian/docs/nope.js"} {
		n.get(path).requireRefused(t, http.StatusNotFound, "")
	}
	refused := n.ask(http.MethodDelete, denoms, nil)
	refused.requireRefused(t, http.StatusMethodNotAllowed, "use GET, HEAD")
	require.Equal(t, "GET, HEAD", refused.header.Get("Allow"))
	refused = n.get("/zhilian/settlement/v1/resolve_references")
	refused.requireRefused(t, http.StatusMethodNotAllowed, "use POST")
	n.ask(http.MethodPost, "/zhilian/docs", nil).requireRefused(t, http.StatusMethodNotAllowed, "GET")
	// A form on a path of GET is not taken for GET.
	n.ask(http.MethodPost, denoms, strings.NewReader("a=b"), "Content-Type", "application/x-www-form-urlencoded", "X-HTTP-Method-Override", "GET").
		requireRefused(t, http.StatusMethodNotAllowed, "")
	head := n.ask(http.MethodHead, denoms, nil)
	require.Equal(t, http.StatusOK, head.status)
}

func TestAParameterThatNobodyReadsIsRefused(t *testing.T) {
	n := startNode(t)
	n.get(denoms+"?pagination.limt=5").requireRefused(t, http.StatusBadRequest, `"pagination.limt" is no parameter`)
	require.Equal(t, http.StatusOK, n.get(denoms+"?pagination.countTotal=false&pagination.limit=5").status)
	n.get(denoms+"?pagination.limit=%zz").requireRefused(t, http.StatusBadRequest, "percent-encoding")
	n.get(denoms+"?pagination.key=%ff%fe").requireRefused(t, http.StatusBadRequest, "UTF-8")
}

func TestASearchThatCannotBeServedIsRefusedInWords(t *testing.T) {
	n := startNode(t)
	const search = "/cosmos/tx/v1beta1/txs"
	n.get(search+"?query=tx.height%3E0&limit=1000000000").requireRefused(t, http.StatusBadRequest, "above 100")
	n.get(search+"?query=..").requireRefused(t, http.StatusBadRequest, "language of searches")
}

func TestNoDocumentedParameterIsTakenForUnknown(t *testing.T) {
	n := startNode(t)
	for _, o := range operations(t) {
		if o.RequestBody == nil {
			require.NotContains(t, o.askExample(n).body, "is no parameter", o.OperationID)
		}
	}
	const events = "/zhilian/gateway/v1/accounts/zhilian1wq5f70lwlds8wx7zvtc09g9wdxzzfs67hu87hq/events"
	n.get(events+"?after=2-0-0-3").requireRefused(t, http.StatusUpgradeRequired, "WebSocket")
}

func TestPagesThatAreNotServedAreRefusedInWords(t *testing.T) {
	n := startNode(t)
	for query, words := range map[string]string{
		"limit=201": "above 200", "limit=1000000000": "above 200", "limit=-1": "", "limit=99999999999999999999": "", "limit=x": "",
		"offset=1": "offset is not served", "offset=-1": "", "count_total=true": "count_total is not served", "key=AAAAAAAA": "no cursor",
		"key=!!!": "", "limit=1&pagination.limit=2": "", "reverse=true&pagination.offset=2": "offset",
	} {
		n.get("/zhilian/consortium/v1/proposals?pagination."+query).requireRefused(t, http.StatusBadRequest, words)
	}
	// Wallets ask for 1,000 rows, and say explicitly that they want no count.
	balances := "/cosmos/bank/v1beta1/balances/zhilian1wq5f70lwlds8wx7zvtc09g9wdxzzfs67hu87hq?pagination."
	require.Equal(t, http.StatusOK, n.get(balances+"limit=1000").status)
	require.Equal(t, http.StatusOK, n.get(balances+"count_total=false&pagination.key=&pagination.offset=0").status)
	n.get(balances+"limit=1001").requireRefused(t, http.StatusBadRequest, "above 1000")
	n.get(balances+"count_total=true").requireRefused(t, http.StatusBadRequest, "count_total")
	accounts := "/cosmos/auth/v1beta1/accounts?pagination."
	n.get(accounts+"offset=1").requireRefused(t, http.StatusBadRequest, "offset")
	n.get(accounts+"countTotal=true").requireRefused(t, http.StatusBadRequest, "count_total")
	n.get(accounts+"limit=1000000000").requireRefused(t, http.StatusBadRequest, "above 1000")
	require.Contains(t, n.get("/cosmos/auth/v1beta1/accounts").body, `"total":"0"`, "the SDK counts all rows unless a limit is named")
}

func TestPagesOverRESTGoThroughAList(t *testing.T) {
	n := startNode(t)
	var seen []string
	next := ""
	for range 10 {
		page := n.get(denoms + "?pagination.limit=1&pagination.key=" + strings.ReplaceAll(next, "=", "%3D")).json(t)
		for _, row := range page["denoms"].([]any) {
			seen = append(seen, row.(map[string]any)["denom"].(map[string]any)["denom"].(string))
		}
		if next = page["pagination"].(map[string]any)["next_key"].(string); next == "" {
			break
		}
	}
	require.Equal(t, []string{"BQDQ/CNY", "JZWB/CNY", "LSHB/CNY", "receivable/1", "reserve/CNY"}, seen)
}

func TestAHeightThatCannotBeAnsweredForIsRefusedBeforeItReachesAnyRoute(t *testing.T) {
	earliest := int64(1)
	var n *node
	n = startNode(t, func(c *rest.Config) {
		c.Heights = func() (int64, int64) { return earliest, n.chain.App.LastBlockHeight() }
	})
	account := "/cosmos/bank/v1beta1/balances/zhilian1wq5f70lwlds8wx7zvtc09g9wdxzzfs67hu87hq"
	for _, path := range []string{denoms, account, "/cosmos/base/tendermint/v1beta1/syncing"} {
		for _, height := range []string{"x", "-1", "1.5", "", "9223372036854775808", " 2", "0x2"} {
			n.get(path, "x-cosmos-block-height", height).requireRefused(t, http.StatusBadRequest, "height of one block")
		}
		n.get(path, "x-cosmos-block-height", "2", "X-Cosmos-Block-Height", "3").requireRefused(t, http.StatusBadRequest, "height of one block")
		next := strconv.FormatInt(n.chain.Height()+1, 10)
		n.get(path, "x-cosmos-block-height", next).requireRefused(t, http.StatusBadRequest, "height "+next+" is not reached yet: the newest block is "+n.newest())
	}
	earlier := n.get(account, "x-cosmos-block-height", "1")
	require.Equal(t, http.StatusOK, earlier.status)
	require.Equal(t, "1", earlier.header.Get("X-Cosmos-Block-Height"))
	require.NotEqual(t, n.get(account).body, earlier.body, "a payment was made since")
	// The same header by another name would reach the query unchecked; it reaches it not at all.
	require.Equal(t, n.newest(), n.get(account, "Grpc-Metadata-X-Cosmos-Block-Height", "1").header.Get("X-Cosmos-Block-Height"))

	earliest = 4
	n.get(denoms, "x-cosmos-block-height", "3").requireRefused(t, http.StatusGone, "this node answers for heights 4 to "+n.newest())
	require.Equal(t, http.StatusOK, n.get(denoms, "x-cosmos-block-height", "4").status)
}

func TestABodyThatIsTooLargeIsRefused(t *testing.T) {
	n := startNode(t)
	body := strings.Repeat("x", 10<<20)
	n.post("/zhilian/settlement/v1/resolve_references", body).requireRefused(t, http.StatusRequestEntityTooLarge, "larger than 262144 bytes")
	n.post("/cosmos/tx/v1beta1/txs", body).requireRefused(t, http.StatusRequestEntityTooLarge, "larger than 4194304 bytes")
	n.ask(http.MethodGet, denoms, strings.NewReader(body)).requireRefused(t, http.StatusRequestEntityTooLarge, "")
	n.post("/cosmos/tx/v1beta1/txs", `{"tx_bytes":"`+strings.Repeat("A", 3<<20)+`","mode":"BROADCAST_MODE_SYNC"}`)
	n.get(denoms+"?pagination.key="+strings.Repeat("A", rest.URLBytesMax)).requireRefused(t, http.StatusRequestURITooLong, "at most 8192")
}

func TestOneAddressDoesNotUseUpTheNode(t *testing.T) {
	n := startNode(t, func(c *rest.Config) { c.RequestsPerSecond, c.Burst = 0.001, 3 })
	from := func(address string) reply {
		request := httptest.NewRequest(http.MethodGet, denoms, nil)
		request.RemoteAddr = address
		return n.do(request)
	}
	for range 3 {
		require.Equal(t, http.StatusOK, from("198.51.100.7:1").status)
	}
	refused := from("198.51.100.7:2")
	refused.requireRefused(t, http.StatusTooManyRequests, "too many requests")
	require.Equal(t, "1000", refused.header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, from("198.51.100.8:1").status, "another address is another caller")
	for i := range 4 {
		// A caller with IPv6 has a whole network of addresses.
		answer := from(fmt.Sprintf("[2001:db8::%x]:1", i+1))
		require.Equal(t, map[bool]int{true: http.StatusOK, false: http.StatusTooManyRequests}[i < 3], answer.status)
	}
	for i := range 3*rest.LoopbackFactor + 1 {
		answer := from("127.0.0.1:1")
		require.Equal(t, map[bool]int{true: http.StatusOK, false: http.StatusTooManyRequests}[i < 3*rest.LoopbackFactor], answer.status, i)
	}
}

func TestAddressesAreForgottenRatherThanKeptForEver(t *testing.T) {
	n := startNode(t, func(c *rest.Config) { c.RequestsPerSecond, c.Burst = 0.001, 1 })
	ask := func(i int) int {
		request := httptest.NewRequest(http.MethodGet, "/zhilian/docs/icon.svg", nil)
		request.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)
		return n.do(request).status
	}
	require.Equal(t, http.StatusOK, ask(0))
	require.Equal(t, http.StatusTooManyRequests, ask(0))
	for i := range rest.ClientsMax {
		ask(i + 1)
	}
	require.Equal(t, http.StatusOK, ask(0), "the longest unseen address is forgotten first")
}

// slow is a route that answers when it is told to.
func slow(release <-chan struct{}, entered chan<- struct{}) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		<-release
		_, _ = w.Write([]byte("{}"))
	})
}

func TestASlowQueryIsCutAndItsSlotIsHeldUntilItEnds(t *testing.T) {
	release, entered := make(chan struct{}), make(chan struct{}, 1)
	n := startNode(t, func(c *rest.Config) {
		c.ConcurrentRequests, c.Deadline = 1, 300*time.Millisecond
		c.Routes = []rest.Route{{Path: "/zhilian/slow", Handler: slow(release, entered)}}
	})
	cut := n.get("/zhilian/slow")
	cut.requireRefused(t, http.StatusGatewayTimeout, "no answer within 300ms")
	require.Equal(t, "1", cut.header.Get("Retry-After"))
	<-entered
	full := n.get(denoms)
	full.requireRefused(t, http.StatusServiceUnavailable, "as many requests as it takes")
	require.Equal(t, "1", full.header.Get("Retry-After"))
	close(release)
	require.Eventually(t, func() bool { return n.get(denoms).status == http.StatusOK }, 5*time.Second, 10*time.Millisecond)
}

func TestRoutesOfOtherPartsOfTheNodeAreBehindTheDoor(t *testing.T) {
	streamed := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, buffered := w.(http.Flusher)
		_, _ = fmt.Fprintf(w, "%s %v", mux.Vars(r)["account"], buffered)
	})
	n := startNode(t, func(c *rest.Config) {
		c.Routes = []rest.Route{
			{Path: "/zhilian/gateway/v1/accounts/{account}/events", Handler: streamed, Streams: true},
			{Path: "/metrics", Handler: streamed},
			{Path: "/crash", Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret") })},
			{Path: "/huge", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for range 20 {
					_, _ = w.Write(make([]byte, 1<<20))
				}
			})},
		}
	})
	require.Equal(t, "abc true", n.get("/zhilian/gateway/v1/accounts/abc/events").body)
	require.Equal(t, " false", n.get("/metrics").body)
	n.get("/metrics", "x-cosmos-block-height", "x").requireRefused(t, http.StatusBadRequest, "")
	crashed := n.get("/crash")
	crashed.requireRefused(t, http.StatusInternalServerError, "its log says why")
	require.NotContains(t, crashed.body, "secret")
	n.get("/huge").requireRefused(t, http.StatusBadRequest, "larger than this door passes on")
}

func TestAnyPageMayReadAndOnlyNamedOnesMaySend(t *testing.T) {
	preflight := func(n *node, origin, method string) http.Header {
		return n.ask(http.MethodOptions, denoms, nil, "Origin", origin, "Access-Control-Request-Method", method,
			"Access-Control-Request-Headers", "x-cosmos-block-height").header
	}
	open := startNode(t)
	answer := open.get(denoms, "Origin", "https://explorer.example")
	require.Equal(t, "*", answer.header.Get("Access-Control-Allow-Origin"))
	require.Empty(t, answer.header.Get("Access-Control-Allow-Credentials"))
	require.Contains(t, strings.ToLower(answer.header.Get("Access-Control-Expose-Headers")), "x-cosmos-block-height")
	require.Contains(t, answer.header.Get("Access-Control-Expose-Headers"), "Retry-After")
	require.Equal(t, "*", preflight(open, "https://explorer.example", "GET").Get("Access-Control-Allow-Origin"))
	require.Empty(t, preflight(open, "https://explorer.example", "POST").Get("Access-Control-Allow-Origin"))
	refused := open.get("/zhilian/nope", "Origin", "https://explorer.example")
	require.Equal(t, "*", refused.header.Get("Access-Control-Allow-Origin"), "a page must be able to read why it was refused")
	require.Equal(t, "*", open.get("/cosmos/base/tendermint/v1beta1/syncing", "Origin", "https://x.example").header.Get("Access-Control-Allow-Origin"))

	named := startNode(t, func(c *rest.Config) { c.Origins = []string{"https://console.example"} })
	require.Equal(t, "https://console.example", preflight(named, "https://console.example", "POST").Get("Access-Control-Allow-Origin"))
	require.Empty(t, named.get(denoms, "Origin", "https://other.example").header.Get("Access-Control-Allow-Origin"))

	off := startNode(t, func(c *rest.Config) { c.NoCORS = true })
	require.Empty(t, off.get(denoms, "Origin", "https://explorer.example").header.Get("Access-Control-Allow-Origin"))
}

func TestTheDocumentIsServedWithAPageThatLoadsNothingFromElsewhere(t *testing.T) {
	n := startNode(t)
	require.Equal(t, "3.1.0", n.get("/zhilian/openapi.json").json(t)["openapi"])
	require.Contains(t, n.get("/zhilian/openapi.yaml").body, "openapi: 3.1.0\n")
	for _, start := range []string{"/", "/zhilian", "/zhilian/", "/zhilian/docs/"} {
		moved := n.get(start)
		require.Equal(t, http.StatusFound, moved.status, start)
		require.Equal(t, "/zhilian/docs", moved.header.Get("Location"))
	}
	shown := n.get("/zhilian/docs")
	require.Equal(t, http.StatusOK, shown.status)
	require.Contains(t, shown.header.Get("Content-Security-Policy"), "default-src 'none'")
	for file, mediaType := range map[string]string{"page.js": "text/javascript", "page.css": "text/css", "icon.svg": "image/svg"} {
		answer := n.get("/zhilian/docs/" + file)
		require.Equal(t, http.StatusOK, answer.status, file)
		require.Contains(t, answer.header.Get("Content-Type"), mediaType)
		if file != "icon.svg" { // it names its namespace
			require.NotRegexp(t, `https?://|style=|onclick=|innerHTML|eval\(`, answer.body)
		}
	}
	require.NotRegexp(t, `https?://|<style|<script>|style=|onclick=`, shown.body)
}

func TestTheBooksAreCheckedOnceAtATime(t *testing.T) {
	n := startNode(t)
	var all sync.WaitGroup
	answers := make([]reply, 20)
	for i := range answers {
		all.Go(func() { answers[i] = n.get("/zhilian/settlement/v1/invariants") })
	}
	all.Wait()
	checked := 0
	for _, answer := range answers {
		if answer.status == http.StatusOK {
			require.Equal(t, true, answer.json(t)["money_conserved"])
			require.Equal(t, n.newest(), answer.json(t)["height"])
			require.Equal(t, n.newest(), answer.header.Get("X-Cosmos-Block-Height"))
			checked++
			continue
		}
		answer.requireRefused(t, http.StatusServiceUnavailable, "checked for another caller")
		require.Equal(t, "1", answer.header.Get("Retry-After"))
	}
	require.NotZero(t, checked)
	earlier := n.get("/zhilian/settlement/v1/invariants", "x-cosmos-block-height", "2")
	require.Equal(t, "2", earlier.json(t)["height"])
}

func TestSettingsThatMakeNoSenseKeepTheDoorShut(t *testing.T) {
	for key, value := range map[string]any{
		"requests-per-second": "many", "burst": -1, "concurrent-requests": "x", "deadline": "soon", "origins": []string{"console.example"},
	} {
		_, err := rest.ReadConfig(settings{"rest." + key: value})
		require.ErrorContains(t, err, "rest."+key)
	}
	config, err := rest.ReadConfig(settings{
		"rest.requests-per-second": 2.5, "rest.burst": 7, "rest.concurrent-requests": "8", "rest.deadline": "3s",
		"rest.origins": []any{"https://console.example"},
	})
	require.NoError(t, err)
	require.Equal(t, rest.Config{RequestsPerSecond: 2.5, Burst: 7, ConcurrentRequests: 8, Deadline: 3 * time.Second, Origins: []string{"https://console.example"}}, config)
	config, err = rest.ReadConfig(settings{})
	require.NoError(t, err)
	require.Zero(t, config)
}

type settings map[string]any

func (s settings) Get(key string) any { return s[key] }
