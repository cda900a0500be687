package report

import (
	"encoding/xml"
	"fmt"
)

// FIStatusReport is the answer to an institution's payment (pacs.002).
type FIStatusReport struct {
	Header
	InstructingAgent Agent // who sends this answer
	InstructedAgent  Agent // who receives it
	Original         OriginalMessage
	Status           Status // of the whole message; empty means: derive it from Transfers
	Reasons          []Reason
	Transfers        []TransferStatus
}

type pacs002V10 struct {
	XMLName xml.Name           `xml:"urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10 Document"`
	Report  xmlInterbankStatus `xml:"FIToFIPmtStsRpt"`
}

type pacs002V12 struct {
	XMLName xml.Name           `xml:"urn:iso:std:iso:20022:tech:xsd:pacs.002.001.12 Document"`
	Report  xmlInterbankStatus `xml:"FIToFIPmtStsRpt"`
}

type xmlInterbankStatus struct {
	MessageID        string              `xml:"GrpHdr>MsgId"`
	CreatedAt        string              `xml:"GrpHdr>CreDtTm"`
	InstructingAgent *xmlAgent           `xml:"GrpHdr>InstgAgt,omitempty"`
	InstructedAgent  *xmlAgent           `xml:"GrpHdr>InstdAgt,omitempty"`
	Group            xmlOriginalGroup    `xml:"OrgnlGrpInfAndSts"`
	Transfers        []xmlTransferStatus `xml:"TxInfAndSts"`
}

// FIStatus writes a pacs.002 in the version that answers in.Original.
func FIStatus(in FIStatusReport) ([]byte, error) {
	message, err := answerIn("pacs.002", in.Original.MessageName)
	if err != nil {
		return nil, err
	}
	in.Status = derived(in.Status, statusesOf(in.Transfers), len(in.Transfers), in.Original.Transactions)
	if err := in.validate(); err != nil {
		return nil, err
	}
	if message == Pacs002V10 {
		return marshal(pacs002V10{Report: in.element()})
	}
	return marshal(pacs002V12{Report: in.element()})
}

func (r FIStatusReport) validate() error {
	var c check
	c.header(r.Header)
	c.agent("InstructingAgent", r.InstructingAgent)
	c.agent("InstructedAgent", r.InstructedAgent)
	c.original(r.Original)
	c.reasons("Reasons", r.Reasons)
	c.groupStatus("Status", r.Status, statusesOf(r.Transfers), r.Reasons)
	if r.Original.Transactions > 0 && len(r.Transfers) > r.Original.Transactions {
		c.fail("Transfers", "list %d transfers of an original of %d", len(r.Transfers), r.Original.Transactions)
	}
	for i, t := range r.Transfers {
		c.transferStatus(fmt.Sprintf("Transfers[%d]", i), t, generation2019)
	}
	return c.err
}

func (r FIStatusReport) element() xmlInterbankStatus {
	out := xmlInterbankStatus{
		MessageID:        r.MessageID,
		CreatedAt:        instant(r.CreatedAt),
		InstructingAgent: agentElement(r.InstructingAgent, generation2019),
		InstructedAgent:  agentElement(r.InstructedAgent, generation2019),
		Group:            originalGroupElement(r.Original, r.Status, r.Reasons),
	}
	for _, t := range r.Transfers {
		out.Transfers = append(out.Transfers, interbankTransferElement(t))
	}
	return out
}
