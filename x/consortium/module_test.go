package consortium_test

import (
	"encoding/json"
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoreflect"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/types/msgservice"

	"github.com/zhilian-network/zhilian/x/consortium"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

func TestEveryRPCHasACommandOrIsSkipped(t *testing.T) {
	options := consortium.AppModule{}.AutoCLIOptions()
	files, err := proto.MergedRegistry()
	require.NoError(t, err)
	for _, service := range []*autocliv1.ServiceCommandDescriptor{options.Query, options.Tx} {
		descriptor, err := files.FindDescriptorByName(protoreflect.FullName(service.Service))
		require.NoError(t, err)
		methods := descriptor.(protoreflect.ServiceDescriptor).Methods()
		require.Equal(t, methods.Len(), len(service.RpcCommandOptions))
		for _, command := range service.RpcCommandOptions {
			method := methods.ByName(protoreflect.Name(command.RpcMethod))
			require.NotNil(t, method, command.RpcMethod)
			require.True(t, command.Skip || command.Example != "", "%s shows how it is used", command.RpcMethod)
			for _, arg := range command.PositionalArgs {
				require.NotNil(t, method.Input().Fields().ByName(protoreflect.Name(arg.ProtoField)), arg.ProtoField)
			}
		}
	}
}

func TestMessagesAreAnnotated(t *testing.T) {
	require.NoError(t, msgservice.ValidateProtoAnnotations(proto.HybridResolver))
}

func TestGenesisIsReadWithItsKeys(t *testing.T) {
	registry := codectypes.NewInterfaceRegistry()
	cryptocodec.RegisterInterfaces(registry)
	cdc := codec.NewProtoCodec(registry)
	module := consortium.AppModule{}

	genesis := module.DefaultGenesis(cdc)
	require.ErrorIs(t, module.ValidateGenesis(cdc, nil, genesis), types.ErrInvalidGenesis, "no validator yet")

	var fields map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(genesis, &fields))
	fields["validators"] = json.RawMessage(`[{
		"institution_id": "BQDQ",
		"consensus_pubkey": {"@type": "/cosmos.crypto.ed25519.PubKey", "key": "oWg2ISpLF405Jcm2vXV+2v4fnjodh6aafuIdeoW+rUw="},
		"power": "1",
		"status": "VALIDATOR_STATUS_ACTIVE"
	}]`)
	genesis, err := json.Marshal(fields)
	require.NoError(t, err)
	require.NoError(t, module.ValidateGenesis(cdc, nil, genesis))
	require.Error(t, module.ValidateGenesis(cdc, nil, json.RawMessage(`{"validators": 1}`)))
}
