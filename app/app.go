package app

import (
	"encoding/json"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/spf13/cast"

	"cosmossdk.io/log/v2"

	reflectionv1 "cosmossdk.io/api/cosmos/reflection/v1"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client/flags"
	runtimeservices "github.com/cosmos/cosmos-sdk/runtime/services"
	"github.com/cosmos/cosmos-sdk/server"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/zhilian-network/zhilian/gateway/rest"
	"github.com/zhilian-network/zhilian/gateway/types"
)

// App is the state machine.
type App struct {
	*baseapp.BaseApp

	Keepers  Keepers
	Encoding Encoding

	stores       Stores
	modules      *module.Manager
	configurator module.Configurator
	door         rest.Config
	readers      readers
}

var _ servertypes.Application = (*App)(nil)

// New builds the application and, if load is set, loads its newest state. It panics on a fault of
// construction, as a node that is built wrong must not run.
func New(logger log.Logger, db dbm.DB, load bool, options servertypes.AppOptions, baseOptions ...func(*baseapp.BaseApp)) *App {
	encoding := NewEncoding()
	decoder := newTxDecoder(encoding.TxConfig.TxDecoder())
	base := baseapp.NewBaseApp(Name, logger, db, decoder.Decode, baseOptions...)
	base.SetInterfaceRegistry(encoding.Registry)
	base.SetTxEncoder(encoding.TxConfig.TxEncoder())
	base.SetCheckTxHandler(decoder.Check)
	base.SetPrepareProposal(proposer{decoder.Decode}.Prepare)
	base.SetProcessProposal(proposer{decoder.Decode}.Process)

	app := &App{BaseApp: base, Encoding: encoding, stores: newStores()}
	app.Keepers = newKeepers(encoding, app.stores, base, cast.ToString(options.Get(flags.FlagHome)), skippedUpgrades(options))
	base.SetParamStore(app.Keepers.Consensus.ParamsStore)
	app.modules = newManager(encoding, app.Keepers, base.LastBlockHeight)
	app.door = readDoor(options)
	app.registerServices()
	app.registerUpgrades()
	app.mount()
	if load {
		if err := app.LoadLatestVersion(); err != nil {
			panic(fmt.Errorf("load state: %w", err))
		}
	}
	return app
}

func (app *App) registerServices() {
	app.configurator = module.NewConfigurator(app.Encoding.Codec, app.MsgServiceRouter(), app.GRPCQueryRouter())
	if err := app.modules.RegisterServices(app.configurator); err != nil {
		panic(err)
	}
	reflection, err := runtimeservices.NewReflectionService()
	if err != nil {
		panic(err)
	}
	reflectionv1.RegisterReflectionServiceServer(app.GRPCQueryRouter(), reflection)
}

func (app *App) mount() {
	app.MountKVStores(app.stores.Persistent)
	app.MountTransientStores(app.stores.Transient)
	app.SetInitChainer(app.initChain)
	app.SetPreBlocker(func(ctx sdk.Context, _ *abci.RequestFinalizeBlock) (*sdk.ResponsePreBlock, error) {
		return app.modules.PreBlock(ctx)
	})
	app.SetBeginBlocker(app.modules.BeginBlock)
	app.SetEndBlocker(app.modules.EndBlock)
	app.SetAnteHandler(newAnteHandler(newNonces(app.Keepers.Accounts, app.stores.Persistent[authtypes.StoreKey], app.Encoding.Codec), app.Keepers.Access, app.Encoding.TxConfig))
}

func (app *App) initChain(ctx sdk.Context, request *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	var state map[string]json.RawMessage
	if err := json.Unmarshal(request.AppStateBytes, &state); err != nil {
		return nil, fmt.Errorf("genesis is not JSON: %w", err)
	}
	if request.ConsensusParams != nil {
		// The SDK stores them and does not tell the modules, one of which must know what keys CometBFT takes.
		ctx = ctx.WithConsensusParams(*request.ConsensusParams)
	}
	if err := app.Keepers.Upgrade.SetModuleVersionMap(ctx, app.modules.GetVersionMap()); err != nil {
		return nil, err
	}
	return app.modules.InitGenesis(ctx, app.Encoding.Codec, state)
}

// AttachGateway adds the node's own read model to what it serves. Call it before the servers start.
func (app *App) AttachGateway(queries types.QueryServer) {
	types.RegisterQueryServer(app.GRPCQueryRouter(), queries)
}

func skippedUpgrades(options servertypes.AppOptions) map[int64]bool {
	skipped := map[int64]bool{}
	for _, height := range cast.ToIntSlice(options.Get(server.FlagUnsafeSkipUpgrades)) {
		skipped[int64(height)] = true
	}
	return skipped
}
