// Package settlement is the module of deposit money, reserves and payments. README.md is its specification.
package settlement

import (
	"context"
	"encoding/json"

	gwruntime "github.com/grpc-ecosystem/grpc-gateway/runtime"
	"google.golang.org/grpc"

	"cosmossdk.io/core/appmodule"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"

	"github.com/zhilian-network/zhilian/x/settlement/audit"
	"github.com/zhilian-network/zhilian/x/settlement/keeper"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// ConsensusVersion counts state-breaking changes of the module.
const ConsensusVersion = 1

var (
	_ module.AppModule           = AppModule{}
	_ module.HasGenesis          = AppModule{}
	_ module.HasConsensusVersion = AppModule{}
	_ appmodule.HasServices      = AppModule{}
	_ appmodule.HasEndBlocker    = AppModule{}
)

// AppModule plugs the module into the application.
type AppModule struct {
	cdc    codec.Codec
	keeper *keeper.Keeper
	newest func() int64
}

// NewAppModule wraps a keeper. newest tells the newest height that is committed, to queries only.
func NewAppModule(cdc codec.Codec, k *keeper.Keeper, newest func() int64) AppModule {
	return AppModule{cdc: cdc, keeper: k, newest: newest}
}

// IsAppModule marks the type for the module manager.
func (AppModule) IsAppModule() {}

// IsOnePerModuleType marks the type for the module manager.
func (AppModule) IsOnePerModuleType() {}

// Name is the module's name.
func (AppModule) Name() string { return types.ModuleName }

// RegisterLegacyAminoCodec does nothing: messages are signed by their proto annotations.
func (AppModule) RegisterLegacyAminoCodec(*codec.LegacyAmino) {}

// RegisterInterfaces makes the messages known.
func (AppModule) RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	types.RegisterInterfaces(registry)
}

// RegisterGRPCGatewayRoutes does nothing: the REST gateway is mounted by the application.
func (AppModule) RegisterGRPCGatewayRoutes(client.Context, *gwruntime.ServeMux) {}

// RegisterServices registers message and query servers. The check of the books is bounded here, where
// gRPC, REST and ABCI meet.
func (m AppModule) RegisterServices(registrar grpc.ServiceRegistrar) error {
	types.RegisterMsgServer(registrar, keeper.NewMsgServer(m.keeper))
	types.RegisterQueryServer(registrar, audit.NewServer(keeper.NewQueryServer(m.keeper), m.newest))
	return nil
}

// DefaultGenesis is an empty network.
func (AppModule) DefaultGenesis(cdc codec.JSONCodec) json.RawMessage {
	return cdc.MustMarshalJSON(types.DefaultGenesis())
}

// ValidateGenesis checks that a genesis state agrees with itself.
func (AppModule) ValidateGenesis(cdc codec.JSONCodec, _ client.TxEncodingConfig, data json.RawMessage) error {
	var state types.GenesisState
	if err := cdc.UnmarshalJSON(data, &state); err != nil {
		return types.ErrGenesisInvalid.Wrap(err.Error())
	}
	return state.Validate()
}

// InitGenesis stores a genesis state. It panics on a wrong one: a chain must not start with wrong books.
func (m AppModule) InitGenesis(ctx sdk.Context, cdc codec.JSONCodec, data json.RawMessage) {
	var state types.GenesisState
	cdc.MustUnmarshalJSON(data, &state)
	if err := m.keeper.InitGenesis(ctx, &state); err != nil {
		panic(err)
	}
}

// ExportGenesis reads the whole state.
func (m AppModule) ExportGenesis(ctx sdk.Context, cdc codec.JSONCodec) json.RawMessage {
	state, err := m.keeper.ExportGenesis(ctx)
	if err != nil {
		panic(err)
	}
	return cdc.MustMarshalJSON(state)
}

// ConsensusVersion is the version of the module's state.
func (AppModule) ConsensusVersion() uint64 { return ConsensusVersion }

// EndBlock lists and logs what the block decided and retires what is due.
func (m AppModule) EndBlock(ctx context.Context) error { return m.keeper.EndBlock(ctx) }
