package report_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/zhilian-network/zhilian/iso20022/money"
	"github.com/zhilian-network/zhilian/iso20022/report"
	"github.com/zhilian-network/zhilian/iso20022/xsd"
)

// pieces are what clients send and attackers try. Texts are made of any of them,
// references only of those that XML can hold.
var pieces = []string{
	"Qingdao", "青岛港务", "胶州", "😀👩‍👩‍👧", "é", "𠮷", "<Nm>", "</Document>", "&amp;", "&", "]]>", "<!--", `"'`, "<!DOCTYPE x>",
	"\r\n", "\t", " ", "\u3000", "\u2028", "\u202e", "x", "0", "=cmd|' /C calc'!A0", "${jndi:x}", "%s%n", "{{7*7}}", "'; DROP TABLE x;--",
}

var unholdable = []string{"\x00", "\x1b[2J", "\xff", "\xed\xa0\x80", "\ufffe", "\u0085"}

// text is anything, up to many times what fits; often absent.
func text(t *rapid.T, name string) string {
	parts := rapid.SliceOfN(rapid.SampledFrom(append(pieces, unholdable...)), 0, 12).Draw(t, name)
	out := strings.Join(parts, "")
	if rapid.IntRange(0, 9).Draw(t, name+" long") == 0 {
		out = strings.Repeat(out+"长", 400)
	}
	return out
}

// reference has 1 to 35 characters.
func reference(t *rapid.T, name string) string {
	out := []rune("R" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, name), ""))
	return string(out[:min(len(out), 35)])
}

func optional(t *rapid.T, name string, draw func(*rapid.T, string) string) string {
	if rapid.Bool().Draw(t, name+" given") {
		return draw(t, name)
	}
	return ""
}

func moment(t *rapid.T, name string) time.Time {
	seconds := rapid.Int64Range(-62_135_510_400, 253_402_200_000).Draw(t, name)
	nanos := rapid.Int64Range(0, 999_999_999).Draw(t, name+" ns")
	return time.Unix(seconds, nanos).In(shanghai)
}

func optionalMoment(t *rapid.T, name string) time.Time {
	if rapid.Bool().Draw(t, name+" given") {
		return moment(t, name)
	}
	return time.Time{}
}

func uetr(t *rapid.T, name string) string {
	return rapid.StringMatching(`[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}`).Draw(t, name)
}

func bic(t *rapid.T, name string) string {
	return rapid.StringMatching(`[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?`).Draw(t, name)
}

func lei(t *rapid.T, name string) string {
	return rapid.StringMatching(`[A-Z0-9]{18}[0-9]{2}`).Draw(t, name)
}

func party(t *rapid.T, name string) report.Party {
	return report.Party{Name: text(t, name), LEI: optional(t, name+" LEI", lei), BIC: optional(t, name+" BIC", bic)}
}

func agent(t *rapid.T, name string) report.Agent {
	out := report.Agent{
		Name: text(t, name), LEI: optional(t, name+" LEI", lei), BIC: optional(t, name+" BIC", bic),
		MemberID: optional(t, name+" member", reference),
	}
	if out.MemberID != "" {
		out.ClearingSystem = rapid.SampledFrom([]string{"", "CNAPS", "CNCIP", "a network of our own"}).Draw(t, name+" system")
	}
	return out
}

func account(t *rapid.T, name string) report.Account {
	switch rapid.IntRange(0, 2).Draw(t, name+" kind") {
	case 0:
		return report.Account{}
	case 1:
		return report.Account{IBAN: rapid.StringMatching(`[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}`).Draw(t, name), Currency: "EUR"}
	}
	return report.Account{Other: string([]rune(reference(t, name) + " ")[:1]) + rapid.StringMatching(`[0-9]{0,33}`).Draw(t, name+" digits")}
}

func currency(t *rapid.T, name string) string {
	return rapid.SampledFrom([]string{"CNY", "EUR", "JPY", "KWD"}).Draw(t, name)
}

func amount(t *rapid.T, name string) report.Amount {
	return report.Amount{Currency: currency(t, name+" currency"), Minor: math.NewInt(rapid.Int64Range(1, 999_999_999_999_999_999).Draw(t, name))}
}

func texts(t *rapid.T, name string) []string {
	out := make([]string, rapid.IntRange(0, 3).Draw(t, name+" count"))
	for i := range out {
		out[i] = text(t, name)
	}
	return out
}

