package door

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	cmtbytes "github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/client"
)

// refreshBefore is how long before its end a token is no longer used: a query takes its time.
const refreshBefore = 30 * time.Second

// errNoKey says that a command names no key.
var errNoKey = errors.New("no key is named")

// asker proves the key of a command to the node, where the node wants that. Public queries, and all of a
// node that answers everyone, tell nothing of who asks.
type asker struct {
	rules Rules
	// reader finds the key that the command names; errNoKey if it names none.
	reader func() (Reader, error)
	// cache keeps tokens for the commands that follow.
	cache tokenCache

	mutex  sync.Mutex
	found  *Reader
	token  Token
	masked map[string]bool // methods whose newest answer was masked
}

// verdict is what a node made of a query.
type verdict int

const (
	answered verdict = iota
	// masked is answered, but for what is not public.
	masked
	// wantsKey is refused for want of a token that holds.
	wantsKey
)

// through asks, and asks once more with a new token if the node wants one. open gets it from the node.
func (a *asker) through(ctx context.Context, method string, open func(context.Context, Reader) (Token, error), ask func(token string) verdict) error {
	permission, _ := a.rules.Of(method)
	if permission == "" {
		a.note(method, ask(""))
		return nil
	}
	held := a.held()
	got := ask(held)
	if got == wantsKey || (got == masked && held == "") {
		token, err := a.fetch(ctx, open)
		switch {
		case err == nil:
			got = ask(token)
		// Without a key the node's own words stand: they say what to do.
		case got == wantsKey && !errors.Is(err, errNoKey):
			return err
		}
	}
	a.note(method, got)
	return nil
}

func (a *asker) note(method string, got verdict) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.masked[method] = got == masked
}

func (a *asker) wasMasked(method string) bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.masked[method]
}

// held is a token from earlier; empty if there is none that holds for a while.
func (a *asker) held() string {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	reader, err := a.readerOnce()
	if err != nil {
		return ""
	}
	if a.token.Token == "" {
		a.token = a.cache.get(reader.Address)
	}
	if !time.Now().Before(a.token.ExpiresAt.Add(-refreshBefore)) {
		a.token = Token{}
	}
	return a.token.Token
}

func (a *asker) fetch(ctx context.Context, open func(context.Context, Reader) (Token, error)) (string, error) {
	a.mutex.Lock()
	reader, err := a.readerOnce()
	a.mutex.Unlock()
	if err != nil {
		return "", err
	}
	token, err := open(ctx, reader) // its own queries pass here too
	if err != nil {
		return "", fmt.Errorf("prove the key %s to the node: %w", reader.Name, err)
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.token = token
	a.cache.put(token)
	return token.Token, nil
}

// readerOnce unlocks a keyring once at most.
func (a *asker) readerOnce() (Reader, error) {
	if a.found != nil {
		return *a.found, nil
	}
	reader, err := a.reader()
	if err != nil {
		return Reader{}, err
	}
	a.found = &reader
	return reader, nil
}

// rpc is CometBFT's RPC as a command uses it.
type rpc struct {
	client.CometRPC
	asker *asker
	// queries asks the same node as anyone.
	queries client.Context
}

// ABCIQuery asks for the newest state.
func (r rpc) ABCIQuery(ctx context.Context, path string, data cmtbytes.HexBytes) (*coretypes.ResultABCIQuery, error) {
	return r.ABCIQueryWithOptions(ctx, path, data, rpcclient.DefaultABCIQueryOptions)
}

// ABCIQueryWithOptions asks, with a token if the node wants one.
func (r rpc) ABCIQueryWithOptions(
	ctx context.Context, path string, data cmtbytes.HexBytes, options rpcclient.ABCIQueryOptions,
) (answer *coretypes.ResultABCIQuery, err error) {
	open := func(ctx context.Context, reader Reader) (Token, error) { return reader.Open(ctx, r.queries) }
	refused := r.asker.through(ctx, path, open, func(token string) verdict {
		at, with := path, data
		if token != "" {
			at, with = questionPath, question(token, path, data)
		}
		if answer, err = r.CometRPC.ABCIQueryWithOptions(ctx, at, with, options); err != nil {
			return answered
		}
		switch response := answer.Response; {
		case response.Codespace == Codespace && isTokenRefusal(response.Code):
			return wantsKey
		case response.IsOK() && response.Info == shownPublic:
			return masked
		}
		return answered
	})
	if refused != nil {
		return nil, refused
	}
	return answer, err
}

func isTokenRefusal(code uint32) bool {
	return code == ErrTokenNeeded.ABCICode() || code == ErrTokenInvalid.ABCICode() || code == ErrTokenExpired.ABCICode()
}

// intercept asks over gRPC, with a token if the node wants one.
func (a *asker) intercept(
	ctx context.Context, method string, request, response any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption,
) (err error) {
	open := func(ctx context.Context, reader Reader) (Token, error) { return reader.Open(ctx, conn) }
	refused := a.through(ctx, method, open, func(token string) verdict {
		sent := ctx
		if token != "" {
			sent = WithToken(ctx, token)
		}
		var headers metadata.MD
		err = invoke(sent, method, request, response, conn, append(options, grpc.Header(&headers))...)
		if _, public := Masked(headers); public {
			return masked
		}
		var codespace string
		var code uint32
		if _, scanErr := fmt.Sscanf(status.Convert(err).Message(), "codespace %s code %d:", &codespace, &code); err != nil &&
			scanErr == nil && codespace == Codespace && isTokenRefusal(code) {
			return wantsKey
		}
		return answered
	})
	if refused != nil {
		return refused
	}
	return err
}
