package report

import (
	"fmt"
	"strings"
)

// xmlTransferStatus serves pain.002 and pacs.002; the order of its fields fits both.
type xmlTransferStatus struct {
	StatusID          string               `xml:"StsId,omitempty"`
	InstructionID     string               `xml:"OrgnlInstrId,omitempty"`
	EndToEndID        string               `xml:"OrgnlEndToEndId,omitempty"`
	TransactionID     string               `xml:"OrgnlTxId,omitempty"`
	UETR              string               `xml:"OrgnlUETR,omitempty"`
	Status            Status               `xml:"TxSts"`
	Reasons           []xmlReason          `xml:"StsRsnInf,omitempty"`
	AcceptedAt        string               `xml:"AccptncDtTm,omitempty"`
	SettledOn         *xmlDate             `xml:"FctvIntrBkSttlmDt,omitempty"`
	ServicerReference string               `xml:"AcctSvcrRef,omitempty"`
	ClearingReference string               `xml:"ClrSysRef,omitempty"`
	Original          *xmlOriginalTransfer `xml:"OrgnlTxRef,omitempty"`
}

type xmlOriginalTransfer struct {
	SettlementAmount *xmlAmount     `xml:"IntrBkSttlmAmt,omitempty"`
	InstructedAmount *xmlAmount     `xml:"Amt>InstdAmt,omitempty"`
	SettlementDate   string         `xml:"IntrBkSttlmDt,omitempty"`
	ExecutionDate    *xmlDate       `xml:"ReqdExctnDt,omitempty"`
	Remittance       *xmlRemittance `xml:"RmtInf,omitempty"`
	Debtor           *xmlActor      `xml:"Dbtr,omitempty"`
	DebtorAccount    *xmlAccount    `xml:"DbtrAcct,omitempty"`
	DebtorAgent      *xmlAgent      `xml:"DbtrAgt,omitempty"`
	CreditorAgent    *xmlAgent      `xml:"CdtrAgt,omitempty"`
	Creditor         *xmlActor      `xml:"Cdtr,omitempty"`
	CreditorAccount  *xmlAccount    `xml:"CdtrAcct,omitempty"`
}

// answerIn returns the answer to the original, which must be of the given family.
func answerIn(family, original string) (string, error) {
	message, err := AnswerTo(original)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(message, family) {
		return "", fmt.Errorf("%w: %s is answered by %s", ErrNoAnswer, original, message)
	}
	return message, nil
}

func statusesOf(transfers []TransferStatus) []Status {
	var out []Status
	for _, t := range transfers {
		out = append(out, t.Status)
	}
	return out
}

// groupStatus holds a group's status against its listed members. A refusal of
// the whole, with no member to carry the reason, must say why itself.
func (c *check) groupStatus(field string, status Status, members []Status, reasons []Reason) {
	if status == "" {
		c.fail(field, "must be given, as not every transfer of the group is listed")
	}
	if status != Partial && status.class() == classUnknown {
		c.fail(field, "%.16q is not a status", string(status))
	}
	if !status.supports(members) {
		c.fail(field, "%s contradicts a member of the group", status)
	}
	if status == Rejected && len(members) == 0 && !anyCoded(reasons) {
		c.fail(field, "a rejection needs a reason")
	}
}

func (c *check) transferStatus(field string, t TransferStatus, g generation) {
	c.optionalReference(field+".StatusID", t.StatusID)
	c.optionalReference(field+".InstructionID", t.InstructionID)
	c.optionalReference(field+".EndToEndID", t.EndToEndID)
	c.optionalReference(field+".TransactionID", t.TransactionID)
	c.optionalReference(field+".ServicerReference", t.ServicerReference)
	c.optionalReference(field+".ClearingReference", t.ClearingReference)
	c.pattern(field+".UETR", t.UETR, uetrPattern, "a lower-case UUIDv4")
	if t.InstructionID+t.EndToEndID+t.TransactionID == "" && (t.UETR == "" || g == generation2009) {
		c.fail(field, "has no reference by which the receiver could find the transfer")
	}
	if t.Status.class() == classUnknown {
		c.fail(field+".Status", "%.16q is not the status of a transfer", string(t.Status))
	}
	if t.Status == Rejected && !anyCoded(t.Reasons) {
		c.fail(field+".Reasons", "a rejection needs a reason")
	}
	c.reasons(field+".Reasons", t.Reasons)
	c.optionalMoment(field+".AcceptedAt", t.AcceptedAt)
	c.optionalMoment(field+".SettledOn", t.SettledOn)
	if t.Original != nil {
		c.originalTransfer(field+".Original", *t.Original)
	}
}

