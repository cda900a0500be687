package vault_test

import (
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/vault"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

func TestEveryQueryAndEverySimpleMessageHasACommandWithAnExample(t *testing.T) {
	options := vault.AppModule{}.AutoCLIOptions()
	commands := map[string]string{}
	for _, command := range options.Query.RpcCommandOptions {
		commands[command.RpcMethod] = command.Example
	}
	for _, command := range options.Tx.RpcCommandOptions {
		commands[command.RpcMethod] = command.Example
		if command.Skip {
			commands[command.RpcMethod] = "skipped"
		}
	}
	for _, method := range types.Query_serviceDesc.Methods {
		require.Contains(t, commands[method.MethodName], "zhiliand query vault ")
	}
	simple := map[string]bool{"RequestAccess": true, "DenyAccess": true, "Revoke": true, "Erase": true}
	for _, method := range types.Msg_serviceDesc.Methods {
		if simple[method.MethodName] {
			require.Contains(t, commands[method.MethodName], "zhiliand tx vault ")
		} else {
			require.Equal(t, "skipped", commands[method.MethodName], method.MethodName)
		}
	}
}

func TestMessagesAreKnownToActionsAndProposals(t *testing.T) {
	registry := codectypes.NewInterfaceRegistry()
	vault.AppModule{}.RegisterInterfaces(registry)
	for _, message := range []sdk.Msg{&types.MsgPut{}, &types.MsgErase{}, &types.MsgUpdateParams{}} {
		_, err := registry.Resolve("/" + proto.MessageName(message))
		require.NoError(t, err)
	}
}
