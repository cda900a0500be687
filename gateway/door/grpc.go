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

// Invoke checks, asks, masks and filters.
func (c Conn) Invoke(ctx context.Context, method string, request, response any, options ...grpc.CallOption) error {
	sent, _ := metadata.FromOutgoingContext(ctx)
	token := tokenIn(sent.Get(header))
	if err := c.Door.Check(token, method, request); err != nil {
		return coded(err)
	}
	if err := c.ClientConnInterface.Invoke(ctx, method, request, response, options...); err != nil {
		return err
	}
	c.Door.maskInPlace(token, method, response, options)
	return c.Door.Filter(token, method, response)
}

// OwnConn asks with the node's own token: routes that answer everyone, over a gRPC server that does not.
type OwnConn struct {
	grpc.ClientConnInterface
	Door *Door
}

// Invoke asks in place of the caller, whose token counts for nothing.
func (c OwnConn) Invoke(ctx context.Context, method string, request, response any, options ...grpc.CallOption) error {
	sent, _ := metadata.FromOutgoingContext(ctx)
	sent = sent.Copy()
	sent.Set(header, "Bearer "+c.Door.NodeToken())
	return c.ClientConnInterface.Invoke(metadata.NewOutgoingContext(ctx, sent), method, request, response, options...)
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
		name := "/" + description.ServiceName + "/" + method.MethodName
		guarded.Methods[i] = grpc.MethodDesc{MethodName: method.MethodName, Handler: s.guard(name, method.Handler)}
	}
	s.Server.RegisterService(&guarded, implementation)
}

type methodHandler = func(srv any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error)

// guard checks a request as soon as it is decoded. It is no interceptor: the SDK's handlers call their own
// alone, and would pass by another.
func (s Server) guard(method string, handler methodHandler) methodHandler {
	return func(implementation any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error) {
		sent, _ := metadata.FromIncomingContext(ctx)
		token := tokenIn(sent.Get(header))
		checked := false
		response, err := handler(implementation, ctx, func(request any) error {
			if err := decode(request); err != nil {
				return err
			}
			if err := s.Door.Check(token, method, request); err != nil {
				return coded(err)
			}
			checked = true
			return nil
		}, interceptor)
		if err != nil {
			return nil, err
		}
		if !checked { // a handler that read no request, or went on after the refusal
			return nil, coded(ErrReadDenied)
		}
		return s.answer(ctx, token, method, response)
	}
}

func (s Server) answer(ctx context.Context, token, method string, response any) (any, error) {
	if err := s.Door.Filter(token, method, response); err != nil {
		return nil, err
	}
	left, masked, err := s.Door.mask(token, method, response)
	if masked && err == nil {
		err = grpc.SetHeader(ctx, metadata.Pairs(shownHeader, shownPublic))
	}
	return left, err
}
