package app

import (
	"context"
	"net/http"

	"github.com/cosmos/gogoproto/proto"
	gateway "github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"
	protov2 "google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"
	nodeservice "github.com/cosmos/cosmos-sdk/client/grpc/node"
	"github.com/cosmos/cosmos-sdk/server/api"
	"github.com/cosmos/cosmos-sdk/server/config"
	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"
	authtx "github.com/cosmos/cosmos-sdk/x/auth/tx"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	accessv1 "github.com/zhilian-network/zhilian/api/zhilian/access/v1"
	consortiumv1 "github.com/zhilian-network/zhilian/api/zhilian/consortium/v1"
	gatewayv1 "github.com/zhilian-network/zhilian/api/zhilian/gateway/v1"
	ledgerv1 "github.com/zhilian-network/zhilian/api/zhilian/ledger/v1"
	settlementv1 "github.com/zhilian-network/zhilian/api/zhilian/settlement/v1"
)

// restPrefix is where our own routes live; the SDK's stay below /cosmos/.
const restPrefix = "/zhilian/"

// RegisterAPIRoutes mounts the REST routes on the node's API server.
func (app *App) RegisterAPIRoutes(server *api.Server, _ config.APIConfig) {
	authtx.RegisterGRPCGatewayRoutes(server.ClientCtx, server.GRPCGatewayRouter)
	cmtservice.RegisterGRPCGatewayRoutes(server.ClientCtx, server.GRPCGatewayRouter)
	nodeservice.RegisterGRPCGatewayRoutes(server.ClientCtx, server.GRPCGatewayRouter)
	registerV1(server)

	mux, err := newRESTMux(server.ClientCtx)
	if err != nil {
		panic(err)
	}
	// First match wins: the server adds its own catch-all later.
	server.Router.PathPrefix(restPrefix).Handler(mux)
}

// registerV1 mounts the SDK's account and balance routes, which wallets use.
func registerV1(server *api.Server) {
	ctx := context.Background()
	mux := server.GRPCGatewayRouter
	if err := authtypes.RegisterQueryHandlerClient(ctx, mux, authtypes.NewQueryClient(server.ClientCtx)); err != nil {
		panic(err)
	}
	if err := banktypes.RegisterQueryHandlerClient(ctx, mux, banktypes.NewQueryClient(server.ClientCtx)); err != nil {
		panic(err)
	}
}

func newRESTMux(clientCtx client.Context) (*gateway.ServeMux, error) {
	files, err := proto.MergedRegistry()
	if err != nil {
		return nil, err
	}
	// Public keys and proposed messages stand in Any fields: their types are looked up here.
	types := dynamicpb.NewTypes(files)
	mux := gateway.NewServeMux(
		gateway.WithMarshalerOption(gateway.MIMEWildcard, &gateway.JSONPb{
			MarshalOptions:   protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true, Resolver: types},
			UnmarshalOptions: protojson.UnmarshalOptions{Resolver: types},
		}),
		gateway.WithIncomingHeaderMatcher(matchHeader),
		gateway.WithForwardResponseOption(setHeightHeader),
	)
	ctx := context.Background()
	for _, register := range []func() error{
		func() error { return accessv1.RegisterQueryHandlerClient(ctx, mux, accessv1.NewQueryClient(clientCtx)) },
		func() error {
			return consortiumv1.RegisterQueryHandlerClient(ctx, mux, consortiumv1.NewQueryClient(clientCtx))
		},
		func() error { return ledgerv1.RegisterQueryHandlerClient(ctx, mux, ledgerv1.NewQueryClient(clientCtx)) },
		func() error {
			return settlementv1.RegisterQueryHandlerClient(ctx, mux, settlementv1.NewQueryClient(clientCtx))
		},
		func() error {
			return gatewayv1.RegisterQueryHandlerClient(ctx, mux, gatewayv1.NewQueryClient(clientCtx))
		},
	} {
		if err := register(); err != nil {
			return nil, err
		}
	}
	return mux, nil
}

// matchHeader lets a caller ask for the state of an earlier height.
func matchHeader(key string) (string, bool) {
	if http.CanonicalHeaderKey(key) == http.CanonicalHeaderKey(grpctypes.GRPCBlockHeightHeader) {
		return grpctypes.GRPCBlockHeightHeader, true
	}
	return gateway.DefaultHeaderMatcher(key)
}

// setHeightHeader tells the caller which height the answer is of.
func setHeightHeader(ctx context.Context, writer http.ResponseWriter, _ protov2.Message) error {
	if md, ok := gateway.ServerMetadataFromContext(ctx); ok {
		for _, height := range md.HeaderMD.Get(grpctypes.GRPCBlockHeightHeader) {
			writer.Header().Set(grpctypes.GRPCBlockHeightHeader, height)
		}
	}
	return nil
}

// RegisterTxService adds the SDK's transaction service.
func (app *App) RegisterTxService(clientCtx client.Context) {
	authtx.RegisterTxService(app.GRPCQueryRouter(), clientCtx, app.Simulate, app.Encoding.Registry)
}

// RegisterTendermintService adds the SDK's block and validator-set service.
func (app *App) RegisterTendermintService(clientCtx client.Context) {
	cmtservice.RegisterTendermintService(clientCtx, app.GRPCQueryRouter(), app.Encoding.Registry, app.Query)
}

// RegisterNodeService adds the SDK's node service.
func (app *App) RegisterNodeService(clientCtx client.Context, cfg config.Config) {
	nodeservice.RegisterNodeService(clientCtx, app.GRPCQueryRouter(), cfg, func() int64 {
		return app.CommitMultiStore().EarliestVersion()
	})
}
