package demo

import (
	"path/filepath"
	"strings"

	"github.com/zhilian-network/zhilian/gateway/payments"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/iso20022/report"
)

func fileReport(path string, o *payments.Outcome) FileReport {
	entry := FileReport{
		Path: path, GroupStatus: string(o.Status), Reason: o.Reason, explanation: o.Explanation,
		Sums: map[string]int64{},
	}
	if o.Rejection != nil {
		entry.MessageID = o.Rejection.MessageID
		return entry
	}
	entry.MessageID = o.Message.MessageID
	if o.Duplicate {
		entry.Rejected = len(o.Transfers)
		return entry
	}
	entry.Settled, entry.Rejected = o.Settled(), o.Rejected()
	for _, t := range o.Transfers {
		if t.Status == report.Settled {
			entry.Sums[t.Transfer.Amount.Currency] += t.Transfer.Amount.Minor.Int64()
		}
	}
	return entry
}

func transactionReports(path string, o *payments.Outcome) []TransactionReport {
	var rows []TransactionReport
	for _, t := range o.Transfers {
		row := TransactionReport{
			File: path, EndToEndID: t.Transfer.EndToEndID, UETR: t.UETR,
			Currency: t.Transfer.Amount.Currency, AmountMinor: t.Transfer.Amount.Minor.Int64(),
			Status: string(t.Status), Reason: t.Reason, Height: t.Height, LatencyMS: t.LatencyMillis,
			creditor: t.Transfer.Creditor.Name,
		}
		if o.Duplicate {
			// What became of it stands with the file that came first; counted here as well, it
			// would look as if it had been paid twice.
			row.Status, row.Reason = string(report.Rejected), o.Reason
		}
		rows = append(rows, row)
	}
	return rows
}

// explanationColumns keeps a refusal on one line; the report and the answer hold all of it.
const explanationColumns = 60

func describeOutcome(entry FileReport) string {
	parts := []string{filepath.Base(entry.Path), entry.GroupStatus}
	if entry.Reason != "" {
		parts = append(parts, entry.Reason)
	}
	if entry.Settled+entry.Rejected > 0 {
		parts = append(parts, counted(entry.Settled, "settled"), counted(entry.Rejected, "refused"))
	}
	if entry.explanation != "" {
		parts = append(parts, terminal.Shorten(terminal.Inert(entry.explanation), explanationColumns))
	}
	return strings.Join(parts, "  ")
}
