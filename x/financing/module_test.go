package financing_test

import (
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/financing"
	"github.com/zhilian-network/zhilian/x/financing/client"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func TestEveryQueryAndEveryMessageHasACommandWithAnExample(t *testing.T) {
	options := financing.AppModule{}.AutoCLIOptions()
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
		require.Contains(t, commands[method.MethodName], "zhiliand query financing ")
	}
	for _, command := range client.NewTxCommands() {
		require.Contains(t, command.Example, "zhiliand tx financing "+command.Name())
	}
	for _, method := range types.Msg_serviceDesc.Methods {
		switch method.MethodName {
		case "UpdateParams", "CommitOffer", "RevealOffer": // a decision; commands of package client
			require.Equal(t, "skipped", commands[method.MethodName])
			continue
		}
		require.Contains(t, commands[method.MethodName], "zhiliand tx financing ")
	}
}

func TestMessagesAreKnownToActionsAndProposals(t *testing.T) {
	registry := codectypes.NewInterfaceRegistry()
	financing.AppModule{}.RegisterInterfaces(registry)
	for _, message := range []sdk.Msg{&types.MsgConfirmReceivable{}, &types.MsgUpdateParams{}} {
		_, err := registry.Resolve("/" + proto.MessageName(message))
		require.NoError(t, err)
	}
}
