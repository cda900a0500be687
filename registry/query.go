package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/cometbft/cometbft/libs/bytes"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// ABCI is the part of CometBFT's RPC that queries go through.
type ABCI interface {
	ABCIQuery(ctx context.Context, path string, data bytes.HexBytes) (*coretypes.ResultABCIQuery, error)
}

// connection lets generated gRPC clients ask through a node's RPC, as all commands do: it is the one
// door that --node names.
type connection struct{ node ABCI }

var _ grpc.ClientConnInterface = connection{}

// Invoke asks one question.
func (c connection) Invoke(ctx context.Context, method string, request, answer any, _ ...grpc.CallOption) error {
	question, ok := request.(proto.Message)
	reply, replies := answer.(proto.Message)
	if !ok || !replies {
		return fmt.Errorf("%s: %T and %T are not messages", method, request, answer)
	}
	data, err := proto.Marshal(question)
	if err != nil {
		return err
	}
	result, err := c.node.ABCIQuery(ctx, method, data)
	if err != nil {
		return err
	}
	if !result.Response.IsOK() {
		return fmt.Errorf("%s: %s (%s %d)", method, result.Response.Log, result.Response.Codespace, result.Response.Code)
	}
	return proto.Unmarshal(result.Response.Value, reply)
}

// NewStream is not for queries.
func (connection) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, errors.New("a node's RPC has no streams")
}
