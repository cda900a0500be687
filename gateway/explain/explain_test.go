package explain_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"

	"github.com/zhilian-network/zhilian/gateway/explain"
	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

var moment = time.Date(2026, 11, 22, 17, 15, 2, 0, time.FixedZone("UTC+8", 8*3600))

func row(status, reason string) gatewaytypes.PaymentRow {
	return gatewaytypes.PaymentRow{Status: status, Reason: reason, Height: 1234, DecidedAt: moment}
}

func TestAPaymentIsExplainedInOneSentence(t *testing.T) {
	for want, payment := range map[string]gatewaytypes.PaymentRow{
		"Settled in block 1234 on 2026-11-22 at 09:15:02 UTC; final.":                                                                                          row("ACSC", ""),
		"Rejected in block 1234 on 2026-11-22 at 09:15:02 UTC: AM04, the debtor's account, or its bank's reserves, held less than the amount; no money moved.": row("RJCT", "AM04"),
		"Rejected in block 1234 on 2026-11-22 at 09:15:02 UTC: AC03, the creditor's account is not known; no money moved.":                                     row("RJCT", "AC03"),
		`Rejected in block 1234 on 2026-11-22 at 09:15:02 UTC: \u{001b}[2J; no money moved.`:                                                                   row("RJCT", "\x1b[2J"),
		"Stands at PDNG since block 1234.": row("PDNG", ""),
		"Settled in block 1234 on 2026-11-22 at 09:15:02 UTC; final. Pays back f1, for the reason DUPL.": {
			Status: "ACSC", ReturnOf: "f1", ReturnReason: "DUPL", Height: 1234, DecidedAt: moment,
		},
	} {
		require.Equal(t, want, explain.Payment(payment))
	}
}

func TestEveryReasonThatTheNetworkGivesHasWords(t *testing.T) {
	seen := 0
	for code := range uint32(200) {
		reason := settlement.ISOReasonByCode(settlement.ModuleName, code)
		if reason == "" {
			continue
		}
		seen++
		require.Contains(t, explain.Payment(row("RJCT", reason)), reason+", ", "reason %s has no words", reason)
	}
	require.Greater(t, seen, 20)
}

func refused(codespace string, code uint32, log string) index.RefusedTransaction {
	return index.RefusedTransaction{Height: 7, RefusedAt: moment, Codespace: codespace, Code: code, Log: log}
}

func TestARefusalSaysWhyAndWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		refused index.RefusedTransaction
		want    []string
	}{
		"too little money": {
			refused("settlement", 13, "available 5, needed 9"),
			[]string{"Refused in block 7 on 2026-11-22 at 09:15:02 UTC: settlement/13, AM04, ", "no money moved", `"available 5, needed 9"`, "Correct the instruction"},
		},
		"a used-up quota":    {refused(access.ModuleName, access.ErrQuotaExceeded.ABCICode(), ""), []string{"access/36;", "Send it again"}},
		"a lost race":        {refused("sdk", sdkerrors.ErrWrongSequence.ABCICode(), "x"), []string{"Sign it again"}},
		"no right to pay":    {refused(access.ModuleName, access.ErrPermissionDenied.ABCICode(), ""), []string{"DS0H, ", "Ask an administrator"}},
		"an error of nobody": {refused("unheard", 99, "boom"), []string{"unheard/99;", "operator of the node"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := explain.InBlock(c.refused)
			for _, want := range c.want {
				require.Contains(t, text, want)
			}
		})
	}
}

func TestNothingThatASenderWroteStaysAlive(t *testing.T) {
	log := "\x1b[31mred\r\n\x00 \u202ereversed \"quoted\" " + strings.Repeat("long ", 100) + "\xff"
	text := explain.InBlock(refused("settle\x07ment", 13, log))
	for _, r := range text {
		require.True(t, unicode.IsPrint(r), "%q in %q", r, text)
	}
	require.Equal(t, 2, strings.Count(text, `"`), "a quotation is not ended from inside")
	require.Less(t, len([]rune(text)), 600)
}

