package access_test

import (
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access"
	"github.com/zhilian-network/zhilian/x/access/client"
	"github.com/zhilian-network/zhilian/x/access/types"
)

func TestEveryRPCHasACommandWithAnExampleOrIsForCollectiveDecisions(t *testing.T) {
	options := access.AppModule{}.AutoCLIOptions()
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
		require.Contains(t, commands[method.MethodName], "zhiliand query access ")
	}
	collective := map[string]bool{"RegisterInstitution": true, "SetInstitutionStatus": true, "DefineRole": true, "UpdateParams": true, "ReplaceAdministrator": true}
	byHand := map[string]string{
		"ProposeAction": "propose-action", "ApproveAction": "approve-action", "RotateKey": "rotate-key", "RecoverOperator": "recover-operator",
	}
	written := map[string]string{}
	for _, command := range client.NewTxCommands() {
		written[command.Name()] = command.Example
	}
	for _, method := range types.Msg_serviceDesc.Methods {
		if collective[method.MethodName] {
			require.Equal(t, "skipped", commands[method.MethodName])
		} else if name := byHand[method.MethodName]; name != "" {
			require.Equal(t, "skipped", commands[method.MethodName])
			require.Contains(t, written[name], "zhiliand tx access "+name)
		} else {
			require.Contains(t, commands[method.MethodName], "zhiliand tx access ")
		}
	}
}

func TestMessagesAreKnownToProposals(t *testing.T) {
	registry := codectypes.NewInterfaceRegistry()
	access.AppModule{}.RegisterInterfaces(registry)
	for _, message := range []sdk.Msg{&types.MsgRegisterInstitution{}, &types.MsgSetOperatorStatus{}} {
		_, err := registry.Resolve("/" + proto.MessageName(message))
		require.NoError(t, err)
	}
}
