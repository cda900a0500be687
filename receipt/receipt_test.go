package receipt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/receipt"
	"github.com/zhilian-network/zhilian/testutil/chain"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

func TestAReceiptProvesASettledPayment(t *testing.T) {
	n := newNode(t, fourBanks())
	uetr := n.paid(t, pay("invoice 1", 12345))
	file, trust := n.receipt(t, uetr, 1)

	verified, err := receipt.Verify(file, trust, now())
	require.NoError(t, err)
	require.Equal(t, uetr, verified.Payment.UETR)
	require.Equal(t, "ACSC", verified.Payment.Status)
	require.Equal(t, "12345", verified.Payment.AmountMinor)
	require.GreaterOrEqual(t, verified.Height, verified.Payment.Height)
	require.Equal(t, []uint64{0, 1}, []uint64{verified.LogIndex, verified.LogSize})
	require.Contains(t, verified.Words(), "number 1 of 1")
	require.EqualValues(t, 40, verified.PowerSigned)
	require.Zero(t, verified.Links)
	require.Contains(t, verified.Words(), "123.45 CNY")

	_, err = receipt.Verify(file, trust, now().AddDate(80, 0, 0))
	require.NoError(t, err, "a receipt does not age")
	_, err = receipt.Verify(file, trust, now().AddDate(-1, 0, 0))
	requireWrong(t, receipt.PartHeader, err)
}

func TestWhatAMessageCarriesOfAReceiptTheChainsOwnLogProves(t *testing.T) {
	n := newNode(t, fourBanks())
	uetr := n.paid(t, pay("invoice 1", 12345))
	for i := range 4 {
		n.paid(t, pay(fmt.Sprint("later ", i), 1))
	}
	file, _ := n.receipt(t, uetr, 1)
	decoded, err := receipt.Decode(file)
	require.NoError(t, err)
	n.paid(t, pay("meanwhile", 1))
	payment, err := n.c.App.Keepers.Settlement.ProvenPayment(n.c.Context(), *decoded.InMessage())
	require.NoError(t, err)
	require.Equal(t, uetr, payment.Uetr)
	require.EqualValues(t, 12345, payment.Amount.Int64())
	decoded.Proof = nil
	_, err = n.c.App.Keepers.Settlement.ProvenPayment(n.c.Context(), *decoded.InMessage())
	require.ErrorIs(t, err, settlement.ErrProofInvalid)
}

func TestARejectedPaymentIsProvenAsRejected(t *testing.T) {
	n := newNode(t, fourBanks())
	file, trust := n.receipt(t, n.rejected(t), 1)
	verified, err := receipt.Verify(file, trust, now())
	require.NoError(t, err)
	require.Equal(t, "RJCT", verified.Payment.Status)
	require.Equal(t, "AM04", verified.Payment.Reason)
	require.Contains(t, verified.Words(), "no money moved")
}

// TestEveryFlippedByteIsNoticed flips every single byte of a file without links: keys, digits and
// brackets too. White space becomes something else than white space.
func TestEveryFlippedByteIsNoticed(t *testing.T) {
	n := newNode(t, fourBanks())
	n.silent[2] = true
	for i := range int64(5) {
		n.paid(t, pay(fmt.Sprint("before ", i), 1))
	}
	uetr := n.paid(t, pay("invoice 1", 12345))
	n.paid(t, pay("after", 1))
	file, trust := n.receipt(t, uetr, 1)
	_, err := receipt.Verify(file, trust, now())
	require.NoError(t, err)
	for at := range file {
		for _, other := range replacements(file[at]) {
			flipped := bytes.Clone(file)
			flipped[at] = other
			_, err := receipt.Verify(flipped, trust, now())
			var wrong *receipt.Error
			require.ErrorAs(t, err, &wrong, "byte %d: %q became %q near %s", at, file[at], other, file[max(0, at-40):at+1])
			require.NotEmpty(t, wrong.Part)
		}
	}
}

