package iso20022_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/testutil/shareddata"
)

// wholeFile lists faults that refuse the file, in the order in which they are
// looked for.
var wholeFile = []struct {
	name, fixture string
	edits         []string
	reason, path  string
	text          string
}{
	{"a DOCTYPE", "pain001v09", []string{"<Document", "<!DOCTYPE Document><Document"}, "FF01", "", "DOCTYPE"},
	{"an entity", "pain001v09", []string{">货款<", ">&xxe;<"}, "FF01", "", "entities"},
	{"a comment in an amount", "pain001v09", []string{">100.00<", ">1<!-- -->00.00<"}, "FF01", "", "comment"},
	{"two documents", "pacs008v08", []string{"</Document>", "</Document><Document/>"}, "FF01", "Document", "second element"},
	{"two headers", "pacs008v08", []string{"</AppHdr>", "</AppHdr><AppHdr/>"}, "FF01", "AppHdr[2]", "second element"},
	{"no document", "pacs008v08", []string{"<Document ", "<Dokument ", "</Document>", "</Dokument>"}, "FF01", "", "no element Document"},
	{"a version nobody made", "pain001v09", []string{"pain.001.001.09", "pain.001.001.99"}, "admi.002", "Document", "not taken"},
	{"another message", "pain001v09", []string{"pain.001.001.09", "camt.053.001.08"}, "admi.002", "Document", "not taken"},
	{"no namespace", "pain001v09", []string{` xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"`, ""}, "admi.002", "Document", "not one of ISO 20022"},
	{"a header of an unknown namespace", "pacs008v08", []string{"head.001.001.02", "head.001.001.77"}, "admi.002", "AppHdr", "not read"},
	{"a header without its id", "pacs008v08", []string{"<BizMsgIdr>PACS-1</BizMsgIdr>", ""}, "FF01", "AppHdr/MsgDefIdr", "BizMsgIdr is expected"},
	{"a header that announces another message", "pacs008v08", []string{"<MsgDefIdr>pacs.008.001.08", "<MsgDefIdr>pacs.008.001.09"}, "admi.002", "AppHdr/MsgDefIdr", "announces"},
	{"an empty document", "pain001v09", []string{"<CstmrCdtTrfInitn>", "<!--", "</CstmrCdtTrfInitn>", "-->"}, "FF01", "Document", "CstmrCdtTrfInitn is missing"},
	{"the body of another message", "pain001v09", []string{"<CstmrCdtTrfInitn>", "<FIToFICstmrCdtTrf>", "</CstmrCdtTrfInitn>", "</FIToFICstmrCdtTrf>"}, "FF01", "FIToFICstmrCdtTrf", "CstmrCdtTrfInitn is expected"},
	{"an empty message id", "pain001v09", []string{"ZL-0001", ""}, "FF01", "GrpHdr/MsgId", "missing"},
	{"a message id of 36 characters", "pain001v09", []string{"ZL-0001", strings.Repeat("号", 36)}, "FF01", "GrpHdr/MsgId", "36 characters"},
	{"a creation time without seconds", "pain001v09", []string{"23:30:00.250", "23:30"}, "FF01", "GrpHdr/CreDtTm", "written"},
	{"a creation time with slashes", "pain001v09", []string{"2026-01-05T", "2026/01/05 "}, "FF01", "GrpHdr/CreDtTm", "written"},
	{"a creation time of an impossible zone", "pain001v09", []string{"+08:00", "+14:30"}, "FF01", "GrpHdr/CreDtTm", "written"},
	{"a missing element", "pain001v09", []string{"<CreDtTm>2026-01-05T23:30:00.250+08:00</CreDtTm>", ""}, "FF01", "GrpHdr/NbOfTxs", "CreDtTm is expected"},
	{"a missing last element", "pain001v09", []string{"<EndToEndId>E2</EndToEndId>", ""}, "FF01", "PmtInf/CdtTrfTxInf[2]/PmtId", "EndToEndId is missing"},
	{"a count in words", "pain001v09", []string{"<NbOfTxs>2<", "<NbOfTxs>two<"}, "AM18", "GrpHdr/NbOfTxs", "digits"},
	{"a control sum of 19 digits", "pain001v09", []string{">350.50<", ">1234567890123456789<"}, "AM12", "GrpHdr/CtrlSum", "digits"},
	{"an unknown element", "pain001v09", []string{"<PmtMtd>", "<Foo/><PmtMtd>"}, "FF01", "PmtInf/Foo", "PmtMtd is expected"},
	{"an unknown element at the end", "pain001v09", []string{"</GrpHdr>", "<Foo/></GrpHdr>"}, "FF01", "GrpHdr/Foo", "not known here"},
	{"an element twice", "pain001v09", []string{"<PmtMtd>TRF</PmtMtd>", "<PmtMtd>TRF</PmtMtd><PmtMtd>TRF</PmtMtd>"}, "FF01", "PmtInf/PmtMtd[2]", "repeated"},
	{"a payment method nobody knows", "pain001v09", []string{">TRF<", ">XYZ<"}, "FF01", "PmtInf/PmtMtd", "CHK, TRF, TRA"},
	{"an indicator in words", "pain001v09", []string{"<BtchBookg>0<", "<BtchBookg>yes<"}, "FF01", "PmtInf/BtchBookg", "true or false"},
	{"a date where version 9 has a choice", "pain001v09", []string{"<Dt>2026-01-06</Dt>", "2026-01-06"}, "FF01", "PmtInf/ReqdExctnDt", "text found where the element Dt or DtTm is expected"},
	{"a choice where version 3 has a date", "pain001v03", []string{">2009-06-02<", "><Dt>2009-06-02</Dt><"}, "FF01", "PmtInf[1]/ReqdExctnDt/Dt", "inside the value"},
	{"both of a choice", "pain001v09", []string{"<Dt>2026-01-06</Dt>", "<Dt>2026-01-06</Dt><DtTm>2026-01-06T00:00:00</DtTm>"}, "FF01", "PmtInf/ReqdExctnDt/DtTm", "repeated or out of order"},
	{"a day that is not in the calendar", "pain001v09", []string{">2026-01-06<", ">2026-02-30<"}, "DT01", "PmtInf/ReqdExctnDt/Dt", "calendar"},
	{"the BIC element of version 3 in version 9", "pain001v09", []string{"<BICFI>ABCDCNBJXXX</BICFI>", "<BIC>ABCDCNBJXXX</BIC>"}, "FF01", "PmtInf/CdtTrfTxInf[1]/CdtrAgt/FinInstnId/BIC", "not known"},
	{"the UETR element in version 3", "pain001v03", []string{"</EndToEndId>", "</EndToEndId><UETR>3f1f7c5e-8f0a-4c51-9a0e-0d6f3f4b2a11</UETR>"}, "FF01", "PmtInf[1]/CdtTrfTxInf[1]/PmtId/UETR", "not known"},
	{"a BIC of ten characters", "pain001v09", []string{"ABCDCNBJXXX", "ABCDCNBJXX"}, "RC01", "PmtInf/CdtTrfTxInf[1]/CdtrAgt/FinInstnId/BICFI", "not a BIC"},
	{"an IBAN with spaces", "pain001v09", []string{"GB82WEST12345698765432", "GB82 WEST 1234"}, "AC03", "PmtInf/CdtTrfTxInf[2]/CdtrAcct/Id/IBAN", "without spaces"},
	{"an LEI in lower case", "pain001v09", []string{"ZZZZ00EXAMPLEFIRM116", "zzzz00EXAMPLEFIRM116"}, "BE16", "PmtInf/Dbtr/Id/OrgId/LEI", "LEI"},
	{"a UETR in capitals", "pain001v09", []string{"3f1f7c5e", "3F1F7C5E"}, "FF01", "PmtInf/CdtTrfTxInf[1]/PmtId/UETR", "lower-case"},
	{"an amount with an exponent", "pain001v09", []string{">100.00<", ">1e2<"}, "AM12", "PmtInf/CdtTrfTxInf[1]/Amt/InstdAmt", "digits"},
	{"a negative amount", "pain001v09", []string{">100.00<", ">-100.00<"}, "AM12", "PmtInf/CdtTrfTxInf[1]/Amt/InstdAmt", "negative"},
	{"an amount without currency", "pain001v09", []string{` Ccy="CNY"`, ""}, "FF01", "PmtInf/CdtTrfTxInf[1]/Amt/InstdAmt", "Ccy is missing"},
	{"a currency in lower case", "pain001v09", []string{`"CNY"`, `"cny"`}, "FF01", "PmtInf/CdtTrfTxInf[1]/Amt/InstdAmt", "capital"},
	{"an unknown attribute", "pain001v09", []string{`Ccy="CNY"`, `Ccy="CNY" Rounded="true"`}, "FF01", "PmtInf/CdtTrfTxInf[1]/Amt/InstdAmt", "Rounded"},
	{"a type substituted by the file", "pain001v09", []string{"<PmtId>", `<PmtId xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x">`}, "FF01", "PmtInf/CdtTrfTxInf[1]/PmtId", "attribute type"},
	{"an element of a foreign namespace", "pain001v09", []string{"<InstdAmt Ccy", `<InstdAmt xmlns="urn:other" Ccy`}, "FF01", "PmtInf/CdtTrfTxInf[1]/Amt/InstdAmt", "urn:other"},
	{"a foreign element in an unread part", "pain001v09", []string{"<TwnNm>", `<x xmlns="urn:other"/><TwnNm>`}, "FF01", "PmtInf/Dbtr/PstlAdr/x", "urn:other"},
	{"remittance of 141 characters", "pain001v09", []string{">货款<", ">" + strings.Repeat("款", 141) + "<"}, "FF01", "PmtInf/CdtTrfTxInf[1]/RmtInf/Ustrd", "141 characters"},
	{"a settlement method nobody knows", "pacs008v08", []string{">CLRG<", ">CASH<"}, "FF01", "GrpHdr/SttlmInf/SttlmMtd", "INDA"},
	{"no transaction id in a version that needs one", "pacs008v08", []string{"pacs.008.001.08", "pacs.008.001.07", "pacs.008.001.08", "pacs.008.001.07",
		"<UETR>0b0c0d0e-1111-4222-8333-444455556666</UETR>", "", "<TxId>T2</TxId>", ""}, "FF01", "CdtTrfTxInf[2]/PmtId", "TxId is missing"},
	{"a blank message id", "pain001v09", []string{"ZL-0001", "   "}, "FF01", "GrpHdr/MsgId", "blank"},
	{"a blank end-to-end id", "pain001v09", []string{">E1<", "> <"}, "FF01", "PmtInf/CdtTrfTxInf[1]/PmtId/EndToEndId", "blank"},
	{"a currency nobody issues", "pain001v09", []string{`"CNY"`, `"ZZZ"`}, "AM03", "PmtInf/CdtTrfTxInf[1]/Amt/InstdAmt", "ISO 4217"},
	{"an amount of zero", "pain001v09", []string{">100.00<", ">0.00<"}, "AM01", "PmtInf/CdtTrfTxInf[1]/Amt/InstdAmt", "zero"},
	{"three decimals of yuan", "pain001v09", []string{">100.00<", ">100.000<"}, "AM12", "PmtInf/CdtTrfTxInf[1]/Amt/InstdAmt", "2 decimals"},
	{"more fen than 64 bits hold", "pain001v09", []string{">100.00<", ">100000000000000000<"}, "AM02", "PmtInf/CdtTrfTxInf[1]/Amt/InstdAmt", "64 bit"},
	{"an unknown currency to send", "pain001v03", []string{"<CcyOfTrf>JPY<", "<CcyOfTrf>ZZZ<"}, "AM03", "PmtInf[2]/CdtTrfTxInf/Amt/EqvtAmt/CcyOfTrf", "ISO 4217"},
	{"a wrong count in a block", "pain001v03", []string{"<NbOfTxs>2<", "<NbOfTxs>3<"}, "AM18", "PmtInf[1]/NbOfTxs", "3 transactions are announced and 2 are there"},
	{"a wrong sum in a block", "pain001v03", []string{">100.30<", ">100.31<"}, "AM10", "PmtInf[1]/CtrlSum", "add up to 100.3"},
	{"a wrong count in the group", "pain001v03", []string{"<NbOfTxs>3<", "<NbOfTxs>4<"}, "AM18", "GrpHdr/NbOfTxs", "announced"},
	{"a wrong sum in the group", "pain001v03", []string{">1600.3<", ">1600.30001<"}, "AM10", "GrpHdr/CtrlSum", "add up to 1600.3"},
	{"a wrong settlement total", "pacs008v08", []string{">60.00<", ">60.01<"}, "AM10", "GrpHdr/TtlIntrBkSttlmAmt", "add up to 60"},
	{"a settlement total in another currency", "pacs008v08", []string{`<TtlIntrBkSttlmAmt Ccy="CNY">`, `<TtlIntrBkSttlmAmt Ccy="USD">`}, "AM10", "GrpHdr/TtlIntrBkSttlmAmt", "another currency"},
	{"a settlement total over two currencies", "pacs008v08", []string{`<IntrBkSttlmAmt Ccy="CNY">`, `<IntrBkSttlmAmt Ccy="USD">`}, "AM10", "GrpHdr/TtlIntrBkSttlmAmt", "another currency"},
	{"a header from another bank", "pacs008v08", []string{"<BICFI>ABCDCNBJ</BICFI>", "<BICFI>ABCDCNBJ001</BICFI>"}, "admi.002", "AppHdr/Fr", "GrpHdr/InstgAgt"},
	{"a header to another bank", "pacs008v08", []string{"EFGHCNSHXXX", "EFGHCNSH002"}, "admi.002", "AppHdr/To", "GrpHdr/InstdAgt"},
	{"one transfer that another bank instructs", "pacs008v08", []string{"<InstgAgt><FinInstnId><BICFI>ABCDCNBJXXX</BICFI></FinInstnId></InstgAgt>\n      <Dbtr>",
		"<InstgAgt><FinInstnId><BICFI>ABCDCNBJ009</BICFI></FinInstnId></InstgAgt>\n      <Dbtr>"}, "admi.002", "AppHdr/Fr", "CdtTrfTxInf[3]/InstgAgt"},
}

