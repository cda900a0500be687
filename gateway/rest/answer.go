package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"

	"google.golang.org/grpc/codes"
)

var errAnswerTooLarge = errors.New("answer is too large")

// answer is a response that is not sent yet.
type answer struct {
	header   http.Header
	status   int
	body     bytes.Buffer
	overflow bool
}

// Header of the response.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader sets the status; the first one counts.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write appends to the body, up to AnswerBytesMax.
func (a *answer) Write(text []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.body.Len()+len(text) > AnswerBytesMax {
		a.overflow = true
		return 0, errAnswerTooLarge
	}
	return a.body.Write(text)
}

func (a *answer) replace(f *failure) {
	a.status, a.overflow = 0, false
	a.body.Reset()
	f.write(a)
}

func (a *answer) send(w http.ResponseWriter) {
	for name := range a.header {
		// Metadata and trailers of the query below are no business of callers.
		if strings.HasPrefix(name, grpcHeaders) {
			delete(a.header, name)
		}
	}
	a.header.Del("Trailer")
	a.header.Del("Transfer-Encoding")
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(max(a.status, http.StatusOK))
	_, _ = w.Write(a.body.Bytes())
}

// reshape gives every refusal the one shape, also those of the SDK's routes and of net/http.
func (d *door) reshape(a *answer, r *http.Request) {
	if a.overflow {
		a.replace(refused(http.StatusBadRequest, codes.OutOfRange, "the answer is larger than this door passes on; ask for less"))
		return
	}
	if a.status < http.StatusBadRequest {
		return
	}
	var told struct {
		Code    *codes.Code `json:"code"`
		Message *string     `json:"message"`
	}
	if json.Unmarshal(a.body.Bytes(), &told) != nil || told.Code == nil || told.Message == nil {
		a.replace(refused(a.status, codeOf(a.status), strings.TrimSpace(plain(a.body.String(), a.status))))
		return
	}
	reason, fault := refused(a.status, *told.Code, clean(*told.Message)), false
	if isOfQuery(a.status) {
		reason, fault = explain(*told.Code, *told.Message)
	}
	if fault && strings.HasPrefix(r.URL.Path, sdkPrefix) {
		reason, fault = explainSDK(r.URL.Path, *told.Code, *told.Message)
	}
	if fault {
		d.config.Logger.Error("a REST query failed", "path", r.URL.Path, "code", *told.Code, "error", *told.Message)
	}
	a.replace(reason)
}

// isOfQuery says if a status may be what a gateway makes of a gRPC code, and means something else.
func isOfQuery(status int) bool {
	return status >= http.StatusInternalServerError || status == http.StatusNotFound || status == http.StatusTooManyRequests
}

// plain keeps a short sentence as it is; anything else becomes the name of its status.
func plain(text string, status int) string {
	const sentenceMax = 300
	if text == "" || len(text) > sentenceMax || status >= http.StatusInternalServerError || strings.ContainsAny(text, "<{") {
		return strings.ToLower(http.StatusText(status))
	}
	return text
}

func codeOf(status int) codes.Code {
	switch status {
	case http.StatusNotFound:
		return codes.NotFound
	case http.StatusMethodNotAllowed:
		return codes.Unimplemented
	case http.StatusTooManyRequests:
		return codes.ResourceExhausted
	case http.StatusServiceUnavailable:
		return codes.Unavailable
	case http.StatusGatewayTimeout:
		return codes.DeadlineExceeded
	}
	if status >= http.StatusInternalServerError {
		return codes.Internal
	}
	return codes.InvalidArgument
}
