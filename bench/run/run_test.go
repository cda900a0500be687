package run

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/bench/load"
	"github.com/zhilian-network/zhilian/bench/plain"
	"github.com/zhilian-network/zhilian/bench/report"
	"github.com/zhilian-network/zhilian/bench/stage"
	"github.com/zhilian-network/zhilian/bench/target"
	zhiliand "github.com/zhilian-network/zhilian/cmd/zhiliand/cmd"
)

// TestMain lets this program be the node of either chain: so the nodes are those of this very tree.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 {
		os.Exit(m.Run())
	}
	switch os.Args[1] {
	case "start":
		os.Exit(zhiliand.Execute(os.Args[1:], os.Stdout, os.Stderr))
	case plain.Name:
		command := plain.NewCommand()
		command.SetArgs(os.Args[2:])
		if err := command.ExecuteContext(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// oneSecond is a load of a second on one validator.
func oneSecond(t *testing.T, kind target.Kind) Settings {
	t.Helper()
	own, err := os.Executable()
	require.NoError(t, err)
	settings := Settings{
		Kind: kind, Validators: 1, Accounts: 240, Payers: 60,
		Window: time.Second, MinBlocks: 1, Latency: time.Second, Connections: 1, OnTheWay: 100,
		Expected: 300, Balances: 50, WithLogicalState: true,
		ZhilianCommand: []string{own}, PlainCommand: []string{own, plain.Name}, PlainFee: 5000, Seed: 1,
		Dir: filepath.Join(t.TempDir(), "homes"),
	}
	if kind.IsBatch() {
		settings.OnTheWay = 2
	}
	if kind == target.BatchDetails {
		settings.Latency = 4 * time.Second
	}
	return settings
}

func TestOneSecondOfLoadIsMeasuredAndItsMoneyIsRight(t *testing.T) {
	for _, kind := range []target.Kind{target.PayInside, target.PayBetween, target.Batch, target.PayInsideDetails, target.BatchDetails, target.PlainTuned} {
		t.Run(string(kind), func(t *testing.T) {
			settings := oneSecond(t, kind)
			result, err := Measure(t.Context(), settings)
			require.NoError(t, err)
			round := result.Round
			for _, metric := range report.Metrics() {
				require.Contains(t, round.Figures, metric.Key)
			}
			require.Positive(t, round.WindowCommitted)
			require.GreaterOrEqual(t, round.Committed, round.WindowCommitted)
			require.Zero(t, round.NotSettled)
			require.GreaterOrEqual(t, round.WindowSeconds, 1.0)
			require.Greater(t, round.BalancesChecked, 40)
			for _, key := range []string{
				report.PaymentsPerSecond, report.CPU, report.LatencyP50, report.HalfLoad, report.DiskBytes,
				report.PeakMemory, report.TransactionBytes, report.NodeCores, report.StageKey(stage.Finalise),
			} {
				require.Positive(t, round.Figures[key], key)
			}
			require.LessOrEqual(t, round.Figures[report.LatencyP50], round.Figures[report.LatencyP99])
			total := 0.0
			for _, s := range stage.All() {
				total += round.Figures[report.StageKey(s)]
			}
			require.InEpsilon(t, round.Figures[report.CPU], total, 1e-6, "the stages are the whole")
			if kind.OnPlainChain() {
				require.Less(t, round.Figures[report.StateLogicalBytes], 50.0, "the plain chain keeps no payments")
			} else {
				require.Greater(t, round.Figures[report.StateLogicalBytes], 50.0, "ours keeps a record of each payment")
			}
			require.NotEmpty(t, result.NodeSettings["consensus.timeout_commit"])
			require.NoDirExists(t, settings.Dir, "nothing is left behind")
		})
	}
}

func TestABookThatIsWrongByOneUnitIsNoticed(t *testing.T) {
	settings := oneSecond(t, target.PayInside)
	m := &measurement{Settings: settings}
	defer m.end()
	for _, step := range m.steps() {
		if step.name == "check the money" {
			break
		}
		require.NoError(t, step.do(t.Context()), step.name)
	}
	require.NoError(t, m.check(t.Context()))
	for account := range m.balances {
		m.book.Apply(load.Move{From: account, To: 1 << 30, Amount: 1})
		break
	}
	require.ErrorContains(t, m.check(t.Context()), "balances differ from the generator's book")
}

func TestANodeThatCannotStartIsAnErrorWithItsLastWords(t *testing.T) {
	settings := oneSecond(t, target.PayInside)
	settings.ZhilianCommand = []string{"/bin/sh", "-c", "echo there is no disk; exit 1"}
	_, err := Measure(t.Context(), settings)
	require.ErrorContains(t, err, "there is no disk")
	require.NoDirExists(t, settings.Dir)
}

func TestAnEndedRunLeavesNothingBehind(t *testing.T) {
	settings := oneSecond(t, target.PayInside)
	settings.Window = time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	_, err := Measure(ctx, settings)
	require.Error(t, err)
	require.NoDirExists(t, settings.Dir)
}
