// Package broadcast takes transactions that are handed in by gRPC.
package broadcast

import (
	"context"
	"slices"

	gogogrpc "github.com/cosmos/gogoproto/grpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
)

const method = "BroadcastTx"

// Server registers services, and gives the transaction service a handler of its own for BroadcastTx. The SDK's
// treats it as a query: it opens the newest state, which nobody reads, and writes the request out in Go's
// syntax, byte by byte, for a debug line that is then not printed. For a batch of payments that takes longer
// than the check of the transaction.
type Server struct{ gogogrpc.Server }

// RegisterService makes it a gogogrpc.Server.
func (s Server) RegisterService(description *grpc.ServiceDesc, implementation any) {
	service, ok := implementation.(txtypes.ServiceServer)
	if !ok {
		s.Server.RegisterService(description, implementation)
		return
	}
	changed := *description
	changed.Methods = slices.Clone(description.Methods)
	for i := range changed.Methods {
		if changed.Methods[i].MethodName == method {
			changed.Methods[i].Handler = handler(service)
		}
	}
	s.Server.RegisterService(&changed, implementation)
}

func handler(service txtypes.ServiceServer) grpc.MethodHandler {
	return func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (_ any, err error) {
		var request txtypes.BroadcastTxRequest
		if err := decode(&request); err != nil {
			return nil, err
		}
		// As the SDK's handlers do: a panic fails the call, not the node.
		defer func() {
			if problem := recover(); problem != nil {
				err = status.Errorf(codes.Internal, "%v", problem)
			}
		}()
		return service.BroadcastTx(ctx, &request)
	}
}
