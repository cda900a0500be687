package dispute_test

import (
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/dispute"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

func TestEveryQueryAndEveryMessageHasACommandWithAnExample(t *testing.T) {
	options := dispute.AppModule{}.AutoCLIOptions()
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
		require.Contains(t, commands[method.MethodName], "zhiliand query dispute ")
	}
	for _, method := range types.Msg_serviceDesc.Methods {
		if method.MethodName == "UpdateParams" {
			require.Equal(t, "skipped", commands[method.MethodName])
			continue
		}
		require.Contains(t, commands[method.MethodName], "zhiliand tx dispute ")
	}
}

func TestMessagesAreKnownToActionsAndProposals(t *testing.T) {
	registry := codectypes.NewInterfaceRegistry()
	dispute.AppModule{}.RegisterInterfaces(registry)
	for _, message := range []sdk.Msg{&types.MsgFileCase{}, &types.MsgUpdateParams{}} {
		_, err := registry.Resolve("/" + proto.MessageName(message))
		require.NoError(t, err)
	}
}