func reasons(t *rapid.T, name string) []report.Reason {
	out := make([]report.Reason, rapid.IntRange(1, 3).Draw(t, name+" count"))
	for i := range out {
		if rapid.Bool().Draw(t, name+" coded") {
			out[i].Code = rapid.StringMatching(`[A-Z]{2}[0-9]{2}`).Draw(t, name)
		} else {
			out[i].Proprietary = reference(t, name)
		}
		out[i].Text = texts(t, name+" text")
	}
	return out
}

func aHeader(t *rapid.T) report.Header {
	return report.Header{MessageID: reference(t, "message id"), CreatedAt: moment(t, "created")}
}

func anOriginal(t *rapid.T, name string) report.OriginalMessage {
	return report.OriginalMessage{
		MessageID: reference(t, "original id"), MessageName: name, CreatedAt: optionalMoment(t, "original created"),
		ControlSum: optional(t, "control sum", func(t *rapid.T, n string) string {
			return rapid.StringMatching(`[0-9]{1,12}(\.[0-9]{1,6})?`).Draw(t, n)
		}),
	}
}

var statuses = []report.Status{report.Received, report.Pending, report.Validated, report.InProcess, report.Settled, report.Rejected, report.Cancelled}

func transfers(t *rapid.T, least int) []report.TransferStatus {
	out := make([]report.TransferStatus, rapid.IntRange(least, 3).Draw(t, "transfers"))
	for i := range out {
		out[i] = report.TransferStatus{
			StatusID: optional(t, "status id", reference), InstructionID: optional(t, "instruction", reference),
			EndToEndID: reference(t, "end to end"), TransactionID: optional(t, "transaction", reference),
			UETR: optional(t, "uetr", uetr), Status: rapid.SampledFrom(statuses).Draw(t, "status"),
			Reasons: reasons(t, "reasons"), AcceptedAt: optionalMoment(t, "accepted"), SettledOn: optionalMoment(t, "settled"),
			ServicerReference: optional(t, "servicer", reference), ClearingReference: optional(t, "clearing", reference),
		}
		if rapid.Bool().Draw(t, "original given") {
			out[i].Original = originalTransfer(t)
		}
	}
	return out
}

func originalTransfer(t *rapid.T) *report.OriginalTransfer {
	out := &report.OriginalTransfer{
		RequestedOn: optionalMoment(t, "requested"), Debtor: party(t, "debtor"), DebtorAccount: account(t, "debtor account"),
		DebtorAgent: agent(t, "debtor agent"), CreditorAgent: agent(t, "creditor agent"), Creditor: party(t, "creditor"),
		CreditorAccount: account(t, "creditor account"), Remittance: texts(t, "remittance"),
	}
	if rapid.Bool().Draw(t, "amount given") {
		out.Amount = amount(t, "amount")
	}
	return out
}

func entry(t *rapid.T, currency string, from time.Time) report.Entry {
	out := report.Entry{
		Reference: optional(t, "entry", reference), Direction: rapid.SampledFrom([]report.Direction{report.Credit, report.Debit}).Draw(t, "side"),
		Reversal: rapid.Bool().Draw(t, "reversal"), BookedAt: from.Add(time.Duration(rapid.Int64Range(0, 86_399).Draw(t, "booked")) * time.Second),
		ValueDate: optionalMoment(t, "value"), ServicerReference: optional(t, "servicer", reference), Info: text(t, "info"),
		Code: rapid.SampledFrom([]report.TransactionCode{"", report.IssuedBook, report.ReceivedReturn}).Draw(t, "code"),
	}
	details := rapid.IntRange(0, 3).Draw(t, "details")
	if details > 1 || details == 1 && rapid.Bool().Draw(t, "batch of one") {
		out.Batch = &report.Batch{MessageID: optional(t, "batch", reference), PaymentInfoID: optional(t, "block", reference)}
	}
	sum := math.ZeroInt()
	for range details {
		d := detail(t)
		sum = sum.Add(d.Amount)
		out.Details = append(out.Details, d)
	}
	if details == 0 {
		sum = math.NewInt(rapid.Int64Range(1, 1e15).Draw(t, "entry amount"))
	}
	out.Amount = report.Amount{Currency: currency, Minor: sum}
	return out
}