func TestAFileThatIsWrongInItselfIsRefusedWhole(t *testing.T) {
	for _, c := range wholeFile {
		t.Run(c.name, func(t *testing.T) {
			rejection := rejected(t, edited(t, c.fixture, c.edits...))
			require.Equal(t, c.reason, rejection.Reason, rejection.Error())
			require.Equal(t, c.path, rejection.Path)
			require.Contains(t, rejection.Text, c.text)
			require.Positive(t, rejection.Line)
		})
	}
}

func TestFormIsJudgedBeforeSumsAndSumsBeforeTheHeader(t *testing.T) {
	form := []string{">CLRG<", ">CASH<"}
	sums := []string{"<NbOfTxs>3<", "<NbOfTxs>4<"}
	total := []string{"<CtrlSum>60<", "<CtrlSum>61<"}
	header := []string{"<BICFI>ABCDCNBJ</BICFI>", "<BICFI>ABCDCNBJ001</BICFI>"}
	amount := []string{">10.00<", ">0<"}
	definition := []string{"<MsgDefIdr>pacs.008.001.08", "<MsgDefIdr>pacs.008.001.09"}
	order := []struct {
		edit   []string
		reason string
	}{{definition, "admi.002"}, {form, "FF01"}, {amount, "AM01"}, {sums, "AM18"}, {total, "AM10"}, {header, "admi.002"}}
	for i := range order {
		var edits []string
		for _, later := range order[i:] {
			edits = append(edits, later.edit...)
		}
		require.Equal(t, order[i].reason, rejected(t, edited(t, "pacs008v08", edits...)).Reason)
	}
}

