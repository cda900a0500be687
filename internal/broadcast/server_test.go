package broadcast_test

import (
	"context"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	sdk "github.com/cosmos/cosmos-sdk/types"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"

	"github.com/zhilian-network/zhilian/internal/broadcast"
)

type node struct {
	*txtypes.UnimplementedServiceServer
}

func (node) BroadcastTx(_ context.Context, request *txtypes.BroadcastTxRequest) (*txtypes.BroadcastTxResponse, error) {
	if string(request.TxBytes) == "broken" {
		panic("no room")
	}
	return &txtypes.BroadcastTxResponse{TxResponse: &sdk.TxResponse{RawLog: string(request.TxBytes)}}, nil
}

func (node) TxDecode(context.Context, *txtypes.TxDecodeRequest) (*txtypes.TxDecodeResponse, error) {
	return &txtypes.TxDecodeResponse{}, nil
}

// asQueries wraps each method as the SDK does: whatever comes this way is counted.
func asQueries(description grpc.ServiceDesc, seen *[]string) *grpc.ServiceDesc {
	methods := make([]grpc.MethodDesc, len(description.Methods))
	for i, method := range description.Methods {
		methods[i] = grpc.MethodDesc{MethodName: method.MethodName, Handler: func(srv any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error) {
			*seen = append(*seen, method.MethodName)
			return method.Handler(srv, ctx, decode, interceptor)
		}}
	}
	description.Methods = methods
	return &description
}

func TestATransactionIsNoQueryAndItsPanicEndsTheCallAlone(t *testing.T) {
	var queries []string
	server := grpc.NewServer()
	broadcast.Server{Server: server}.RegisterService(asQueries(txtypes.Service_serviceDesc, &queries), node{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	client := txtypes.NewServiceClient(conn)

	answer, err := client.BroadcastTx(t.Context(), &txtypes.BroadcastTxRequest{TxBytes: []byte("payment")})
	require.NoError(t, err)
	require.Equal(t, "payment", answer.TxResponse.RawLog)
	_, err = client.BroadcastTx(t.Context(), &txtypes.BroadcastTxRequest{TxBytes: []byte("broken")})
	require.Equal(t, codes.Internal, status.Code(err))
	require.ErrorContains(t, err, "no room")
	_, err = client.TxDecode(t.Context(), &txtypes.TxDecodeRequest{})
	require.NoError(t, err, "the node lives on")
	require.Equal(t, []string{"TxDecode"}, queries)
}
