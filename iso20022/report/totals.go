package report

import (
	"strconv"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/iso20022/money"
)

// totals sums up the entries of one currency.
type totals struct {
	currency      string
	credits       math.Int
	debits        math.Int
	creditEntries int
	debitEntries  int
}

func totalsOf(currency string, entries []Entry) totals {
	t := totals{currency: currency, credits: math.ZeroInt(), debits: math.ZeroInt()}
	for _, e := range entries {
		if e.Direction == Credit {
			t.credits = t.credits.Add(e.Amount.Minor)
			t.creditEntries++
		} else {
			t.debits = t.debits.Add(e.Amount.Minor)
			t.debitEntries++
		}
	}
	return t
}

func (t totals) net() math.Int { return t.credits.Sub(t.debits) }

func (c *check) totals(t totals) {
	c.magnitude("Entries in "+t.currency, t.credits.Add(t.debits))
}

// xmlTotals is TxsSummry. Its sums carry no currency: they are the account's.
type xmlTotals struct {
	Entries       string    `xml:"TtlNtries>NbOfNtries"`
	Sum           string    `xml:"TtlNtries>Sum"`
	Net           string    `xml:"TtlNtries>TtlNetNtry>Amt"`
	NetDirection  Direction `xml:"TtlNtries>TtlNetNtry>CdtDbtInd"`
	CreditEntries string    `xml:"TtlCdtNtries>NbOfNtries"`
	CreditSum     string    `xml:"TtlCdtNtries>Sum"`
	DebitEntries  string    `xml:"TtlDbtNtries>NbOfNtries"`
	DebitSum      string    `xml:"TtlDbtNtries>Sum"`
}

func totalsElement(t totals) xmlTotals {
	return xmlTotals{
		Entries:       strconv.Itoa(t.creditEntries + t.debitEntries),
		Sum:           money.FormatMinor(t.currency, t.credits.Add(t.debits)),
		Net:           money.FormatMinor(t.currency, t.net().Abs()),
		NetDirection:  sideOf(t.net()),
		CreditEntries: strconv.Itoa(t.creditEntries),
		CreditSum:     money.FormatMinor(t.currency, t.credits),
		DebitEntries:  strconv.Itoa(t.debitEntries),
		DebitSum:      money.FormatMinor(t.currency, t.debits),
	}
}

// sideOf is the side on which a balance stands; zero counts as credit.
func sideOf(minor math.Int) Direction {
	if minor.IsNegative() {
		return Debit
	}
	return Credit
}

// byCurrency returns the entries of one currency, in their order.
func byCurrency(currency string, entries []Entry) []Entry {
	var out []Entry
	for _, e := range entries {
		if e.Amount.Currency == currency {
			out = append(out, e)
		}
	}
	return out
}

// currenciesOf lists the currencies of entries in the order of their first use.
func currenciesOf(entries []Entry) []string {
	var out []string
	seen := map[string]bool{}
	for _, e := range entries {
		if !seen[e.Amount.Currency] {
			seen[e.Amount.Currency] = true
			out = append(out, e.Amount.Currency)
		}
	}
	return out
}
