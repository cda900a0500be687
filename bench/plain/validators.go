package plain

import (
	"encoding/json"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"
	gwruntime "github.com/grpc-ecosystem/grpc-gateway/runtime"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
)

const validatorsModule = "validators"

// Validator is a member of the fixed validator set.
type Validator struct {
	// PubKey is an ed25519 key of 32 bytes.
	PubKey []byte `json:"pub_key"`
	Power  int64  `json:"power"`
}

// validators hands the set of the genesis to CometBFT and stores nothing.
type validators struct{}

var (
	_ module.AppModule      = validators{}
	_ module.HasABCIGenesis = validators{}
)

func (validators) IsAppModule()                                                  {}
func (validators) IsOnePerModuleType()                                           {}
func (validators) Name() string                                                  { return validatorsModule }
func (validators) RegisterLegacyAminoCodec(*codec.LegacyAmino)                   {}
func (validators) RegisterInterfaces(codectypes.InterfaceRegistry)               {}
func (validators) RegisterGRPCGatewayRoutes(client.Context, *gwruntime.ServeMux) {}
func (validators) DefaultGenesis(codec.JSONCodec) json.RawMessage                { return json.RawMessage("[]") }
func (validators) ExportGenesis(sdk.Context, codec.JSONCodec) json.RawMessage {
	return json.RawMessage("[]")
}
func (validators) ConsensusVersion() uint64 { return 1 }

func (validators) ValidateGenesis(_ codec.JSONCodec, _ client.TxEncodingConfig, raw json.RawMessage) error {
	var set []Validator
	return json.Unmarshal(raw, &set)
}

func (validators) InitGenesis(_ sdk.Context, _ codec.JSONCodec, raw json.RawMessage) []abci.ValidatorUpdate {
	var set []Validator
	if err := json.Unmarshal(raw, &set); err != nil {
		panic(fmt.Errorf("validators of the genesis: %w", err))
	}
	updates := make([]abci.ValidatorUpdate, len(set))
	for i, validator := range set {
		updates[i] = abci.Ed25519ValidatorUpdate(validator.PubKey, validator.Power)
	}
	return updates
}
