package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Schema is the version of the JSON's keys.
const Schema = 1

// Report is the whole of build/bench.json.
type Report struct {
	Schema int `json:"schema"`
	// Mode is "full" or "short".
	Mode       string     `json:"mode"`
	Conditions Conditions `json:"conditions"`
	Plan       Plan       `json:"plan"`
	Rows       []Row      `json:"rows"`
	// LeftOut says in words what this run did not measure, and why.
	LeftOut []string `json:"left_out"`
	// Failures are the measurements that failed; their figures are in no row.
	Failures []Failure `json:"failures"`
}

// Conditions are what the figures were measured under.
type Conditions struct {
	StartedAt  string `json:"started_at"` // RFC 3339, UTC
	FinishedAt string `json:"finished_at"`
	Seconds    int    `json:"seconds"`

	OS              string `json:"os"`
	CPU             string `json:"cpu"`
	Cores           int    `json:"cores"`
	GOMAXPROCS      int    `json:"gomaxprocs"`
	MemoryBytes     int64  `json:"memory_bytes"`
	LoadAtStart     string `json:"load_average_at_start"` // of 1, 5 and 15 minutes
	LoadAtEnd       string `json:"load_average_at_end"`
	GoEnvironment   string `json:"go_environment"` // GOGC, GOMEMLIMIT, as far as they are set
	GoVersion       string `json:"go_version"`
	Commit          string `json:"commit"`
	CosmosSDK       string `json:"cosmos_sdk"`
	CometBFT        string `json:"cometbft"`
	BinaryBytes     int64  `json:"binary_bytes"`
	BinaryBuildTags string `json:"binary_build_tags"`

	// Settings of the nodes, by kind of configuration ("zhilian", "plain_tuned", "plain") and by key,
	// as they stand in config.toml and app.toml.
	Settings map[string]map[string]string `json:"settings"`
}

// Plan is what was done.
type Plan struct {
	Rounds                int     `json:"rounds"`
	RoundsOfFour          int     `json:"rounds_of_four_validators"`
	WindowSeconds         float64 `json:"window_seconds"`
	WarmUpSeconds         float64 `json:"warm_up_seconds"`
	LatencySeconds        float64 `json:"latency_seconds"`
	Connections           int     `json:"connections"`
	Payers                int     `json:"payers"`
	OnTheWay              int     `json:"payments_on_the_way"`
	OnTheWayOfFour        int     `json:"payments_on_the_way_of_four_validators"`
	BatchesOnTheWay       int     `json:"batches_on_the_way"`
	PlainFee              int64   `json:"plain_fee"`
	Seed                  uint64  `json:"seed"`
	BatchesOnTheWayOfFour int     `json:"batches_on_the_way_of_four_validators"`
	BalancesCompared      int     `json:"balances_compared"`
}

// Row is what was measured of one kind of payment on one network.
type Row struct {
	Kind       string `json:"kind"`
	Label      string `json:"label"`
	Validators int    `json:"validators"`
	Accounts   int    `json:"accounts"`
	// Figures by key of Metrics.
	Figures map[string]Spread `json:"figures"`
	// RatioToPlain and RatioToPlainTuned are this row's medians over those of the plain chain with as
	// many validators and accounts. Absent where there is nothing to compare with.
	RatioToPlain      map[string]float64 `json:"ratio_to_plain,omitempty"`
	RatioToPlainTuned map[string]float64 `json:"ratio_to_plain_tuned,omitempty"`
	Rounds            []Round            `json:"rounds"`
}