// TestEveryChangedValueIsNoticed changes characters of every value, also of signatures beyond two
// thirds, and of links.
func TestEveryChangedValueIsNoticed(t *testing.T) {
	n := newNode(t, fourBanks(), members(4, "c", "d", "e", "f", "g"), members(8, "g", "h", "i", "j"))
	for n.c.Height() < 9 {
		n.c.Block()
	}
	n.silent[3] = true
	file, trust := n.receipt(t, n.paid(t, pay("invoice 1", 12345)), 1)
	_, err := receipt.Verify(file, trust, now())
	require.NoError(t, err)

	changed := 0
	for _, at := range valueBytes(file) {
		for _, other := range replacements(file[at]) {
			flipped := bytes.Clone(file)
			flipped[at] = other
			_, err := receipt.Verify(flipped, trust, now())
			var wrong *receipt.Error
			require.ErrorAs(t, err, &wrong, "byte %d: %q became %q near %s", at, file[at], other, file[max(0, at-40):at+1])
			require.NotEmpty(t, wrong.Part)
			changed++
		}
	}
	require.Greater(t, changed, 1000)
}

// valueBytes samples the places inside values: the first, the last, and every 13th between.
func valueBytes(file []byte) []int {
	var places []int
	start := 0
	for line := range bytes.Lines(file) {
		text := bytes.TrimRight(line, ",\n")
		from, to := valueOf(text)
		for at := from; at < to; at++ {
			if at == from || at == to-1 || (at-from)%13 == 0 {
				places = append(places, start+at)
			}
		}
		start += len(line)
	}
	return places
}

// valueOf finds the value of a line `"key": value`, without its quotes.
func valueOf(line []byte) (from, to int) {
	_, value, found := bytes.Cut(line, []byte(`": `))
	if !found || bytes.ContainsAny(value, "{[") {
		return 0, 0
	}
	from, to = len(line)-len(value), len(line)
	if value[0] == '"' {
		from, to = from+1, to-1
	}
	return from, to
}

func replacements(b byte) []byte {
	if b == '1' {
		return []byte{'2', 'B'}
	}
	return []byte{'1', b ^ 1}
}

func TestOtherSpellingsOfAReceiptAreRefused(t *testing.T) {
	n := newNode(t, fourBanks())
	n.silent[0] = true
	file, trust := n.receipt(t, n.paid(t, pay("invoice 1", 12345)), 1)
	text := string(file)
	for name, other := range map[string]string{
		"an unknown key":            strings.Replace(text, `{`, `{"note": "paid twice",`, 1),
		"a repeated key":            strings.Replace(text, `"chain_id"`, `"chain_id": "x", "chain_id"`, 1),
		"a key in capitals":         strings.Replace(text, `"amount_minor"`, `"Amount_Minor"`, 1),
		"an escaped letter":         strings.Replace(text, `"CNY"`, `"\u0043NY"`, 1),
		"an empty list of links":    strings.Replace(text, `"validators": [`, `"links": [], "validators": [`, 1),
		"an empty signature":        strings.Replace(text, `"signature": null`, `"signature": ""`, 1),
		"a year that is none":       strings.Replace(text, `"timestamp": "0001-`, `"timestamp": "0000-`, 1),
		"no header":                 `{"format": "zhilian-receipt-2"}`,
		"null":                      `null`,
		"text after it":             text + `{}`,
		"nothing":                   "",
		"a file cut in the middle":  text[:len(text)/2],
		"a file cut at its end":     strings.TrimRight(text, "}\n"),
		"a megabyte of junk":        strings.Repeat("\x00junk{[", 1<<17),
		"deep nesting":              strings.Repeat("[", 1<<20),
		"more than the size admits": text + strings.Repeat(" ", receipt.BytesMax),
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, text, other)
			_, err := receipt.Verify([]byte(other), trust, now())
			requireWrong(t, receipt.PartForm, err)
		})
	}
	_, err := receipt.Verify([]byte(strings.ReplaceAll(text, "\n", "\r\n")), trust, now())
	require.NoError(t, err, "white space between values means nothing")
}

