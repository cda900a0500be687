package payments

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/iso20022/report"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const messageIDDigits = 28

// messageID makes an id for an outgoing message: a letter for its purpose, and a hash over what it
// is about and when, so that a second answer to one file has an id of its own.
func messageID(purpose string, digest []byte, at time.Time, part string) string {
	sum := sha256.Sum256([]byte(purpose + "\x00" + string(digest) + "\x00" + at.UTC().Format(time.RFC3339Nano) + "\x00" + part))
	return purpose + "-" + hex.EncodeToString(sum[:])[:messageIDDigits]
}

// Answer writes the status report of an outcome: pain.002 for a pain.001, pacs.002 for a pacs.008,
// and admi.002 for what could not be understood.
func (g *Gateway) Answer(ctx context.Context, o *Outcome) (Document, error) {
	if o.Rejection != nil {
		return g.answerRejection(o)
	}
	times, err := g.blockTimes(ctx, o)
	if err != nil {
		return Document{}, err
	}
	// What a sender wrote is echoed for readers without the file at hand. If it does not fit the
	// answer's schema, the answer goes without it: the references and statuses are what counts.
	document, err := g.statusReport(o, times, true)
	if errors.Is(err, report.ErrInvalid) {
		document, err = g.statusReport(o, times, false)
	}
	return document, err
}

// blockTimes reads the time of each block that decided a transfer.
func (g *Gateway) blockTimes(ctx context.Context, o *Outcome) (map[int64]time.Time, error) {
	times := map[int64]time.Time{}
	for _, t := range o.Transfers {
		if _, known := times[t.Height]; known || t.Height == 0 {
			continue
		}
		at, err := g.chain.BlockTime(ctx, t.Height)
		if err != nil {
			return nil, err
		}
		times[t.Height] = at
	}
	return times, nil
}

func (g *Gateway) header(o *Outcome, purpose, part string) report.Header {
	now := g.now()
	return report.Header{MessageID: messageID(purpose, o.contentDigest[:], now, part), CreatedAt: now}
}

func (g *Gateway) statusReport(o *Outcome, times map[int64]time.Time, echo bool) (Document, error) {
	m := o.Message
	original := originalOf(m)
	if m.Kind == iso20022.KindPacs008 {
		in := report.FIStatusReport{
			Header: g.header(o, "ST", ""), Original: original, Status: o.Status, Reasons: o.reasons(),
			// The answer travels the other way.
			InstructingAgent: agentOf(m.InstructedAgent), InstructedAgent: agentOf(m.InstructingAgent),
		}
		if !o.Duplicate {
			for i := range o.Transfers {
				in.Transfers = append(in.Transfers, o.transferStatus(i, times, echo))
			}
		}
		content, err := report.FIStatus(in)
		return o.document("pacs.002", m.Version, content, err)
	}
	in := report.PaymentStatusReport{
		Header: g.header(o, "ST", ""), Original: original, Status: o.Status, Reasons: o.reasons(),
		InitiatingParty: partyOf(m.InitiatingParty),
	}
	if !o.Duplicate {
		in.Payments = o.paymentGroups(times, echo)
	}
	content, err := report.PaymentStatus(in)
	return o.document("pain.002", m.Version, content, err)
}

func (o *Outcome) paymentGroups(times map[int64]time.Time, echo bool) []report.PaymentGroupStatus {
	groups := make([]report.PaymentGroupStatus, len(o.Message.Instructions))
	for i, instruction := range o.Message.Instructions {
		groups[i] = report.PaymentGroupStatus{PaymentInfoID: instruction.ID, Transactions: len(instruction.Transfers)}
	}
	for i, t := range o.Transfers {
		groups[t.Instruction].Transfers = append(groups[t.Instruction].Transfers, o.transferStatus(i, times, echo))
	}
	return groups
}

func (o *Outcome) transferStatus(i int, times map[int64]time.Time, echo bool) report.TransferStatus {
	t := o.Transfers[i]
	status := report.TransferStatus{
		InstructionID: t.Transfer.InstructionID, EndToEndID: t.Transfer.EndToEndID, TransactionID: t.Transfer.TransactionID,
		UETR: t.UETR, Status: t.Status, Reasons: reasonsOf(t.Reason, t.Explanation),
	}
	if status.UETR == "" {
		status.UETR = t.Transfer.UETR
	}
	if t.Status == report.Settled {
		status.AcceptedAt = times[t.Height]
		status.SettledOn = times[t.Height].In(networkZone)
	}
	if echo {
		status.Original = o.originalTransfer(t)
	}
	return status
}

// networkZone is the civil time of the network's business days.
var networkZone = time.FixedZone("CST", 8*60*60)