// Round is one measurement of a row.
type Round struct {
	Figures map[string]float64 `json:"figures"`
	// DiskParts are the bytes on disk per payment by database or file of the data directory.
	DiskParts map[string]float64 `json:"disk_parts_bytes_per_payment"`
	// WindowSeconds and WindowBlocks are what the sustained rate was measured over.
	WindowSeconds float64 `json:"window_seconds"`
	WindowBlocks  int     `json:"window_blocks"`
	// Committed payments of the whole run, and those of the window.
	Committed       int64 `json:"committed_payments"`
	WindowCommitted int64 `json:"window_committed_payments"`
	// NotSettled are payments in blocks that did not settle.
	NotSettled int64 `json:"not_settled_payments"`
	// Refusals are how often nodes refused a transaction, by reason; each was sent again.
	Refusals map[string]int64 `json:"refusals"`
	// SignedLate are transactions that were signed while the load ran.
	SignedLate int64 `json:"signed_late"`
	// Retries are transactions that were sent again, as their connection to the node had broken.
	Retries int64 `json:"retries,omitempty"`
	// StepSeconds is how long each step of the measurement took.
	StepSeconds map[string]float64 `json:"step_seconds"`
	// BalancesChecked is how many accounts were compared with the generator's book.
	BalancesChecked int `json:"balances_checked"`
}

// Failure is a measurement that failed.
type Failure struct {
	Kind       string `json:"kind"`
	Validators int    `json:"validators"`
	Accounts   int    `json:"accounts"`
	Round      int    `json:"round"`
	Error      string `json:"error"`
}

// Spread is a figure over the rounds.
type Spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// NewSpread sums up values. The median of an even number of them is the mean of the two in the middle.
func NewSpread(values []float64) Spread {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return Spread{Median: (sorted[(n-1)/2] + sorted[n/2]) / 2, Min: sorted[0], Max: sorted[n-1]}
}

// Add puts a round into its row.
func (r *Report) Add(kind, label string, validators, accounts int, round Round) {
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Kind == kind && row.Validators == validators && row.Accounts == accounts {
			row.Rounds = append(row.Rounds, round)
			return
		}
	}
	r.Rows = append(r.Rows, Row{Kind: kind, Label: label, Validators: validators, Accounts: accounts, Rounds: []Round{round}})
}

// Sum makes spreads and ratios from the rounds, and orders the rows by validators, accounts and the
// order of kinds. plain and plainTuned are the kinds to compare with.
func (r *Report) Sum(order []string, plain, plainTuned string) {
	slices.SortStableFunc(r.Rows, func(a, b Row) int {
		return cmp.Or(
			cmp.Compare(a.Validators, b.Validators),
			cmp.Compare(a.Accounts, b.Accounts),
			cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)),
		)
	})
	for i := range r.Rows {
		r.Rows[i].sum()
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Kind != plain {
			row.RatioToPlain = row.over(r.find(plain, row.Validators, row.Accounts))
		}
		if row.Kind != plain && row.Kind != plainTuned {
			row.RatioToPlainTuned = row.over(r.find(plainTuned, row.Validators, row.Accounts))
		}
	}
}

func (r *Row) sum() {
	r.Figures = map[string]Spread{}
	for _, metric := range Metrics() {
		var values []float64
		for _, round := range r.Rounds {
			if value, ok := round.Figures[metric.Key]; ok {
				values = append(values, value)
			}
		}
		if len(values) > 0 {
			r.Figures[metric.Key] = NewSpread(values)
		}
	}
}

func (r *Row) over(base *Row) map[string]float64 {
	if base == nil {
		return nil
	}
	ratios := map[string]float64{}
	for key, figure := range r.Figures {
		if other, ok := base.Figures[key]; ok && other.Median != 0 {
			ratios[key] = figure.Median / other.Median
		}
	}
	return ratios
}

func (r *Report) find(kind string, validators, accounts int) *Row {
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Kind == kind && row.Validators == validators && row.Accounts == accounts {
			return row
		}
	}
	return nil
}

// Write saves the report as JSON, in one step: a reader never sees half of it.
func (r *Report) Write(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Read reads a report back.
func Read(path string) (*Report, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if r.Schema != Schema {
		return nil, fmt.Errorf("%s has schema %d; this program reads %d", path, r.Schema, Schema)
	}
	return r, nil
}