func TestARejectionCarriesWhatCouldBeRead(t *testing.T) {
	r := rejected(t, edited(t, "pacs008v08", ">60.00<", ">60.01<"))
	require.Equal(t, iso20022.KindPacs008, r.Kind)
	require.Equal(t, "pacs.008.001.08", r.Version)
	require.Equal(t, "PACS-1", r.MessageID)
	require.Equal(t, "PACS-1", r.BusinessID)
	require.Equal(t, "3", r.OriginalNbOfTxs)
	require.Equal(t, "60", r.OriginalCtrlSum)
	require.Equal(t, "ABCDCNBJXXX", r.InstructingAgent.BIC)
	require.True(t, r.CreatedAt.Equal(time.Date(2026, 1, 5, 1, 31, 0, 0, time.UTC)))
	require.Contains(t, r.Error(), "AM10 (line 17): GrpHdr/TtlIntrBkSttlmAmt")

	broken := rejected(t, edited(t, "pain001v09", "ZL-0001", strings.Repeat("x", 36), "<NbOfTxs>2", "<NbOfTxs>x"))
	require.Empty(t, broken.MessageID, "what is not valid itself is not passed on")
	require.Empty(t, broken.OriginalNbOfTxs)
	require.Equal(t, "350.50", broken.OriginalCtrlSum)
	require.Equal(t, "山海虚构贸易有限公司", broken.InitiatingParty)
}