func detail(t *rapid.T) report.EntryDetail {
	out := report.EntryDetail{
		MessageID: optional(t, "message", reference), PaymentInfoID: optional(t, "block", reference), InstructionID: optional(t, "instruction", reference),
		EndToEndID: reference(t, "end to end"), UETR: optional(t, "uetr", uetr), TransactionID: optional(t, "transaction", reference),
		ServicerReference: optional(t, "servicer", reference), Amount: math.NewInt(rapid.Int64Range(1, 1e15).Draw(t, "detail amount")),
		Debtor: party(t, "debtor"), DebtorAccount: account(t, "debtor account"), DebtorAgent: agent(t, "debtor agent"),
		Creditor: party(t, "creditor"), CreditorAccount: account(t, "creditor account"), CreditorAgent: agent(t, "creditor agent"),
		Purpose: rapid.SampledFrom([]string{"", "SALA", "SUPP"}).Draw(t, "purpose"), Remittance: texts(t, "remittance"),
	}
	if rapid.Bool().Draw(t, "returned") {
		out.Return = &reasons(t, "return")[0]
	}
	return out
}

func entries(t *rapid.T, from time.Time, least int) []report.Entry {
	out := make([]report.Entry, rapid.IntRange(least, 4).Draw(t, "entries"))
	for i := range out {
		out[i] = entry(t, currency(t, "currency"), from)
	}
	return out
}

func accountDetail(t *rapid.T) report.AccountDetail {
	return report.AccountDetail{Account: report.Account{Other: "3715019800"}, Owner: party(t, "owner"), Servicer: agent(t, "servicer")}
}

// follows asserts what holds of every document: it is written, is the same when
// written again, follows its schema, and holds no text that could act on a reader.
func follows(t *rapid.T, v *xsd.Validator, message string, write func() ([]byte, error)) map[string][]string {
	document, err := write()
	require.NoError(t, err)
	again, err := write()
	require.NoError(t, err)
	require.True(t, bytes.Equal(document, again), "two writings of one report differ")
	require.NoError(t, v.Validate(context.Background(), message, document), string(document))
	require.True(t, utf8.Valid(document))
	for _, line := range strings.Split(string(document), "\n") {
		if at := strings.IndexFunc(line, unicode.IsControl); at >= 0 {
			require.Failf(t, "a control character", "%q", line)
		}
		if line != "" && !strings.HasPrefix(strings.TrimLeft(line, " "), "<") {
			require.Failf(t, "a line that a value began", "%q", line)
		}
	}
	return fields(t, document)
}

func TestGeneratedPaymentStatusReports(t *testing.T) {
	v := schemas(t)
	for original, message := range map[string]string{
		"pain.001.001.03": report.Pain002V03, "pain.001.001.09": report.Pain002V10, "pain.001.001.11": report.Pain002V12,
	} {
		t.Run(message, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				in := report.PaymentStatusReport{
					Header: aHeader(t), Original: anOriginal(t, original), InitiatingParty: party(t, "initiator"),
					DebtorAgent: agent(t, "agent"), Reasons: reasons(t, "group"),
				}
				var wanted []string
				for range rapid.IntRange(1, 3).Draw(t, "blocks") {
					p := report.PaymentGroupStatus{PaymentInfoID: reference(t, "block"), Transfers: transfers(t, 1)}
					for _, s := range p.Transfers {
						wanted = append(wanted, s.EndToEndID)
					}
					in.Payments = append(in.Payments, p)
				}
				got := follows(t, v, message, func() ([]byte, error) { return report.PaymentStatus(in) })
				require.Equal(t, wanted, got["OrgnlPmtInfAndSts/TxInfAndSts/OrgnlEndToEndId"], "references come back exactly")
				require.Equal(t, []string{in.Original.MessageID}, got["OrgnlGrpInfAndSts/OrgnlMsgId"])
			})
		})
	}
}

func TestGeneratedFIStatusReports(t *testing.T) {
	v := schemas(t)
	for original, message := range map[string]string{"pacs.008.001.08": report.Pacs002V10, "pacs.008.001.12": report.Pacs002V12} {
		t.Run(message, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				in := report.FIStatusReport{
					Header: aHeader(t), Original: anOriginal(t, original), InstructingAgent: agent(t, "from"),
					InstructedAgent: agent(t, "to"), Reasons: reasons(t, "group"), Transfers: transfers(t, 1),
				}
				got := follows(t, v, message, func() ([]byte, error) { return report.FIStatus(in) })
				require.Len(t, got["TxInfAndSts/TxSts"], len(in.Transfers))
			})
		})
	}
}

func TestGeneratedNotifications(t *testing.T) {
	v := schemas(t)
	rapid.Check(t, func(t *rapid.T) {
		in := report.AccountNotification{
			Header: aHeader(t), Recipient: party(t, "recipient"), ID: "N-1", Sequence: rapid.Uint64Range(0, 1e17).Draw(t, "sequence"),
			Account: accountDetail(t), Entries: entries(t, today, 1),
		}
		got := follows(t, v, report.Camt054V08, func() ([]byte, error) { return report.Notification(in) })
		require.Len(t, got["Ntfctn/Ntry/Amt"], len(in.Entries), "no entry is lost, whatever its currency")
	})
}

