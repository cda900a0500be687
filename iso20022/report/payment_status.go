package report

import (
	"encoding/xml"
	"fmt"
)

// PaymentStatusReport is the answer to a customer's payment file (pain.002).
type PaymentStatusReport struct {
	Header
	InitiatingParty Party // who sent the original
	DebtorAgent     Agent
	Original        OriginalMessage
	Status          Status // of the whole file; empty means: derive it from Payments
	Reasons         []Reason
	Payments        []PaymentGroupStatus
}

// PaymentGroupStatus is the status of one payment information block.
type PaymentGroupStatus struct {
	PaymentInfoID string
	Transactions  int    // as the sender counted them; 0 if unknown
	ControlSum    string // as the sender wrote it; empty if absent
	Status        Status // empty means: derive it from Transfers
	Reasons       []Reason
	Transfers     []TransferStatus
}

type pain002V03 struct {
	XMLName xml.Name          `xml:"urn:iso:std:iso:20022:tech:xsd:pain.002.001.03 Document"`
	Report  xmlCustomerStatus `xml:"CstmrPmtStsRpt"`
}

type pain002V10 struct {
	XMLName xml.Name          `xml:"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10 Document"`
	Report  xmlCustomerStatus `xml:"CstmrPmtStsRpt"`
}

type pain002V12 struct {
	XMLName xml.Name          `xml:"urn:iso:std:iso:20022:tech:xsd:pain.002.001.12 Document"`
	Report  xmlCustomerStatus `xml:"CstmrPmtStsRpt"`
}

type xmlCustomerStatus struct {
	MessageID       string            `xml:"GrpHdr>MsgId"`
	CreatedAt       string            `xml:"GrpHdr>CreDtTm"`
	InitiatingParty *xmlParty         `xml:"GrpHdr>InitgPty,omitempty"`
	DebtorAgent     *xmlAgent         `xml:"GrpHdr>DbtrAgt,omitempty"`
	Group           xmlOriginalGroup  `xml:"OrgnlGrpInfAndSts"`
	Payments        []xmlPaymentGroup `xml:"OrgnlPmtInfAndSts"`
}

type xmlPaymentGroup struct {
	PaymentInfoID string              `xml:"OrgnlPmtInfId"`
	Transactions  string              `xml:"OrgnlNbOfTxs,omitempty"`
	ControlSum    string              `xml:"OrgnlCtrlSum,omitempty"`
	Status        Status              `xml:"PmtInfSts,omitempty"`
	Reasons       []xmlReason         `xml:"StsRsnInf,omitempty"`
	Transfers     []xmlTransferStatus `xml:"TxInfAndSts"`
}

// PaymentStatus writes a pain.002 in the version that answers in.Original.
func PaymentStatus(in PaymentStatusReport) ([]byte, error) {
	message, err := answerIn("pain.002", in.Original.MessageName)
	if err != nil {
		return nil, err
	}
	in = in.withStatuses()
	if err := in.validate(generationOf(message)); err != nil {
		return nil, err
	}
	report := in.element(generationOf(message))
	switch message {
	case Pain002V03:
		return marshal(pain002V03{Report: report})
	case Pain002V10:
		return marshal(pain002V10{Report: report})
	}
	return marshal(pain002V12{Report: report})
}

// withStatuses fills in the statuses that the caller left to be derived.
func (r PaymentStatusReport) withStatuses() PaymentStatusReport {
	payments := make([]PaymentGroupStatus, len(r.Payments))
	copy(payments, r.Payments)
	for i, p := range payments {
		payments[i].Status = derived(p.Status, statusesOf(p.Transfers), len(p.Transfers), p.Transactions)
	}
	r.Payments = payments
	r.Status = derived(r.Status, r.members(), r.covered(), r.Original.Transactions)
	return r
}

// members are the statuses that the file's status sums up.
func (r PaymentStatusReport) members() []Status {
	var out []Status
	for _, p := range r.Payments {
		out = append(out, p.Status)
	}
	return out
}

// covered counts the transfers that the statuses of the blocks speak for.
func (r PaymentStatusReport) covered() int {
	n := 0
	for _, p := range r.Payments {
		n += max(p.Transactions, len(p.Transfers))
	}
	return n
}

func (r PaymentStatusReport) validate(g generation) error {
	var c check
	c.header(r.Header)
	c.party("InitiatingParty", r.InitiatingParty)
	c.agent("DebtorAgent", r.DebtorAgent)
	c.original(r.Original)
	c.reasons("Reasons", r.Reasons)
	c.groupStatus("Status", r.Status, r.members(), r.Reasons)
	for i, p := range r.Payments {
		c.paymentGroup(fmt.Sprintf("Payments[%d]", i), p, g)
	}
	if n := r.covered(); r.Original.Transactions > 0 && n > r.Original.Transactions {
		c.fail("Payments", "speak for %d transfers of an original of %d", n, r.Original.Transactions)
	}
	return c.err
}

func (c *check) paymentGroup(field string, p PaymentGroupStatus, g generation) {
	c.reference(field+".PaymentInfoID", p.PaymentInfoID)
	c.controlSum(field+".ControlSum", p.ControlSum)
	c.reasons(field+".Reasons", p.Reasons)
	c.groupStatus(field+".Status", p.Status, statusesOf(p.Transfers), p.Reasons)
	if p.Transactions < 0 || p.Transactions > 0 && len(p.Transfers) > p.Transactions {
		c.fail(field+".Transactions", "is %d, but %d transfers are listed", p.Transactions, len(p.Transfers))
	}
	for i, t := range p.Transfers {
		c.transferStatus(fmt.Sprintf("%s.Transfers[%d]", field, i), t, g)
	}
}

func (r PaymentStatusReport) element(g generation) xmlCustomerStatus {
	out := xmlCustomerStatus{
		MessageID:       r.MessageID,
		CreatedAt:       instant(r.CreatedAt),
		InitiatingParty: partyElement(r.InitiatingParty, g),
		DebtorAgent:     agentElement(r.DebtorAgent, g),
		Group:           originalGroupElement(r.Original, r.Status, r.Reasons),
	}
	for _, p := range r.Payments {
		group := xmlPaymentGroup{
			PaymentInfoID: p.PaymentInfoID,
			Transactions:  count(p.Transactions),
			ControlSum:    p.ControlSum,
			Status:        p.Status.written(),
			Reasons:       reasonElements(p.Reasons),
		}
		for _, t := range p.Transfers {
			group.Transfers = append(group.Transfers, customerTransferElement(t, g))
		}
		out.Payments = append(out.Payments, group)
	}
	return out
}
