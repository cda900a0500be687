package report

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"time"

	"cosmossdk.io/math"
)

// AccountStatement is what happened on an account in a period (camt.053).
type AccountStatement struct {
	Header
	Recipient Party
	ID        string // of the statement; 1..31 characters, as a currency may be added
	Sequence  uint64 // electronic sequence number; 0 if not kept
	From      time.Time
	To        time.Time // exclusive
	Account   AccountDetail
	Balances  []Balance // one per currency, at least one; each becomes a Stmt
	Entries   []Entry   // booked in [From, To), each in a currency of Balances
}

// Balance is the booked position of one currency around the period, in minor
// units, negative if overdrawn.
type Balance struct {
	Currency string
	Opening  math.Int
	Closing  math.Int
}

type camt053V08 struct {
	XMLName    xml.Name       `xml:"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08 Document"`
	Header     xmlCashHeader  `xml:"BkToCstmrStmt>GrpHdr"`
	Statements []xmlStatement `xml:"BkToCstmrStmt>Stmt"`
}

type xmlStatement struct {
	ID        string           `xml:"Id"`
	Sequence  string           `xml:"ElctrncSeqNb,omitempty"`
	CreatedAt string           `xml:"CreDtTm"`
	From      string           `xml:"FrToDt>FrDtTm"`
	To        string           `xml:"FrToDt>ToDtTm"`
	Account   xmlAccountDetail `xml:"Acct"`
	Balances  []xmlBalance     `xml:"Bal"`
	Totals    xmlTotals        `xml:"TxsSummry"`
	Entries   []xmlEntry       `xml:"Ntry"`
}

type xmlBalance struct {
	Type      string    `xml:"Tp>CdOrPrtry>Cd"`
	Amount    xmlAmount `xml:"Amt"`
	Direction Direction `xml:"CdtDbtInd"`
	Date      *xmlDate  `xml:"Dt"`
}

// Statement writes a camt.053.001.08 with one Stmt per currency. It refuses,
// with ErrUnbalanced, a currency whose opening balance and entries do not give
// the closing balance.
func Statement(in AccountStatement) ([]byte, error) {
	if err := in.validate(); err != nil {
		return nil, err
	}
	document := camt053V08{Header: cashHeaderElement(in.Header, in.Recipient)}
	for _, b := range in.Balances {
		document.Statements = append(document.Statements, in.element(b))
	}
	return marshal(document)
}

func (s AccountStatement) validate() error {
	var c check
	c.header(s.Header)
	c.party("Recipient", s.Recipient)
	c.partID(s.ID)
	c.sequence(s.Sequence)
	c.period(s.From, s.To)
	c.accountDetail(s.Account)
	c.balances(s)
	c.entries(s.Entries)
	c.entriesBelong(s)
	if c.err != nil {
		return c.err
	}
	for _, b := range s.Balances {
		if err := b.holds(totalsOf(b.Currency, byCurrency(b.Currency, s.Entries))); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) period(from, to time.Time) {
	c.moment("From", from)
	c.moment("To", to)
	if !from.Before(to) {
		c.fail("To", "is not after From")
	}
}

func (c *check) balances(s AccountStatement) {
	if len(s.Balances) == 0 {
		c.fail("Balances", "are empty")
	}
	seen := map[string]bool{}
	for i, b := range s.Balances {
		at := fmt.Sprintf("Balances[%d]", i)
		c.currency(at+".Currency", b.Currency)
		c.accountCurrency(s.Account, b.Currency)
		c.magnitude(at+".Opening", b.Opening)
		c.magnitude(at+".Closing", b.Closing)
		if seen[b.Currency] {
			c.fail(at+".Currency", "%s appears twice", b.Currency)
		}
		seen[b.Currency] = true
	}
}

// entriesBelong refuses an entry that no Stmt would show, which would be lost
// without a word, and one outside of the period.
func (c *check) entriesBelong(s AccountStatement) {
	known := map[string]bool{}
	for _, b := range s.Balances {
		known[b.Currency] = true
	}
	for i, e := range s.Entries {
		at := fmt.Sprintf("Entries[%d]", i)
		if !known[e.Amount.Currency] {
			c.fail(at+".Amount.Currency", "%s has no balance", e.Amount.Currency)
		}
		if e.BookedAt.Before(s.From) || !e.BookedAt.Before(s.To) {
			c.fail(at+".BookedAt", "%s is outside of the period", instant(e.BookedAt))
		}
	}
	if c.err != nil {
		return
	}
	for _, b := range s.Balances {
		c.totals(totalsOf(b.Currency, byCurrency(b.Currency, s.Entries)))
	}
}

func (b Balance) holds(t totals) error {
	if got := b.Opening.Add(t.net()); !got.Equal(b.Closing) {
		return fmt.Errorf("%w: %s: opening %s + credits %s - debits %s = %s, closing %s (minor units)",
			ErrUnbalanced, b.Currency, b.Opening, t.credits, t.debits, got, b.Closing)
	}
	return nil
}

func (s AccountStatement) element(b Balance) xmlStatement {
	entries := byCurrency(b.Currency, s.Entries)
	// To is exclusive; the closing balance stands at the end of the last day in the period.
	lastDay := s.To.Add(-time.Nanosecond)
	return xmlStatement{
		ID:        partID(s.ID, b.Currency, len(s.Balances)),
		Sequence:  sequence(s.Sequence),
		CreatedAt: instant(s.CreatedAt),
		From:      instant(s.From),
		To:        instant(s.To),
		Account:   accountDetailElement(s.Account, b.Currency),
		Balances: []xmlBalance{
			balanceElement("OPBD", b.Currency, b.Opening, s.From),
			balanceElement("CLBD", b.Currency, b.Closing, lastDay),
		},
		Totals:  totalsElement(totalsOf(b.Currency, entries)),
		Entries: entryElements(entries),
	}
}

func balanceElement(kind, currency string, minor math.Int, on time.Time) xmlBalance {
	return xmlBalance{
		Type:      kind,
		Amount:    amountElement(currency, minor.Abs()),
		Direction: sideOf(minor),
		Date:      dayElement(on),
	}
}

func sequence(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

func (c *check) sequence(n uint64) {
	if len(sequence(n)) > maxDigits {
		c.fail("Sequence", "has more than %d digits", maxDigits)
	}
}
