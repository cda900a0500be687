package plain

import (
	"context"
	"errors"
	"io"

	cmtcfg "github.com/cometbft/cometbft/config"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/spf13/cobra"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/server"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
)

// NewCommand is the chain's node: the SDK's own start command, run as `plain start --home HOME`.
func NewCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           Name,
		Short:         "The node of the plain chain that the benchmark compares with",
		Hidden:        true,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(command *cobra.Command, _ []string) error {
			return prepareContexts(command)
		},
	}
	root.PersistentFlags().String(flags.FlagHome, "", "folder of the node")
	root.AddCommand(server.StartCmd(newNodeApp, ""))
	return root
}

func newNodeApp(logger log.Logger, db dbm.DB, options servertypes.AppOptions) servertypes.Application {
	return New(logger, db, server.DefaultBaseappOptions(options)...)
}

// prepareContexts gives the start command what the root command of an SDK chain gives it.
func prepareContexts(command *cobra.Command) error {
	home, err := command.Flags().GetString(flags.FlagHome)
	if err != nil {
		return err
	}
	if home == "" {
		return errors.New("--home is missing")
	}
	encoding := newEncoding()
	clientCtx := client.Context{}.
		WithCodec(encoding.codec).
		WithInterfaceRegistry(encoding.registry).
		WithTxConfig(encoding.tx).
		WithAccountRetriever(authtypes.AccountRetriever{}).
		WithHomeDir(home).
		WithChainID(ChainID)
	ctx := context.WithValue(command.Context(), client.ClientContextKey, &client.Context{})
	command.SetContext(context.WithValue(ctx, server.ServerContextKey, server.NewDefaultContext()))
	if err := client.SetCmdClientContextHandler(clientCtx, command); err != nil {
		return err
	}
	return interceptConfigs(command)
}

func interceptConfigs(command *cobra.Command) error {
	return server.InterceptConfigsPreRunHandler(command, serverconfig.DefaultConfigTemplate, defaultAppConfig(), cmtcfg.DefaultConfig())
}

// defaultAppConfig is what the SDK's example chain writes: the SDK's defaults, and a price of zero,
// since a node does not start without one.
func defaultAppConfig() *serverconfig.Config {
	config := serverconfig.DefaultConfig()
	config.MinGasPrices = MinGasPrices
	return config
}

// MinGasPrices is the lowest price that a node takes.
const MinGasPrices = "0" + Denom

// WriteDefaultConfig writes config.toml and app.toml of a home as the SDK's init command would: by the
// SDK's own code, which sets among others a pause of five seconds between blocks.
func WriteDefaultConfig(home string) error {
	command := &cobra.Command{Use: "init"}
	command.Flags().String(flags.FlagHome, home, "")
	command.SetOut(io.Discard)
	command.SetContext(context.WithValue(context.Background(), server.ServerContextKey, server.NewDefaultContext()))
	return interceptConfigs(command)
}
