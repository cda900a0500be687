package app

import (
	gogogrpc "github.com/cosmos/gogoproto/grpc"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"
	nodeservice "github.com/cosmos/cosmos-sdk/client/grpc/node"
	"github.com/cosmos/cosmos-sdk/server/api"
	"github.com/cosmos/cosmos-sdk/server/config"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	authtx "github.com/cosmos/cosmos-sdk/x/auth/tx"

	"github.com/zhilian-network/zhilian/gateway/rest"
	"github.com/zhilian-network/zhilian/internal/broadcast"
)

// RegisterAPIRoutes mounts the REST routes on the node's API server.
func (app *App) RegisterAPIRoutes(server *api.Server, settings config.APIConfig) {
	door := app.door
	door.NoCORS = settings.EnableUnsafeCORS // the server then answers it itself, around all routes
	door.Heights = app.keptHeights
	door.Logger = app.Logger()
	if err := rest.Mount(server, door); err != nil {
		panic(err)
	}
}

// readDoor reads the settings of the REST door. A node with settings that it does not understand
// must not open it.
func readDoor(options servertypes.AppOptions) rest.Config {
	door, err := rest.ReadConfig(options)
	if err != nil {
		panic(err)
	}
	return door
}

// AttachRoutes adds handlers of other parts of the node to its API server, behind the same door.
// Call it before the servers start.
func (app *App) AttachRoutes(routes ...rest.Route) {
	app.door.Routes = append(app.door.Routes, routes...)
}

// keptHeights are the lowest height whose state is kept, and the newest.
func (app *App) keptHeights() (earliest, newest int64) {
	return app.CommitMultiStore().EarliestVersion(), app.LastBlockHeight()
}

// RegisterGRPCServerWithSkipCheckHeader registers the queries without the check that the newest block's
// header is known already: it fails queries that come while a block is committed, and app.toml as the
// SDK writes it has no setting for it. Transactions are none of them.
func (app *App) RegisterGRPCServerWithSkipCheckHeader(server gogogrpc.Server, _ bool) {
	app.BaseApp.RegisterGRPCServerWithSkipCheckHeader(broadcast.Server{Server: app.readers.guarded(server)}, true)
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
