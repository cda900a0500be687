package report

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Table writes the report for a reader, in Markdown.
func (r *Report) Table() string {
	var text strings.Builder
	c := r.Conditions
	fmt.Fprintf(&text, "Measured on %s (%s run, %d s): %s, %d cores, GOMAXPROCS %d, %s memory, load average %s at the start and %s at the end. "+
		"Commit %s, %s, Cosmos SDK %s, CometBFT %s. Each figure is the median of the rounds, with the smallest and the largest behind it where there were several.\n",
		c.FinishedAt, r.Mode, c.Seconds, c.CPU, c.Cores, c.GOMAXPROCS, bytesText(float64(c.MemoryBytes)), c.LoadAtStart, c.LoadAtEnd,
		c.Commit, c.GoVersion, c.CosmosSDK, c.CometBFT)
	for _, group := range r.groups() {
		group.write(&text)
	}
	r.growth(&text)
	for _, left := range r.LeftOut {
		fmt.Fprintf(&text, "\nNot measured in this run: %s.\n", left)
	}
	for _, failure := range r.Failures {
		first, _, _ := strings.Cut(failure.Error, "\n")
		fmt.Fprintf(&text, "\nFailed: %s, %d validators, %d accounts, round %d: %s\n", failure.Kind, failure.Validators, failure.Accounts, failure.Round, first)
	}
	return text.String()
}

// group is the rows that stand side by side.
type group struct {
	validators, accounts int
	rows                 []*Row
}

// groups are the rows with as few accounts as there are, by number of validators.
func (r *Report) groups() []*group {
	fewest := r.fewestAccounts()
	var groups []*group
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Accounts != fewest {
			continue
		}
		if n := len(groups); n == 0 || groups[n-1].validators != row.Validators {
			groups = append(groups, &group{validators: row.Validators, accounts: row.Accounts})
		}
		last := groups[len(groups)-1]
		last.rows = append(last.rows, row)
	}
	return groups
}

func (r *Report) fewestAccounts() int {
	fewest := 0
	for _, row := range r.Rows {
		if fewest == 0 || row.Accounts < fewest {
			fewest = row.Accounts
		}
	}
	return fewest
}

func (g *group) write(text *strings.Builder) {
	fmt.Fprintf(text, "\n### %s, %s accounts\n\n", plural(g.validators, "validator"), number(float64(g.accounts)))
	text.WriteString("| |")
	for _, row := range g.rows {
		fmt.Fprintf(text, " %s |", row.Label)
	}
	text.WriteString("\n|---|" + strings.Repeat("---|", len(g.rows)) + "\n")
	for _, metric := range Metrics() {
		if !g.has(metric.Key) {
			continue
		}
		fmt.Fprintf(text, "| %s |", titled(metric))
		for _, row := range g.rows {
			fmt.Fprintf(text, " %s |", cell(row.Figures, metric))
		}
		text.WriteString("\n")
	}
	g.ratios(text, "the plain chain with default settings", func(row *Row) map[string]float64 { return row.RatioToPlain })
	g.ratios(text, "the plain chain with our settings", func(row *Row) map[string]float64 { return row.RatioToPlainTuned })
}

func (g *group) has(key string) bool {
	for _, row := range g.rows {
		if _, ok := row.Figures[key]; ok {
			return true
		}
	}
	return false
}

// compared are the figures whose ratio says something.
var compared = []string{
	PaymentsPerSecond, CPU, CPUAtHalfLoad, LatencyP50, LatencyP99, TransactionBytes, DiskBytes, StateBytes, PeakMemory,
}

