package report_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/iso20022/report"
	"github.com/zhilian-network/zhilian/iso20022/xsd"
)

var (
	shanghai  = time.FixedZone("UTC+8", 8*60*60)
	morning   = time.Date(2026, 11, 20, 7, 30, 15, 123_456_789, shanghai)
	today     = time.Date(2026, 11, 20, 0, 0, 0, 0, shanghai)
	bank      = report.Agent{BIC: "LSHQCNBQ", ClearingSystem: "CNAPS", MemberID: "313452060007", Name: "崂山海青银行"}
	otherBank = report.Agent{BIC: "JZWNCNBJXXX", LEI: "300300AB12CD34EF5698", Name: "Jiaozhou Bay Bank"}
	shipyard  = report.Party{Name: "青岛沧口船舶修造有限公司", LEI: "300300Q1W2E3R4T5Y635"}
	supplier  = report.Party{Name: "胶州锚链厂 <Jiaozhou Anchor & Chain>"}
	painter   = report.Party{Name: "黄岛船漆商行", BIC: "HDCQCNB1"}
	shipAcct  = report.Account{Other: "37150198000000000421"}
	chainAcct = report.Account{Other: "6222020302000123456"}
	eurAcct   = report.Account{IBAN: "DE75512108001245126199"}
)

func cny(minor int64) report.Amount {
	return report.Amount{Currency: "CNY", Minor: math.NewInt(minor)}
}

func header(id string) report.Header { return report.Header{MessageID: id, CreatedAt: morning} }

func original(name string, transactions int) report.OriginalMessage {
	return report.OriginalMessage{
		MessageID: "CK-2026-1120-01", MessageName: name, CreatedAt: morning.Add(-time.Hour),
		Transactions: transactions, ControlSum: "18300.50",
	}
}

// paidAndRefused is a supplier run of three: one settled, one waiting, one refused.
func paidAndRefused(name string) report.PaymentStatusReport {
	paid := report.OriginalTransfer{
		Amount: cny(1_250_050), RequestedOn: today,
		Debtor: shipyard, DebtorAccount: shipAcct, DebtorAgent: bank,
		CreditorAgent: otherBank, Creditor: supplier, CreditorAccount: chainAcct,
		Remittance: []string{"发票 2026-0871 锚链 12 节"},
	}
	return report.PaymentStatusReport{
		Header: header("ZL-STS-0001"), InitiatingParty: shipyard, DebtorAgent: bank,
		Original: original(name, 3),
		Payments: []report.PaymentGroupStatus{{
			PaymentInfoID: "RUN-7", Transactions: 3, ControlSum: "18300.50",
			Transfers: []report.TransferStatus{
				{
					StatusID: "S1", InstructionID: "I1", EndToEndID: "INV-0871",
					UETR: "7a562c67-ca16-48ba-b074-65581be6f011", Status: report.Settled,
					AcceptedAt: morning, ServicerReference: "ZL-88213", Original: &paid,
				},
				{EndToEndID: "INV-0872", UETR: "7a562c67-ca16-48ba-b074-65581be6f012", Status: report.Received},
				{
					InstructionID: "I3", EndToEndID: "INV-0873", Status: report.Rejected,
					Reasons: []report.Reason{{Code: "AC04", Text: []string{"收款账户已销户。" + strings.Repeat("请核对账号后重新提交。", 10)}}},
				},
			},
		}},
	}
}

func interbank(name string) report.FIStatusReport {
	return report.FIStatusReport{
		Header: header("ZL-FI-0001"), InstructingAgent: otherBank, InstructedAgent: bank,
		Original: original(name, 2),
		Transfers: []report.TransferStatus{
			{
				InstructionID: "I1", EndToEndID: "INV-0871", TransactionID: "T1",
				UETR: "7a562c67-ca16-48ba-b074-65581be6f011", Status: report.Settled,
				AcceptedAt: morning, SettledOn: today, ClearingReference: "H-99121",
				Original: &report.OriginalTransfer{Amount: cny(1_250_050), RequestedOn: today, Debtor: shipyard, Creditor: supplier},
			},
			{
				TransactionID: "T2", Status: report.Cancelled,
			},
		},
	}
}

