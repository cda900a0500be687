package client_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/stretchr/testify/require"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"

	"github.com/zhilian-network/zhilian/gateway/client"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

func TestAQuestionEndsWithItsDeadlineAlsoIfTheNodeHangs(t *testing.T) {
	free := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-free }))
	defer server.Close()
	defer close(free)
	rpc, err := rpchttp.New(server.URL, "/websocket")
	require.NoError(t, err)
	chain := client.NewReader(sdkclient.Context{}.WithClient(rpc).WithInterfaceRegistry(codectypes.NewInterfaceRegistry()))

	ask := map[string]func(context.Context) error{
		"Institutions": func(ctx context.Context) error { _, err := chain.Institutions(ctx); return err },
		"Resolve":      func(ctx context.Context) error { _, err := chain.Resolve(ctx, [][]byte{{1}}); return err },
		"Payment":      func(ctx context.Context) error { _, err := chain.Payment(ctx, "uetr"); return err },
		"Account":      func(ctx context.Context) error { _, err := chain.Account(ctx, "address"); return err },
		"Participants": func(ctx context.Context) error { _, err := chain.Participants(ctx); return err },
		"Balance":      func(ctx context.Context) error { _, err := chain.Balance(ctx, "address", "denom", 7); return err },
		"Entries": func(ctx context.Context) error {
			_, err := chain.Entries(ctx, &gatewaytypes.QueryEntriesRequest{})
			return err
		},
		"BlockTime": func(ctx context.Context) error { _, err := chain.BlockTime(ctx, 7); return err },
	}
	for name, question := range ask {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			answered := make(chan error, 1)
			go func() { answered <- question(ctx) }()
			select {
			case err := <-answered:
				require.ErrorIs(t, err, context.DeadlineExceeded)
			case <-time.After(5 * time.Second):
				t.Fatal("it still waits for the node")
			}
		})
	}
}
