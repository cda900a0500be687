package demo

import (
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"time"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/iso20022/money"
	"github.com/zhilian-network/zhilian/iso20022/report"
	"github.com/zhilian-network/zhilian/localnet/network"
)

// maxRows bounds the table; a payroll of thousands is better read in the report.
const maxRows = 40

// steps prints what is going on, a line per step.
type steps struct {
	out     io.Writer
	started time.Time
}

func (s *steps) title(text string) { fmt.Fprintf(s.out, "\n%s\n\n", text) }

func (s *steps) begin(step, text string) {
	fmt.Fprintf(s.out, "  …  %-7s %s\n", step, terminal.Inert(text))
}

func (s *steps) done(step, text string) { s.line("✔", step, text) }

func (s *steps) failed(step, text string) { s.line("✘", step, text) }

func (s *steps) line(mark, step, text string) {
	fmt.Fprintf(s.out, "  %s  %-7s %s  (%.1f s)\n", mark, step, terminal.Inert(text), time.Since(s.started).Seconds())
}

// table prints the payments, as an accountant reads them.
func (s *steps) table(result Report) {
	if len(result.Transactions) == 0 {
		return
	}
	rows := make([][]string, 0, maxRows)
	for _, t := range result.Transactions[:min(len(result.Transactions), maxRows)] {
		status, block, latency := t.Status, "", ""
		if t.Reason != "" {
			status += " " + t.Reason
		}
		if t.Height > 0 {
			block, latency = strconv.FormatInt(t.Height, 10), strconv.FormatInt(t.LatencyMS, 10)+" ms"
		}
		rows = append(rows, []string{
			t.EndToEndID, t.creditor, grouped(money.FormatMinor(t.Currency, math.NewInt(t.AmountMinor))), t.Currency, status, block, latency,
		})
	}
	fmt.Fprintln(s.out)
	const amount, block, latency = 2, 5, 6
	head := []string{"end-to-end id", "creditor", "amount", "", "status", "block", "latency"}
	if err := terminal.WriteTable(indented{s.out}, head, map[int]bool{amount: true, block: true, latency: true}, rows); err != nil {
		fmt.Fprintln(s.out, "  the table cannot be shown:", err)
	}
	if more := len(result.Transactions) - maxRows; more > 0 {
		fmt.Fprintf(s.out, "  … and %d more in the report\n", more)
	}
}

func (s *steps) summary(result Report, path string) {
	settled := map[string]math.Int{}
	total := 0
	for _, t := range result.Transactions {
		if t.Status == string(report.Settled) {
			add(settled, t.Currency, math.NewInt(t.AmountMinor))
			total++
		}
	}
	fmt.Fprintf(s.out, "\n  %s settled: %s\n  report: %s, with %s beside it\n\n", counted(total, "payment"), describeSums(settled),
		path, counted(len(result.Written), "answer"))
}

// indented writes lines with a margin.
type indented struct{ out io.Writer }

func (w indented) Write(text []byte) (int, error) {
	if _, err := io.WriteString(w.out, "  "); err != nil {
		return 0, err
	}
	return w.out.Write(text)
}

func describeFiles(files []given) string {
	sums := map[string]math.Int{}
	payments, refused := 0, 0
	for _, file := range files {
		if file.message == nil {
			refused++
			continue
		}
		for _, transfer := range file.message.Transfers() {
			add(sums, transfer.Amount.Currency, transfer.Amount.Minor)
			payments++
		}
	}
	text := counted(len(files), "file") + ", " + counted(payments, "payment")
	if len(sums) > 0 {
		text += ", " + describeSums(sums)
	}
	if refused > 0 {
		text += ", " + counted(refused, "file") + " that must be refused"
	}
	return text
}

func describeNetwork(file *network.File) string {
	banks := 0
	for _, institution := range file.Institutions {
		if institution.Kind == network.KindBank {
			banks++
		}
	}
	return strings.Join([]string{
		counted(banks, "bank"), counted(len(file.Parties), "customer"), counted(len(file.Accounts), "account"),
		"funded in " + strings.Join(file.Currencies, ", "),
	}, ", ")
}

func describeSums(sums map[string]math.Int) string {
	codes := make([]string, 0, len(sums))
	for code := range sums {
		codes = append(codes, code)
	}
	sort.Strings(codes)
	parts := make([]string, 0, len(codes))
	for _, code := range codes {
		parts = append(parts, code+" "+grouped(money.FormatMinor(code, sums[code])))
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// grouped sets commas between thousands.
func grouped(amount string) string {
	whole, fraction, found := strings.Cut(amount, ".")
	var out strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out.WriteByte(',')
		}
		out.WriteRune(digit)
	}
	if found {
		out.WriteString("." + fraction)
	}
	return out.String()
}

func counted(n int, noun string) string {
	if n == 1 || noun == "settled" || noun == "refused" {
		return fmt.Sprintf("%d %s", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
