package report

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"time"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/iso20022/money"
)

// The elements that several messages share. A field that exists in one
// generation only is left empty in the other, so one set of types serves both.

type xmlAmount struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}

// xmlCode is the schemas' usual choice of an external code or a proprietary one.
type xmlCode struct {
	Code        string `xml:"Cd,omitempty"`
	Proprietary string `xml:"Prtry,omitempty"`
}

// xmlDate is a date where the schemas offer date or date and time. Bare is the
// 2009 form, in which the date is the element's own text.
type xmlDate struct {
	Bare     string `xml:",chardata"`
	Date     string `xml:"Dt,omitempty"`
	DateTime string `xml:"DtTm,omitempty"`
}

type xmlAgent struct {
	BIC2009  string     `xml:"FinInstnId>BIC,omitempty"`
	BIC      string     `xml:"FinInstnId>BICFI,omitempty"`
	Clearing *xmlMember `xml:"FinInstnId>ClrSysMmbId,omitempty"`
	LEI      string     `xml:"FinInstnId>LEI,omitempty"`
	Name     string     `xml:"FinInstnId>Nm,omitempty"`
}

type xmlMember struct {
	System *xmlCode `xml:"ClrSysId,omitempty"`
	ID     string   `xml:"MmbId"`
}

type xmlParty struct {
	Name string           `xml:"Nm,omitempty"`
	ID   *xmlOrganisation `xml:"Id>OrgId,omitempty"`
}

type xmlOrganisation struct {
	BIC2009 string    `xml:"BICOrBEI,omitempty"`
	BIC     string    `xml:"AnyBIC,omitempty"`
	LEI     string    `xml:"LEI,omitempty"`
	Other   *xmlOther `xml:"Othr,omitempty"`
}

// xmlActor is a payer or payee: a party in 2009, a choice of party or agent since.
type xmlActor struct {
	xmlParty
	Party *xmlParty `xml:"Pty,omitempty"`
}

type xmlOther struct {
	ID     string   `xml:"Id"`
	Scheme *xmlCode `xml:"SchmeNm,omitempty"`
}

type xmlAccount struct {
	IBAN     string    `xml:"Id>IBAN,omitempty"`
	Other    *xmlOther `xml:"Id>Othr,omitempty"`
	Currency string    `xml:"Ccy,omitempty"`
}

// The parent of an optional element is a type of its own where it could be
// empty: encoding/xml writes the parents of a path like "RmtInf>Ustrd" even if
// there is nothing to put into them.
type xmlRemittance struct {
	Lines []string `xml:"Ustrd"`
}

type xmlReason struct {
	Reason *xmlCode `xml:"Rsn,omitempty"`
	Info   []string `xml:"AddtlInf,omitempty"`
}

type xmlOriginalGroup struct {
	MessageID    string      `xml:"OrgnlMsgId"`
	MessageName  string      `xml:"OrgnlMsgNmId"`
	CreatedAt    string      `xml:"OrgnlCreDtTm,omitempty"`
	Transactions string      `xml:"OrgnlNbOfTxs,omitempty"`
	ControlSum   string      `xml:"OrgnlCtrlSum,omitempty"`
	Status       Status      `xml:"GrpSts,omitempty"`
	Reasons      []xmlReason `xml:"StsRsnInf,omitempty"`
}

// instant is xs:dateTime in UTC with milliseconds; the zero time is empty.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// day is the calendar date in the time's own location: a business day belongs to
// the bank's place, and in UTC a morning's booking in Shanghai falls on the day before.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02")
}

func dayElement(t time.Time) *xmlDate {
	if t.IsZero() {
		return nil
	}
	return &xmlDate{Date: day(t)}
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func amountElement(currency string, minor math.Int) xmlAmount {
	return xmlAmount{Currency: currency, Value: money.FormatMinor(currency, minor)}
}

var clearingCode = regexp.MustCompile(`^[A-Z0-9]{1,5}$`)

func agentElement(a Agent, g generation) *xmlAgent {
	out := xmlAgent{Name: tidy(a.Name, maxName)}
	if g == generation2009 {
		// A BIC of the 2014 form does not fit the 2009 pattern; the name and the
		// member number stand for the agent then.
		if bicPattern2009.MatchString(a.BIC) {
			out.BIC2009 = a.BIC
		}
	} else {
		out.BIC, out.LEI = a.BIC, a.LEI
	}
	if a.MemberID != "" {
		out.Clearing = &xmlMember{System: clearingElement(a.ClearingSystem), ID: a.MemberID}
	}
	if out == (xmlAgent{}) {
		return nil
	}
	return &out
}

func clearingElement(system string) *xmlCode {
	switch {
	case system == "":
		return nil
	case clearingCode.MatchString(system):
		return &xmlCode{Code: system}
	}
	return &xmlCode{Proprietary: system}
}

func partyElement(p Party, g generation) *xmlParty {
	out := xmlParty{Name: tidy(p.Name, maxName), ID: organisationElement(p, g)}
	if out == (xmlParty{}) {
		return nil
	}
	return &out
}

func organisationElement(p Party, g generation) *xmlOrganisation {
	var out xmlOrganisation
	if g == generation2009 {
		if bicPattern2009.MatchString(p.BIC) {
			out.BIC2009 = p.BIC
		}
		if p.LEI != "" {
			out.Other = &xmlOther{ID: p.LEI, Scheme: &xmlCode{Proprietary: "LEI"}}
		}
	} else {
		out.BIC, out.LEI = p.BIC, p.LEI
	}
	if out == (xmlOrganisation{}) {
		return nil
	}
	return &out
}

func actorElement(p Party, g generation) *xmlActor {
	party := partyElement(p, g)
	switch {
	case party == nil:
		return nil
	case g == generation2009:
		return &xmlActor{xmlParty: *party}
	}
	return &xmlActor{Party: party}
}

func accountElement(a Account) *xmlAccount {
	switch {
	case a.IBAN != "":
		return &xmlAccount{IBAN: a.IBAN, Currency: a.Currency}
	case a.Other != "":
		return &xmlAccount{Other: &xmlOther{ID: a.Other}, Currency: a.Currency}
	}
	return nil
}

func reasonElements(reasons []Reason) []xmlReason {
	var out []xmlReason
	for _, r := range reasons {
		element := xmlReason{Info: lines(r.Text, maxReasonLine)}
		if r.coded() {
			element.Reason = &xmlCode{Code: r.Code, Proprietary: r.Proprietary}
		}
		out = append(out, element)
	}
	return out
}

func remittanceElement(texts []string) *xmlRemittance {
	if out := lines(texts, maxRemittance); len(out) > 0 {
		return &xmlRemittance{Lines: out}
	}
	return nil
}

func originalGroupElement(o OriginalMessage, status Status, reasons []Reason) xmlOriginalGroup {
	return xmlOriginalGroup{
		MessageID:    o.MessageID,
		MessageName:  o.MessageName,
		CreatedAt:    instant(o.CreatedAt),
		Transactions: count(o.Transactions),
		ControlSum:   o.ControlSum,
		Status:       status.written(),
		Reasons:      reasonElements(reasons),
	}
}

func marshal(document any) ([]byte, error) {
	body, err := xml.MarshalIndent(document, "", "  ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}
