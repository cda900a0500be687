package registry

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/zhilian-network/zhilian/gateway"
	"github.com/zhilian-network/zhilian/localnet"
)

const (
	flagOut      = "out"
	flagRPC      = "rpc"
	flagREST     = "rest"
	flagGRPC     = "grpc"
	flagPeer     = "peer"
	flagProvider = "provider"
	flagName     = "name"
	flagType     = "network-type"

	defaultNode = "tcp://localhost:26657"
	// askSeconds bounds one question to a node.
	askSeconds = 30
	// folderName is where a local network's files lie, below its home.
	folderName = "registry"
)

// NewCommand is `zhiliand registry`.
func NewCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "registry",
		Short: "Write what wallets and explorers want to know of a running network",
		Long: `Write chain.json, assetlist.json and a wallet's chain info for a running network.

What the network is, is asked from a node. Where the world reaches it is told by flags; for a network
that "localnet start" made, --home is enough.`,
		Example: `  zhiliand registry chain --home build/localnet
  zhiliand registry all --home build/localnet --out registry
  zhiliand registry wallet --node tcp://10.0.0.5:26657 --rpc https://rpc.example.org --rest https://api.example.org`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
		// The root's hook would make a node's configuration in --home.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
	command.AddCommand(
		newFileCommand("chain", "Write chain.json: addresses, versions and doors of the network", ChainName),
		newFileCommand("assets", "Write assetlist.json: what accounts hold", AssetsName),
		newFileCommand("wallet", "Write the chain info with which a page suggests the network to a wallet", WalletName),
		newFileCommand("all", "Write all three files into the folder --out", ChainName, AssetsName, WalletName),
	)
	return command
}

func newFileCommand(use, short string, names ...string) *cobra.Command {
	options := fileOptions{names: names}
	command := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.NoArgs,
		RunE:  func(command *cobra.Command, _ []string) error { return options.run(command) },
	}
	f := command.Flags()
	f.String(flags.FlagNode, defaultNode, "<host>:<port> of the node to ask; its RPC interface")
	f.StringVar(&options.out, flagOut, "", "folder to write to (default: standard output)")
	f.StringVar(&options.node.RPC, flagRPC, "", "URL at which the world reaches the RPC")
	f.StringVar(&options.node.REST, flagREST, "", "URL at which the world reaches the REST server")
	f.StringVar(&options.node.GRPC, flagGRPC, "", "<host>:<port> at which the world reaches the gRPC server")
	f.StringVar(&options.node.Peer, flagPeer, "", "ID@<host>:<port> at which other nodes reach the node")
	f.StringVar(&options.node.Provider, flagProvider, "", "who runs the node")
	f.StringVar(&options.shown.ChainName, flagName, "", "name of the network in the registry (default: made from the chain id)")
	f.StringVar(&options.shown.NetworkType, flagType, "", "mainnet, testnet or devnet")
	f.StringP(flags.FlagOutput, "o", flags.OutputFormatJSON, "json, which is all that there is")
	return command
}

type fileOptions struct {
	names []string
	out   string
	node  Node
	shown Presentation
}

func (o *fileOptions) run(command *cobra.Command) error {
	if format, err := command.Flags().GetString(flags.FlagOutput); err != nil || format != flags.OutputFormatJSON {
		return usage("--output must be json")
	}
	if o.out == "" && len(o.names) > 1 {
		return usage("give the folder: --" + flagOut)
	}
	address, shown, err := o.network(command)
	if err != nil {
		return err
	}
	rpc, err := rpchttp.NewWithTimeout(address, "/websocket", askSeconds)
	if err != nil {
		return err
	}
	facts, err := Collect(command.Context(), rpc)
	if err != nil {
		return fmt.Errorf("node %s: %w", address, err)
	}
	return o.print(command, facts, shown)
}

func (o *fileOptions) print(command *cobra.Command, facts Facts, shown Presentation) error {
	var files []File
	for _, name := range o.names {
		file, err := Make(name, facts, shown)
		if errors.Is(err, ErrNoDoor) {
			return usage(fmt.Sprintf("%v: give --%s and --%s, or the --%s of a local network", err, flagRPC, flagREST, flags.FlagHome))
		}
		if err != nil {
			return err
		}
		files = append(files, file)
	}
	if o.out == "" {
		_, err := command.OutOrStdout().Write(files[0].Content)
		return err
	}
	paths, err := Write(o.out, files)
	for _, path := range paths {
		command.PrintErrln(path)
	}
	return err
}

// network finds the node to ask and the doors to show: those of the flags, or else those of the local
// network in --home.
func (o *fileOptions) network(command *cobra.Command) (address string, shown Presentation, err error) {
	shown = o.shown
	address, err = command.Flags().GetString(flags.FlagNode)
	if err != nil {
		return "", shown, err
	}
	layout, err := layoutOf(command)
	if err != nil {
		return "", shown, err
	}
	if layout != nil {
		local := presentationOf(layout)
		shown.Nodes = local.Nodes
		if shown.NetworkType == "" {
			shown.NetworkType = local.NetworkType
		}
		if !command.Flags().Changed(flags.FlagNode) {
			address = layout.Nodes[0].RPC()
		}
	}
	if o.node != (Node{Provider: o.node.Provider}) {
		shown.Nodes = []Node{o.node}
	}
	return address, shown, nil
}

// layoutOf reads the local network that --home names: its home, or the folder with its keys, which is
// what other commands are given. Without --home there is none.
func layoutOf(command *cobra.Command) (*localnet.Layout, error) {
	flag := command.Flags().Lookup(flags.FlagHome)
	if flag == nil || !flag.Changed {
		return nil, nil
	}
	home := flag.Value.String()
	layout, err := localnet.Load(home)
	if errors.Is(err, localnet.ErrNoNetwork) {
		if above, aboveErr := localnet.Load(filepath.Dir(strings.TrimRight(home, string(filepath.Separator)))); aboveErr == nil {
			return above, nil
		}
	}
	return layout, err
}

func presentationOf(layout *localnet.Layout) Presentation {
	shown := Presentation{NetworkType: NetworkDev}
	for _, node := range layout.Nodes {
		shown.Nodes = append(shown.Nodes, Node{
			Provider: node.Institution, RPC: node.RPC(), REST: node.API(), GRPC: node.GRPC(), Peer: node.Peer(),
		})
	}
	return shown
}

// LeaveFiles writes a running local network's files into its home. A node serves its first block's
// state a moment after it has committed it, so it is asked again for a while.
func LeaveFiles(ctx context.Context, layout *localnet.Layout) error {
	const patience, pause = 15 * time.Second, 200 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rpc, err := rpchttp.NewWithTimeout(layout.Nodes[0].RPC(), "/websocket", askSeconds)
	if err != nil {
		return err
	}
	for {
		facts, err := Collect(ctx, rpc)
		if err == nil {
			return leave(layout, facts)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("registry files: %w", err)
		case <-time.After(pause):
		}
	}
}

func leave(layout *localnet.Layout, facts Facts) error {
	files, err := Files(facts, presentationOf(layout))
	if err != nil {
		return fmt.Errorf("registry files: %w", err)
	}
	_, err = Write(filepath.Join(layout.Home, folderName), files)
	return err
}

func usage(text string) error { return &gateway.UsageError{Err: errors.New(text)} }
