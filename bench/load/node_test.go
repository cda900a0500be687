package load_test

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdk "github.com/cosmos/cosmos-sdk/types"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
)

// verdict is what a node says to a transaction. The zero value takes it.
type verdict struct {
	codespace string
	code      uint32
	log       string
	words     string // an error without a code
	reset     bool   // no answer: the connection breaks
}

// fakeNode answers as decide says and keeps what it has taken.
type fakeNode struct {
	*txtypes.UnimplementedServiceServer

	address string
	server  *grpc.Server
	decide  func(tx string) verdict
	calls   atomic.Int64

	mutex sync.Mutex
	taken []string
	conns map[net.Conn]struct{}
}

func newFakeNode(t *testing.T, decide func(tx string) verdict) *fakeNode {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	node := &fakeNode{address: listener.Addr().String(), server: grpc.NewServer(), decide: decide, conns: map[net.Conn]struct{}{}}
	txtypes.RegisterServiceServer(node.server, node)
	go func() { _ = node.server.Serve(heard{listener, node}) }()
	t.Cleanup(node.server.Stop)
	return node
}

// heard tells the node of its connections.
type heard struct {
	net.Listener
	node *fakeNode
}

func (h heard) Accept() (net.Conn, error) {
	conn, err := h.Listener.Accept()
	if err == nil {
		h.node.mutex.Lock()
		h.node.conns[conn] = struct{}{}
		h.node.mutex.Unlock()
	}
	return conn, err
}

func (n *fakeNode) BroadcastTx(_ context.Context, request *txtypes.BroadcastTxRequest) (*txtypes.BroadcastTxResponse, error) {
	if request.Mode != txtypes.BroadcastMode_BROADCAST_MODE_SYNC {
		return nil, status.Error(codes.InvalidArgument, "not understood")
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.calls.Add(1)
	said := n.decide(string(request.TxBytes))
	switch {
	case said.reset:
		for conn := range n.conns {
			_ = conn.(*net.TCPConn).SetLinger(0) // RST instead of FIN
			_ = conn.Close()
			delete(n.conns, conn)
		}
		return nil, status.Error(codes.Internal, "nobody hears this")
	case said.words != "":
		return nil, status.Error(codes.Unknown, said.words)
	case said.code != 0:
		return &txtypes.BroadcastTxResponse{TxResponse: &sdk.TxResponse{Codespace: said.codespace, Code: said.code, RawLog: said.log}}, nil
	}
	n.taken = append(n.taken, string(request.TxBytes))
	return &txtypes.BroadcastTxResponse{TxResponse: &sdk.TxResponse{}}, nil
}

// What nodes say: they have it already, its payer may not, they have no room.
var (
	known   = verdict{codespace: "sdk", code: 19}
	refused = verdict{codespace: "access", code: 36, log: "quota is used up"}
	full    = verdict{codespace: "sdk", code: 20}
)
