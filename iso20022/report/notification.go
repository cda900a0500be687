package report

import "encoding/xml"

// AccountNotification tells an account's owner what was booked (camt.054).
type AccountNotification struct {
	Header
	Recipient Party
	ID        string // of the notification; 1..31 characters, as a currency may be added
	Sequence  uint64 // electronic sequence number; 0 if not kept
	Account   AccountDetail
	Entries   []Entry // at least one; written as one notification per currency
}

// AccountDetail is the account a notification or a statement is about.
type AccountDetail struct {
	Account
	Owner    Party
	Servicer Agent
}

type camt054V08 struct {
	XMLName       xml.Name          `xml:"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08 Document"`
	Header        xmlCashHeader     `xml:"BkToCstmrDbtCdtNtfctn>GrpHdr"`
	Notifications []xmlNotification `xml:"BkToCstmrDbtCdtNtfctn>Ntfctn"`
}

type xmlCashHeader struct {
	MessageID string    `xml:"MsgId"`
	CreatedAt string    `xml:"CreDtTm"`
	Recipient *xmlParty `xml:"MsgRcpt,omitempty"`
}

type xmlNotification struct {
	ID        string           `xml:"Id"`
	Sequence  string           `xml:"ElctrncSeqNb,omitempty"`
	CreatedAt string           `xml:"CreDtTm"`
	Account   xmlAccountDetail `xml:"Acct"`
	Totals    xmlTotals        `xml:"TxsSummry"`
	Entries   []xmlEntry       `xml:"Ntry"`
}

type xmlAccountDetail struct {
	xmlAccount
	Owner    *xmlParty `xml:"Ownr,omitempty"`
	Servicer *xmlAgent `xml:"Svcr,omitempty"`
}

// Notification writes a camt.054.001.08.
func Notification(in AccountNotification) ([]byte, error) {
	if err := in.validate(); err != nil {
		return nil, err
	}
	document := camt054V08{Header: cashHeaderElement(in.Header, in.Recipient)}
	currencies := currenciesOf(in.Entries)
	for _, currency := range currencies {
		entries := byCurrency(currency, in.Entries)
		document.Notifications = append(document.Notifications, xmlNotification{
			ID:        partID(in.ID, currency, len(currencies)),
			Sequence:  sequence(in.Sequence),
			CreatedAt: instant(in.CreatedAt),
			Account:   accountDetailElement(in.Account, currency),
			Totals:    totalsElement(totalsOf(currency, entries)),
			Entries:   entryElements(entries),
		})
	}
	return marshal(document)
}

func (n AccountNotification) validate() error {
	var c check
	c.header(n.Header)
	c.party("Recipient", n.Recipient)
	c.partID(n.ID)
	c.sequence(n.Sequence)
	c.accountDetail(n.Account)
	if len(n.Entries) == 0 {
		c.fail("Entries", "are empty")
	}
	c.entries(n.Entries)
	if c.err != nil {
		return c.err
	}
	for _, currency := range currenciesOf(n.Entries) {
		c.accountCurrency(n.Account, currency)
		c.totals(totalsOf(currency, byCurrency(currency, n.Entries)))
	}
	return c.err
}

// partID tells the parts of a multi-currency report apart.
func partID(id, currency string, parts int) string {
	if parts < 2 {
		return id
	}
	return id + "-" + currency
}

func (c *check) partID(id string) {
	if id == "" {
		c.fail("ID", "is empty")
	}
	c.exact("ID", id, maxReference-len("-CNY"))
}

func (c *check) accountDetail(a AccountDetail) {
	c.requiredAccount("Account", a.Account)
	c.party("Account.Owner", a.Owner)
	c.agent("Account.Servicer", a.Servicer)
}

func (c *check) accountCurrency(a AccountDetail, currency string) {
	if a.Currency != "" && a.Currency != currency {
		c.fail("Account.Currency", "is %s, but there is an entry or a balance in %s", a.Currency, currency)
	}
}

func cashHeaderElement(h Header, recipient Party) xmlCashHeader {
	return xmlCashHeader{
		MessageID: h.MessageID,
		CreatedAt: instant(h.CreatedAt),
		Recipient: partyElement(recipient, generation2019),
	}
}

func accountDetailElement(a AccountDetail, currency string) xmlAccountDetail {
	account := a.Account
	account.Currency = currency
	return xmlAccountDetail{
		xmlAccount: *accountElement(account),
		Owner:      partyElement(a.Owner, generation2019),
		Servicer:   agentElement(a.Servicer, generation2019),
	}
}
