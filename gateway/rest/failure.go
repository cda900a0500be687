package rest

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	gateway "github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"

	"github.com/zhilian-network/zhilian/gateway/internal/caller"
	"github.com/zhilian-network/zhilian/internal/errtext"
)

// failure is a refusal as callers see it. Every answer that is not 2xx, 3xx or 101 has its shape:
// {"code": 5, "message": "…", "details": []}, where code is a gRPC status code.
type failure struct {
	status     int
	code       codes.Code
	message    string
	retryAfter int    // seconds; 0 for none
	allow      string // methods, for 405
}

func refused(status int, code codes.Code, message string) *failure {
	return &failure{status: status, code: code, message: message}
}

// busy is a refusal that holds for a moment only.
func busy(status int, code codes.Code, seconds int, message string) *failure {
	return &failure{status: status, code: code, message: message, retryAfter: seconds}
}

func (f *failure) write(w http.ResponseWriter) {
	header := w.Header()
	if f.retryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(f.retryAfter))
	}
	if f.allow != "" {
		header.Set("Allow", f.allow)
	}
	caller.Refuse(w, f.status, f.code, f.message)
}

// faultMessage stands for what went wrong inside the node: its text is for the log, not for strangers.
const faultMessage = "the node could not answer; its log says why"

// statusOf is the HTTP status of a gRPC code. Unlike the usual table it has no 501: that a query is
// not served says nothing about the node's health.
func statusOf(code codes.Code) int {
	if code == codes.Unimplemented {
		return http.StatusNotFound
	}
	return gateway.HTTPStatusFromCode(code)
}

// coded finds the codespace and code of a registered error in the text of a gRPC status.
var coded = regexp.MustCompile(`^codespace (\w+) code (\d+): `)

// sdkCodes are the errors of the SDK that blame the caller, and come without a gRPC code of their own.
var sdkCodes = map[string]codes.Code{
	"2":  codes.InvalidArgument, // transaction cannot be parsed
	"5":  codes.FailedPrecondition,
	"6":  codes.InvalidArgument, // unknown request
	"7":  codes.InvalidArgument, // invalid address
	"8":  codes.InvalidArgument, // invalid public key
	"9":  codes.NotFound,        // unknown address
	"10": codes.InvalidArgument, // invalid coins
	"18": codes.InvalidArgument, // invalid request
	"21": codes.InvalidArgument, // transaction is too large
	"26": codes.OutOfRange,      // invalid height
	"28": codes.InvalidArgument, // invalid chain id
	"29": codes.InvalidArgument, // invalid type
	"38": codes.NotFound,
	"39": codes.Internal, // input and output
}

// texts are errors that the SDK and CometBFT give no code at all.
var texts = []struct {
	has     string
	code    codes.Code
	status  int
	message string // empty: as it is
}{
	{"failed to load state at height", codes.NotFound, http.StatusGone, "this node no longer keeps the state of that height"},
	{"did not contain latest block height", codes.Unavailable, 0, "a block is being committed; ask again"},
	{"please wait for first block", codes.Unavailable, 0, "the network has no block yet; ask again"},
	{"larger than max", codes.OutOfRange, 0, "the answer is larger than this door passes on; ask for less"},
	{"must be less than or equal to the current blockchain height", codes.OutOfRange, 0, ""},
	{"requested block height is bigger then the chain length", codes.OutOfRange, 0, ""},
	{"is not available, lowest height is", codes.NotFound, http.StatusGone, ""},
	{"page should be within", codes.InvalidArgument, 0, ""},
	{"unsupported return type", codes.InvalidArgument, 0, "mode is BROADCAST_MODE_SYNC or BROADCAST_MODE_ASYNC"},
	{"unexpected EOF", codes.InvalidArgument, 0, ""},
	{"encoding/hex", codes.InvalidArgument, 0, ""},
	{"proto:", codes.InvalidArgument, 0, ""},
}

// tried is the end of what the SDK says of a transaction that it tried: a refusal, whatever its code.
var tried = regexp.MustCompile(` with gas used: '\d+'$`)

func clean(message string) string {
	return tried.ReplaceAllString(errtext.WithoutPosition(message), "")
}

// explain turns a gRPC status into an answer. A fault of the caller is told in the words of whoever
// found it; a fault of the node is not told to strangers, and logged.
func explain(code codes.Code, message string) (answer *failure, fault bool) {
	if message == "Not Implemented" || message == "Not Found" {
		return refused(http.StatusNotFound, codes.NotFound, "there is nothing at this path; /zhilian/openapi.json lists what there is"), false
	}
	if tried.MatchString(message) && code == codes.Unknown {
		code = codes.InvalidArgument
	}
	message = clean(message)
	for _, known := range texts {
		if strings.Contains(message, known.has) && blamesNobody(code) {
			answer = refused(known.status, known.code, known.message)
			if known.message == "" {
				answer.message = message
			}
			if known.status == 0 {
				answer.status = statusOf(known.code)
			}
			return answer.retrying(), false
		}
	}
	code = recode(code, message)
	if status := statusOf(code); status != http.StatusInternalServerError {
		return refused(status, code, message).retrying(), false
	}
	return refused(http.StatusInternalServerError, codes.Internal, faultMessage), true
}

// badSearch is what the search for transactions says of a condition that it cannot read.
var badSearch = regexp.MustCompile(`^(query cannot be empty|failed to search for txs: )`)

// explainSDK explains what the SDK's own queries say without a code. They give none to bad input, and
// have one for their faults.
func explainSDK(path string, code codes.Code, message string) (answer *failure, fault bool) {
	switch {
	case code == codes.Unknown && !coded.MatchString(message), badSearch.MatchString(message):
		return refused(http.StatusBadRequest, codes.InvalidArgument, clean(message)), false
	case strings.HasPrefix(path, transactionPrefix) && strings.Contains(message, "nil pointer"):
		// The transaction service takes the parts of a transaction for granted.
		return refused(http.StatusBadRequest, codes.InvalidArgument, "a part of the transaction is missing"), false
	}
	return refused(http.StatusInternalServerError, codes.Internal, faultMessage), true
}

// retrying says when to ask again what the node could not do at the moment.
func (f *failure) retrying() *failure {
	if f.status == http.StatusServiceUnavailable {
		f.retryAfter = 1
	}
	return f
}

func blamesNobody(code codes.Code) bool {
	return code == codes.Unknown || code == codes.Internal || code == codes.NotFound || code == codes.ResourceExhausted
}

// recode gives a code to registered errors that have none. One of our own modules is a refusal:
// a query that fails for another reason does not come with a codespace.
func recode(code codes.Code, message string) codes.Code {
	if code != codes.Unknown {
		return code
	}
	found := coded.FindStringSubmatch(message)
	switch {
	case found == nil || found[1] == "undefined":
		return code
	case found[1] != "sdk":
		return codes.InvalidArgument
	}
	if known, ok := sdkCodes[found[2]]; ok {
		return known
	}
	return code
}
