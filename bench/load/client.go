package load

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
)

// Client sends transactions to one node by gRPC, over connections that stay open.
type Client struct {
	conns   []*grpc.ClientConn
	next    atomic.Uint64
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
	sendTimeout = 60 * time.Second
	// attemptsMax and retryPause bound how often a transaction is sent over connections that break.
	attemptsMax = 5
	retryPause  = 50 * time.Millisecond
)

// NewClient takes the address of a node's gRPC server, which must be on this machine: the load may not
// reach anybody else. connections is how many stay open; each carries many calls at once.
func NewClient(address string, connections int) (*Client, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%s is not on this machine: the load goes to 127.0.0.1 only", address)
	}
	c := &Client{}
	for range connections {
		conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithNoProxy())
		if err != nil {
			c.Close()
			return nil, err
		}
		c.conns = append(c.conns, conn)
	}
	return c, nil
}

// Close ends the open connections.
func (c *Client) Close() {
	for _, conn := range c.conns {
		_ = conn.Close() // nothing is on its way
	}
}

// Send hands a transaction to the node and waits until it was checked. If the connection breaks, it
// sends the same bytes again: a node takes a transaction once. An error means that nobody knows
// whether the node has it.
func (c *Client) Send(ctx context.Context, raw []byte) (Answer, error) {
	conn := c.conns[c.next.Add(1)%uint64(len(c.conns))]
	for attempt := 1; ; attempt++ {
		answer, err := broadcast(ctx, conn, raw)
		switch {
		case err == nil && attempt > 1 && answer.isKnown():
			return Answer{Accepted: true, Checked: true}, nil
		case err == nil || attempt == attemptsMax || status.Code(err) != codes.Unavailable:
			return answer, err
		}
		c.retries.Add(1)
		conn.ResetConnectBackoff() // the pause is ours
		select {
		case <-ctx.Done():
			return Answer{}, err
		case <-time.After(time.Duration(attempt) * retryPause):
		}
	}
}

// Retries is how often a transaction was sent again since its connection had broken.
func (c *Client) Retries() int64 { return c.retries.Load() }

// isKnown says that the node had the transaction already. An attempt whose answer was lost may have
// handed it in; the nonce is used then, if it was committed meanwhile too.
func (a Answer) isKnown() bool { return a.Reason == reasonOf(sdkerrors.ErrTxInMempoolCache) }

func reasonOf(refusal interface {
	Codespace() string
	ABCICode() uint32
}) string {
	return fmt.Sprintf("%s/%d", refusal.Codespace(), refusal.ABCICode())
}

func broadcast(ctx context.Context, conn *grpc.ClientConn, raw []byte) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	request := &txtypes.BroadcastTxRequest{TxBytes: raw, Mode: txtypes.BroadcastMode_BROADCAST_MODE_SYNC}
	answer, err := txtypes.NewServiceClient(conn).BroadcastTx(ctx, request)
	switch {
	case status.Code(err) == codes.Unknown:
		// The node took the call and says, without a code of its own, that it does not take the transaction.
		words := status.Convert(err).Message()
		reason, _, _ := strings.Cut(words, ":")
		return Answer{Reason: fmt.Sprintf("%.60s", strings.TrimSpace(reason)), Words: words}, nil
	case err != nil:
		return Answer{}, err
	case answer.TxResponse == nil:
		return Answer{}, fmt.Errorf("the node's answer to a transaction is empty")
	case answer.TxResponse.Code != 0:
		reason := fmt.Sprintf("%s/%d", answer.TxResponse.Codespace, answer.TxResponse.Code)
		return Answer{
			Checked: reason != reasonOf(sdkerrors.ErrMempoolIsFull),
			Reason:  reason, Words: answer.TxResponse.RawLog,
		}, nil
	}
	return Answer{Accepted: true, Checked: true}, nil
}
