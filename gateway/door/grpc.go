package door

import (
	"context"
	"strings"

	gogogrpc "github.com/cosmos/gogoproto/grpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	errorsmod "cosmossdk.io/errors"
)

// header carries a token, over HTTP and gRPC alike.
const header = "authorization"

// bearer is the scheme of RFC 6750; schemes are not case-sensitive.
const bearer = "bearer "

// tokenIn reads a token out of the values of the header; empty if there is none.
func tokenIn(values []string) string {
	for _, value := range values {
		if len(value) > len(bearer) && strings.EqualFold(value[:len(bearer)], bearer) {
			return strings.TrimSpace(value[len(bearer):])
		}
	}
	return ""
}

// WithToken returns a context whose gRPC calls carry a token.
func WithToken(ctx context.Context, token string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, header, "Bearer "+token)
}

// coded is a refusal as gRPC carries it, with codespace and code in front, as those of modules have.
func coded(err error) error {
	codespace, code, _ := errorsmod.ABCIInfo(err, false)
	known, ok := status.FromError(err)
	if !ok || codespace == errorsmod.UndefinedCodespace {
		return err
	}
	return status.Errorf(known.Code(), "codespace %s code %d: %s", codespace, code, err)
}

// Conn asks the door before each query that is sent over a connection. The REST door uses it: the token
// of a request goes along in the metadata.
type Conn struct {
	grpc.ClientConnInterface
	Door *Door
}

// Invoke checks, asks, and filters.
func (c Conn) Invoke(ctx context.Context, method string, request, response any, options ...grpc.CallOption) error {
	sent, _ := metadata.FromOutgoingContext(ctx)
	token := tokenIn(sent.Get(header))
	if err := c.Door.Check(token, method, request); err != nil {
		return coded(err)
	}
	if err := c.ClientConnInterface.Invoke(ctx, method, request, response, options...); err != nil {
		return err
	}
	return c.Door.Filter(token, method, response)
}

// Server registers services behind the door, on a gRPC server that others than the node's operator
// reach.
type Server struct {
	gogogrpc.Server
	Door *Door
}

// RegisterService puts the door before each method of a service.
func (s Server) RegisterService(description *grpc.ServiceDesc, implementation any) {
	guarded := *description
	guarded.Methods = make([]grpc.MethodDesc, len(description.Methods))
	for i, method := range description.Methods {
		guarded.Methods[i] = grpc.MethodDesc{MethodName: method.MethodName, Handler: s.guard(method.Handler)}
	}
	s.Server.RegisterService(&guarded, implementation)
}

type methodHandler = func(srv any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error)

// guard runs the door inside the server's own interceptors, where the decoded request is at hand.
func (s Server) guard(handler methodHandler) methodHandler {
	return func(implementation any, ctx context.Context, decode func(any) error, outer grpc.UnaryServerInterceptor) (any, error) {
		inner := func(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			sent, _ := metadata.FromIncomingContext(ctx)
			token := tokenIn(sent.Get(header))
			if err := s.Door.Check(token, info.FullMethod, request); err != nil {
				return nil, coded(err)
			}
			response, err := next(ctx, request)
			if err != nil {
				return nil, err
			}
			return response, s.Door.Filter(token, info.FullMethod, response)
		}
		if outer == nil {
			return handler(implementation, ctx, decode, inner)
		}
		return handler(implementation, ctx, decode, func(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			return outer(ctx, request, info, func(ctx context.Context, request any) (any, error) {
				return inner(ctx, request, info, next)
			})
		})
	}
}