// oneTransfer lists faults that refuse transfers and leave the file standing:
// which transfers by index, and why.
var oneTransfer = []struct {
	name, fixture string
	edits         []string
	refused       []int
	reason, path  string
}{
	{"a cheque", "pain001v09", []string{">TRF<", ">CHK<"}, []int{0, 1}, "AG03", "PmtInf/PmtMtd"},
	{"a date 31 days before creation", "pain001v09", []string{">2026-01-06<", ">2025-12-05<"}, []int{0, 1}, "DT01", "PmtInf/ReqdExctnDt"},
	{"a date 30 days before creation", "pain001v09", []string{">2026-01-06<", ">2025-12-06<"}, nil, "", ""},
	{"a date 367 days after creation", "pain001v03", []string{">2009-06-02<", ">2010-06-03<"}, []int{0, 1}, "DT01", "PmtInf[1]/ReqdExctnDt"},
	{"a date 366 days after creation", "pain001v03", []string{">2009-06-02<", ">2010-06-02<"}, nil, "", ""},
	{"the day after tomorrow", "pain001v09", []string{">2026-01-06<", ">2026-01-08<"}, []int{0, 1}, "DT01", "PmtInf/ReqdExctnDt"},
	{"tomorrow", "pain001v09", []string{">2026-01-06<", ">2026-01-07<"}, nil, "", ""},
	{"an LEI of the debtor with wrong check digits", "pain001v09", []string{"FIRM116", "FIRM117"}, []int{0, 1}, "BE16", "PmtInf/Dbtr/Id/OrgId/LEI"},
	{"an LEI of the creditor with wrong check digits", "pain001v09", []string{"<OrgId><LEI>ZZZZ00EXAMPLEFIRM213", "<OrgId><LEI>ZZZZ00EXAMPLEFIRM214"}, []int{1}, "BE17", "PmtInf/CdtTrfTxInf[2]/Cdtr/Id/OrgId/LEI"},
	{"an LEI of the creditor's bank with wrong check digits", "pain001v09", []string{"</BICFI><LEI>ZZZZ00EXAMPLEFIRM213", "</BICFI><LEI>ZZZZ00EXAMPLEFIRM214"}, []int{1}, "RC04", "PmtInf/CdtTrfTxInf[2]/CdtrAgt/FinInstnId/LEI"},
	{"a BIC of the initiator from nowhere", "pain001v03", []string{"<BICOrBEI>ABCDDEFF", "<BICOrBEI>ABCDZZFF"}, []int{0, 1, 2}, "RC01", "GrpHdr/InitgPty/Id/OrgId/BICOrBEI"},
	{"a debtor IBAN with wrong check digits", "pain001v03", []string{"DE89", "DE88"}, []int{0, 1}, "AC02", "PmtInf[1]/DbtrAcct/Id/IBAN"},
	{"a creditor IBAN with wrong check digits", "pain001v03", []string{"GB82", "GB83"}, []int{0}, "AC03", "PmtInf[1]/CdtTrfTxInf[1]/CdtrAcct/Id/IBAN"},
	{"a debtor bank number with a wrong check digit", "pain001v09", []string{"999100000011", "999100000012"}, []int{0, 1}, "RC03", "PmtInf/DbtrAgt/FinInstnId/ClrSysMmbId/MmbId"},
	{"a creditor bank number with a wrong check digit", "pain001v09", []string{"999581000029", "999581000028"}, []int{0}, "RC04", "PmtInf/CdtTrfTxInf[1]/CdtrAgt/FinInstnId/ClrSysMmbId/MmbId"},
	{"a member number of another clearing system", "pain001v09", []string{"<Cd>CNAPS</Cd></ClrSysId><MmbId>999100000011", "<Cd>USABA</Cd></ClrSysId><MmbId>1"}, nil, "", ""},
	{"a BIC from nowhere", "pain001v09", []string{"ABCDCNBJXXX", "ABCDZZBJXXX"}, []int{0}, "RC01", "PmtInf/CdtTrfTxInf[1]/CdtrAgt/FinInstnId/BICFI"},
	{"no creditor account", "pain001v09", []string{"<CdtrAcct><Id><IBAN>GB82WEST12345698765432</IBAN></Id></CdtrAcct>", ""}, []int{1}, "AC03", "PmtInf/CdtTrfTxInf[2]"},
	{"no debtor account number", "pain001v11", []string{"<DbtrAcct><Id><Othr><Id>6200000000000000017</Id></Othr></Id></DbtrAcct>", "<DbtrAcct/>"}, []int{0}, "AC02", "PmtInf/DbtrAcct"},
	{"an exchange of currencies", "pain001v03", []string{"<CcyOfTrf>JPY<", "<CcyOfTrf>EUR<"}, []int{2}, "AM03", "PmtInf[2]/CdtTrfTxInf/Amt/EqvtAmt/CcyOfTrf"},
	{"a settlement date too far ahead", "pacs008v08", []string{"<IntrBkSttlmDt>2026-01-06<", "<IntrBkSttlmDt>2026-01-08<"}, []int{1}, "DT01", "CdtTrfTxInf[2]/IntrBkSttlmDt"},
	{"an instructed bank from nowhere", "pacs008v08", []string{"EFGHCNSHXXX", "EFGHZZSHXXX", "EFGHCNSH<", "EFGHZZSH<"}, []int{0, 1, 2}, "RC01", "GrpHdr/InstdAgt/FinInstnId/BICFI"},
	{"a creditor bank from nowhere", "pacs008v08", []string{"<CdtrAgt><FinInstnId><BICFI>EFGHCN", "<CdtrAgt><FinInstnId><BICFI>EFGHZZ"}, []int{0}, "RC01", "CdtTrfTxInf[1]/CdtrAgt/FinInstnId/BICFI"},
}

