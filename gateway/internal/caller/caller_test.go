package caller_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"

	"github.com/zhilian-network/zhilian/gateway/internal/caller"
)

func TestACallerIsOneNetwork(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.7:1234":          "192.0.2.7/32",
		"[::ffff:192.0.2.7]:1234": "192.0.2.7/32",
		"[2001:db8:1:2:3::4]:80":  "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80":       "fe80::/64",
		"127.0.0.1:5":             "127.0.0.1/32",
		"[::1]:5":                 "::1/128",
		"192.0.2.7":               "192.0.2.7/32",
		"@":                       "0.0.0.0/32",
		"":                        "0.0.0.0/32",
	} {
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {"198.51.100.1"}}}
		require.Equal(t, want, caller.Of(r).String(), remote)
	}
}

func TestARefusalHasItsShape(t *testing.T) {
	w := httptest.NewRecorder()
	caller.Refuse(w, http.StatusTooManyRequests, codes.ResourceExhausted, `too "many"`)
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	require.JSONEq(t, `{"code": 8, "message": "too \"many\"", "details": []}`, w.Body.String())
}