func TestGeneratedStatements(t *testing.T) {
	v := schemas(t)
	rapid.Check(t, func(t *rapid.T) {
		in := report.AccountStatement{
			Header: aHeader(t), Recipient: party(t, "recipient"), ID: "S-1", From: today, To: today.AddDate(0, 0, 1),
			Account: accountDetail(t), Entries: entries(t, today, 0),
		}
		var closings []string
		for _, code := range []string{"CNY", "EUR", "JPY", "KWD"} {
			opening := math.NewInt(rapid.Int64Range(-1e15, 1e15).Draw(t, "opening "+code))
			closing := opening.Add(balanceOf(in.Entries, code))
			in.Balances = append(in.Balances, report.Balance{Currency: code, Opening: opening, Closing: closing})
			closings = append(closings, money.FormatMinor(code, closing.Abs()))
		}
		got := follows(t, v, report.Camt053V08, func() ([]byte, error) { return report.Statement(in) })
		require.Len(t, got["Stmt/Ntry/Amt"], len(in.Entries))
		for i, closing := range closings {
			require.Equal(t, closing, got["Stmt/Bal/Amt"][2*i+1])
		}
		off := rapid.IntRange(0, 3).Draw(t, "off")
		in.Balances[off].Closing = in.Balances[off].Closing.AddRaw(1)
		_, err := report.Statement(in)
		require.ErrorIs(t, err, report.ErrUnbalanced)
	})
}

// balanceOf is the slow and obvious sum that the writer's check is held against.
func balanceOf(entries []report.Entry, code string) math.Int {
	sum := math.ZeroInt()
	for _, e := range entries {
		if e.Amount.Currency != code {
			continue
		}
		sign := int64(1)
		if e.Direction == report.Debit {
			sign = -1
		}
		sum = sum.Add(e.Amount.Minor.MulRaw(sign))
	}
	return sum
}

func TestGeneratedRejections(t *testing.T) {
	v := schemas(t)
	rapid.Check(t, func(t *rapid.T) {
		in := report.MessageRejection{
			Reference: text(t, "reference"), Reason: "FF01" + text(t, "reason"), RejectedAt: moment(t, "rejected"),
			Location: text(t, "location"), Description: text(t, "description"), Data: text(t, "data"),
		}
		follows(t, v, report.Admi002V01, func() ([]byte, error) { return report.MessageReject(in) })
	})
}

// The values of a specimen, as a reader finds them.
func TestValuesSurvive(t *testing.T) {
	document, err := report.PaymentStatus(paidAndRefused("pain.001.001.09"))
	require.NoError(t, err)
	got := fields(t, document)
	transfer := "OrgnlPmtInfAndSts/TxInfAndSts/"
	for path, want := range map[string][]string{
		"GrpHdr/MsgId":                              {"ZL-STS-0001"},
		"GrpHdr/CreDtTm":                            {"2026-11-19T23:30:15.123Z"},
		"OrgnlGrpInfAndSts/OrgnlMsgNmId":            {"pain.001.001.09"},
		"OrgnlGrpInfAndSts/OrgnlNbOfTxs":            {"3"},
		"OrgnlGrpInfAndSts/OrgnlCtrlSum":            {"18300.50"},
		"OrgnlGrpInfAndSts/GrpSts":                  {"PART"},
		"OrgnlPmtInfAndSts/OrgnlPmtInfId":           {"RUN-7"},
		transfer + "TxSts":                          {"ACSC", "RCVD", "RJCT"},
		transfer + "OrgnlEndToEndId":                {"INV-0871", "INV-0872", "INV-0873"},
		transfer + "StsRsnInf/Rsn/Cd":               {"AC04"},
		transfer + "OrgnlTxRef/Amt/InstdAmt":        {"12500.50"},
		transfer + "OrgnlTxRef/Amt/InstdAmt/@Ccy":   {"CNY"},
		transfer + "OrgnlTxRef/ReqdExctnDt/Dt":      {"2026-11-20"},
		transfer + "OrgnlTxRef/Cdtr/Pty/Nm":         {"胶州锚链厂 <Jiaozhou Anchor & Chain>"},
		transfer + "OrgnlTxRef/CdtrAcct/Id/Othr/Id": {"6222020302000123456"},
	} {
		require.Equal(t, want, got[path], path)
	}
}