func TestATransferThatCanNotBeSettledIsRefusedAlone(t *testing.T) {
	for _, c := range oneTransfer {
		t.Run(c.name, func(t *testing.T) {
			var refused []int
			for i, transfer := range accepted(t, edited(t, c.fixture, c.edits...)).Transfers() {
				if transfer.Refusal == nil {
					continue
				}
				refused = append(refused, i)
				require.Equal(t, c.reason, transfer.Refusal.Reason)
				require.Equal(t, c.path, transfer.Refusal.Path)
				require.NotEmpty(t, transfer.Refusal.Text)
				require.Positive(t, transfer.Refusal.Line)
			}
			require.Equal(t, c.refused, refused)
		})
	}
}

func TestTodayIsTheNetworksDay(t *testing.T) {
	document := edited(t, "pain001v09", ">2026-01-06<", ">2026-01-07<")
	beforeMidnight := time.Date(2026, 1, 5, 15, 59, 59, 0, time.UTC) // 23:59:59 in Beijing
	for now, refused := range map[time.Time]bool{beforeMidnight: true, beforeMidnight.Add(time.Second): false} {
		m, err := iso20022.Parse([]byte(document), iso20022.WithNow(now))
		require.NoError(t, err)
		require.Equal(t, refused, m.Transfers()[0].Refusal != nil)
	}
}

func TestEveryReasonIsInTheISOCodeList(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(shareddata.Folder(t, "iso20022"), "codes", "external_status_reason_code.json"))
	require.NoError(t, err)
	var list struct{ Codes map[string]string }
	require.NoError(t, json.Unmarshal(data, &list))
	used := map[string]bool{}
	for _, c := range wholeFile {
		used[c.reason] = true
	}
	for _, c := range oneTransfer {
		used[c.reason] = true
	}
	delete(used, "")
	delete(used, iso20022.ReasonUnsupported) // the name of the answer, not a code
	require.Greater(t, len(used), 12)
	for reason := range used {
		require.Contains(t, list.Codes, reason)
	}
}
