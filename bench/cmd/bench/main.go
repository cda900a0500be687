// Command bench measures a Zhilian network beside a plain Cosmos SDK chain; docs/benchmarks.md says how
// and what the figures mean.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/google/pprof/profile"
	"github.com/spf13/cobra"

	"github.com/zhilian-network/zhilian/bench/plain"
	"github.com/zhilian-network/zhilian/bench/report"
	"github.com/zhilian-network/zhilian/bench/run"
	"github.com/zhilian-network/zhilian/bench/stage"
	"github.com/zhilian-network/zhilian/bench/target"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := &cobra.Command{
		Use:           "bench",
		Short:         "Measure a Zhilian network beside a plain Cosmos SDK chain",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newRunCommand(), newTableCommand(), newStagesCommand(), plain.NewCommand())
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has run
	}
}

// flagsOfRun are the flags of bench run.
type flagsOfRun struct {
	options         run.Options
	kinds           []string
	out, doc        string
	binary, workDir string
}

func newRunCommand() *cobra.Command {
	f := &flagsOfRun{}
	command := &cobra.Command{
		Use:   "run",
		Short: "Measure, write a table and JSON",
		Long: `Measure a Zhilian network beside a plain Cosmos SDK chain, interleaved, on this machine only.

The full run takes about 45 minutes, --short under three. Ctrl-C stops all nodes and removes their homes.`,
		Example: `  bench run --short
  bench run --doc docs/benchmarks.md
  bench run --kinds pay_inside,plain_tuned --validators 1 --rounds 1 --no-growth --profiles build/profiles`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return f.run(command.Context(), command.OutOrStdout()) },
	}
	flags := command.Flags()
	flags.BoolVar(&f.options.Short, "short", false, "small windows, one round, no growth: under three minutes")
	flags.StringVar(&f.out, "out", "build/bench.json", "where the JSON goes")
	flags.StringVar(&f.doc, "doc", "", "document that gets the table between its markers, such as docs/benchmarks.md")
	flags.StringVar(&f.binary, "binary", "build/zhiliand", "binary of the nodes that are measured")
	flags.StringSliceVar(&f.kinds, "kinds", nil, "kinds to measure, of pay_inside, pay_between, batch_500, plain_tuned, plain (default these), pay_inside_details, pay_inside_details_first, batch_500_details")
	flags.IntSliceVar(&f.options.Validators, "validators", nil, "numbers of validators to measure with (default 1,4)")
	flags.IntVar(&f.options.Rounds, "rounds", 0, "rounds (default 3, short 1)")
	flags.DurationVar(&f.options.Window, "window", 0, "length of the measured part (default 30s, short 5s)")
	flags.IntVar(&f.options.Connections, "connections", 0, "connections to each node, with eight calls at once (default 8)")
	flags.IntVar(&f.options.Accounts, "accounts", 0, "accounts, a multiple of 2,500 (default 10,000, and more for the growth)")
	flags.DurationVar(&f.options.Limit, "limit", 0, "leave out what would end later than this after the start (default none, short 2m45s)")
	flags.BoolVar(&f.options.NoGrowth, "no-growth", false, "leave out the growth with the number of accounts")
	flags.Int64Var(&f.options.PlainFee, "plain-fee", 5000, "fee of a transaction of the plain chain, in its smallest unit; 0 for none")
	flags.Uint64Var(&f.options.Seed, "seed", 1, "fixes keys, creditors and amounts")
	flags.StringVar(&f.workDir, "work", os.TempDir(), "where the nodes' homes are made")
	flags.StringVar(&f.options.ProfileDir, "profiles", "", "directory that keeps the nodes' CPU profiles")
	return command
}

func (f *flagsOfRun) run(ctx context.Context, out io.Writer) error {
	if err := f.complete(); err != nil {
		return err
	}
	fmt.Fprintf(out, "This takes about %s. Ctrl-C ends it.\n", f.options.Estimate().Round(10*time.Second))
	r, err := run.All(ctx, f.options, out)
	if err != nil {
		return err
	}
	if err := r.Write(f.out); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s\n%s\n", r.Table(), f.out)
	if len(r.Failures) > 0 {
		return fmt.Errorf("%d of the measurements failed", len(r.Failures))
	}
	if f.doc != "" {
		return r.Fill(f.doc)
	}
	return nil
}

// complete turns what was given into what the run needs.
func (f *flagsOfRun) complete() error {
	binary, err := exec.LookPath(f.binary)
	if err != nil {
		return fmt.Errorf("the binary of the nodes (make build makes it): %w", err)
	}
	if binary, err = filepath.Abs(binary); err != nil {
		return err
	}
	own, err := os.Executable()
	if err != nil {
		return err
	}
	f.options.ZhilianCommand = []string{binary}
	f.options.PlainCommand = []string{own, plain.Name}
	f.options.WorkDir = f.workDir
	for _, name := range f.kinds {
		kind, err := kindOf(name)
		if err != nil {
			return err
		}
		f.options.Kinds = append(f.options.Kinds, kind)
	}
	return nil
}

func kindOf(name string) (target.Kind, error) {
	var names []string
	for _, kind := range target.Shown() {
		if string(kind) == name {
			return kind, nil
		}
		names = append(names, string(kind))
	}
	return "", fmt.Errorf("no kind %q; there are %s", name, strings.Join(names, ", "))
}

func newTableCommand() *cobra.Command {
	var doc string
	command := &cobra.Command{
		Use:     "table FILE",
		Short:   "Show the table of a JSON that was measured, or put it into a document",
		Example: "  bench table build/bench.json --doc docs/benchmarks.md",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			r, err := report.Read(args[0])
			if err != nil {
				return err
			}
			if doc != "" {
				return r.Fill(doc)
			}
			_, err = io.WriteString(command.OutOrStdout(), r.Table())
			return err
		},
	}
	command.Flags().StringVar(&doc, "doc", "", "document that gets the table between its markers")
	return command
}

func newStagesCommand() *cobra.Command {
	var inside string
	command := &cobra.Command{
		Use:   "stages FILE.pprof",
		Short: "Show on what a CPU profile's time went, by stage",
		Example: `  bench stages build/profiles/pay_inside-1-validators-10000-accounts-node0.pprof
  bench stages build/profiles/pay_inside-1-validators-10000-accounts-node0.pprof --inside finalise`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			taken, err := profile.Parse(file)
			if err != nil {
				return err
			}
			return showStages(command.OutOrStdout(), taken, stage.Stage(inside))
		},
	}
	command.Flags().StringVar(&inside, "inside", "", "show the functions of this stage")
	return command
}

func showStages(out io.Writer, taken *profile.Profile, inside stage.Stage) error {
	const percent, shown = 100, 60
	if inside != "" {
		for _, function := range stage.Largest(taken, inside, shown) {
			fmt.Fprintf(out, "%5.1f %%  %s\n", percent*function.Share, function.Name)
		}
		return nil
	}
	shares := stage.Shares(taken)
	if len(shares) == 0 {
		return errors.New("the profile is empty")
	}
	for _, s := range stage.All() {
		fmt.Fprintf(out, "%5.1f %%  %s\n", percent*shares[s], s)
	}
	return nil
}
