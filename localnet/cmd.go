package localnet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/zhilian-network/zhilian/crypto/accountkey"
	"github.com/zhilian-network/zhilian/localnet/network"
)

// NewCommand is `zhiliand localnet`. What is given is called once all nodes of a started network make
// blocks; if it fails, that is shown, and the network goes on.
func NewCommand(started ...func(context.Context, *Layout) error) *cobra.Command {
	command := &cobra.Command{
		Use:   "localnet",
		Short: "Run a network of validators on this machine",
		Long: `Run a network of validators on this machine: real nodes with their own keys, ports and data.

The network is the built-in one (a settlement authority and three fictional banks with customers, in
CNY), or that of a network file: see docs/network-file.md.`,
		Example: `  zhiliand localnet start --home ./net --detach
  zhiliand localnet status --home ./net
  zhiliand localnet stop --home ./net`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
		// The root's hook would make a node's configuration in --home, which here is no node.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
	command.AddCommand(newStartCommand(started), newStopCommand(), newStatusCommand())
	return command
}

func newStartCommand(started []func(context.Context, *Layout) error) *cobra.Command {
	options := startOptions{started: started}
	command := &cobra.Command{
		Use:   "start",
		Short: "Make a network if the home is empty, and start its nodes",
		Long: `Make a network if the home is empty, and start its nodes.

In the foreground the network runs until Ctrl-C. With --detach the command returns when all nodes
have made a block, and the network runs until "localnet stop".

A home that holds a network continues with its data; --network, --validators and the kinds of keys may then be
left out.
If some of its nodes run, the others are started.`,
		Example: `  # Four validators, in the foreground
  zhiliand localnet start

  # In the background, with its data in ./net
  zhiliand localnet start --home ./net --detach

  # Operators with SM2 keys, validators with post-quantum ones
  zhiliand localnet start --home ./net --account-key sm2 --consensus-key ml_dsa_65 --detach

  # Who reads what is sensitive proves a key, as on a bank's node
  zhiliand localnet start --home ./net --guarded --detach

  # An own network, with output for a script
  zhiliand localnet start --network network.yaml --home ./net --detach --output json`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return options.run(command) },
	}
	addCommonFlags(command, &options.common)
	command.Flags().Var(&options.validators, "validators", "number of validators (default: what the network file says)")
	command.Flags().StringVar(&options.network, "network", "", "network file in YAML (default: the built-in network)")
	command.Flags().Var(kind{&options.keys.Account, accountkey.Names()}, "account-key",
		"kind of the operators' keys: "+strings.Join(accountkey.Names(), ", ")+" (default: "+accountkey.Default+")")
	command.Flags().Var(kind{&options.keys.Consensus, consensusKeyTypes}, "consensus-key",
		"kind of the validators' keys: "+strings.Join(consensusKeyTypes, ", ")+" (default: "+consensusKeyTypes[0]+")")
	command.Flags().BoolVar(&options.detach, "detach", false, "leave the network running and return")
	command.Flags().BoolVar(&options.guarded, "guarded", false,
		"answer sensitive queries only to operators who prove their key, as a bank's node does (default: a local network answers everyone)")
	return command
}

func newStopCommand() *cobra.Command {
	var options common
	var node string
	command := &cobra.Command{
		Use:   "stop",
		Short: "Stop all nodes of a network, or one; their data stay",
		Example: `  zhiliand localnet stop --home ./net

  # One node: "localnet start" starts it again
  zhiliand localnet stop --home ./net --node node3`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			stopChosen := func() error { return Stop(options.home) }
			if node != "" {
				stopChosen = func() error { return StopNode(options.home, node) }
			}
			if err := stopChosen(); err != nil {
				return err
			}
			return options.showState(command)
		},
	}
	addCommonFlags(command, &options)
	command.Flags().StringVar(&node, "node", "", "name of the one node to stop, such as node3 (default: all)")
	return command
}

func newStatusCommand() *cobra.Command {
	var options common
	command := &cobra.Command{
		Use:   "status",
		Short: "Show which nodes run, their heights and endpoints",
		Example: `  zhiliand localnet status --home ./net
  zhiliand localnet status --home ./net --output json`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return options.showState(command) },
	}
	addCommonFlags(command, &options)
	return command
}

// common are the flags of all three commands.
type common struct {
	home   string
	output format
}

func addCommonFlags(command *cobra.Command, options *common) {
	options.output = formatText
	command.Flags().StringVar(&options.home, "home", defaultHome(), "directory of the network")
	command.Flags().VarP(&options.output, "output", "o", "text or json")
}

func defaultHome() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ".zhilian-localnet"
	}
	return filepath.Join(home, ".zhilian-localnet")
}

func (o *common) showState(command *cobra.Command) error {
	state, err := Status(command.Context(), o.home)
	if err != nil {
		return err
	}
	if o.output == formatJSON {
		return printJSON(command, state)
	}
	fmt.Fprint(command.OutOrStdout(), stateText(state))
	return nil
}

type startOptions struct {
	common
	validators count
	network    string
	keys       KeyTypes
	detach     bool
	guarded    bool
	started    []func(context.Context, *Layout) error
}

