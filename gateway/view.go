package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/zhilian-network/zhilian/gateway/payments"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/iso20022/report"
)

// maxTableRows keeps a terminal readable; a longer file shows what did not settle.
const maxTableRows = 100

// fileReport is what a command has to say about one file.
type fileReport struct {
	File     string
	Outcome  *payments.Outcome
	Answer   payments.Document
	Written  []string
	Problems []string
}

type transferView struct {
	Index         int    `json:"index"`
	EndToEndID    string `json:"end_to_end_id"`
	UETR          string `json:"uetr,omitempty"`
	Currency      string `json:"currency"`
	Amount        string `json:"amount"`
	Debtor        string `json:"debtor,omitempty"`
	Creditor      string `json:"creditor,omitempty"`
	Status        string `json:"status"`
	Reason        string `json:"reason,omitempty"`
	Explanation   string `json:"explanation,omitempty"`
	Replayed      bool   `json:"replayed,omitempty"`
	Height        int64  `json:"height,omitempty"`
	TxHash        string `json:"tx_hash,omitempty"`
	LatencyMillis int64  `json:"latency_ms,omitempty"`
}

type fileView struct {
	File        string                  `json:"file"`
	MessageID   string                  `json:"message_id,omitempty"`
	Message     string                  `json:"message,omitempty"`
	Status      string                  `json:"status"`
	Reason      string                  `json:"reason,omitempty"`
	Explanation string                  `json:"explanation,omitempty"`
	Path        string                  `json:"path,omitempty"`
	Line        int                     `json:"line,omitempty"`
	Duplicate   bool                    `json:"duplicate"`
	Incomplete  string                  `json:"incomplete,omitempty"`
	Details     *payments.DetailsReport `json:"details,omitempty"`
	Settled     int                     `json:"settled"`
	Rejected    int                     `json:"rejected"`
	Undecided   int                     `json:"undecided"`
	Answers     []string                `json:"answers,omitempty"`
	Problems    []string                `json:"problems,omitempty"`
	Transfers   []transferView          `json:"transfers,omitempty"`
}

func (r *fileReport) view() fileView {
	o := r.Outcome
	view := fileView{
		File: r.File, Status: string(o.Status), Reason: o.Reason, Explanation: o.Explanation, Duplicate: o.Duplicate,
		Settled: o.Settled(), Rejected: o.Rejected(), Undecided: o.Undecided(), Answers: r.Written, Problems: r.Problems,
		Details: o.Details,
	}
	if o.Duplicate {
		// Nothing was done for this handing in; the transfers below show what was done before.
		view.Rejected = len(o.Transfers)
	}
	if o.Incomplete != nil {
		view.Incomplete = o.Incomplete.Error()
	}
	if o.Rejection != nil {
		view.MessageID, view.Message = o.Rejection.MessageID, o.Rejection.Version
		view.Path, view.Line = o.Rejection.Path, o.Rejection.Line
		return view
	}
	view.MessageID, view.Message = o.Message.MessageID, o.Message.Version
	for _, t := range o.Transfers {
		view.Transfers = append(view.Transfers, transferView{
			Index: t.Transfer.Index + 1, EndToEndID: t.Transfer.EndToEndID, UETR: t.UETR,
			Currency: t.Transfer.Amount.Currency, Amount: t.Transfer.Amount.Text, Debtor: t.Debtor, Creditor: t.Creditor,
			Status: string(t.Status), Reason: t.Reason, Explanation: t.Explanation, Replayed: t.Replayed,
			Height: t.Height, TxHash: t.TxHash, LatencyMillis: t.LatencyMillis,
		})
	}
	return view
}

func (r *fileReport) print(w io.Writer, format string) error {
	switch format {
	case flags.OutputFormatJSON:
		return json.NewEncoder(w).Encode(r.view())
	case outputXML:
		_, err := w.Write(r.Answer.Content)
		return err
	}
	return r.printText(w)
}

func (r *fileReport) printText(w io.Writer) error {
	view := r.view()
	p := &printer{w: w}
	if r.Outcome.Rejection != nil {
		p.line("%s: refused, %s", terminal.Inert(r.File), terminal.Inert(r.Outcome.Rejection.Error()))
	} else {
		p.line("%s: message %s (%s), %d transfers", terminal.Inert(r.File), terminal.Inert(view.MessageID), terminal.Inert(view.Message), len(view.Transfers))
		p.table(transferTable(view.Transfers))
		p.line("%s", r.summary(view))
	}
	if view.Incomplete != "" {
		p.line("incomplete: %s", terminal.Inert(view.Incomplete))
		p.line("hand the same file in again to complete it; nothing is paid twice")
	}
	if view.Details != nil {
		for _, reads := range view.Details.Regulators {
			p.line("note: %s", terminal.Inert(reads.String()))
		}
		for _, warning := range view.Details.Warnings {
			p.line("warning: %s", terminal.Inert(warning))
		}
	}
	for _, problem := range view.Problems {
		p.line("problem: %s", terminal.Inert(problem))
	}
	switch {
	case len(r.Written) > 3:
		p.line("answers: %s and %d notifications beside it", terminal.Inert(r.Written[0]), len(r.Written)-1)
	default:
		for _, path := range r.Written {
			p.line("answer: %s", terminal.Inert(path))
		}
	}
	return p.err
}

