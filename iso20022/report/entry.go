package report

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"cosmossdk.io/math"
)

// Direction says on which side of the account a booking stands.
type Direction string

const (
	Credit Direction = "CRDT"
	Debit  Direction = "DBIT"
)

// TransactionCode is an ISO bank transaction code: domain, family, sub-family.
type TransactionCode string

const (
	IssuedTransfer   TransactionCode = "PMNT/ICDT/DMCT" // to an account at another bank in the country
	ReceivedTransfer TransactionCode = "PMNT/RCDT/DMCT"
	IssuedBook       TransactionCode = "PMNT/ICDT/BOOK" // within one bank
	ReceivedBook     TransactionCode = "PMNT/RCDT/BOOK"
	IssuedReturn     TransactionCode = "PMNT/ICDT/RRTN" // an issued transfer came back
	ReceivedReturn   TransactionCode = "PMNT/RCDT/RRTN" // a received transfer was sent back
	IssuedSalary     TransactionCode = "PMNT/ICDT/SALA"
	ReceivedSalary   TransactionCode = "PMNT/RCDT/SALA"
	IssuedStanding   TransactionCode = "PMNT/ICDT/STDO"
	DebitPaid        TransactionCode = "PMNT/RDDT/PMDD" // a direct debit on this account
	DebitCollected   TransactionCode = "PMNT/IDDT/PMDD"
)

var transactionCode = regexp.MustCompile(`^[A-Z]{4}/[A-Z]{4}/[A-Z]{4}$`)

// Entry is one booking on an account. All are booked and final: the network has
// no provisional bookings.
type Entry struct {
	Reference         string // of the entry within the account
	Amount            Amount
	Direction         Direction
	Reversal          bool
	BookedAt          time.Time
	ValueDate         time.Time // in its own location; zero if it is not known
	ServicerReference string
	Code              TransactionCode // empty: IssuedTransfer or ReceivedTransfer, by direction
	Batch             *Batch          // set for transfers booked as one sum
	Details           []EntryDetail   // at most one without Batch; their sum is Amount
	Info              string
}

// Batch names the order whose transfers were booked as one entry.
type Batch struct {
	MessageID     string
	PaymentInfoID string
}

// EntryDetail is one payment of an entry.
type EntryDetail struct {
	MessageID         string
	PaymentInfoID     string
	InstructionID     string
	EndToEndID        string
	UETR              string
	TransactionID     string
	ServicerReference string
	Amount            math.Int // minor units, in the entry's currency
	Debtor            Party
	DebtorAccount     Account
	DebtorAgent       Agent
	Creditor          Party
	CreditorAccount   Account
	CreditorAgent     Agent
	Purpose           string // ISO external purpose code
	Remittance        []string
	Return            *Reason // why a returned payment came back
}

type xmlEntry struct {
	Reference         string           `xml:"NtryRef,omitempty"`
	Amount            xmlAmount        `xml:"Amt"`
	Direction         Direction        `xml:"CdtDbtInd"`
	Reversal          bool             `xml:"RvslInd,omitempty"`
	Status            string           `xml:"Sts>Cd"`
	BookedAt          *xmlDate         `xml:"BookgDt"`
	ValueDate         *xmlDate         `xml:"ValDt,omitempty"`
	ServicerReference string           `xml:"AcctSvcrRef,omitempty"`
	Code              xmlBankCode      `xml:"BkTxCd>Domn"`
	Details           *xmlEntryDetails `xml:"NtryDtls,omitempty"`
	Info              string           `xml:"AddtlNtryInf,omitempty"`
}

type xmlEntryDetails struct {
	Batch    *xmlBatch        `xml:"Btch,omitempty"`
	Payments []xmlEntryDetail `xml:"TxDtls"`
}

type xmlBankCode struct {
	Domain    string `xml:"Cd"`
	Family    string `xml:"Fmly>Cd"`
	SubFamily string `xml:"Fmly>SubFmlyCd"`
}

type xmlBatch struct {
	MessageID     string    `xml:"MsgId,omitempty"`
	PaymentInfoID string    `xml:"PmtInfId,omitempty"`
	Transactions  string    `xml:"NbOfTxs"`
	Total         xmlAmount `xml:"TtlAmt"`
	Direction     Direction `xml:"CdtDbtInd"`
}

