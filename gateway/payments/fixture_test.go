package payments_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"

	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/gateway/payments"
	"github.com/zhilian-network/zhilian/gateway/reference"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	payerIBAN = "DE89370400440532013000"
	otherIBAN = "GB29NWBK60161331926819"
)

var (
	addresses = addresscodec.NewBech32Codec("zhilian")
	key       = reference.Key{1, 2, 3}
	clock     = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
)

// chain settles as x/settlement does, as far as files can tell: balances, unknown creditors, and a
// memory of ids that answers repetitions with the stored result.
type chain struct {
	t            *testing.T
	operator     access.Operator
	institutions []access.Institution
	accounts     map[string]*settlement.Account // by digest
	balances     map[string]math.Int            // by address
	payments     map[string]settlement.Payment  // by UETR
	files        map[string][]byte              // instruction digest → content digest
	height       int64

	resolved  []int // sizes of the questions
	batches   []*settlement.MsgPayBatch
	fail      func(batch int) error // before the batch is executed
	loseReply func(batch int) error // after it was executed
}

func newChain(t *testing.T) *chain {
	c := &chain{
		t:        t,
		operator: access.Operator{Address: "operator", InstitutionId: "BQDQ", PartyId: "acme"},
		institutions: []access.Institution{
			{Id: "BQDQ", Name: "Bank of Qingdao", Bic: "BQDQCNBJ", Cnaps: "313452060150"},
			{Id: "HKBK", Name: "Hong Kong Bank", Bic: "HKBKHKHHXXX", Lei: "5493001KJTIIGC8Y1R12"},
		},
		accounts: map[string]*settlement.Account{}, balances: map[string]math.Int{},
		payments: map[string]settlement.Payment{}, files: map[string][]byte{}, height: 10,
	}
	c.open("BQDQ", "acme", key.IBAN(payerIBAN), 1_000_000_00)
	c.open("HKBK", "beta", key.IBAN(otherIBAN), 0)
	for i := range 3_000 {
		c.open("BQDQ", fmt.Sprintf("worker-%d", i), key.Other("BQDQ", worker(i)), 0)
	}
	return c
}

func worker(i int) string { return fmt.Sprintf("80201%06d", i) }

func (c *chain) open(institution, party string, digest []byte, balance int64) string {
	address, err := addresses.BytesToString(settlement.AccountAddress(party, 0))
	require.NoError(c.t, err)
	c.accounts[string(digest)] = &settlement.Account{Address: address, InstitutionId: institution, PartyId: party, Currencies: []string{"CNY"}}
	c.balances[address] = math.NewInt(balance)
	return address
}

func (c *chain) balance(iban string) int64 {
	return c.balances[c.accounts[string(key.IBAN(iban))].Address].Int64()
}

func (c *chain) Operator(context.Context) (access.Operator, error) { return c.operator, nil }

func (c *chain) Institutions(context.Context) ([]access.Institution, error) {
	return c.institutions, nil
}

func (c *chain) Resolve(_ context.Context, digests [][]byte) ([]*settlement.Account, error) {
	c.resolved = append(c.resolved, len(digests))
	if len(digests) > settlement.ResolveReferencesMax {
		return nil, errors.New("too many digests")
	}
	out := make([]*settlement.Account, len(digests))
	for i, digest := range digests {
		out[i] = c.accounts[string(digest)]
	}
	return out, nil
}

func (c *chain) BlockTime(_ context.Context, height int64) (time.Time, error) {
	return clock.Add(time.Duration(height) * time.Second), nil
}

func (c *chain) Payment(_ context.Context, uetr string) (*settlement.Payment, error) {
	if payment, found := c.payments[uetr]; found {
		return &payment, nil
	}
	return nil, nil
}

func (c *chain) PayBatch(_ context.Context, batch *settlement.MsgPayBatch) (client.BatchReceipt, error) {
	number := len(c.batches)
	c.batches = append(c.batches, batch)
	if len(batch.Transfers) == 0 || len(batch.Transfers) > settlement.TransfersPerBatchMax {
		c.t.Errorf("batch of %d transfers", len(batch.Transfers))
	}
	if c.fail != nil {
		if err := c.fail(number); err != nil {
			return client.BatchReceipt{}, err
		}
	}
	if content, used := c.files[string(batch.InstructionDigest)]; used && !bytes.Equal(content, batch.ContentDigest) {
		return client.BatchReceipt{}, &client.Refused{Codespace: "settlement", Code: settlement.ErrDuplicateFile.ABCICode(), Log: "message id was used for another file"}
	}
	c.files[string(batch.InstructionDigest)] = batch.ContentDigest
	c.height++
	receipt := client.BatchReceipt{Height: c.height, TxHash: fmt.Sprintf("TX%d", number)}
	for _, transfer := range batch.Transfers {
		receipt.Results = append(receipt.Results, c.settle(batch, transfer))
	}
	if c.loseReply != nil {
		if err := c.loseReply(number); err != nil {
			return client.BatchReceipt{}, err
		}
	}
	return receipt, nil
}