func (r *fileReport) summary(view fileView) string {
	text := fmt.Sprintf("%d settled, %d refused, %d undecided: %s", view.Settled, view.Rejected, view.Undecided, view.Status)
	if view.Reason != "" {
		text += " " + view.Reason
	}
	if view.Explanation != "" {
		text += ", " + terminal.Inert(view.Explanation)
	}
	return text
}

func transferTable(transfers []transferView) ([]string, map[int]bool, [][]string, int) {
	head := []string{"#", "END-TO-END ID", "CCY", "AMOUNT", "STATUS", "REASON", "BLOCK", "MS", "EXPLANATION"}
	right := map[int]bool{0: true, 3: true, 6: true, 7: true}
	var rows [][]string
	hidden := 0
	for _, t := range transfers {
		if len(rows) == maxTableRows || len(transfers) > maxTableRows && t.Status == string(report.Settled) {
			hidden++
			continue
		}
		status, explanation := t.Status, t.Explanation
		if t.Replayed && explanation == "" {
			explanation = "decided earlier"
		}
		rows = append(rows, []string{
			strconv.Itoa(t.Index), t.EndToEndID, t.Currency, t.Amount, status, t.Reason,
			positive(t.Height), positive(t.LatencyMillis), explanation,
		})
	}
	return head, right, rows, hidden
}

func positive(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// printer remembers the first failed write.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) table(head []string, right map[int]bool, rows [][]string, hidden int) {
	if p.err == nil && len(rows) > 0 {
		p.err = terminal.WriteTable(p.w, head, right, rows)
	}
	if hidden > 0 {
		p.line("(%d transfers not shown)", hidden)
	}
}

// faultView is one thing wrong with a file.
type faultView struct {
	Line   int    `json:"line,omitempty"`
	Path   string `json:"path,omitempty"`
	Reason string `json:"reason"`
	Text   string `json:"text"`
}

// checkView is what a check found.
type checkView struct {
	File      string      `json:"file"`
	MessageID string      `json:"message_id,omitempty"`
	Message   string      `json:"message,omitempty"`
	Transfers int         `json:"transfers"`
	Accepted  bool        `json:"accepted"`
	Faults    []faultView `json:"faults,omitempty"`
}

func checkFile(name string, file []byte, parsing ...iso20022.Option) checkView {
	view := checkView{File: name}
	message, err := iso20022.Parse(file, parsing...)
	var rejection *iso20022.Rejection
	if errors.As(err, &rejection) {
		view.MessageID, view.Message = rejection.MessageID, rejection.Version
		view.Faults = []faultView{{rejection.Line, rejection.Path, rejection.Reason, rejection.Text}}
		return view
	}
	if err != nil {
		view.Faults = []faultView{{Text: err.Error()}}
		return view
	}
	view.MessageID, view.Message, view.Transfers, view.Accepted = message.MessageID, message.Version, message.TransferCount, true
	for _, transfer := range message.Transfers() {
		if r := transfer.Refusal; r != nil {
			view.Faults = append(view.Faults, faultView{r.Line, r.Path, r.Reason, r.Text})
		}
	}
	return view
}

func (v checkView) print(w io.Writer, format string) error {
	if format == flags.OutputFormatJSON {
		return json.NewEncoder(w).Encode(v)
	}
	p := &printer{w: w}
	switch {
	case !v.Accepted:
		p.line("%s: the whole file would be refused", terminal.Inert(v.File))
	case len(v.Faults) > 0:
		p.line("%s: message %s (%s), %d of %d transfers would be refused",
			terminal.Inert(v.File), terminal.Inert(v.MessageID), v.Message, len(v.Faults), v.Transfers)
	default:
		p.line("%s: message %s (%s), %d transfers, no fault found", terminal.Inert(v.File), terminal.Inert(v.MessageID), v.Message, v.Transfers)
	}
	for _, fault := range v.Faults {
		place := ""
		if fault.Line > 0 {
			place = "line " + strconv.Itoa(fault.Line) + ", "
		}
		if fault.Path != "" {
			place += fault.Path + ": "
		}
		p.line("  %s: %s%s", terminal.Inert(fault.Reason), terminal.Inert(place), terminal.Inert(fault.Text))
	}
	return p.err
}