type xmlEntryDetail struct {
	References xmlReferences  `xml:"Refs"`
	Amount     xmlAmount      `xml:"Amt"`
	Direction  Direction      `xml:"CdtDbtInd"`
	Parties    *xmlParties    `xml:"RltdPties,omitempty"`
	Agents     *xmlAgents     `xml:"RltdAgts,omitempty"`
	Purpose    *xmlCode       `xml:"Purp,omitempty"`
	Remittance *xmlRemittance `xml:"RmtInf,omitempty"`
	Return     *xmlReason     `xml:"RtrInf,omitempty"`
}

type xmlReferences struct {
	MessageID         string `xml:"MsgId,omitempty"`
	ServicerReference string `xml:"AcctSvcrRef,omitempty"`
	PaymentInfoID     string `xml:"PmtInfId,omitempty"`
	InstructionID     string `xml:"InstrId,omitempty"`
	EndToEndID        string `xml:"EndToEndId,omitempty"`
	UETR              string `xml:"UETR,omitempty"`
	TransactionID     string `xml:"TxId,omitempty"`
}

type xmlParties struct {
	Debtor          *xmlActor   `xml:"Dbtr,omitempty"`
	DebtorAccount   *xmlAccount `xml:"DbtrAcct,omitempty"`
	Creditor        *xmlActor   `xml:"Cdtr,omitempty"`
	CreditorAccount *xmlAccount `xml:"CdtrAcct,omitempty"`
}

type xmlAgents struct {
	DebtorAgent   *xmlAgent `xml:"DbtrAgt,omitempty"`
	CreditorAgent *xmlAgent `xml:"CdtrAgt,omitempty"`
}

func (c *check) entries(entries []Entry) {
	for i, e := range entries {
		c.entry(fmt.Sprintf("Entries[%d]", i), e)
	}
}

func (c *check) entry(field string, e Entry) {
	c.optionalReference(field+".Reference", e.Reference)
	c.optionalReference(field+".ServicerReference", e.ServicerReference)
	c.amount(field+".Amount", e.Amount)
	if e.Direction != Credit && e.Direction != Debit {
		c.fail(field+".Direction", "%.16q is neither CRDT nor DBIT", string(e.Direction))
	}
	c.moment(field+".BookedAt", e.BookedAt)
	c.optionalMoment(field+".ValueDate", e.ValueDate)
	c.pattern(field+".Code", string(e.Code), transactionCode, "a bank transaction code")
	if e.Batch != nil {
		c.optionalReference(field+".Batch.MessageID", e.Batch.MessageID)
		c.optionalReference(field+".Batch.PaymentInfoID", e.Batch.PaymentInfoID)
	}
	c.details(field, e)
}

func (c *check) details(field string, e Entry) {
	if e.Batch == nil && len(e.Details) > 1 {
		c.fail(field+".Details", "hold %d payments, but the entry is not a batch", len(e.Details))
	}
	if e.Batch != nil && len(e.Details) == 0 {
		c.fail(field+".Details", "are empty, but the entry is a batch")
	}
	sum := math.ZeroInt()
	for i, d := range e.Details {
		at := fmt.Sprintf("%s.Details[%d]", field, i)
		c.detail(at, d)
		c.amount(at+".Amount", Amount{Currency: e.Amount.Currency, Minor: d.Amount})
		if c.err != nil {
			return
		}
		sum = sum.Add(d.Amount)
	}
	if len(e.Details) > 0 && c.err == nil && !sum.Equal(e.Amount.Minor) {
		c.fail(field+".Details", "add up to %s minor units, the entry to %s", sum, e.Amount.Minor)
	}
}