func (g *group) ratios(text *strings.Builder, base string, of func(*Row) map[string]float64) {
	var rows []*Row
	for _, row := range g.rows {
		if len(of(row)) > 0 {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(text, "\nAs a multiple of %s:\n\n| |", base)
	for _, row := range rows {
		fmt.Fprintf(text, " %s |", row.Label)
	}
	text.WriteString("\n|---|" + strings.Repeat("---|", len(rows)) + "\n")
	for _, metric := range Metrics() {
		if !contains(compared, metric.Key) {
			continue
		}
		fmt.Fprintf(text, "| %s |", metric.Title)
		for _, row := range rows {
			if ratio, ok := of(row)[metric.Key]; ok {
				fmt.Fprintf(text, " %s |", significant(ratio))
				continue
			}
			text.WriteString(" – |")
		}
		text.WriteString("\n")
	}
}

// grown are the figures that may grow with the number of accounts.
var grown = []string{PaymentsPerSecond, CPU, LatencyP50, LatencyP99, DiskBytes, StateBytes, PeakMemory}

// growth shows the kinds that were measured with several numbers of accounts.
func (r *Report) growth(text *strings.Builder) {
	fewest := r.fewestAccounts()
	for i := range r.Rows {
		first := &r.Rows[i]
		if first.Accounts != fewest || first.Validators != 1 {
			continue
		}
		rows := []*Row{first}
		for k := range r.Rows {
			if row := &r.Rows[k]; row.Kind == first.Kind && row.Validators == 1 && row.Accounts > fewest {
				rows = append(rows, row)
			}
		}
		if len(rows) == 1 {
			continue
		}
		fmt.Fprintf(text, "\n### Growth with the number of accounts: %s, 1 validator\n\n| |", first.Label)
		for _, row := range rows {
			fmt.Fprintf(text, " %s accounts |", number(float64(row.Accounts)))
		}
		text.WriteString("\n|---|" + strings.Repeat("---|", len(rows)) + "\n")
		for _, metric := range Metrics() {
			if !contains(grown, metric.Key) {
				continue
			}
			fmt.Fprintf(text, "| %s |", titled(metric))
			for _, row := range rows {
				fmt.Fprintf(text, " %s |", cell(row.Figures, metric))
			}
			text.WriteString("\n")
		}
	}
}

func titled(metric Metric) string {
	if metric.Unit == "" || metric.Unit == "1/s" || metric.Unit == "bytes" {
		return metric.Title
	}
	return metric.Title + " (" + metric.Unit + ")"
}

func cell(figures map[string]Spread, metric Metric) string {
	spread, ok := figures[metric.Key]
	if !ok {
		return "–"
	}
	show := significant
	if metric.Unit == "bytes" {
		show = bytesText
	}
	middle, low, high := show(spread.Median), show(spread.Min), show(spread.Max)
	if low == high {
		return middle
	}
	return fmt.Sprintf("%s (%s–%s)", middle, low, high)
}

// significant shows three digits, or all before the point.
func significant(value float64) string {
	switch magnitude := max(value, -value); {
	case magnitude >= 100:
		return number(value)
	case magnitude >= 10:
		return strconv.FormatFloat(value, 'f', 1, 64)
	case magnitude >= 1:
		return strconv.FormatFloat(value, 'f', 2, 64)
	}
	return strconv.FormatFloat(value, 'f', 3, 64)
}

// number shows a whole number with commas.
func number(value float64) string {
	digits := strconv.FormatFloat(value, 'f', 0, 64)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// bytesText shows bytes up to a million as they are, and more in MB or GB of powers of ten.
func bytesText(value float64) string {
	const mega, giga = 1e6, 1e9
	switch magnitude := max(value, -value); {
	case magnitude >= giga:
		return significant(value/giga) + " GB"
	case magnitude >= mega:
		return significant(value/mega) + " MB"
	}
	return significant(value) + " B"
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

func contains(keys []string, key string) bool {
	for _, k := range keys {
		if k == key {
			return true
		}
	}
	return false
}

// Markers of the place in a document that Fill writes.
const (
	BeginMarker = "<!-- bench:begin: written by bench run --doc, do not edit -->"
	EndMarker   = "<!-- bench:end -->"
)

// Fill puts the table between the markers of a document.
func (r *Report) Fill(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, begins := bytes.Cut(text, []byte(BeginMarker))
	_, after, ends := bytes.Cut(rest, []byte(EndMarker))
	if !begins || !ends {
		return fmt.Errorf("%s has no place for the table: %q and %q", path, BeginMarker, EndMarker)
	}
	filled := bytes.Join([][]byte{before, []byte(BeginMarker + "\n\n" + r.Table() + "\n" + EndMarker), after}, nil)
	return os.WriteFile(path, filled, 0o644)
}
