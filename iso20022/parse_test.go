package iso20022_test

import (
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/iso20022"
)

func TestACustomerFileOfVersion3IsRead(t *testing.T) {
	m := accepted(t, fixture(t, "pain001v03"))
	require.Equal(t, iso20022.KindPain001, m.Kind)
	require.Equal(t, "pain.001.001.03", m.Version)
	require.Equal(t, "MSG-2009-0001", m.MessageID)
	require.Equal(t, time.Date(2009, 6, 1, 8, 0, 0, 0, time.UTC), m.CreatedAt)
	require.Equal(t, "ABCDDEFF", m.InitiatingParty.BIC)
	require.Equal(t, sha256.Sum256([]byte(fixture(t, "pain001v03"))), m.Digest)
	require.Equal(t, 3, m.TransferCount)
	require.Nil(t, m.Header)
	require.Len(t, m.Instructions, 2)

	a, b := m.Instructions[0], m.Instructions[1]
	require.Equal(t, "BLOCK-A", a.ID)
	require.True(t, *a.BatchBooking)
	require.Nil(t, b.BatchBooking)
	require.Equal(t, "TRA", b.Method)
	require.Equal(t, "2009-06-02", a.RequestedDate.Format("2006-01-02"))
	require.Equal(t, iso20022.Account{IBAN: "DE89370400440532013000", Currency: "EUR"}, a.DebtorAccount)
	require.Equal(t, "000123", b.DebtorAccount.Number())
	require.Equal(t, "ABCDDEFF", a.DebtorAgent.BIC)
	require.Equal(t, "DE", a.Debtor.Country)

	first, second, third := a.Transfers[0], a.Transfers[1], b.Transfers[0]
	require.Equal(t, []string{"Invoice 1 & 2", "  kept  "}, first.Remittance)
	require.Equal(t, "10010", first.Amount.Minor.String())
	require.Equal(t, "100.1", first.Amount.Text)
	require.Equal(t, "HIGH", first.Priority)
	require.Equal(t, "SUPP", first.CategoryPurpose)
	require.Equal(t, "GDDS", first.Purpose)
	require.Equal(t, "Northwind Holding", first.UltimateDebtor.Name, "the block's, since the transfer has none")
	require.Equal(t, "Another Debtor", second.UltimateDebtor.Name)
	require.True(t, first.HasEndToEndID())
	require.False(t, second.HasEndToEndID(), "NOTPROVIDED is not an id")
	require.Equal(t, "1500", third.Amount.Minor.String())
	require.Equal(t, "JPY", third.Amount.Currency)
	require.Equal(t, []int{0, 1, 2}, []int{first.Index, second.Index, third.Index})
	for _, transfer := range m.Transfers() {
		require.Nil(t, transfer.Refusal)
	}
}

func TestACustomerFileOfVersion9IsRead(t *testing.T) {
	m := accepted(t, fixture(t, "pain001v09"))
	require.True(t, m.CreatedAt.Equal(time.Date(2026, 1, 5, 15, 30, 0, 250_000_000, time.UTC)))
	i := m.Instructions[0]
	require.False(t, *i.BatchBooking)
	require.Equal(t, iso20022.Party{
		Name: "山海虚构贸易有限公司", LEI: "ZZZZ00EXAMPLEFIRM116", Country: "CN",
		OtherIDs: []iso20022.OtherID{{ID: "91350100M000100Y43", Scheme: "USCC", Issuer: "SAMR"}},
	}, i.Debtor)
	require.Equal(t, iso20022.Agent{ClearingSystem: "CNAPS", MemberID: "999100000011"}, i.DebtorAgent)
	first, second := i.Transfers[0], i.Transfers[1]
	require.Equal(t, "3f1f7c5e-8f0a-4c51-9a0e-0d6f3f4b2a11", first.UETR)
	require.True(t, first.Creditor.Person)
	require.Equal(t, "SLEV", first.ChargeBearer)
	require.Equal(t, "SHAR", second.ChargeBearer)
	require.Equal(t, "NORM", first.Priority)
	require.Equal(t, "HIGH", second.Priority)
	require.Equal(t, "SALA", second.CategoryPurpose)
	require.Equal(t, "虚构银行", first.CreditorAgent.Name)
	require.Equal(t, "ZZZZ00EXAMPLEFIRM213", second.CreditorAgent.LEI)
	require.Nil(t, first.Refusal)
	require.Nil(t, second.Refusal)
}

func TestAWrappedFileOfVersion11IsReadWithItsHeader(t *testing.T) {
	m := accepted(t, fixture(t, "pain001v11"))
	require.Equal(t, "pain.001.001.11", m.Version)
	require.Equal(t, "head.001.001.03", m.Header.Version)
	require.Equal(t, "BIZ-1", m.Header.BusinessMessageID)
	require.Equal(t, "Fictional Trading", m.Header.FromParty.Name)
	require.True(t, m.Header.PossibleDuplicate)
	require.True(t, m.CreatedAt.Equal(time.Date(2026, 1, 6, 0, 0, 0, 0, time.UTC)), "24:00 is the next midnight")
	require.Equal(t, "2026-01-06", m.Instructions[0].RequestedDate.Format("2006-01-02"), "the day where the sender is")
	refusal := m.Instructions[0].Transfers[0].Refusal
	require.NotNil(t, refusal, "a telephone number is not resolved to an account")
	require.Equal(t, "AC03", refusal.Reason)
	require.Equal(t, "PmtInf/CdtTrfTxInf/CdtrAcct", refusal.Path)
}