func (c *check) detail(field string, d EntryDetail) {
	c.optionalReference(field+".MessageID", d.MessageID)
	c.optionalReference(field+".PaymentInfoID", d.PaymentInfoID)
	c.optionalReference(field+".InstructionID", d.InstructionID)
	c.optionalReference(field+".EndToEndID", d.EndToEndID)
	c.optionalReference(field+".TransactionID", d.TransactionID)
	c.optionalReference(field+".ServicerReference", d.ServicerReference)
	c.pattern(field+".UETR", d.UETR, uetrPattern, "a lower-case UUIDv4")
	if d.references() == (xmlReferences{}) {
		c.fail(field, "has no reference")
	}
	c.party(field+".Debtor", d.Debtor)
	c.account(field+".DebtorAccount", d.DebtorAccount)
	c.agent(field+".DebtorAgent", d.DebtorAgent)
	c.party(field+".Creditor", d.Creditor)
	c.account(field+".CreditorAccount", d.CreditorAccount)
	c.agent(field+".CreditorAgent", d.CreditorAgent)
	c.pattern(field+".Purpose", d.Purpose, codePattern, "an ISO purpose code")
	if d.Return != nil {
		c.reasons(field+".Return", []Reason{*d.Return})
	}
}

func entryElements(entries []Entry) []xmlEntry {
	var out []xmlEntry
	for _, e := range entries {
		out = append(out, entryElement(e))
	}
	return out
}

func entryElement(e Entry) xmlEntry {
	out := xmlEntry{
		Reference:         e.Reference,
		Amount:            amountElement(e.Amount.Currency, e.Amount.Minor),
		Direction:         e.Direction,
		Reversal:          e.Reversal,
		Status:            "BOOK",
		BookedAt:          &xmlDate{DateTime: instant(e.BookedAt)},
		ValueDate:         dayElement(e.ValueDate),
		ServicerReference: e.ServicerReference,
		Code:              e.bankCode(),
		Info:              tidy(e.Info, maxEntryInfo),
	}
	if len(e.Details) > 0 {
		out.Details = detailsElement(e)
	}
	return out
}

func detailsElement(e Entry) *xmlEntryDetails {
	var out xmlEntryDetails
	if e.Batch != nil {
		out.Batch = &xmlBatch{
			MessageID:     e.Batch.MessageID,
			PaymentInfoID: e.Batch.PaymentInfoID,
			Transactions:  strconv.Itoa(len(e.Details)),
			Total:         amountElement(e.Amount.Currency, e.Amount.Minor),
			Direction:     e.Direction,
		}
	}
	for _, d := range e.Details {
		out.Payments = append(out.Payments, detailElement(d, e))
	}
	return &out
}

func (e Entry) bankCode() xmlBankCode {
	code := e.Code
	if code == "" {
		code = IssuedTransfer
		if e.Direction == Credit {
			code = ReceivedTransfer
		}
	}
	return xmlBankCode{Domain: string(code[0:4]), Family: string(code[5:9]), SubFamily: string(code[10:14])}
}

func detailElement(d EntryDetail, e Entry) xmlEntryDetail {
	out := xmlEntryDetail{
		References: d.references(),
		Amount:     amountElement(e.Amount.Currency, d.Amount),
		Direction:  e.Direction,
		Remittance: remittanceElement(d.Remittance),
	}
	if d.Purpose != "" {
		out.Purpose = &xmlCode{Code: d.Purpose}
	}
	parties := xmlParties{
		Debtor:          actorElement(d.Debtor, generation2019),
		DebtorAccount:   accountElement(d.DebtorAccount),
		Creditor:        actorElement(d.Creditor, generation2019),
		CreditorAccount: accountElement(d.CreditorAccount),
	}
	if parties != (xmlParties{}) {
		out.Parties = &parties
	}
	agents := xmlAgents{
		DebtorAgent:   agentElement(d.DebtorAgent, generation2019),
		CreditorAgent: agentElement(d.CreditorAgent, generation2019),
	}
	if agents != (xmlAgents{}) {
		out.Agents = &agents
	}
	if d.Return != nil {
		out.Return = &reasonElements([]Reason{*d.Return})[0]
	}
	return out
}

func (d EntryDetail) references() xmlReferences {
	return xmlReferences{
		MessageID:         d.MessageID,
		ServicerReference: d.ServicerReference,
		PaymentInfoID:     d.PaymentInfoID,
		InstructionID:     d.InstructionID,
		EndToEndID:        d.EndToEndID,
		UETR:              d.UETR,
		TransactionID:     d.TransactionID,
	}
}