func salaryBatch() report.Entry {
	return report.Entry{
		Reference: "E-1", Amount: cny(1_830_050), Direction: report.Debit, Code: report.IssuedSalary,
		BookedAt: morning, ValueDate: today, ServicerReference: "ZL-88213",
		Batch: &report.Batch{MessageID: "CK-2026-1120-01", PaymentInfoID: "RUN-7"},
		Details: []report.EntryDetail{
			{
				MessageID: "CK-2026-1120-01", PaymentInfoID: "RUN-7", InstructionID: "I1", EndToEndID: "PAY-1",
				UETR: "7a562c67-ca16-48ba-b074-65581be6f011", Amount: math.NewInt(1_250_050),
				Creditor: supplier, CreditorAccount: chainAcct, CreditorAgent: otherBank, Purpose: "SALA",
			},
			{EndToEndID: "PAY-2", Amount: math.NewInt(580_000), Creditor: painter},
		},
		Info: "十一月工资",
	}
}

func single(amount report.Amount, direction report.Direction, endToEnd string) report.Entry {
	return report.Entry{
		Amount: amount, Direction: direction, BookedAt: morning, ValueDate: today,
		Details: []report.EntryDetail{{
			EndToEndID: endToEnd, Amount: amount.Minor, Debtor: shipyard, DebtorAccount: shipAcct, DebtorAgent: bank,
			Remittance: []string{"Rechnung 4711"},
		}},
	}
}

func notification() report.AccountNotification {
	returned := single(cny(580_000), report.Credit, "PAY-2")
	returned.Code = report.IssuedReturn
	returned.Reversal = true
	returned.Details[0].Return = &report.Reason{Code: "AC04", Text: []string{"账户已销户"}}
	return report.AccountNotification{
		Header: header("ZL-NTF-0001"), Recipient: shipyard, ID: "N-2026-324", Sequence: 324,
		Account: report.AccountDetail{Account: shipAcct, Owner: shipyard, Servicer: bank},
		Entries: []report.Entry{salaryBatch(), returned},
	}
}

// statement has three currencies: two with their own number of decimals, one overdrawn.
func statement() report.AccountStatement {
	return report.AccountStatement{
		Header: header("ZL-STM-0001"), ID: "S-2026-11-20", Sequence: 20,
		From: today, To: today.AddDate(0, 0, 1),
		Account: report.AccountDetail{Account: eurAcct, Owner: shipyard, Servicer: bank},
		Balances: []report.Balance{
			{Currency: "CNY", Opening: math.NewInt(2_000_000), Closing: math.NewInt(749_950)},
			{Currency: "JPY", Opening: math.NewInt(0), Closing: math.NewInt(-98_000)},
			{Currency: "KWD", Opening: math.NewInt(1_500), Closing: math.NewInt(2_001)},
			{Currency: "EUR", Opening: math.NewInt(5), Closing: math.NewInt(5)},
		},
		Entries: []report.Entry{
			salaryBatch(),
			single(report.Amount{Currency: "JPY", Minor: math.NewInt(98_000)}, report.Debit, "TOKYO-1"),
			single(report.Amount{Currency: "KWD", Minor: math.NewInt(501)}, report.Credit, "KUWAIT-1"),
			single(cny(580_000), report.Credit, "PAY-3"),
		},
	}
}

func rejection() report.MessageRejection {
	return report.MessageRejection{
		Reference: "CK-2026-1120-01", Reason: "FF01", RejectedAt: morning, Location: "line 12: Document/CstmrCdtTrfInitn",
		Description: "文件不符合 pain.001.001.09 的结构", Data: "line 12: <InstdAmt> is missing & line 14: …",
	}
}

// sharedSchemas finds the schemas beside the repository; they are never part of it.
var sharedSchemas = sync.OnceValue(func() *xsd.Validator {
	dir, err := os.Getwd()
	for ; err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if v, err := xsd.New(filepath.Join(dir, "shared", "data", "iso20022", "xsd")); err == nil {
			return v
		}
	}
	return nil
})

func schemas(t *testing.T) *xsd.Validator {
	t.Helper()
	v := sharedSchemas()
	if v == nil {
		t.Skip("the ISO 20022 schemas are not beside the repository")
	}
	return v
}

// fields decodes a document and lists the text of each element by its path
// below Document, and each attribute as path/@name.
func fields(t require.TestingT, document []byte) map[string][]string {
	decoder := xml.NewDecoder(bytes.NewReader(document))
	out := map[string][]string{}
	var path []string
	var text strings.Builder
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return out
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			text.Reset()
			for _, a := range token.Attr {
				key := below(path) + "/@" + a.Name.Local
				out[key] = append(out[key], a.Value)
			}
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			out[below(path)] = append(out[below(path)], text.String())
			path = path[:len(path)-1]
			text.Reset()
		}
	}
}

func below(path []string) string { return strings.Join(path[min(2, len(path)):], "/") }