func (c *chain) settle(batch *settlement.MsgPayBatch, transfer settlement.Transfer) settlement.TransferResult {
	debtor, err := addresses.StringToBytes(batch.Debtor)
	require.NoError(c.t, err)
	uetr := transfer.Uetr
	if uetr == "" {
		uetr = settlement.DeriveUETR(debtor, transfer.EndToEndDigest)
	}
	p := settlement.Payment{
		Uetr: uetr, Debtor: batch.Debtor, Creditor: transfer.Creditor, Currency: batch.Currency, Amount: transfer.Amount,
		EndToEndDigest: transfer.EndToEndDigest, InstructionDigest: batch.InstructionDigest, Height: c.height,
	}
	if stored, found := c.payments[uetr]; found {
		same := stored.Creditor == p.Creditor && stored.Amount.Equal(p.Amount) && bytes.Equal(stored.InstructionDigest, p.InstructionDigest)
		if same {
			return settlement.TransferResult{Uetr: uetr, Status: stored.Status, Reason: stored.Reason, Replayed: true, Height: stored.Height}
		}
		if stored.Status == settlement.PaymentSettled || bytes.Equal(stored.InstructionDigest, p.InstructionDigest) {
			return settlement.TransferResult{Uetr: uetr, Status: settlement.PaymentRejected, Reason: "DU04", Height: c.height}
		}
	}
	p.Status = settlement.PaymentSettled
	if _, known := c.balances[p.Creditor]; !known {
		p.Status, p.Reason = settlement.PaymentRejected, "AC03"
	} else if c.balances[p.Debtor].LT(p.Amount) {
		p.Status, p.Reason = settlement.PaymentRejected, "AM04"
	} else {
		c.balances[p.Debtor] = c.balances[p.Debtor].Sub(p.Amount)
		c.balances[p.Creditor] = c.balances[p.Creditor].Add(p.Amount)
	}
	c.payments[uetr] = p
	return settlement.TransferResult{Uetr: uetr, Status: p.Status, Reason: p.Reason, Height: c.height}
}

func gatewayOf(c *chain) *payments.Gateway {
	return payments.New(c, key, addresses, payments.WithClock(func() time.Time { return clock }))
}

// order is one transfer of a test file.
type order struct {
	id, uetr, amount, account, agent string
}

func esc(text string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(text))
	return out.String()
}

func agentXML(agent string) string {
	return "<FinInstnId>" + agent + "</FinInstnId>"
}

const bqdq = "<BICFI>BQDQCNBJ</BICFI>"

func accountXML(number string) string {
	if len(number) > 4 && number[0] >= 'A' && number[0] <= 'Z' {
		return "<Id><IBAN>" + number + "</IBAN></Id>"
	}
	return "<Id><Othr><Id>" + number + "</Id></Othr></Id>"
}

// pain001 writes a pain.001.001.09 with one payment information block per debtor account.
func pain001(messageID string, blocks map[string][]order, debtors ...string) []byte {
	count := 0
	var body strings.Builder
	for i, debtor := range debtors {
		orders := blocks[debtor]
		count += len(orders)
		fmt.Fprintf(&body, `<PmtInf><PmtInfId>P%d</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt><Dt>2026-11-22</Dt></ReqdExctnDt>`+
			`<Dbtr><Nm>青岛海尔</Nm></Dbtr><DbtrAcct>%s</DbtrAcct><DbtrAgt>%s</DbtrAgt>`, i+1, accountXML(debtor), agentXML(bqdq))
		for _, o := range orders {
			uetr := ""
			if o.uetr != "" {
				uetr = "<UETR>" + o.uetr + "</UETR>"
			}
			agent := ""
			if o.agent != "" {
				agent = "<CdtrAgt>" + agentXML(o.agent) + "</CdtrAgt>"
			}
			fmt.Fprintf(&body, `<CdtTrfTxInf><PmtId><EndToEndId>%s</EndToEndId>%s</PmtId><Amt><InstdAmt Ccy="CNY">%s</InstdAmt></Amt>`+
				`%s<Cdtr><Nm>Creditor</Nm></Cdtr><CdtrAcct>%s</CdtrAcct></CdtTrfTxInf>`, esc(o.id), uetr, o.amount, agent, accountXML(o.account))
		}
		body.WriteString("</PmtInf>")
	}
	return []byte(fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>`+
		`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn><GrpHdr><MsgId>%s</MsgId>`+
		`<CreDtTm>2026-11-22T12:00:00</CreDtTm><NbOfTxs>%d</NbOfTxs><InitgPty><Nm>Acme</Nm></InitgPty></GrpHdr>%s</CstmrCdtTrfInitn></Document>`,
		esc(messageID), count, body.String()))
}

func simple(messageID string, orders ...order) []byte {
	return pain001(messageID, map[string][]order{payerIBAN: orders}, payerIBAN)
}

func salaries(n int) []order {
	orders := make([]order, n)
	for i := range orders {
		orders[i] = order{id: fmt.Sprintf("SAL-%d", i), amount: "10.00", account: worker(i), agent: bqdq}
	}
	return orders
}

func submit(t *testing.T, c *chain, file []byte) *payments.Outcome {
	t.Helper()
	outcome, err := gatewayOf(c).Submit(t.Context(), file, payments.Options{})
	require.NoError(t, err)
	if outcome.Rejection != nil {
		t.Logf("rejected: %s", outcome.Rejection)
	}
	return outcome
}

func verdicts(o *payments.Outcome) []string {
	var out []string
	for _, t := range o.Transfers {
		out = append(out, strings.TrimSpace(string(t.Status)+" "+t.Reason))
	}
	return out
}
