package rest

import (
	"context"
	"net/http"

	"github.com/cosmos/gogoproto/proto"
	"github.com/grpc-ecosystem/grpc-gateway/runtime"
	gateway "github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	protov2 "google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"
	nodeservice "github.com/cosmos/cosmos-sdk/client/grpc/node"
	"github.com/cosmos/cosmos-sdk/server/api"
	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"
	authtx "github.com/cosmos/cosmos-sdk/x/auth/tx"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	accessv1 "github.com/zhilian-network/zhilian/api/zhilian/access/v1"
	consortiumv1 "github.com/zhilian-network/zhilian/api/zhilian/consortium/v1"
	creditv1 "github.com/zhilian-network/zhilian/api/zhilian/credit/v1"
	disputev1 "github.com/zhilian-network/zhilian/api/zhilian/dispute/v1"
	financingv1 "github.com/zhilian-network/zhilian/api/zhilian/financing/v1"
	gatewayv1 "github.com/zhilian-network/zhilian/api/zhilian/gateway/v1"
	ledgerv1 "github.com/zhilian-network/zhilian/api/zhilian/ledger/v1"
	settlementv1 "github.com/zhilian-network/zhilian/api/zhilian/settlement/v1"
	vaultv1 "github.com/zhilian-network/zhilian/api/zhilian/vault/v1"

	"github.com/zhilian-network/zhilian/api/openapi"
	readdoor "github.com/zhilian-network/zhilian/gateway/door"
	"github.com/zhilian-network/zhilian/privacy"
)

// Mount puts all routes on the node's API server, behind one door. Call it once, before the server
// starts. The node's own catch-all (the SDK's routes) is added by the server later, and is behind
// the door too.
func Mount(server *api.Server, config Config) error {
	config = config.withDefaults()
	methods, err := readMethods(openapi.JSON)
	if err != nil {
		return err
	}
	door, err := newDoor(config, methods)
	if err != nil {
		return err
	}
	var conn grpc.ClientConnInterface = server.ClientCtx
	if config.Guard != nil {
		conn = config.Guard(conn)
	}
	own, err := newMux(conn)
	if err != nil {
		return err
	}
	if err := registerSDK(server.GRPCGatewayRouter, conn); err != nil {
		return err
	}
	server.Router.Use(door.wrap)
	if err := mountDocument(server.Router); err != nil {
		return err
	}
	for _, route := range config.Routes {
		mountRoute(server.Router, route)
	}
	server.Router.PathPrefix(ownPrefix).Handler(own)
	return nil
}

// registerSDK mounts the routes of the SDK that wallets use: accounts, balances, transactions,
// blocks, and the node.
func registerSDK(routes *runtime.ServeMux, conn grpc.ClientConnInterface) error {
	ctx := context.Background()
	authtx.RegisterGRPCGatewayRoutes(conn, routes)
	cmtservice.RegisterGRPCGatewayRoutes(conn, routes)
	nodeservice.RegisterGRPCGatewayRoutes(conn, routes)
	if err := authtypes.RegisterQueryHandlerClient(ctx, routes, authtypes.NewQueryClient(conn)); err != nil {
		return err
	}
	return banktypes.RegisterQueryHandlerClient(ctx, routes, banktypes.NewQueryClient(conn))
}

// newMux has the routes of our modules.
func newMux(conn grpc.ClientConnInterface) (*gateway.ServeMux, error) {
	files, err := proto.MergedRegistry()
	if err != nil {
		return nil, err
	}
	// Public keys and proposed messages stand in Any fields: their types are looked up here.
	types := dynamicpb.NewTypes(files)
	marshal := protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true, Resolver: types}
	mux := gateway.NewServeMux(
		gateway.WithMarshalerOption(gateway.MIMEWildcard, &gateway.JSONPb{
			MarshalOptions:   marshal,
			UnmarshalOptions: protojson.UnmarshalOptions{Resolver: types},
		}),
		gateway.WithForwardResponseRewriter(func(ctx context.Context, answer protov2.Message) (any, error) {
			return sayMasked(ctx, answer, marshal), nil
		}),
		gateway.WithIncomingHeaderMatcher(matchHeader),
		gateway.WithForwardResponseOption(setHeightHeader),
		// A form is no way to ask here: without this, POST on a path of GET would be taken for GET.
		gateway.WithDisablePathLengthFallback(),
	)
	ctx := context.Background()
	for _, register := range []func() error{
		func() error { return accessv1.RegisterQueryHandlerClient(ctx, mux, accessv1.NewQueryClient(conn)) },
		func() error {
			return consortiumv1.RegisterQueryHandlerClient(ctx, mux, consortiumv1.NewQueryClient(conn))
		},
		func() error { return ledgerv1.RegisterQueryHandlerClient(ctx, mux, ledgerv1.NewQueryClient(conn)) },
		func() error {
			return settlementv1.RegisterQueryHandlerClient(ctx, mux, settlementv1.NewQueryClient(conn))
		},
		func() error {
			return gatewayv1.RegisterQueryHandlerClient(ctx, mux, gatewayv1.NewQueryClient(conn))
		},
		func() error { return gatewayv1.RegisterDoorHandlerClient(ctx, mux, gatewayv1.NewDoorClient(conn)) },
		func() error { return creditv1.RegisterQueryHandlerClient(ctx, mux, creditv1.NewQueryClient(conn)) },
		func() error {
			return financingv1.RegisterQueryHandlerClient(ctx, mux, financingv1.NewQueryClient(conn))
		},
		func() error { return disputev1.RegisterQueryHandlerClient(ctx, mux, disputev1.NewQueryClient(conn)) },
		func() error { return vaultv1.RegisterQueryHandlerClient(ctx, mux, vaultv1.NewQueryClient(conn)) },
	} {
		if err := register(); err != nil {
			return nil, err
		}
	}
	return mux, nil
}

// sayMasked has a masked answer name the fields that were taken out of it: their zeroes must not be taken
// for values.
func sayMasked(ctx context.Context, answer protov2.Message, marshal protojson.MarshalOptions) any {
	md, _ := gateway.ServerMetadataFromContext(ctx)
	allowed, masked := readdoor.Masked(md.HeaderMD)
	if !masked {
		return answer
	}
	return privacy.Answer{Message: answer, Allowed: allowed, Marshal: marshal}
}

// matchHeader lets a caller ask for the state of an earlier height, and set nothing else.
func matchHeader(key string) (string, bool) {
	return grpctypes.GRPCBlockHeightHeader, http.CanonicalHeaderKey(key) == http.CanonicalHeaderKey(grpctypes.GRPCBlockHeightHeader)
}

// setHeightHeader tells the caller which height the answer is of. Of two, the last is the answer's own:
// the check of the books may answer of an earlier height than was asked for.
func setHeightHeader(ctx context.Context, writer http.ResponseWriter, _ protov2.Message) error {
	if md, ok := gateway.ServerMetadataFromContext(ctx); ok {
		for _, height := range md.HeaderMD.Get(grpctypes.GRPCBlockHeightHeader) {
			writer.Header().Set(grpctypes.GRPCBlockHeightHeader, height)
		}
	}
	return nil
}
