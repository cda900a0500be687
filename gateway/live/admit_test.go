package live_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/zhilian-network/zhilian/gateway/live"
)

func TestOnlyWhoMayReadWatches(t *testing.T) {
	limits := quick()
	limits.Ping = 50 * time.Millisecond
	n := start(t, limits, nil)
	var expired atomic.Bool
	server := httptest.NewServer(live.NewHandler(live.Config{
		Hub: n.hub, Index: n.store, Accounts: known{}, Addresses: addresses,
		Admit: func(r *http.Request, watched string) (func() error, error) {
			if r.Header.Get("Authorization") != "Bearer of "+watched {
				return nil, status.Error(codes.Unauthenticated, "prove your key")
			}
			return func() error {
				if expired.Load() {
					return errors.New("the token has expired")
				}
				return nil
			}, nil
		},
	}))
	defer server.Close()
	url := "ws" + strings.TrimPrefix(server.URL, "http") + strings.Replace(live.Path, "{account}", account("a"), 1)

	for _, header := range []http.Header{nil, {"Authorization": {"Bearer of " + account("b")}}} {
		_, answer, err := websocket.DefaultDialer.Dial(url, header)
		require.Error(t, err)
		requireRefusal(t, answer, http.StatusUnauthorized, int(codes.Unauthenticated), "prove your key")
	}

	conn, _, err := websocket.DefaultDialer.Dial(url, http.Header{"Authorization": {"Bearer of " + account("a")}})
	require.NoError(t, err)
	defer conn.Close()
	require.Equal(t, live.TypeStart, read(t, conn).Type)
	expired.Store(true)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	_, _, err = conn.ReadMessage()
	require.True(t, websocket.IsCloseError(err, live.CodeDenied), err)
	require.ErrorContains(t, err, "?after=")
	require.Eventually(t, func() bool { return n.meter.of(n.meter.dropped, live.DroppedDenied) == 1 }, 5*time.Second, 10*time.Millisecond)
}

func TestABrowserNamesTheSubprotocol(t *testing.T) {
	n := start(t, quick(), nil)
	dialer := websocket.Dialer{Subprotocols: []string{live.Subprotocol, "zhilian.bearer.abc"}}
	conn, _, err := dialer.Dial(n.url(account("a"), ""), nil)
	require.NoError(t, err)
	require.Equal(t, live.Subprotocol, conn.Subprotocol(), "the token is not sent back")
	require.NoError(t, conn.Close())
}
