package live

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	gateway "github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/core/address"

	"github.com/zhilian-network/zhilian/gateway/index"
	"github.com/zhilian-network/zhilian/gateway/internal/caller"
)

// Path is where the handler belongs; net/http and gorilla/mux both read it as a pattern.
const Path = "/zhilian/gateway/v1/accounts/{account}/events"

const (
	pathBefore, pathAfter = "/zhilian/gateway/v1/accounts/", "/events"

	handshakeTimeout = 10 * time.Second
	retrySeconds     = "10"
)

// Accounts knows which accounts exist.
type Accounts interface {
	// AccountKnown tells whether the network has a settlement or reserve account at an address.
	AccountKnown(ctx context.Context, address string) (bool, error)
}

// Config is what a handler works with.
type Config struct {
	Hub       *Hub
	Index     Index
	Accounts  Accounts
	Addresses address.Codec
	// Client names whose request it is, for the limit per client; "" is not limited. nil: ClientAddress.
	Client func(*http.Request) string
	// Admit says whether a caller may watch an account, with an error that carries a gRPC status; nil admits
	// everyone. What it returns is asked again while the stream goes on, and ends it with its error.
	Admit func(r *http.Request, account string) (still func() error, err error)
}

// Subprotocol is what a browser's client names beside the subprotocol that carries its token, which it cannot
// send in a header.
const Subprotocol = "zhilian.v1"

// NewHandler serves Path. It may be mounted anywhere, behind any router that lets it take over the
// connection: it reads the account off the path itself.
func NewHandler(config Config) http.Handler {
	if config.Client == nil {
		config.Client = ClientAddress
	}
	return &handler{Config: config, upgrader: websocket.Upgrader{
		HandshakeTimeout: handshakeTimeout,
		ReadBufferSize:   512,
		WriteBufferSize:  4096,
		// A connection that says nothing holds no buffer.
		WriteBufferPool: &sync.Pool{},
		// There is no cookie or session that a foreign page could use in a visitor's name: a page that has
		// a token was given it. So any page may ask.
		CheckOrigin:  func(*http.Request) bool { return true },
		Subprotocols: []string{Subprotocol},
		Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
			refuse(w, status, codes.InvalidArgument, reason.Error())
		},
	}}
}

type handler struct {
	Config
	upgrader websocket.Upgrader
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		refuse(w, http.StatusMethodNotAllowed, codes.Unimplemented, "only GET is served here")
		return
	case !websocket.IsWebSocketUpgrade(r):
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Connection", "Upgrade")
		refuse(w, http.StatusUpgradeRequired, codes.FailedPrecondition, "this is a WebSocket: connect with a WebSocket client")
		return
	}
	account, after, err := h.question(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, codes.InvalidArgument, err.Error())
		return
	}
	// The slot comes first: a flood of connections costs no query.
	client := h.Client(r)
	if err := h.Hub.acquire(client); err != nil {
		h.full(w, err)
		return
	}
	defer h.Hub.release(client)
	still, err := h.admit(r, account)
	if err != nil {
		refusal := status.Convert(err)
		refuse(w, gateway.HTTPStatusFromCode(refusal.Code()), refusal.Code(), refusal.Message())
		return
	}
	if !h.known(w, r, account) {
		return
	}
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // answered by the upgrader
	}
	s := &subscriber{
		hub: h.Hub, index: h.Index, account: account, conn: conn, pinged: time.Now(),
		reader: make(chan struct{}), wake: make(chan struct{}, 1), still: still,
	}
	s.run(after)
}

func (h *handler) admit(r *http.Request, account string) (still func() error, err error) {
	if h.Admit == nil {
		return func() error { return nil }, nil
	}
	return h.Admit(r, account)
}

// question reads account and cursor.
func (h *handler) question(r *http.Request) (account string, after *index.EventCursor, err error) {
	account, foundBefore := strings.CutPrefix(r.URL.Path, pathBefore)
	account, foundAfter := strings.CutSuffix(account, pathAfter)
	if !foundBefore || !foundAfter {
		return "", nil, errors.New("the path is not " + Path)
	}
	raw, err := h.Addresses.StringToBytes(account)
	if err != nil {
		return "", nil, errors.New("account: " + err.Error())
	}
	// Capitals are valid in bech32; the index knows one form.
	if account, err = h.Addresses.BytesToString(raw); err != nil {
		return "", nil, errors.New("account: " + err.Error())
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return "", nil, errors.New("query: " + err.Error())
	}
	text := values.Get("after")
	if text == "" {
		return account, nil, nil
	}
	cursor, err := index.ParseEventCursor(text)
	if err != nil {
		return "", nil, errors.New("after: " + err.Error())
	}
	return account, &cursor, nil
}

func (h *handler) known(w http.ResponseWriter, r *http.Request, account string) bool {
	known, err := h.Accounts.AccountKnown(r.Context(), account)
	switch {
	case err != nil:
		w.Header().Set("Retry-After", retrySeconds)
		refuse(w, http.StatusServiceUnavailable, codes.Unavailable, "the node cannot look up the account yet: try again in a moment")
	case !known:
		refuse(w, http.StatusBadRequest, codes.InvalidArgument, "account: the network has no account "+account)
	}
	return err == nil && known
}

func (h *handler) full(w http.ResponseWriter, err error) {
	w.Header().Set("Retry-After", retrySeconds)
	switch {
	case errors.Is(err, errTooManyOfClient):
		h.Hub.meter.SubscriptionRefused(RefusedClient)
		refuse(w, http.StatusTooManyRequests, codes.ResourceExhausted, err.Error())
	case errors.Is(err, errTooMany):
		h.Hub.meter.SubscriptionRefused(RefusedTotal)
		refuse(w, http.StatusServiceUnavailable, codes.Unavailable, err.Error())
	default:
		refuse(w, http.StatusServiceUnavailable, codes.Unavailable, err.Error())
	}
}

// refuse answers in the form of the REST server's errors. The handler may stand without its door.
func refuse(w http.ResponseWriter, status int, code codes.Code, message string) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	caller.Refuse(w, status, code, message)
}

// ClientAddress names the network that the connection comes from. It is empty for this machine itself:
// a proxy before the node speaks for many.
func ClientAddress(r *http.Request) string {
	network := caller.Of(r)
	switch {
	case network.Addr().IsLoopback():
		return ""
	case network.IsSingleIP():
		return network.Addr().String()
	}
	return network.String()
}