func (o *Outcome) originalTransfer(t TransferOutcome) *report.OriginalTransfer {
	instruction := o.Message.Instructions[t.Instruction]
	original := &report.OriginalTransfer{
		RequestedOn: instruction.RequestedDate, Debtor: partyOf(instruction.Debtor),
		DebtorAccount: accountOf(instruction.DebtorAccount), DebtorAgent: agentOf(instruction.DebtorAgent),
		Creditor: partyOf(t.Transfer.Creditor), CreditorAccount: accountOf(t.Transfer.CreditorAccount),
		CreditorAgent: agentOf(t.Transfer.CreditorAgent),
	}
	if minor := t.Transfer.Amount.Minor; !minor.IsNil() && minor.IsPositive() {
		original.Amount = report.Amount{Currency: t.Transfer.Amount.Currency, Minor: minor}
	}
	return original
}

func (o *Outcome) reasons() []report.Reason { return reasonsOf(o.Reason, o.Explanation) }

func reasonsOf(code, text string) []report.Reason {
	if code == "" {
		return nil
	}
	if text == "" && code == settlement.ReasonNarrative {
		text = "no further explanation was given" // a narrative reason must have one
	}
	reason := report.Reason{Code: code}
	if text != "" {
		reason.Text = []string{text}
	}
	return []report.Reason{reason}
}

// document names an answer after the message that was written.
func (o *Outcome) document(family, original string, content []byte, err error) (Document, error) {
	if err != nil {
		return Document{}, err
	}
	kind, err := report.AnswerTo(original)
	if err != nil {
		kind = family
	}
	return Document{Kind: kind, Name: documentName(kind, o.contentDigest[:], 0), Content: content}, nil
}

// answerRejection refuses a whole file. A status report needs the original's id and version; a file
// without them gets an admi.002.
func (g *Gateway) answerRejection(o *Outcome) (Document, error) {
	r := o.Rejection
	if r.MessageID != "" && r.Reason != iso20022.ReasonUnsupported {
		document, err := g.statusOfRejected(o)
		if err == nil {
			return document, nil
		}
		if !errors.Is(err, report.ErrInvalid) && !errors.Is(err, report.ErrNoAnswer) {
			return Document{}, err
		}
	}
	reason := r.Reason
	if reason == iso20022.ReasonUnsupported {
		reason = iso20022.ReasonSyntax
	}
	location := r.Path
	if r.Line > 0 {
		location = "line " + strconv.Itoa(r.Line) + " " + location
	}
	reference := r.MessageID
	if reference == "" {
		reference = r.BusinessID
	}
	content, err := report.MessageReject(report.MessageRejection{
		Reference: reference, Reason: reason, RejectedAt: g.now(), Location: location, Description: r.Text,
	})
	if err != nil {
		return Document{}, err
	}
	return Document{Kind: report.Admi002V01, Name: documentName(report.Admi002V01, o.contentDigest[:], 0), Content: content}, nil
}

func (g *Gateway) statusOfRejected(o *Outcome) (Document, error) {
	r := o.Rejection
	original := report.OriginalMessage{
		MessageID: r.MessageID, MessageName: r.Version, CreatedAt: r.CreatedAt,
		Transactions: number(r.OriginalNbOfTxs), ControlSum: r.OriginalCtrlSum,
	}
	text := r.Text
	if r.Path != "" {
		text = r.Path + ": " + text
	}
	reasons := reasonsOf(r.Reason, text)
	if r.Kind == iso20022.KindPacs008 {
		content, err := report.FIStatus(report.FIStatusReport{
			Header: g.header(o, "ST", ""), Original: original, Status: report.Rejected, Reasons: reasons,
			InstructedAgent: agentOf(r.InstructingAgent),
		})
		return o.document("pacs.002", r.Version, content, err)
	}
	content, err := report.PaymentStatus(report.PaymentStatusReport{
		Header: g.header(o, "ST", ""), Original: original, Status: report.Rejected, Reasons: reasons,
		InitiatingParty: report.Party{Name: r.InitiatingParty},
	})
	return o.document("pain.002", r.Version, content, err)
}

func originalOf(m *iso20022.Message) report.OriginalMessage {
	return report.OriginalMessage{
		MessageID: m.MessageID, MessageName: m.Version, CreatedAt: m.CreatedAt,
		Transactions: number(m.OriginalNbOfTxs), ControlSum: m.OriginalCtrlSum,
	}
}

// number reads a count that a sender wrote; one that is no number is left out.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func partyOf(p iso20022.Party) report.Party {
	return report.Party{Name: p.Name, LEI: p.LEI, BIC: p.BIC}
}

func accountOf(a iso20022.Account) report.Account {
	if a.IBAN != "" {
		return report.Account{IBAN: a.IBAN}
	}
	return report.Account{Other: a.Other}
}

func agentOf(a iso20022.Agent) report.Agent {
	return report.Agent{BIC: a.BIC, LEI: a.LEI, ClearingSystem: a.ClearingSystem, MemberID: a.MemberID, Name: a.Name}
}
