package cmd

import (
	"maps"

	"github.com/spf13/cobra"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
	// Proposals name consensus keys: the commands must know their type.
	_ "cosmossdk.io/api/cosmos/crypto/ed25519"
	_ "cosmossdk.io/api/cosmos/crypto/mldsa65"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/pruning"
	"github.com/cosmos/cosmos-sdk/client/rpc"
	"github.com/cosmos/cosmos-sdk/client/snapshot"
	"github.com/cosmos/cosmos-sdk/server"
	authcmd "github.com/cosmos/cosmos-sdk/x/auth/client/cli"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/credit"
	"github.com/zhilian-network/zhilian/dispute"
	"github.com/zhilian-network/zhilian/gateway"
	"github.com/zhilian-network/zhilian/gateway/door"
	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/nodeconfig"
	"github.com/zhilian-network/zhilian/receipt"
	"github.com/zhilian-network/zhilian/registry"
	"github.com/zhilian-network/zhilian/vault"
	accessclient "github.com/zhilian-network/zhilian/x/access/client"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	financingclient "github.com/zhilian-network/zhilian/x/financing/client"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
)

func addCommands(root *cobra.Command, base client.Context) {
	node := &nodeServices{}
	server.AddCommandsWithStartCmdOptions(root, defaultHome(), node.newApp, exportState, server.StartCmdOptions{
		DBOpener:  nodeconfig.OpenState,
		PostSetup: node.postSetup,
	})
	root.AddCommand(
		newDemoCommand(),
		localnet.NewCommand(registry.LeaveFiles),
		registry.NewCommand(),
		gateway.NewISOCommand(),
		door.NewCommand(),
		receipt.NewCommand(func(command *cobra.Command) (receipt.RPC, error) {
			if err := prepare(command, base); err != nil {
				return nil, err
			}
			return client.GetClientContextFromCmd(command).Client, nil
		}),
		vault.NewCommand(),
		credit.NewCommand(),
		dispute.NewCommand(),
		server.StatusCommand(),
		newKeysCommand(),
		newQueryCommand(),
		newTxCommand(),
		pruning.Cmd(node.newApp, defaultHome()),
		snapshot.Cmd(node.newApp),
	)
}

func newQueryCommand() *cobra.Command {
	command := &cobra.Command{
		Use:                        "query",
		Aliases:                    []string{"q"},
		Short:                      "Read payments, accounts, balances, institutions, validators and blocks",
		SuggestionsMinimumDistance: 2,
		RunE:                       client.ValidateCmd,
	}
	command.AddCommand(
		rpc.WaitTxCmd(),
		server.QueryBlockCmd(),
		server.QueryBlocksCmd(),
		server.QueryBlockResultsCmd(),
		authcmd.QueryTxsByEventsCmd(),
		authcmd.QueryTxCmd(),
	)
	return command
}

func newTxCommand() *cobra.Command {
	command := &cobra.Command{
		Use:                        "tx",
		Short:                      "Sign and send messages",
		SuggestionsMinimumDistance: 2,
		RunE:                       client.ValidateCmd,
	}
	command.AddCommand(
		authcmd.GetSignCommand(),
		authcmd.GetSignBatchCommand(),
		authcmd.GetMultiSignCommand(),
		authcmd.GetMultiSignBatchCmd(),
		authcmd.GetValidateSignaturesCommand(),
		authcmd.GetBroadcastCommand(),
		authcmd.GetEncodeCommand(),
		authcmd.GetDecodeCommand(),
		authcmd.GetSimulateCmd(),
	)
	return command
}

// addModuleCommands puts hand-written commands beside those that were made from a module's service.
func addModuleCommands(root *cobra.Command) error {
	access, _, err := root.Find([]string{"tx", accesstypes.ModuleName})
	if err != nil {
		return err
	}
	access.AddCommand(accessclient.NewTxCommands()...)
	financing, _, err := root.Find([]string{"tx", financingtypes.ModuleName})
	if err != nil {
		return err
	}
	financing.AddCommand(financingclient.NewTxCommands()...)
	return nil
}

// commandOptions are the services that become commands: the modules', and those of the node.
func commandOptions() map[string]*autocliv1.ModuleOptions {
	options := maps.Clone(app.CommandOptions())
	options["bank"] = &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service: "cosmos.bank.v1beta1.Query",
			Short:   "Balances and supplies in the form that wallets use",
		},
	}
	options["gateway"] = gateway.AutoCLIOptions()
	return options
}