// TestAForgedPartIsNamed changes a receipt as one would who understands its form.
func TestAForgedPartIsNamed(t *testing.T) {
	n := newNode(t, fourBanks())
	n.paid(t, pay("invoice 0", 1))
	first, second := n.paid(t, pay("invoice 1", 1)), n.paid(t, pay("invoice 2", 2))
	olderFile, _ := n.receipt(t, first, 1)
	n.paid(t, pay("invoice 3", 3))
	file, trust := n.receipt(t, first, 1)
	otherFile, _ := n.receipt(t, second, 1)
	older, err := receipt.Decode(olderFile)
	require.NoError(t, err)
	other, err := receipt.Decode(otherFile)
	require.NoError(t, err)
	require.Equal(t, []uint64{1, 4}, []uint64{other.Log.Index - 1, other.Log.Size})

	for _, forged := range []struct {
		name  string
		part  receipt.Part
		forge func(*receipt.Receipt)
	}{
		{"another network", receipt.PartChainID, func(r *receipt.Receipt) { r.ChainID = "elsewhere-1" }},
		{"a header of another network", receipt.PartChainID, func(r *receipt.Receipt) { r.Header.ChainID = "elsewhere-1" }},
		{"a greater amount to read", receipt.PartPayment, func(r *receipt.Receipt) { r.Payment.AmountMinor = "1000" }},
		{"bytes that are no payment", receipt.PartPayment, func(r *receipt.Receipt) { r.PaymentBytes = []byte("paid") }},
		{"a foreign payment", receipt.PartProof, func(r *receipt.Receipt) { r.Payment, r.PaymentBytes = other.Payment, other.PaymentBytes }},
		{"a foreign proof", receipt.PartProof, func(r *receipt.Receipt) { r.Proof = other.Proof }},
		{"half a proof", receipt.PartProof, func(r *receipt.Receipt) { r.Proof = r.Proof[:1] }},
		{"another's place in the log", receipt.PartProof, func(r *receipt.Receipt) { r.Proof[0], r.Log.Index = other.Proof[0], other.Log.Index }},
		{"another number", receipt.PartProof, func(r *receipt.Receipt) { r.Log.Index = 2 }},
		{"the key of another number", receipt.PartProof, func(r *receipt.Receipt) { r.Proof[0].Key = other.Proof[0].Key }},
		{"another number, and its key", receipt.PartProof, func(r *receipt.Receipt) { r.Log.Index, r.Proof[0].Key = 2, other.Proof[0].Key }},
		{"a number outside the log", receipt.PartLog, func(r *receipt.Receipt) { r.Log.Index = r.Log.Size }},
		{"a shorter log", receipt.PartLog, func(r *receipt.Receipt) { r.Log.Size-- }},
		{"a log of another size", receipt.PartProof, func(r *receipt.Receipt) { r.Log.Size *= 2 }},
		{"a log of immense size", receipt.PartLog, func(r *receipt.Receipt) { r.Log.Size = 1 << 63 }},
		{"no log", receipt.PartLog, func(r *receipt.Receipt) { r.Log = receipt.Log{} }},
		{"another subtree", receipt.PartProof, func(r *receipt.Receipt) { r.Log.Subtrees[0][31] ^= 1 }},
		{"half a subtree", receipt.PartLog, func(r *receipt.Receipt) { r.Log.Subtrees[0] = r.Log.Subtrees[0][:16] }},
		{"another path", receipt.PartProof, func(r *receipt.Receipt) { r.Proof[0].Data[33] ^= 1 }},
		{"a longer path", receipt.PartProof, func(r *receipt.Receipt) { r.Proof[0].Data = append(r.Proof[0].Data, make([]byte, 32)...) }},
		{"a shorter path", receipt.PartProof, func(r *receipt.Receipt) { r.Proof[0].Data = r.Proof[0].Data[:32] }},
		{"a path with half a hash", receipt.PartProof, func(r *receipt.Receipt) { r.Proof[0].Data = r.Proof[0].Data[:40] }},
		{"an older log", receipt.PartProof, func(r *receipt.Receipt) { r.Log = older.Log }},
		{"an older log with its path", receipt.PartProof, func(r *receipt.Receipt) { r.Log, r.Proof[0] = older.Log, older.Proof[0] }},
		{"an older proof", receipt.PartProof, func(r *receipt.Receipt) { r.Proof = older.Proof }},
		{"an older state", receipt.PartProof, func(r *receipt.Receipt) { r.Height, r.Header, r.Commit = older.Height, older.Header, older.Commit }},
		{"an older header", receipt.PartProof, func(r *receipt.Receipt) { r.Header = older.Header }},
		{"the steps in another order", receipt.PartProof, func(r *receipt.Receipt) { r.Proof[1], r.Proof[2] = r.Proof[2], r.Proof[1] }},
		{"another time", receipt.PartHeader, func(r *receipt.Receipt) { r.Header.Time = r.Header.Time.Add(time.Second) }},
		{"another height", receipt.PartHeader, func(r *receipt.Receipt) { r.Height++ }},
		{"another validator", receipt.PartValidators, func(r *receipt.Receipt) { r.Validators = r.Validators[1:] }},
		{"more power", receipt.PartValidators, func(r *receipt.Receipt) { r.Validators[0].Power++ }},
		{"power without end", receipt.PartValidators, func(r *receipt.Receipt) {
			for i := range r.Validators {
				r.Validators[i].Power = 1<<63 - 1
			}
		}},
		{"no signatures", receipt.PartCommit, func(r *receipt.Receipt) { r.Commit.Signatures = nil }},
		{"a signature too few", receipt.PartCommit, func(r *receipt.Receipt) { r.Commit.Signatures = r.Commit.Signatures[1:] }},
		{"a bad last signature", receipt.PartCommit, func(r *receipt.Receipt) { r.Commit.Signatures[3].Signature[0] ^= 1 }},
		{"another round", receipt.PartCommit, func(r *receipt.Receipt) { r.Commit.Round++ }},
	} {
		t.Run(forged.name, func(t *testing.T) {
			r, err := receipt.Decode(file)
			require.NoError(t, err)
			forged.forge(r)
			text, err := r.Encode()
			require.NoError(t, err)
			_, err = receipt.Verify(text, trust, now())
			requireWrong(t, forged.part, err)
		})
	}
}