func TestWhatIsKnownOfAReferenceIsSaid(t *testing.T) {
	known := index.Found{Position: index.Position{Height: 100, CompleteFrom: 1}}
	of := func(change func(*explain.Facts)) explain.Facts {
		facts := explain.Facts{Found: known, Whole: true, NodeHeight: 100, Hash: true, Now: moment.Add(time.Minute)}
		change(&facts)
		return facts
	}
	one, other := row("ACSC", ""), row("RJCT", "AM04")
	inBlock := refused("settlement", 13, "")
	refusal := &explain.Refusal{Codespace: "access", Code: 30, Log: "who?"}
	for name, c := range map[string]struct {
		facts explain.Facts
		want  string
		not   string
	}{
		"one payment":      {of(func(f *explain.Facts) { f.Found.Payments = []gatewaytypes.PaymentRow{one} }), "Settled in block 1234", "payments"},
		"several payments": {of(func(f *explain.Facts) { f.Found.Payments = []gatewaytypes.PaymentRow{one, other, one} }), "3 payments: 2 settled, 1 rejected.", ""},
		"a page of many": {of(func(f *explain.Facts) {
			f.Found.Payments, f.Found.NextCursor, f.Whole = []gatewaytypes.PaymentRow{one}, "1-1-1", false
		}), "1 payments are shown and more follow.", ""},
		"the last page of many": {of(func(f *explain.Facts) {
			f.Found.Payments, f.Whole = []gatewaytypes.PaymentRow{one}, false
		}), "the last of them", "settled"},
		"refused in a block": {of(func(f *explain.Facts) { f.Found.Refused = &inBlock }), "Refused in block 7", ""},
		"refused in a block that is not indexed": {of(func(f *explain.Facts) {
			f.Included = &explain.Included{Height: 101, Refusal: refusal}
		}), "Refused in block 101: access/30", ""},
		"in a block that is not indexed": {of(func(f *explain.Facts) { f.Included = &explain.Included{Height: 101} }), "In block 101, which the index", ""},
		"carried out without a payment":  {of(func(f *explain.Facts) { f.Included = &explain.Included{Height: 50} }), "Carried out in block 50", ""},
		"refused at the door":            {of(func(f *explain.Facts) { f.Handed = &explain.Handed{At: moment, Refusal: refusal} }), "This node refused it on 2026-11-22 at 09:15:02 UTC, before any block: access/30, DS0H", ""},
		"waiting": {of(func(f *explain.Facts) {
			f.Handed, f.Now = &explain.Handed{At: moment}, moment.Add(time.Second)
		}), "Received by this node on 2026-11-22 at 09:15:02 UTC, waits for a block: none up to 100 has it.", "unusually"},
		"waiting for long":   {of(func(f *explain.Facts) { f.Handed = &explain.Handed{At: moment} }), "nothing is paid twice", ""},
		"never seen":         {of(func(*explain.Facts) {}), "No transaction with this hash, and no payment with this digest", "incomplete"},
		"an unknown UETR":    {of(func(f *explain.Facts) { f.Hash = false }), "No payment with this UETR stands in blocks 1 to 100", "hash"},
		"an index with gaps": {of(func(f *explain.Facts) { f.Found.Position.CompleteFrom = 40 }), "stands in blocks 40 to 100, as far as this node knows. The index of this node is incomplete below block 40", ""},
		"an index that lags": {of(func(f *explain.Facts) { f.NodeHeight = 130 }), "30 blocks behind", ""},
		"an empty index":     {of(func(f *explain.Facts) { f.Found.Position = index.Position{} }), "holds no block yet", ""},
		"payments of an index with gaps": {of(func(f *explain.Facts) {
			f.Found.Payments, f.Found.Position.CompleteFrom = []gatewaytypes.PaymentRow{one}, 40
		}), "incomplete below block 40", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := explain.Reference(c.facts)
			require.Contains(t, text, c.want)
			if c.not != "" {
				require.NotContains(t, text, c.not)
			}
		})
	}
}
