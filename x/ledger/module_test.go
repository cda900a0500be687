package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/ledger"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

func TestEveryQueryHasACommandWithAnExample(t *testing.T) {
	options := ledger.AppModule{}.AutoCLIOptions()
	commands := map[string]string{}
	for _, command := range options.Query.RpcCommandOptions {
		commands[command.RpcMethod] = command.Example
	}
	require.Len(t, commands, len(types.Query_serviceDesc.Methods))
	for _, method := range types.Query_serviceDesc.Methods {
		require.Contains(t, commands[method.MethodName], "zhiliand query ledger ")
	}
}