func TestTwoThirdsAreTooFew(t *testing.T) {
	n := newNode(t, members(1, "a", "b", "c"))
	uetr := n.paid(t, pay("invoice 1", 1))
	file, trust := n.receipt(t, uetr, 1)
	r, err := receipt.Decode(file)
	require.NoError(t, err)
	n.silent[1] = true
	r.Commit = n.signed(r.Header.Height).Commit
	text, err := r.Encode()
	require.NoError(t, err)
	_, err = receipt.Verify(text, trust, now())
	requireWrong(t, receipt.PartCommit, err)

	_, err = receipt.Get(context.Background(), n, receipt.Request{UETR: uetr})
	requireWrong(t, receipt.PartCommit, err)
}

func TestOtherValidatorsAreNotTrusted(t *testing.T) {
	n := newNode(t, fourBanks())
	file, trust := n.receipt(t, n.paid(t, pay("invoice 1", 1)), 1)
	foreign := newNode(t, members(1, "v", "w", "x", "y"))
	stranger, err := receipt.TrustFromRPC(context.Background(), foreign, 1)
	require.NoError(t, err)
	_, err = receipt.Verify(file, stranger, now())
	requireWrong(t, receipt.PartTrust, err)

	trust.ChainID = "elsewhere-1"
	_, err = receipt.Verify(file, trust, now())
	requireWrong(t, receipt.PartChainID, err)
}

// changing is a network whose validators change twice: partly, then nearly all.
func changing(t *testing.T) (*node, string) {
	n := newNode(t, fourBanks(), members(4, "c", "d", "e", "f"), members(20, "w", "x", "y", "z"))
	for n.c.Height() < 30 {
		n.c.Block()
	}
	return n, n.paid(t, pay("invoice 1", 12345))
}

func TestLinksLeadAcrossChangesOfTheValidators(t *testing.T) {
	n, uetr := changing(t)
	file, old := n.receipt(t, uetr, 1)
	verified, err := receipt.Verify(file, old, now())
	require.NoError(t, err)
	require.Positive(t, verified.Links)

	middle, err := receipt.TrustFromRPC(context.Background(), n, 4)
	require.NoError(t, err)
	between, err := receipt.Verify(file, middle, now())
	require.NoError(t, err, "a link may start from a younger trust too")
	require.Less(t, between.Links, verified.Links)

	newest, err := receipt.TrustFromRPC(context.Background(), n, 0)
	require.NoError(t, err)
	direct, err := receipt.Verify(file, newest, now())
	require.NoError(t, err)
	require.Zero(t, direct.Links)
}