func TestABankFileIsGatheredByDebtor(t *testing.T) {
	m := accepted(t, fixture(t, "pacs008v08"))
	require.Equal(t, iso20022.KindPacs008, m.Kind)
	require.Equal(t, "CLRG", m.SettlementMethod)
	require.Equal(t, "ABCDCNBJXXX", m.InstructingAgent.BIC)
	require.Equal(t, "EFGHCNSH", m.InstructedAgent.BIC)
	require.Equal(t, "ABCDCNBJ", m.Header.From.BIC)
	require.Len(t, m.Instructions, 2)
	require.Equal(t, "甲", m.Instructions[0].Debtor.Name)
	require.Equal(t, "丙", m.Instructions[1].Debtor.Name)
	require.Len(t, m.Instructions[0].Transfers, 2)
	var ids []string
	for _, transfer := range m.Transfers() {
		require.Nil(t, transfer.Refusal)
		ids = append(ids, transfer.TransactionID)
	}
	require.Equal(t, []string{"T1", "T2", "T3"}, ids, "in the order of the file")
	first, second := m.Instructions[0].Transfers[0], m.Instructions[1].Transfers[0]
	require.Equal(t, "CNY 10.00 1000", first.Amount.Currency+" "+first.Amount.Text+" "+first.Amount.Minor.String(),
		"what banks settle, not the foreign amount that was instructed")
	require.Equal(t, "URGT", first.Priority)
	require.Equal(t, "NORM", second.Priority)
	require.Equal(t, "2026-01-05", first.SettlementDate.Format("2006-01-02"))
	require.Equal(t, "2026-01-06", second.SettlementDate.Format("2006-01-02"))
	require.Equal(t, "ABCDCNBJXXX", second.InstructingAgent.BIC)
}

func TestBankDebtorsWithoutAccountAreNotTakenForOne(t *testing.T) {
	document := fixture(t, "pacs008v08")
	for _, number := range []string{"111", "333"} {
		document = strings.ReplaceAll(document, "<DbtrAcct><Id><Othr><Id>"+number+"</Id></Othr></Id></DbtrAcct>", "")
	}
	m := accepted(t, document)
	require.Len(t, m.Instructions, 2)
}

func TestIdsThatLookAlikeAreOneId(t *testing.T) {
	m := accepted(t, edited(t, "pain001v09", "<MsgId>ZL-0001</MsgId>", "<MsgId> ZL  1&#10;X </MsgId>"))
	require.Equal(t, "ZL 1 X", m.MessageID)
}

func TestHarmlessVariationsOfAFileAreAccepted(t *testing.T) {
	cases := []struct {
		name, fixture string
		edits         []string
	}{
		{"a prefix on every name", "pain001v09", []string{"", ""}},
		{"a schema location", "pain001v09", []string{`pain.001.001.09">`,
			`pain.001.001.09" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd">`}},
		{"white space around a number", "pain001v09", []string{">100.00<", ">\n 100.00 <"}},
		{"white space around a date", "pain001v09", []string{">2026-01-06<", "> 2026-01-06\t<"}},
		{"an offset on a date", "pain001v09", []string{">2026-01-06<", ">2026-01-06+08:00<"}},
		{"a plus sign", "pain001v09", []string{">100.00<", ">+100.00<"}},
		{"leading zeros in a count", "pain001v09", []string{"<NbOfTxs>2<", "<NbOfTxs>002<"}},
		{"no control sum", "pain001v09", []string{"<CtrlSum>350.50</CtrlSum>", ""}},
		{"unread parts of any shape", "pain001v09", []string{"<TwnNm>虚构市</TwnNm>", "<Whatever><Deep>x</Deep></Whatever>"}},
		{"a header sender without identification", "pacs008v08", []string{"<FinInstnId><BICFI>ABCDCNBJ</BICFI></FinInstnId>", "<FinInstnId/>"}},
		{"a header sender that is an organisation", "pacs008v08", []string{"<FIId><FinInstnId><BICFI>ABCDCNBJ</BICFI></FinInstnId></FIId>", "<OrgId/>"}},
		{"a comment between elements", "pain001v09", []string{"<GrpHdr>", "<GrpHdr><!-- made by hand -->"}},
		{"a value in a CDATA section", "pain001v09", []string{">货款<", "><![CDATA[货款]]><"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			document := edited(t, c.fixture, c.edits...)
			if c.edits[0] == "" {
				document = withPrefix(document)
			}
			for _, transfer := range accepted(t, document).Transfers() {
				require.Nil(t, transfer.Refusal)
			}
		})
	}
}

// withPrefix gives the message's elements a prefix and leaves others alone.
func withPrefix(document string) string {
	document = strings.Replace(document, `<Document xmlns="`, `<Document xmlns:d="`, 1)
	var b strings.Builder
	for i, piece := range strings.Split(document, "<") {
		switch {
		case i == 0:
			b.WriteString(piece)
			continue
		case strings.HasPrefix(piece, "?") || strings.HasPrefix(piece, "x:") || strings.HasPrefix(piece, "/x:"):
			b.WriteString("<" + piece)
		case strings.HasPrefix(piece, "/"):
			b.WriteString("</d:" + piece[1:])
		default:
			b.WriteString("<d:" + piece)
		}
	}
	return b.String()
}
