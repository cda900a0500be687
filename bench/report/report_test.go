package report_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/bench/report"
)

func figures(value float64) map[string]float64 {
	figures := map[string]float64{}
	for _, metric := range report.Metrics() {
		figures[metric.Key] = value
	}
	return figures
}

func sample() *report.Report {
	r := &report.Report{Schema: report.Schema, Mode: "full", LeftOut: []string{"the moon: it is far"}}
	for _, value := range []float64{30, 10, 20} {
		r.Add("pay_inside", "single payment inside a bank", 1, 10_000, report.Round{Figures: figures(value)})
		r.Add("plain", "plain chain", 1, 10_000, report.Round{Figures: figures(4 * value)})
		r.Add("plain_tuned", "plain chain, tuned", 1, 10_000, report.Round{Figures: figures(2 * value)})
	}
	r.Add("pay_inside", "single payment inside a bank", 4, 10_000, report.Round{Figures: figures(7)})
	r.Add("pay_inside", "single payment inside a bank", 1, 1_000_000, report.Round{Figures: figures(1234567)})
	r.Sum([]string{"pay_inside", "plain", "plain_tuned"}, "plain", "plain_tuned")
	return r
}

func TestASpreadIsTheMedianWithItsEnds(t *testing.T) {
	require.Equal(t, report.Spread{Median: 2, Min: 1, Max: 9}, report.NewSpread([]float64{9, 1, 2}))
	require.Equal(t, report.Spread{Median: 3, Min: 1, Max: 9}, report.NewSpread([]float64{9, 1, 2, 4}))
	require.Equal(t, report.Spread{Median: 5, Min: 5, Max: 5}, report.NewSpread([]float64{5}))
}

func TestARatioComparesMediansOfEqualNetworks(t *testing.T) {
	r := sample()
	require.Len(t, r.Rows, 5)
	inside := r.Rows[0]
	require.Equal(t, report.Spread{Median: 20, Min: 10, Max: 30}, inside.Figures[report.CPU])
	require.InDelta(t, 0.25, inside.RatioToPlain[report.CPU], 1e-9)
	require.InDelta(t, 0.5, inside.RatioToPlainTuned[report.CPU], 1e-9)
	require.Nil(t, r.Rows[1].RatioToPlain, "plain is not compared with itself")
	require.InDelta(t, 0.5, r.Rows[2].RatioToPlain[report.CPU], 1e-9)
	require.Equal(t, 1_000_000, r.Rows[3].Accounts)
	require.Nil(t, r.Rows[3].RatioToPlain, "no plain chain was measured with a million accounts")
	require.Equal(t, 4, r.Rows[4].Validators)
	require.Nil(t, r.Rows[4].RatioToPlain, "none was measured with four validators")
}

func TestTheTableShowsWhatWasMeasuredAndWhatWasNot(t *testing.T) {
	r := sample()
	r.Failures = []report.Failure{{Kind: "batch_500", Validators: 4, Accounts: 10_000, Round: 2, Error: "no disk\nand more"}}
	table := r.Table()
	for _, want := range []string{
		"### 1 validator, 10,000 accounts",
		"| committed payments per second | 20.0 (10.0–30.0) | 80.0 (40.0–120) | 40.0 (20.0–60.0) |",
		"As a multiple of the plain chain with default settings",
		"| node CPU per payment, all nodes | 0.250 | 0.500 |",
		"### 4 validators, 10,000 accounts",
		"### Growth with the number of accounts: single payment inside a bank, 1 validator",
		"| committed payments per second | 20.0 (10.0–30.0) | 1,234,567 |",
		"Not measured in this run: the moon: it is far.",
		"Failed: batch_500, 4 validators, 10000 accounts, round 2: no disk\n",
	} {
		require.Contains(t, table, want)
	}
	require.NotContains(t, table, "NaN")
	require.NotContains(t, table, "and more")
}

func TestTheTableGoesBetweenTheMarkersAndNowhereElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "doc.md")
	write := func(text string) { require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	write("before\n" + report.BeginMarker + "\nold\n" + report.EndMarker + "\nafter\n")
	r := sample()
	require.NoError(t, r.Fill(path))
	require.NoError(t, r.Fill(path), "again")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(text), "before\n"+report.BeginMarker))
	require.True(t, strings.HasSuffix(string(text), report.EndMarker+"\nafter\n"))
	require.NotContains(t, string(text), "old")
	require.Equal(t, 1, strings.Count(string(text), "### 1 validator"))
	for _, broken := range []string{"", report.BeginMarker, report.EndMarker + report.BeginMarker} {
		write(broken)
		require.Error(t, r.Fill(path))
	}
}

func TestAReportIsReadBackAsItWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "build", "bench.json")
	r := sample()
	require.NoError(t, r.Write(path))
	again, err := report.Read(path)
	require.NoError(t, err)
	require.Equal(t, r.Table(), again.Table())
	require.Equal(t, r.Rows[0].Figures, again.Rows[0].Figures)

	r.Schema = 99
	require.NoError(t, r.Write(path))
	_, err = report.Read(path)
	require.ErrorContains(t, err, "schema 99")
}

// keysOf lists the JSON keys of a type and of what it holds.
func keysOf(of reflect.Type, keys map[string]bool) {
	switch of.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer:
		keysOf(of.Elem(), keys)
	case reflect.Struct:
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			keys[name] = true
			keysOf(of.Field(i).Type, keys)
		}
	}
}

func TestEveryKeyIsDocumentedAndEveryDocumentedKeyExists(t *testing.T) {
	text, err := os.ReadFile("../../docs/benchmarks.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(text), "## Keys of build/bench.json")
	require.True(t, found)
	documented := map[string]bool{}
	for _, line := range strings.Split(section, "\n") {
		cell := line
		if strings.HasPrefix(line, "|") {
			cell = strings.Split(line, "|")[1] // what stands behind may name files and units
		}
		for _, match := range regexp.MustCompile("`([a-z0-9_]+)`").FindAllStringSubmatch(cell, -1) {
			documented[match[1]] = true
		}
	}
	keys := map[string]bool{}
	keysOf(reflect.TypeFor[report.Report](), keys)
	for _, metric := range report.Metrics() {
		keys[metric.Key] = true
	}
	for key := range keys {
		if key == "median" || key == "min" || key == "max" {
			require.Contains(t, section, "`"+key+"`")
			continue
		}
		require.True(t, documented[key], "docs/benchmarks.md does not explain %s", key)
	}
	for key := range documented {
		require.True(t, keys[key], "docs/benchmarks.md explains %s, which does not exist", key)
	}
	require.NotEmpty(t, documented)
	require.Contains(t, string(text), report.BeginMarker)
	require.Contains(t, string(text), report.EndMarker)
}

func TestConditionsNameMachineAndBinary(t *testing.T) {
	own, err := os.Executable()
	require.NoError(t, err)
	conditions, err := report.Look(own)
	require.NoError(t, err)
	require.Positive(t, conditions.Cores)
	require.Positive(t, conditions.MemoryBytes)
	require.NotEqual(t, "unknown", conditions.LoadAtStart)
	require.NotEmpty(t, conditions.GoVersion)
	text, err := json.Marshal(conditions)
	require.NoError(t, err)
	require.Contains(t, string(text), `"load_average_at_start"`)
}
