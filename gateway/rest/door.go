package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"github.com/rs/cors"
	"google.golang.org/grpc/codes"

	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"
)

// Where routes are.
const (
	ownPrefix         = "/zhilian/"
	sdkPrefix         = "/cosmos/"
	transactionPrefix = "/cosmos/tx/"
	streamRoute       = "stream"
)

// door is what every request passes before its route.
type door struct {
	config  Config
	clients *clients
	slots   chan struct{}
	methods methodTable
}

func newDoor(config Config, methods methodTable) (*door, error) {
	counted, err := newClients(config.RequestsPerSecond, config.Burst)
	if err != nil {
		return nil, err
	}
	return &door{
		config: config, clients: counted, methods: methods,
		slots: make(chan struct{}, config.ConcurrentRequests),
	}, nil
}

// wrap puts the door before next. Refusals carry the headers of CORS too, or a web page could not
// read why it was refused; a preflight costs no token.
func (d *door) wrap(next http.Handler) http.Handler {
	guarded := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if refusal := d.refuse(r); refusal != nil {
			refusal.write(w)
			return
		}
		if r.Method == http.MethodHead {
			// HEAD is GET without a body; the server leaves the body out.
			r = r.Clone(r.Context())
			r.Method = http.MethodGet
		}
		if route := mux.CurrentRoute(r); route != nil && route.GetName() == streamRoute {
			next.ServeHTTP(w, r)
			return
		}
		d.serve(w, r, next)
	})
	if d.config.NoCORS {
		return guarded
	}
	return d.cors().Handler(guarded)
}

// cors lets any page read what it may: a token is sent by the page that has it, never by the browser on
// its own. Pages that may also send are named.
func (d *door) cors() *cors.Cors {
	options := cors.Options{
		AllowedOrigins: []string{"*"},
		AllowedMethods: []string{http.MethodGet, http.MethodHead},
		AllowedHeaders: []string{"Accept", "Authorization", "Content-Type", grpctypes.GRPCBlockHeightHeader},
		ExposedHeaders: []string{grpctypes.GRPCBlockHeightHeader, "Retry-After"},
		MaxAge:         int((10 * time.Minute).Seconds()),
	}
	if len(d.config.Origins) > 0 {
		options.AllowedOrigins = d.config.Origins
		options.AllowedMethods = append(options.AllowedMethods, http.MethodPost)
	}
	return cors.New(options)
}

// refuse looks at what can be told before any work is done, the cheapest first.
func (d *door) refuse(r *http.Request) *failure {
	if refusal := d.clients.admit(r, time.Now()); refusal != nil {
		return refusal
	}
	if length := len(r.URL.RequestURI()); length > URLBytesMax {
		return refused(http.StatusRequestURITooLong, codes.InvalidArgument,
			fmt.Sprintf("the URL has %d bytes, at most %d", length, URLBytesMax))
	}
	if refusal := d.methods.check(r); refusal != nil {
		return refusal
	}
	if refusal := checkHeight(r, d.config.Heights); refusal != nil {
		return refusal
	}
	return checkSDKPage(r)
}

// serve has next answer within the deadline and one of the slots. The slot is held until next has
// ended, also if the caller was told before that it took too long: what is bounded is the work.
func (d *door) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	select {
	case d.slots <- struct{}{}:
	default:
		busy(http.StatusServiceUnavailable, codes.Unavailable, 1,
			"the node is working on as many requests as it takes at one time; ask again").write(w)
		return
	}
	if refusal := readBody(w, r); refusal != nil {
		<-d.slots
		refusal.write(w)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), d.config.Deadline)
	defer cancel()
	answered := make(chan *answer, 1)
	go func() {
		defer func() { <-d.slots }()
		answered <- d.answer(r.WithContext(ctx), next)
	}()
	select {
	case a := <-answered:
		a.send(w)
	case <-ctx.Done():
		busy(http.StatusGatewayTimeout, codes.DeadlineExceeded, 1,
			fmt.Sprintf("no answer within %s", d.config.Deadline)).write(w)
	}
}

// readBody reads a body of bounded length. http.MaxBytesReader has the connection closed when a
// caller sends more.
func readBody(w http.ResponseWriter, r *http.Request) *failure {
	limit := int64(QueryBodyBytesMax)
	if strings.HasPrefix(r.URL.Path, transactionPrefix) {
		limit = TransactionBodyBytesMax
	}
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refused(http.StatusRequestEntityTooLarge, codes.InvalidArgument,
			fmt.Sprintf("the body is larger than %d bytes", limit))
	case err != nil:
		return refused(http.StatusBadRequest, codes.InvalidArgument, "the body could not be read")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// answer has a route answer into memory.
func (d *door) answer(r *http.Request, next http.Handler) (a *answer) {
	a = &answer{header: http.Header{}}
	defer func() {
		if crash := recover(); crash != nil {
			d.config.Logger.Error("a REST route crashed", "path", r.URL.Path, "crash", crash, "stack", string(debug.Stack()))
			a = &answer{header: http.Header{}}
			a.replace(refused(http.StatusInternalServerError, codes.Internal, faultMessage))
		}
	}()
	next.ServeHTTP(a, r)
	d.reshape(a, r)
	return a
}