func (o *startOptions) run(command *cobra.Command) error {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	if err := o.prepare(command); err != nil {
		return err
	}
	command.PrintErrln("Starting the nodes ...")
	if o.detach {
		layout, err := Start(command.Context(), o.home, binary)
		if err != nil {
			return err
		}
		return o.showLayout(command, layout)
	}
	var shown error
	err = Run(command.Context(), o.home, binary, func(layout *Layout) {
		shown = o.showLayout(command, layout)
	})
	return errors.Join(err, shown)
}

// prepare makes a network in an empty home. In a home with a network it checks that the flags ask
// for this network: a silently ignored --network would be worse than a refusal.
func (o *startOptions) prepare(command *cobra.Command) error {
	file, err := o.file()
	if err != nil {
		return err
	}
	layout, err := Load(o.home)
	if err == nil {
		return o.compare(layout, file)
	}
	if !errors.Is(err, ErrNoNetwork) {
		return err
	}
	command.PrintErrf("Making a network in %s ...\n", o.home)
	layout, err = PrepareWithKeys(*file, o.home, int(o.validators), o.keys)
	if err != nil || !o.guarded {
		return err
	}
	return layout.Guard()
}

func (o *startOptions) file() (*network.File, error) {
	if o.network == "" {
		return network.Default(), nil
	}
	text, err := os.ReadFile(o.network)
	if err != nil {
		return nil, err
	}
	return network.Parse(text)
}

func (o *startOptions) compare(layout *Layout, file *network.File) error {
	if o.validators != 0 && int(o.validators) != len(layout.Nodes) {
		return fmt.Errorf("%s %w, with %d validators: leave out --validators, or choose another --home", layout.Home, ErrNetworkExists, len(layout.Nodes))
	}
	if o.guarded && !layout.Guarded {
		return fmt.Errorf("%s %w, one that answers everyone: choose another --home, or change [door] in app.toml of its nodes", layout.Home, ErrNetworkExists)
	}
	if err := o.compareKeys(layout); err != nil {
		return err
	}
	if o.network == "" {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(layout.Home, networkFile))
	if err != nil {
		return err
	}
	var made network.File
	if err := yaml.Unmarshal(text, &made); err != nil {
		return err
	}
	if !reflect.DeepEqual(&made, file) {
		return fmt.Errorf("%s %w, made from another network file: leave out --network, or choose another --home", layout.Home, ErrNetworkExists)
	}
	return nil
}

func (o *startOptions) compareKeys(layout *Layout) error {
	made, err := layout.KeyTypes.completed()
	if err != nil {
		return err
	}
	for _, asked := range []struct{ flag, want, have string }{
		{"account-key", o.keys.Account, made.Account}, {"consensus-key", o.keys.Consensus, made.Consensus},
	} {
		if asked.want != "" && asked.want != asked.have {
			return fmt.Errorf("%s %w, with keys of the kind %s: leave out --%s, or choose another --home",
				layout.Home, ErrNetworkExists, asked.have, asked.flag)
		}
	}
	return nil
}

func (o *startOptions) showLayout(command *cobra.Command, layout *Layout) error {
	for _, call := range o.started {
		if err := call(command.Context(), layout); err != nil {
			command.PrintErrln("Warning:", err)
		}
	}
	if o.output == formatJSON {
		return printJSON(command, struct {
			Home string `json:"home"`
			Keys string `json:"keys"`
			*Layout
		}{layout.Home, layout.Keys(), layout})
	}
	fmt.Fprint(command.OutOrStdout(), layoutText(layout, o.detach))
	return nil
}

func printJSON(command *cobra.Command, value any) error {
	encoder := json.NewEncoder(command.OutOrStdout())
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// format is a flag that is text or json, so that anything else is wrong usage.
type format string

const (
	formatText format = "text"
	formatJSON format = "json"
)

func (f *format) String() string { return string(*f) }
func (f *format) Type() string   { return "string" }

func (f *format) Set(text string) error {
	switch format(text) {
	case formatText, formatJSON:
		*f = format(text)
		return nil
	}
	return errors.New("must be text or json")
}

// count is a flag that is a number of validators; 0 is not one, it stands for a missing flag.
type count int

func (c *count) String() string {
	if *c == 0 {
		return ""
	}
	return strconv.Itoa(int(*c))
}

func (c *count) Type() string { return "int" }

func (c *count) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > network.MaxValidators {
		return fmt.Errorf("must be 1 to %d", network.MaxValidators)
	}
	*c = count(n)
	return nil
}

// kind is a flag that is one of some kinds of keys; hyphens may stand for underscores.
type kind struct {
	name    *string
	choices []string
}

func (k kind) String() string {
	if k.name == nil {
		return ""
	}
	return *k.name
}

func (kind) Type() string { return "string" }

func (k kind) Set(text string) error {
	name := strings.ReplaceAll(text, "-", "_")
	if !slices.Contains(k.choices, name) {
		return fmt.Errorf("must be %s", strings.Join(k.choices, ", "))
	}
	*k.name = name
	return nil
}
