package clients

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
)

// asked is an answer of one of the node's doors.
type asked struct {
	status int
	text   string
}

func ask(t *testing.T, request *http.Request) asked {
	t.Helper()
	client := http.Client{Timeout: 20 * time.Second}
	response, err := client.Do(request)
	require.NoError(t, err, "the node must answer, not hang or hang up")
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NotRegexp(t, insides, string(text))
	return asked{response.StatusCode, string(text)}
}

func request(t *testing.T, method, address string, body []byte) *http.Request {
	t.Helper()
	made, err := http.NewRequestWithContext(context.Background(), method, address, bytes.NewReader(body))
	require.NoError(t, err)
	made.Header.Set("Content-Type", "application/json")
	return made
}

func TestNonsenseInAPageIsRefusedInWords(t *testing.T) {
	n := network(t)
	buyer := n.account(t, "buyer").Address
	for path, words := range map[string]string{
		"/zhilian/ledger/v1/denoms?pagination.limit=1000000000":                                "1000000000",
		"/zhilian/access/v1/institutions?pagination.limit=1000000000":                          "1000000000",
		"/zhilian/gateway/v1/accounts/" + buyer + "/payments?limit=1000000000":                 "1000000000",
		"/cosmos/bank/v1beta1/balances/" + buyer + "?pagination.limit=1000000000":              "1000000000",
		"/cosmos/tx/v1beta1/txs?query=" + url.QueryEscape("tx.height>0") + "&limit=1000000000": "1000000000",
		"/zhilian/ledger/v1/denoms?pagination.offset=-1":                                       "offset",
		"/zhilian/settlement/v1/participants?pagination.offset=-1":                             "offset",
		"/cosmos/bank/v1beta1/denoms_metadata?pagination.offset=-5":                            "-5",
	} {
		t.Run(path, func(t *testing.T) {
			answer := ask(t, request(t, http.MethodGet, n.node().API()+path, nil))
			require.Equal(t, http.StatusBadRequest, answer.status, answer.text)
			var refusal struct{ Message string }
			require.NoError(t, json.Unmarshal([]byte(answer.text), &refusal))
			require.Contains(t, refusal.Message, words)
		})
	}
}

func TestABodyOfTenMegabytesIsRefusedAtEveryDoor(t *testing.T) {
	n := network(t)
	body := bytes.Repeat([]byte("A"), 10<<20)
	for _, path := range []string{"/zhilian/settlement/v1/resolve_references", "/cosmos/tx/v1beta1/txs", "/cosmos/tx/v1beta1/simulate"} {
		t.Run("REST "+path, func(t *testing.T) {
			answer := ask(t, request(t, http.MethodPost, n.node().API()+path, body))
			require.Equal(t, http.StatusRequestEntityTooLarge, answer.status, answer.text)
			require.Contains(t, answer.text, `"message"`, "in the form of every other refusal")
		})
	}
	t.Run("CometBFT's RPC", func(t *testing.T) {
		call := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"broadcast_tx_sync","params":{"tx":%q}}`, body)
		answer := ask(t, request(t, http.MethodPost, n.node().RPC(), []byte(call)))
		require.GreaterOrEqual(t, answer.status, http.StatusBadRequest)
		require.Contains(t, answer.text, "too large")
	})
	t.Run("gRPC", func(t *testing.T) {
		c := caller{t: t, program: grpcurl(t), address: n.node().GRPC()}
		// Ten megabytes do not fit an argument: grpcurl reads them from its standard input.
		refused := c.pipe(fmt.Sprintf(`{"uetr": %q}`, body), "zhilian.settlement.v1.Query/Payment")
		require.Equal(t, codes.ResourceExhausted, refused.Code, refused.Message)
	})
	n.requireAlive(t)
}

func TestAHeightThatTheNodeDoesNotHaveIsRefusedInWords(t *testing.T) {
	n := network(t)
	n.makeBlocks(t, prunedBlocks)
	t.Run("pruned", func(t *testing.T) {
		get := request(t, http.MethodGet, n.node().API()+"/zhilian/ledger/v1/denoms", nil)
		get.Header.Set("X-Cosmos-Block-Height", "2")
		answer := ask(t, get)
		require.Equal(t, http.StatusGone, answer.status, answer.text)
		require.Contains(t, answer.text, "2")
	})
	t.Run("pruned, by RPC", func(t *testing.T) {
		answer := ask(t, request(t, http.MethodGet, n.node().RPC()+`/abci_query?path="/zhilian.ledger.v1.Query/Denoms"&height=2`, nil))
		var result struct {
			Result struct {
				Response struct {
					Code int
					Log  string
				}
			}
		}
		require.NoError(t, json.Unmarshal([]byte(answer.text), &result), answer.text)
		require.NotZero(t, result.Result.Response.Code)
		require.Contains(t, result.Result.Response.Log, "2")
	})
	t.Run("of the future", func(t *testing.T) {
		get := request(t, http.MethodGet, n.node().API()+"/zhilian/ledger/v1/denoms", nil)
		get.Header.Set("X-Cosmos-Block-Height", "999999999")
		answer := ask(t, get)
		require.Equal(t, http.StatusBadRequest, answer.status, answer.text)
		require.Contains(t, answer.text, "999999999")
	})
	n.requireAlive(t)
}

// makeBlocks pays until the chain is that high.
func (n *testNetwork) makeBlocks(t *testing.T, height int64) {
	t.Helper()
	var status struct {
		Result struct {
			SyncInfo struct {
				Height int64 `json:"latest_block_height,string"`
			} `json:"sync_info"`
		}
	}
	buyer, supplier := n.account(t, "buyer").Address, n.account(t, "supplier").Address
	for i := range height {
		answer := ask(t, request(t, http.MethodGet, n.node().RPC()+"/status", nil))
		require.NoError(t, json.Unmarshal([]byte(answer.text), &status))
		if status.Result.SyncInfo.Height >= height {
			return
		}
		n.run(t, "tx", "settlement", "pay", buyer, supplier, "CNY", "1", digestOf(fmt.Sprint(t.Name(), i)),
			"--from", "party-buyer", "--yes", "-o", "json")
		time.Sleep(400 * time.Millisecond)
	}
	t.Fatalf("the chain is at %d after %d payments", status.Result.SyncInfo.Height, height)
}

const manySubscriptions = 1000

func TestAThousandSubscriptionsLeaveTheNodeWell(t *testing.T) {
	n := network(t)
	socket := strings.Replace(n.node().RPC(), "http", "ws", 1) + "/websocket"
	subscribe := func(i int) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"subscribe","params":{"query":"tm.event='Tx' AND tx.height>%d"}}`, i, i)
	}
	t.Run("over one connection", func(t *testing.T) {
		connection, _, err := websocket.DefaultDialer.Dial(socket, nil)
		require.NoError(t, err)
		defer connection.Close()
		granted, refused := 0, map[string]int{}
		for i := range manySubscriptions {
			require.NoError(t, connection.WriteMessage(websocket.TextMessage, []byte(subscribe(i))))
			granted += answered(t, connection, refused)
		}
		require.Positive(t, granted)
		require.Less(t, granted, 100, "one client has too many")
		requireWords(t, refused)
	})
	t.Run("over as many connections", func(t *testing.T) {
		granted, refused := n.crowd(t, socket, subscribe)
		require.Positive(t, granted)
		require.LessOrEqual(t, granted, 200, "the node serves too many clients")
		requireWords(t, refused)
	})
	t.Run("of an account's events", func(t *testing.T) {
		events := strings.Replace(n.node().API(), "http", "ws", 1) + "/zhilian/gateway/v1/accounts/" + n.account(t, "buyer").Address + "/events"
		granted, refused := n.crowd(t, events, nil)
		require.Positive(t, granted)
		requireWords(t, refused)
	})
	n.requireAlive(t)
}

