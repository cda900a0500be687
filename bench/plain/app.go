package plain

import (
	"encoding/json"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	gogogrpc "github.com/cosmos/gogoproto/grpc"
	"github.com/cosmos/gogoproto/proto"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"
	nodeservice "github.com/cosmos/cosmos-sdk/client/grpc/node"
	"github.com/cosmos/cosmos-sdk/codec"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	"github.com/cosmos/cosmos-sdk/server/api"
	"github.com/cosmos/cosmos-sdk/server/config"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	"github.com/cosmos/cosmos-sdk/std"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	"github.com/cosmos/cosmos-sdk/x/auth"
	"github.com/cosmos/cosmos-sdk/x/auth/ante"
	authkeeper "github.com/cosmos/cosmos-sdk/x/auth/keeper"
	authtx "github.com/cosmos/cosmos-sdk/x/auth/tx"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"github.com/cosmos/cosmos-sdk/x/bank"
	bankkeeper "github.com/cosmos/cosmos-sdk/x/bank/keeper"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/cosmos/cosmos-sdk/x/consensus"
	consensuskeeper "github.com/cosmos/cosmos-sdk/x/consensus/keeper"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"
	"github.com/cosmos/cosmos-sdk/x/tx/signing"

	"github.com/zhilian-network/zhilian/internal/broadcast"
)

const (
	// Name is the name of the chain's application.
	Name = "plain"
	// ChainID is the id of every plain chain.
	ChainID = "plain-1"
	// Prefix begins the addresses: the SDK's default.
	Prefix = sdk.Bech32MainPrefix
	// Denom is what is sent and what fees are paid in: the SDK's default.
	Denom = "stake"
)

// App is the plain chain's state machine.
type App struct {
	*baseapp.BaseApp
	encoding encoding
	modules  *module.Manager
}

var _ servertypes.Application = (*App)(nil)

type encoding struct {
	registry codectypes.InterfaceRegistry
	codec    codec.Codec
	tx       client.TxConfig
}

func newEncoding() encoding {
	registry, err := codectypes.NewInterfaceRegistryWithOptions(codectypes.InterfaceRegistryOptions{
		ProtoFiles: proto.HybridResolver,
		SigningOptions: signing.Options{
			AddressCodec:          addresscodec.NewBech32Codec(Prefix),
			ValidatorAddressCodec: addresscodec.NewBech32Codec(Prefix + sdk.PrefixValidator + sdk.PrefixOperator),
		},
	})
	if err != nil {
		panic(err)
	}
	std.RegisterInterfaces(registry)
	authtypes.RegisterInterfaces(registry)
	banktypes.RegisterInterfaces(registry)
	consensustypes.RegisterInterfaces(registry)
	cdc := codec.NewProtoCodec(registry)
	return encoding{registry: registry, codec: cdc, tx: authtx.NewTxConfig(cdc, authtx.DefaultSignModes)}
}

// New builds the application and loads its newest state. It panics on a fault of construction.
func New(logger log.Logger, db dbm.DB, baseOptions ...func(*baseapp.BaseApp)) *App {
	encoding := newEncoding()
	base := baseapp.NewBaseApp(Name, logger, db, encoding.tx.TxDecoder(), baseOptions...)
	base.SetInterfaceRegistry(encoding.registry)
	base.SetTxEncoder(encoding.tx.TxEncoder())
	app := &App{BaseApp: base, encoding: encoding}

	keys := storetypes.NewKVStoreKeys(authtypes.StoreKey, banktypes.StoreKey, consensustypes.StoreKey)
	authority := authtypes.NewModuleAddress("gov").String()
	params := consensuskeeper.NewKeeper(encoding.codec,
		runtime.NewKVStoreService(keys[consensustypes.StoreKey]), authority, runtime.EventService{})
	base.SetParamStore(params.ParamsStore)
	accounts := authkeeper.NewAccountKeeper(encoding.codec,
		runtime.NewKVStoreService(keys[authtypes.StoreKey]), authtypes.ProtoBaseAccount,
		map[string][]string{authtypes.FeeCollectorName: nil}, addresscodec.NewBech32Codec(Prefix), Prefix, authority)
	money := bankkeeper.NewBaseKeeper(encoding.codec,
		runtime.NewKVStoreService(keys[banktypes.StoreKey]), accounts, map[string]bool{}, authority, logger)

	app.modules = newManager(encoding, accounts, money, params)
	if err := app.modules.RegisterServices(module.NewConfigurator(encoding.codec, base.MsgServiceRouter(), base.GRPCQueryRouter())); err != nil {
		panic(err)
	}
	app.mount(keys, accounts, money)
	if err := app.LoadLatestVersion(); err != nil {
		panic(fmt.Errorf("load state: %w", err))
	}
	return app
}

