package load

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Client sends transactions to one node over connections that stay open.
type Client struct {
	url     string
	http    *http.Client
	retries atomic.Int64
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
	// attemptsMax and retryPause bound how often a transaction is sent over connections that break.
	attemptsMax = 5
	retryPause  = 50 * time.Millisecond
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

// Send hands a transaction to the node and waits until it was checked. If the connection breaks, it
// sends the same bytes again: a node takes a transaction once. An error means that nobody knows
// whether the node has it.
func (c *Client) Send(ctx context.Context, raw []byte) (Answer, error) {
	body := make([]byte, 0, base64.StdEncoding.EncodedLen(len(raw))+128)
	body = append(body, `{"jsonrpc":"2.0","id":1,"method":"broadcast_tx_sync","params":{"tx":"`...)
	body = base64.StdEncoding.AppendEncode(body, raw)
	body = append(body, `"}}`...)
	for attempt := 1; ; attempt++ {
		answer, err := c.post(ctx, body)
		switch {
		case err == nil && attempt > 1 && answer.isKnown():
			return Answer{Accepted: true, Checked: true}, nil
		case err == nil || attempt == attemptsMax || !isBroken(err):
			return answer, err
		}
		c.retries.Add(1)
		select {
		case <-ctx.Done():
			return Answer{}, err
		case <-time.After(time.Duration(attempt) * retryPause):
		}
	}
}

// Retries is how often a transaction was sent again since its connection had broken.
func (c *Client) Retries() int64 { return c.retries.Load() }

// isBroken tells a connection that broke under a request from other failures, such as no answer in time.
func isBroken(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF)
}

// isKnown says that the node had the transaction already. An attempt whose answer was lost may have
// handed it in; the nonce is used then, if it was committed meanwhile too.
func (a Answer) isKnown() bool {
	return strings.Contains(a.Words, "already exists in cache") || a.Reason == "sdk/19"
}

func (c *Client) post(ctx context.Context, body []byte) (Answer, error) {
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
