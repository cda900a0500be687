package door

import (
	"net/http"
	"strings"

	"github.com/gorilla/websocket"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// watchMethod is the query that a stream of an account's events stands for.
const watchMethod = "/zhilian.gateway.v1.Query/Payments"

// bearerSubprotocol begins the subprotocol with which a browser sends a token: it cannot set headers for
// a WebSocket.
const bearerSubprotocol = "zhilian.bearer."

// Admit says whether a request may watch an account: who may list its payments may. What it returns asks
// again.
func (d *Door) Admit(r *http.Request, account string) (still func() error, err error) {
	token := tokenOf(r)
	still = func() error {
		if err := d.Check(token, watchMethod, &gatewaytypes.QueryPaymentsRequest{Account: account}); err != nil {
			return coded(err)
		}
		return nil
	}
	return still, still()
}

func tokenOf(r *http.Request) string {
	if token := tokenIn(r.Header.Values(header)); token != "" {
		return token
	}
	for _, name := range websocket.Subprotocols(r) {
		if token, found := strings.CutPrefix(name, bearerSubprotocol); found {
			return token
		}
	}
	return ""
}
