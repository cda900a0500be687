package rest

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
)

func TestWhatQueriesSayBecomesAStatusAndASentence(t *testing.T) {
	for _, row := range []struct {
		name    string
		code    codes.Code
		message string
		status  int
		told    string
		fault   bool
	}{
		{"a refusal with a code", codes.NotFound, "payment not found", 404, "payment not found", false},
		{"a height that was pruned", codes.Unknown, "codespace sdk code 38: not found: failed to load state at height 3; version does not exist (latest height: 9)", 410, "this node no longer keeps the state of that height", false},
		{"a height in the future", codes.Unknown, "codespace sdk code 26: invalid height: cannot query with height in the future", 400, "codespace sdk code 26: invalid height: cannot query with height in the future", false},
		{"a block that is being committed", codes.Unknown, "codespace sdk code 26: invalid height: context did not contain latest block height in either check state or finalize block state (7)", 503, "a block is being committed; ask again", false},
		{"a chain without a block", codes.Unknown, "codespace sdk code 26: invalid height: zhiliand is not ready; please wait for first block", 503, "the network has no block yet; ask again", false},
		{"a refusal of a module of ours without a gRPC code", codes.Unknown, "codespace settlement code 24: uetr is not a lower-case uuid version 4", 400, "codespace settlement code 24: uetr is not a lower-case uuid version 4", false},
		{"an error that nobody named", codes.Unknown, "disk full at /var/lib", 500, faultMessage, true},
		{"an error whose code was lost", codes.Unknown, "codespace undefined code 1: internal", 500, faultMessage, true},
		{"a crash", codes.Internal, "runtime error: index out of range [5]", 500, faultMessage, true},
		{"a query that is not served", codes.Unimplemented, "owners are not listed", 404, "owners are not listed", false},
		{"a query that took too long", codes.DeadlineExceeded, "context deadline exceeded", 504, "context deadline exceeded", false},
		{"a transaction that was tried and refused", codes.Unknown, "must contain at least one message [cosmos/cosmos-sdk@v0.55.0/baseapp/baseapp.go:587] with gas used: '1285'", 400, "must contain at least one message", false},
		{"an answer too large for the connection", codes.ResourceExhausted, "grpc: received message larger than max (5 vs. 4)", 400, "the answer is larger than this door passes on; ask for less", false},
		{"a path that nobody has", codes.NotFound, "Not Found", 404, "there is nothing at this path; /zhilian/openapi.json lists what there is", false},
	} {
		answer, fault := explain(row.code, row.message)
		require.Equal(t, row.status, answer.status, row.name)
		require.Equal(t, row.told, answer.message, row.name)
		require.Equal(t, row.fault, fault, row.name)
		require.Equal(t, row.status == http.StatusServiceUnavailable, answer.retryAfter > 0, row.name)
		require.NotZero(t, answer.code, row.name)
	}
}

func TestTheSDKsOwnQueriesBlameTheCallerForWhatHasNoCode(t *testing.T) {
	answer, fault := explainSDK("/cosmos/auth/v1beta1/accounts/x", codes.Unknown, "decoding bech32 failed: invalid separator index -1")
	require.Equal(t, http.StatusBadRequest, answer.status)
	require.False(t, fault)
	answer, fault = explainSDK("/cosmos/tx/v1beta1/txs", codes.Internal, "failed to search for txs: offset 1: EOF")
	require.Equal(t, http.StatusBadRequest, answer.status)
	require.False(t, fault)
	_, fault = explainSDK("/cosmos/auth/v1beta1/accounts/x", codes.Internal, "runtime error: invalid memory address or nil pointer dereference")
	require.True(t, fault)
	_, fault = explainSDK("/cosmos/bank/v1beta1/supply", codes.Unknown, "codespace undefined code 111222: panic")
	require.True(t, fault)
}
