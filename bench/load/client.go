package load

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client sends transactions to one node over connections that stay open.
type Client struct {
	url  string
	http *http.Client
}

// Answer is what a node says to a transaction. It is not yet committed then.
type Answer struct {
	// Accepted is true if the node took it into its mempool.
	Accepted bool
	// Checked is true if the transaction was judged, and false if the node had no room for it.
	Checked bool
	// Reason is why it was refused: "sdk/32", or the beginning of the node's words.
	Reason string
	// Words are the node's own, whole.
	Words string
}

const (
	answerMax   = 1 << 20 // bytes
	sendTimeout = 60 * time.Second
)

// NewClient takes the URL of a node's RPC, which must be on this machine: the load may not reach
// anybody else. connections is how many stay open.
func NewClient(rpc string, connections int) (*Client, error) {
	parsed, err := url.Parse(rpc)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(parsed.Hostname()); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%s is not on this machine: the load goes to 127.0.0.1 only", rpc)
	}
	transport := &http.Transport{MaxIdleConns: connections, MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, Proxy: nil}
	return &Client{url: rpc, http: &http.Client{Transport: transport, Timeout: sendTimeout}}, nil
}

// Close ends the open connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Send hands a transaction to the node and waits until it was checked. An error means that nobody
// knows whether the node has it.
func (c *Client) Send(ctx context.Context, raw []byte) (Answer, error) {
	body := make([]byte, 0, base64.StdEncoding.EncodedLen(len(raw))+128)
	body = append(body, `{"jsonrpc":"2.0","id":1,"method":"broadcast_tx_sync","params":{"tx":"`...)
	body = base64.StdEncoding.AppendEncode(body, raw)
	body = append(body, `"}}`...)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, answerMax))
	if err != nil {
		return Answer{}, err
	}
	return readAnswer(text)
}

func readAnswer(text []byte) (Answer, error) {
	var reply struct {
		Result *struct {
			Code      uint32 `json:"code"`
			Codespace string `json:"codespace"`
			Log       string `json:"log"`
		} `json:"result"`
		Error *struct {
			Message string `json:"message"`
			Data    string `json:"data"`
		} `json:"error"`
	}
	if err := json.Unmarshal(text, &reply); err != nil {
		return Answer{}, fmt.Errorf("the node's answer is no JSON-RPC: %.200s", text)
	}
	switch {
	case reply.Error != nil:
		words, _, _ := strings.Cut(reply.Error.Data, ":")
		return Answer{Reason: fmt.Sprintf("%.60s", strings.TrimSpace(reply.Error.Message+" "+words)), Words: reply.Error.Data}, nil
	case reply.Result == nil:
		return Answer{}, fmt.Errorf("the node's answer is empty: %.200s", text)
	case reply.Result.Code != 0:
		return Answer{Checked: true, Reason: fmt.Sprintf("%s/%d", reply.Result.Codespace, reply.Result.Code), Words: reply.Result.Log}, nil
	}
	return Answer{Accepted: true, Checked: true}, nil
}