func TestBrokenLinksAreRefused(t *testing.T) {
	n, uetr := changing(t)
	file, trust := n.receipt(t, uetr, 1)
	forger := newNode(t, members(1, "v1", "v2", "v3"))
	for forger.c.Height() < 40 {
		forger.c.Block()
	}
	for _, broken := range []struct {
		name  string
		forge func(*receipt.Receipt)
	}{
		{"none", func(r *receipt.Receipt) { r.Links = nil }},
		{"the first is missing", func(r *receipt.Receipt) { r.Links = r.Links[1:] }},
		{"the last is missing", func(r *receipt.Receipt) { r.Links = r.Links[:len(r.Links)-1] }},
		{"in the wrong order", func(r *receipt.Receipt) { r.Links[0], r.Links[1] = r.Links[1], r.Links[0] }},
		{"another next set", func(r *receipt.Receipt) { r.Links[0].NextValidators = r.Links[0].NextValidators[1:] }},
		{"a bad signature", func(r *receipt.Receipt) { r.Links[0].Commit.Signatures[3].Signature[5] ^= 1 }},
		{"a foreign one", func(r *receipt.Receipt) {
			signed := forger.signed(r.Links[0].Header.Height)
			r.Links[0].Header, r.Links[0].Commit = signed.Header, signed.Commit
		}},
	} {
		t.Run(broken.name, func(t *testing.T) {
			r, err := receipt.Decode(file)
			require.NoError(t, err)
			broken.forge(r)
			text, err := r.Encode()
			require.NoError(t, err)
			_, err = receipt.Verify(text, trust, now())
			requireWrong(t, receipt.PartTrust, err)
		})
	}
}

// TestAForgedSuccessionIsRefused has validators of nobody sign a whole receipt after a true first link.
func TestAForgedSuccessionIsRefused(t *testing.T) {
	honest := newNode(t, fourBanks())
	trust, err := receipt.TrustFromRPC(context.Background(), honest, 1)
	require.NoError(t, err)
	forger := newNode(t, members(1, "v1", "v2", "v3"))
	file, _ := forger.receipt(t, forger.paid(t, pay("never paid", 1)), 1)
	r, err := receipt.Decode(file)
	require.NoError(t, err)
	first := honest.signed(1)
	r.Links = []receipt.Link{{Header: first.Header, Commit: first.Commit, Validators: trust.Validators, NextValidators: trust.Validators}}
	text, err := r.Encode()
	require.NoError(t, err)
	_, err = receipt.Verify(text, trust, now())
	requireWrong(t, receipt.PartTrust, err)
}

func TestLinksDoNotLeadBack(t *testing.T) {
	n := newNode(t, fourBanks(), members(8, "w", "x", "y", "z"))
	uetr := n.paid(t, pay("invoice 1", 1))
	file, old := n.receipt(t, uetr, 1)
	for n.c.Height() < 12 {
		n.c.Block()
	}
	young, err := receipt.TrustFromRPC(context.Background(), n, 0)
	require.NoError(t, err)
	_, err = receipt.Verify(file, young, now())
	requireWrong(t, receipt.PartTrust, err)

	// The receipt that is made now does for the young reader, and not for one with other validators.
	_, err = receipt.Verify(n.receiptFor(t, uetr, young), young, now())
	require.NoError(t, err)
	stranger := old
	stranger.Height = 1_000
	_, err = receipt.Get(context.Background(), n, receipt.Request{UETR: uetr, Trust: &stranger})
	requireWrong(t, receipt.PartTrust, err)
	r, err := receipt.Get(context.Background(), n, receipt.Request{UETR: uetr})
	require.NoError(t, err, "without a reader's trust the receipt stands for itself")
	require.Empty(t, r.Links)
}

func TestATrustFileMayBeTooOldForItsReader(t *testing.T) {
	n := newNode(t, fourBanks())
	n.until(3)
	trust, err := receipt.TrustFromRPC(context.Background(), n, 3)
	require.NoError(t, err)
	require.Equal(t, chain.Start.Add(3*chain.BlockInterval), trust.Time)
	year := 365 * 24 * time.Hour
	require.NoError(t, trust.CheckAge(0, trust.Time.Add(80*year)), "by default every age will do")
	require.NoError(t, trust.CheckAge(year, trust.Time.Add(year)))
	requireWrong(t, receipt.PartTrustPeriod, trust.CheckAge(year, trust.Time.Add(year+1)))
}

