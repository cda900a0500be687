package cmd

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/cosmos/gogoproto/proto"
	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoregistry"

	"cosmossdk.io/client/v2/autocli"
	"cosmossdk.io/client/v2/autocli/flag"
	"cosmossdk.io/core/appmodule"

	"github.com/cosmos/cosmos-sdk/client"
	clientcfg "github.com/cosmos/cosmos-sdk/client/config"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/server"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/crypto/accountkey"
	"github.com/zhilian-network/zhilian/gateway/door"
	"github.com/zhilian-network/zhilian/internal/errtext"
	"github.com/zhilian-network/zhilian/nodeconfig"
)

const envPrefix = "ZHILIAND"

// Execute runs one command line and returns its exit code.
func Execute(args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		switch reason := recover().(type) {
		case nil:
		case startRefused:
			fmt.Fprintln(stderr, "Error:", reason.error)
			code = exitFailed
		default:
			panic(reason)
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root, err := NewRoot()
	if err != nil {
		fmt.Fprintln(stderr, "Error:", err)
		return exitFailed
	}
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	ctx = context.WithValue(ctx, client.ClientContextKey, &client.Context{})
	ctx = context.WithValue(ctx, server.ServerContextKey, server.NewDefaultContext())
	err = root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(stderr, "Error:", errtext.WithoutPosition(err.Error()))
	}
	return exitCode(err)
}

// NewRoot builds the tree of commands.
func NewRoot() (*cobra.Command, error) {
	encoding := app.NewEncoding()
	base := client.Context{}.
		WithCodec(encoding.Codec).
		WithInterfaceRegistry(encoding.Registry).
		WithTxConfig(encoding.TxConfig).
		WithLegacyAmino(encoding.Amino).
		WithInput(os.Stdin).
		WithAccountRetriever(authtypes.AccountRetriever{}).
		WithHomeDir(defaultHome()).
		WithKeyringOptions(accountkey.KeyringOptions).
		WithViper(envPrefix)

	root := &cobra.Command{
		Use:   app.Name,
		Short: "Zhilian (直联): a settlement network that banks run together",
		Long: `Zhilian (直联) is a settlement network that banks run together and their customers connect to directly.

  zhiliand demo                     settle a payment file on a network of four validators, and stop
  zhiliand localnet start --detach  leave a network running on this machine
  zhiliand iso submit FILE.xml      hand in a pain.001 file and get its status report`,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(command *cobra.Command, _ []string) error {
			return prepare(command, base)
		},
	}
	root.PersistentFlags().String(flags.FlagHome, defaultHome(), "folder of the node's or client's configuration and data")
	addCommands(root, base)

	options := autocli.AppOptions{
		Modules:               map[string]appmodule.AppModule{},
		ModuleOptions:         commandOptions(),
		AddressCodec:          encoding.Addresses,
		ValidatorAddressCodec: encoding.ValidatorAddresses,
		ConsensusAddressCodec: encoding.ConsensusAddresses,
		ClientCtx:             base,
	}
	builder, err := commandBuilder(encoding)
	if err != nil {
		return nil, err
	}
	if err := options.EnhanceRootCommandWithBuilder(root, builder); err != nil {
		return nil, err
	}
	if err := addModuleCommands(root); err != nil {
		return nil, err
	}
	markUsage(root)
	return root, nil
}

// commandBuilder makes commands of queries and messages as the SDK does, but that a query names the key of who
// asks, and says what was masked.
func commandBuilder(encoding app.Encoding) (*autocli.Builder, error) {
	files, err := proto.MergedRegistry()
	if err != nil {
		return nil, err
	}
	return &autocli.Builder{
		Builder: flag.Builder{
			TypeResolver: protoregistry.GlobalTypes, FileResolver: files, AddressCodec: encoding.Addresses,
			ValidatorAddressCodec: encoding.ValidatorAddresses, ConsensusAddressCodec: encoding.ConsensusAddresses,
		},
		GetClientConn: func(command *cobra.Command) (grpc.ClientConnInterface, error) {
			ctx, err := client.GetClientQueryContext(command)
			return door.Printing(ctx, command), err
		},
		AddQueryConnFlags: func(command *cobra.Command) {
			flags.AddQueryFlagsToCmd(command)
			flags.AddKeyringFlags(command.Flags())
			door.AddFlags(command.Flags())
		},
		AddTxConnFlags: flags.AddTxFlagsToCmd,
	}, nil
}

// prepare reads client.toml, app.toml and config.toml into the contexts that commands take.
func prepare(command *cobra.Command, base client.Context) error {
	base = base.WithCmdContext(command.Context()).WithOutput(command.OutOrStdout())
	clientCtx, err := client.ReadPersistentCommandFlags(base, command.Flags())
	if err != nil {
		return err
	}
	clientCtx, err = clientcfg.ReadFromClientConfig(clientCtx)
	if err != nil {
		return err
	}
	if clientCtx, err = door.Connect(clientCtx, command); err != nil {
		return err
	}
	if err := client.SetCmdClientContextHandler(clientCtx, command); err != nil {
		return err
	}
	return server.InterceptConfigsPreRunHandler(command, serverconfig.DefaultConfigTemplate, nodeconfig.App(), nodeconfig.Comet())
}

func defaultHome() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return "." + app.Name
	}
	return filepath.Join(home, "."+app.Name)
}