func newManager(encoding encoding, accounts authkeeper.AccountKeeper, money bankkeeper.BaseKeeper, params consensuskeeper.Keeper) *module.Manager {
	manager := module.NewManager(
		auth.NewAppModule(encoding.codec, accounts, nil),
		bank.NewAppModule(encoding.codec, money, accounts),
		consensus.NewAppModule(encoding.codec, params),
		validators{},
	)
	manager.SetOrderPreBlockers(authtypes.ModuleName)
	manager.SetOrderEndBlockers(banktypes.ModuleName)
	manager.SetOrderInitGenesis(authtypes.ModuleName, banktypes.ModuleName, consensustypes.ModuleName, validatorsModule)
	return manager
}

func (app *App) mount(keys map[string]*storetypes.KVStoreKey, accounts authkeeper.AccountKeeper, money bankkeeper.BaseKeeper) {
	app.MountKVStores(keys)
	app.SetInitChainer(app.initChain)
	app.SetPreBlocker(func(ctx sdk.Context, _ *abci.RequestFinalizeBlock) (*sdk.ResponsePreBlock, error) {
		return app.modules.PreBlock(ctx)
	})
	app.SetBeginBlocker(app.modules.BeginBlock)
	app.SetEndBlocker(app.modules.EndBlock)
	handler, err := ante.NewAnteHandler(ante.HandlerOptions{
		AccountKeeper:   accounts,
		BankKeeper:      money,
		SignModeHandler: app.encoding.tx.SignModeHandler(),
		SigGasConsumer:  ante.DefaultSigVerificationGasConsumer,
	})
	if err != nil {
		panic(err)
	}
	app.SetAnteHandler(handler)
}

func (app *App) initChain(ctx sdk.Context, request *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	var state map[string]json.RawMessage
	if err := json.Unmarshal(request.AppStateBytes, &state); err != nil {
		return nil, fmt.Errorf("genesis is not JSON: %w", err)
	}
	return app.modules.InitGenesis(ctx, app.encoding.codec, state)
}

// RegisterAPIRoutes mounts the SDK's REST routes for transactions and blocks.
func (app *App) RegisterAPIRoutes(server *api.Server, _ config.APIConfig) {
	authtx.RegisterGRPCGatewayRoutes(server.ClientCtx, server.GRPCGatewayRouter)
	cmtservice.RegisterGRPCGatewayRoutes(server.ClientCtx, server.GRPCGatewayRouter)
	nodeservice.RegisterGRPCGatewayRoutes(server.ClientCtx, server.GRPCGatewayRouter)
}

// RegisterGRPCServerWithSkipCheckHeader takes transactions as ours does: what the SDK's own way costs beside the
// check would count against a chain that nothing was done for.
func (app *App) RegisterGRPCServerWithSkipCheckHeader(server gogogrpc.Server, skip bool) {
	app.BaseApp.RegisterGRPCServerWithSkipCheckHeader(broadcast.Server{Server: server}, skip)
}

// RegisterTxService adds the SDK's transaction service.
func (app *App) RegisterTxService(clientCtx client.Context) {
	authtx.RegisterTxService(app.GRPCQueryRouter(), clientCtx, app.Simulate, app.encoding.registry)
}

// RegisterTendermintService adds the SDK's block and validator-set service.
func (app *App) RegisterTendermintService(clientCtx client.Context) {
	cmtservice.RegisterTendermintService(clientCtx, app.GRPCQueryRouter(), app.encoding.registry, app.Query)
}

// RegisterNodeService adds the SDK's node service.
func (app *App) RegisterNodeService(clientCtx client.Context, cfg config.Config) {
	nodeservice.RegisterNodeService(clientCtx, app.GRPCQueryRouter(), cfg, func() int64 {
		return app.CommitMultiStore().EarliestVersion()
	})
}
