package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/zhilian-network/zhilian/bench/report"
	"github.com/zhilian-network/zhilian/bench/target"
)

// All makes every measurement of a plan and sums them up. A measurement that fails stands in the
// report as a failure and not in its table; the others go on. An error says that the run was ended.
func All(ctx context.Context, options Options, out io.Writer) (r *report.Report, err error) {
	work, err := os.MkdirTemp(options.WorkDir, "zhilian-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	conditions, err := report.Look(options.ZhilianCommand[0])
	if err != nil {
		return nil, err
	}
	a := &all{
		Options: options, out: out, work: work, started: time.Now(), past: newPastLengths(), rates: map[string]float64{},
		report: &report.Report{
			Schema: report.Schema, Mode: options.mode(), Conditions: conditions, Plan: options.describe(),
			LeftOut: options.leftOut(), Failures: []report.Failure{}, Rows: []report.Row{},
		},
	}
	steps := options.plan()
	fmt.Fprintf(out, "%d measurements, each on fresh nodes; load average now %s\n", len(steps), conditions.LoadAtStart)
	for i, step := range steps {
		fmt.Fprintf(out, "%3d/%d %s: ", i+1, len(steps), step)
		if err := a.make(ctx, i, step); err != nil {
			fmt.Fprintln(out, "ended")
			return nil, err
		}
	}
	var order []string
	for _, kind := range target.Shown() {
		order = append(order, string(kind))
	}
	a.report.Sum(order, string(target.Plain), string(target.PlainTuned))
	report.LookAgain(&a.report.Conditions, a.started)
	return a.report, nil
}

// all is a run on its way.
type all struct {
	Options
	out     io.Writer
	work    string
	started time.Time
	report  *report.Report
	past    pastLengths
	rates   map[string]float64 // payments per second of the last time, by kind and size
}

// make makes one measurement and puts what came of it into the report.
func (a *all) make(ctx context.Context, i int, step step) error {
	settings := step.settings
	if a.past.tooLate(a.limit(), time.Since(a.started), settings) {
		fmt.Fprintln(a.out, "left out, the time is over")
		a.report.LeftOut = append(a.report.LeftOut, step.String()+": the time of the run was over")
		return nil
	}
	settings.Dir = filepath.Join(a.work, fmt.Sprintf("%03d", i))
	place := fmt.Sprint(settings.Kind, settings.Validators)
	if rate := a.rates[place]; rate > 0 {
		settings.Expected = rate * signAheadMargin
	}
	begun := time.Now()
	result, err := Measure(ctx, settings)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	length := time.Since(begun)
	a.past.add(settings, length)
	if err != nil {
		fmt.Fprintf(a.out, "FAILED\n%v\n", err)
		a.report.Failures = append(a.report.Failures, report.Failure{
			Kind: string(settings.Kind), Validators: settings.Validators, Accounts: settings.Accounts, Round: step.round, Error: err.Error(),
		})
		return nil
	}
	figures := result.Round.Figures
	a.rates[place] = figures[report.PaymentsPerSecond]
	a.report.Add(string(settings.Kind), settings.Kind.Label(), settings.Validators, settings.Accounts, *result.Round)
	a.report.Conditions.Settings[configuration(settings.Kind)] = result.NodeSettings
	fmt.Fprintf(a.out, "%.0f payments/s, %.0f µs CPU, p99 %.0f ms, money right (%.0f s)\n",
		figures[report.PaymentsPerSecond], figures[report.CPU], figures[report.LatencyP99], length.Seconds())
	return nil
}

// pastLengths is how long the measurements took that were made so far.
type pastLengths struct {
	byKind map[target.Kind]time.Duration
	bySize map[int]time.Duration // by validators
}

func newPastLengths() pastLengths {
	return pastLengths{byKind: map[target.Kind]time.Duration{}, bySize: map[int]time.Duration{}}
}

func (p pastLengths) add(settings Settings, length time.Duration) {
	p.byKind[settings.Kind] = max(p.byKind[settings.Kind], length)
	if settings.Kind != target.Plain { // its blocks come slowly: it says nothing of the others
		p.bySize[settings.Validators] = max(p.bySize[settings.Validators], length)
	}
}

// tooLate tells whether a measurement would end after the limit if it took as long as those before it
// that are like it.
func (p pastLengths) tooLate(limit, elapsed time.Duration, settings Settings) bool {
	expected := max(p.byKind[settings.Kind], p.bySize[settings.Validators])
	return limit > 0 && elapsed+expected > limit
}

// signAheadMargin is how much faster than last time a network may be without transactions having to
// be signed under load.
const signAheadMargin = 1.2

// configuration names the settings that the nodes of a kind run with.
func configuration(kind target.Kind) string {
	if kind.OnPlainChain() {
		return string(kind)
	}
	return "zhilian"
}

func (o Options) mode() string {
	if o.Short {
		return "short"
	}
	return "full"
}

func (o Options) describe() report.Plan {
	t := o.timing()
	return report.Plan{
		Rounds: t.rounds, RoundsOfFour: t.roundsOfFour,
		WindowSeconds: t.window.Seconds(), WarmUpSeconds: t.warmUp.Seconds(), LatencySeconds: t.latency.Seconds(),
		Connections: o.connections(), Payers: payers, OnTheWay: onTheWay, OnTheWayOfFour: onTheWayOfFour,
		BatchesOnTheWay: batchesOnTheWay, BatchesOnTheWayOfFour: batchesOfFour,
		PlainFee: o.PlainFee, Seed: o.Seed, BalancesCompared: balancesCompared,
	}
}

// Estimate is how long a plan takes about, for the reader's patience.
func (o Options) Estimate() time.Duration {
	t := o.timing()
	var total time.Duration
	for _, step := range o.plan() {
		overhead := 6*time.Second + time.Duration(step.settings.Validators)*time.Second
		if step.settings.Kind == target.Plain {
			overhead += 15 * time.Second // its blocks are more than five seconds apart
		}
		overhead += time.Duration(step.settings.Accounts/accountsPerSecond) * time.Second
		total += t.warmUp + t.window + t.latency + overhead
	}
	if limit := o.limit(); limit > 0 {
		return min(total, limit)
	}
	return total
}

// accountsPerSecond is how many accounts of a genesis are made, written, read and stored in a second.
const accountsPerSecond = 4000