func TestABatchIsOneEntryWithItsPayments(t *testing.T) {
	document, err := report.Notification(notification())
	require.NoError(t, err)
	got := fields(t, document)
	for path, want := range map[string][]string{
		"Ntry/Amt":                                 {"18300.50", "5800.00"},
		"Ntry/Sts/Cd":                              {"BOOK", "BOOK"},
		"Ntry/NtryDtls/Btch/NbOfTxs":               {"2"},
		"Ntry/NtryDtls/Btch/TtlAmt":                {"18300.50"},
		"Ntry/NtryDtls/Btch/PmtInfId":              {"RUN-7"},
		"Ntry/NtryDtls/TxDtls/Amt":                 {"12500.50", "5800.00", "5800.00"},
		"Ntry/NtryDtls/TxDtls/Refs/EndToEndId":     {"PAY-1", "PAY-2", "PAY-2"},
		"Ntry/NtryDtls/TxDtls/RtrInf/Rsn/Cd":       {"AC04"},
		"Ntry/BkTxCd/Domn/Fmly/SubFmlyCd":          {"SALA", "RRTN"},
		"TxsSummry/TtlNtries/TtlNetNtry/Amt":       {"12500.50"},
		"TxsSummry/TtlNtries/TtlNetNtry/CdtDbtInd": {"DBIT"},
	} {
		require.Equal(t, want, got["Ntfctn/"+path], path)
	}
}

func TestCurrenciesOfANotificationArePartedAndNoneLost(t *testing.T) {
	in := notification()
	in.Entries = append(in.Entries, single(report.Amount{Currency: "KWD", Minor: math.NewInt(1)}, report.Credit, "K"), single(cny(7), report.Credit, "C"))
	document, err := report.Notification(in)
	require.NoError(t, err)
	got := fields(t, document)
	require.Equal(t, []string{"N-2026-324-CNY", "N-2026-324-KWD"}, got["Ntfctn/Id"])
	require.Equal(t, []string{"CNY", "KWD"}, got["Ntfctn/Acct/Ccy"])
	require.Equal(t, []string{"18300.50", "5800.00", "0.07", "0.001"}, got["Ntfctn/Ntry/Amt"])
}

func TestWhatTheOldVersionCannotSayIsSaidOtherwise(t *testing.T) {
	in := paidAndRefused("pain.001.001.03")
	in.DebtorAgent.BIC = "3SHQCNBQ" // a digit first, which the 2009 schema does not allow
	document, err := report.PaymentStatus(in)
	require.NoError(t, err)
	got := fields(t, document)
	transfer := "OrgnlPmtInfAndSts/TxInfAndSts/"
	require.Equal(t, []string{"ACSC", "PDNG", "RJCT"}, got[transfer+"TxSts"])
	require.Equal(t, []string{"2026-11-20"}, got[transfer+"OrgnlTxRef/ReqdExctnDt"])
	require.Equal(t, []string{shipyard.LEI}, got["GrpHdr/InitgPty/Id/OrgId/Othr/Id"])
	require.Equal(t, []string{bank.MemberID}, got["GrpHdr/DbtrAgt/FinInstnId/ClrSysMmbId/MmbId"])
	for path := range got {
		require.NotContains(t, path, "UETR")
	}
	require.Empty(t, got["GrpHdr/DbtrAgt/FinInstnId/BIC"])
}

// A hostile order's reference comes back exactly, and as nothing but a text.
func TestHostileReferencesAreEchoedAndInert(t *testing.T) {
	for _, hostile := range []string{"</OrgnlEndToEndId><TxSts>ACSC", "a\r\nTxSts: ACSC\t", "]]><!--", `"&#10;'`, " x ", "\u202eCSCA", "😀"} {
		in := paidAndRefused("pain.001.001.09")
		in.Payments[0].Transfers[2].EndToEndID = hostile
		document, err := report.PaymentStatus(in)
		require.NoError(t, err)
		got := fields(t, document)
		require.Equal(t, hostile, got["OrgnlPmtInfAndSts/TxInfAndSts/OrgnlEndToEndId"][2])
		require.Equal(t, []string{"ACSC", "RCVD", "RJCT"}, got["OrgnlPmtInfAndSts/TxInfAndSts/TxSts"])
		require.Len(t, strings.Split(string(document), "\n"), linesOf(t), fmt.Sprintf("%q begins a line", hostile))
	}
}

func linesOf(t *testing.T) int {
	document, err := report.PaymentStatus(paidAndRefused("pain.001.001.09"))
	require.NoError(t, err)
	return len(strings.Split(string(document), "\n"))
}