// requireWords asserts that something was refused, and that each refusal says something.
func requireWords(t *testing.T, refused map[string]int) {
	t.Helper()
	require.NotEmpty(t, refused, "nothing was refused")
	for words := range refused {
		require.NotEmpty(t, strings.TrimSpace(words))
		require.NotRegexp(t, insides, words)
	}
	t.Log(refused)
}

// answered reads the answer to a subscription: 1 if it was granted.
func answered(t *testing.T, connection *websocket.Conn, refused map[string]int) int {
	t.Helper()
	var answer struct {
		Error *struct{ Data string }
	}
	require.NoError(t, connection.SetReadDeadline(time.Now().Add(20*time.Second)))
	require.NoError(t, connection.ReadJSON(&answer))
	if answer.Error == nil {
		return 1
	}
	refused[answer.Error.Data]++
	return 0
}

// crowd opens connections, subscribes over each if there is something to say, and, while they are
// open, asks the node how it is.
func (n *testNetwork) crowd(t *testing.T, address string, subscribe func(int) string) (granted int, refused map[string]int) {
	t.Helper()
	dialer := websocket.Dialer{HandshakeTimeout: 3 * time.Second}
	var lock sync.Mutex
	var open []*websocket.Conn
	refused = map[string]int{}
	var crowd sync.WaitGroup
	slots := make(chan struct{}, 50)
	for i := range manySubscriptions {
		slots <- struct{}{}
		crowd.Go(func() {
			defer func() { <-slots }()
			connection, response, err := dialer.Dial(address, nil)
			lock.Lock()
			defer lock.Unlock()
			switch {
			case err == nil:
				if subscribe == nil {
					open = append(open, connection)
					granted++
					return
				}
				open = append(open, connection)
				if connection.WriteMessage(websocket.TextMessage, []byte(subscribe(i))) == nil {
					granted += answered(t, connection, refused)
				}
			case response != nil:
				text, _ := io.ReadAll(response.Body)
				refused[fmt.Sprintf("%d %s", response.StatusCode, text)]++
			default: // CometBFT's listener lets the rest wait at its door
				refused["no connection"]++
			}
		})
	}
	crowd.Wait()
	// REST goes on while the sockets are open.
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.Get(n.node().API() + "/zhilian/gateway/v1/status")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Contains(t, []int{http.StatusOK, http.StatusTooManyRequests}, response.StatusCode)
	for _, connection := range open {
		_ = connection.Close()
	}
	return granted, refused
}