func TestFilesOfAnOlderFormatAreNamedAsSuch(t *testing.T) {
	n := newNode(t, fourBanks())
	_, trust := n.receipt(t, n.paid(t, pay("invoice 1", 12345)), 1)
	_, err := receipt.Verify([]byte(`{"format": "zhilian-receipt-1", "chain_id": "zhilian-local-1"}`), trust, now())
	requireWrong(t, receipt.PartForm, err)
	require.ErrorContains(t, err, "no longer read: get the receipt again")
	_, err = receipt.ReadTrust([]byte(`{"format": "zhilian-validators-1", "chain_id": "zhilian-local-1"}`))
	requireWrong(t, receipt.PartTrust, err)
	require.ErrorContains(t, err, "no longer read: write the trust file again")
}

func TestATrustFileIsReadAsItWasWritten(t *testing.T) {
	n := newNode(t, fourBanks())
	trust, err := receipt.TrustFromRPC(context.Background(), n, 1)
	require.NoError(t, err)
	file, err := trust.Encode()
	require.NoError(t, err)
	read, err := receipt.ReadTrust(file)
	require.NoError(t, err)
	require.Equal(t, trust, read)
	for _, at := range []string{`"address": "`, `"value": "`, `"power": "-`, `"type": "`, `"format": "`, `"time": "`} {
		broken := strings.Replace(string(file), strings.TrimSuffix(at, "-"), at+"7", 1)
		_, err := receipt.ReadTrust([]byte(broken))
		requireWrong(t, receipt.PartTrust, err)
	}
}

func TestTheCommandSaysWhatIsProvenOrWhatIsWrong(t *testing.T) {
	n := newNode(t, fourBanks())
	file, trust := n.receipt(t, n.paid(t, pay("invoice 1", 12345)), 1)
	trustText, err := trust.Encode()
	require.NoError(t, err)
	folder := t.TempDir()
	good, bad, validators := filepath.Join(folder, "good"), filepath.Join(folder, "bad"), filepath.Join(folder, "validators")
	require.NoError(t, os.WriteFile(good, file, 0o600))
	require.NoError(t, os.WriteFile(bad, bytes.Replace(file, []byte(`"12345"`), []byte(`"99999"`), 1), 0o600))
	require.NoError(t, os.WriteFile(validators, trustText, 0o600))

	said, err := run("verify", good, "--trust", validators)
	require.NoError(t, err)
	for _, fact := range []string{"123.45 CNY", "settled", pay("", 1).Debtor, pay("", 1).Creditor, "2026-11-02T"} {
		require.Contains(t, said, fact)
	}
	_, err = run("verify", bad, "--trust", validators)
	requireWrong(t, receipt.PartPayment, err)

	said, err = run("verify", bad, "--trust", validators, "-o", "json")
	require.Error(t, err)
	var verdict struct {
		Valid bool   `json:"valid"`
		Part  string `json:"wrong_part"`
	}
	require.NoError(t, json.Unmarshal([]byte(said), &verdict))
	require.False(t, verdict.Valid)
	require.Equal(t, "payment", verdict.Part)

	_, err = run("verify", good, "--trust", validators, "--trust-period", "1ns")
	requireWrong(t, receipt.PartTrustPeriod, err)
	_, err = run("verify", good, "--trust", validators, "--trust-period", "-1h")
	require.ErrorContains(t, err, "want a time above 0")
}

func run(args ...string) (string, error) {
	command := receipt.NewCommand(nil)
	var out bytes.Buffer
	command.SetArgs(args)
	command.SetOut(&out)
	command.SetErr(&bytes.Buffer{})
	err := command.Execute()
	return out.String(), err
}

// FuzzVerify looks for receipts that make the check panic, fail without a part, or hold although
// they are not the seed.
func FuzzVerify(f *testing.F) {
	n := newNode(f, fourBanks(), members(3, "w", "x", "y", "z"))
	seed, trust := n.receipt(f, n.paid(f, pay("invoice 1", 12345)), 1)
	f.Add(seed)
	f.Add([]byte(`{"format":"zhilian-receipt-2","header":{},"commit":{}}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, err := receipt.Verify(file, trust, now())
		if err == nil {
			require.Equal(t, compact(t, seed), compact(t, file))
			return
		}
		var wrong *receipt.Error
		require.ErrorAs(t, err, &wrong)
	})
}

func compact(t *testing.T, text []byte) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, json.Compact(&out, text))
	return out.String()
}