func (c *check) originalTransfer(field string, o OriginalTransfer) {
	if o.Amount != (Amount{}) {
		c.amount(field+".Amount", o.Amount)
	}
	c.optionalMoment(field+".RequestedOn", o.RequestedOn)
	c.party(field+".Debtor", o.Debtor)
	c.account(field+".DebtorAccount", o.DebtorAccount)
	c.agent(field+".DebtorAgent", o.DebtorAgent)
	c.agent(field+".CreditorAgent", o.CreditorAgent)
	c.party(field+".Creditor", o.Creditor)
	c.account(field+".CreditorAccount", o.CreditorAccount)
}

func anyCoded(reasons []Reason) bool {
	for _, r := range reasons {
		if r.coded() {
			return true
		}
	}
	return false
}

// transferElement is what both families share. See Cancelled for DS02.
func transferElement(t TransferStatus, g generation) xmlTransferStatus {
	reasons := t.Reasons
	if t.Status == Cancelled && !anyCoded(reasons) {
		reasons = append([]Reason{{Code: "DS02"}}, reasons...)
	}
	out := xmlTransferStatus{
		StatusID:          t.StatusID,
		InstructionID:     t.InstructionID,
		EndToEndID:        t.EndToEndID,
		Status:            t.Status.writtenIn(g),
		Reasons:           reasonElements(reasons),
		AcceptedAt:        instant(t.AcceptedAt),
		ServicerReference: t.ServicerReference,
		ClearingReference: t.ClearingReference,
		Original:          originalTransferElement(t.Original, g),
	}
	if g != generation2009 {
		out.UETR = t.UETR
	}
	return out
}

func customerTransferElement(t TransferStatus, g generation) xmlTransferStatus {
	out := transferElement(t, g)
	if o := t.Original; o != nil {
		if o.Amount != (Amount{}) {
			amount := amountElement(o.Amount.Currency, o.Amount.Minor)
			out.Original.InstructedAmount = &amount
		}
		out.Original.ExecutionDate = executionDate(*o, g)
	}
	return out
}

func executionDate(o OriginalTransfer, g generation) *xmlDate {
	if g == generation2009 && !o.RequestedOn.IsZero() {
		return &xmlDate{Bare: day(o.RequestedOn)}
	}
	return dayElement(o.RequestedOn)
}

func interbankTransferElement(t TransferStatus) xmlTransferStatus {
	out := transferElement(t, generation2019)
	out.TransactionID = t.TransactionID
	out.SettledOn = dayElement(t.SettledOn)
	if o := t.Original; o != nil {
		if o.Amount != (Amount{}) {
			amount := amountElement(o.Amount.Currency, o.Amount.Minor)
			out.Original.SettlementAmount = &amount
		}
		out.Original.SettlementDate = day(o.RequestedOn)
	}
	return out
}

func originalTransferElement(o *OriginalTransfer, g generation) *xmlOriginalTransfer {
	if o == nil {
		return nil
	}
	return &xmlOriginalTransfer{
		Remittance:      remittanceElement(o.Remittance),
		Debtor:          actorElement(o.Debtor, g),
		DebtorAccount:   accountElement(o.DebtorAccount),
		DebtorAgent:     agentElement(o.DebtorAgent, g),
		CreditorAgent:   agentElement(o.CreditorAgent, g),
		Creditor:        actorElement(o.Creditor, g),
		CreditorAccount: accountElement(o.CreditorAccount),
	}
}
