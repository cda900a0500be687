package index_test

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// model is what the index answers, the slow and obvious way: lists in memory.
type model struct {
	random  *rand.Rand
	ledger  *ledger
	uetrs   []string
	parties []string
	current map[string]decision
	older   []decision // replaced, or a rejection behind a settlement
	entries []index.AccountEntry
}

// decision is a payment and its number in the log.
type decision struct {
	index.Payment
	number int
}

func newModel(seed uint64) *model {
	m := &model{random: rand.New(rand.NewPCG(seed, 1)), ledger: newLedger(), current: map[string]decision{}}
	for i := range 60 {
		uuid := fmt.Sprintf("%08x-0f%02d-4abc-8def-0123456789ab", i*7919, i)
		m.uetrs = append(m.uetrs, uuid, []string{
			fmt.Sprintf("u%d", i), strings.ToUpper(uuid), strings.ReplaceAll(uuid, "-", ""), uuid + "0", "-" + uuid[1:], "字" + uuid, uuid[:35] + "g",
		}[i%7])
	}
	for i := range 9 {
		m.parties = append(m.parties, fmt.Sprintf("party%d", i))
	}
	return m
}

func (m *model) oneOf(texts ...string) string { return texts[m.random.IntN(len(texts))] }

func (m *model) digest() []byte {
	digest := digest(fmt.Sprint("digest ", m.random.IntN(12)))
	switch m.random.IntN(6) {
	case 0:
		return nil
	case 1:
		return digest[:8]
	}
	return digest[:]
}

func (m *model) amount() math.Int {
	amount, _ := math.NewIntFromString(m.oneOf("0", "1", "250", "9223372036854775807", "9223372036854775808", "340282366920938463463374607431768211455"))
	return amount
}

// block decides some payments, in some transactions; the last of them may lie outside of transactions.
func (m *model) block() index.Block {
	var payments []index.Payment
	txIndex := 0
	for range m.random.IntN(14) {
		if m.random.IntN(3) == 0 {
			txIndex += 1 + m.random.IntN(2)
		}
		p := payment(m.oneOf(m.uetrs...), m.oneOf(m.parties...), m.oneOf(m.parties...), m.oneOf("ACSC", "ACSC", "RJCT"), txIndex)
		p.Currency, p.Amount, p.EndToEndDigest, p.InstructionDigest = m.oneOf("CNY", "HKD"), m.amount(), m.digest(), m.digest()
		p.TxHash = fmt.Sprintf("%X", digest(fmt.Sprint("tx ", m.ledger.height/2, txIndex)))
		if txIndex > 6 {
			p.TxHash = m.oneOf("", "no hash")
		}
		if p.Status == index.StatusRejected {
			p.Reason = "AM04"
		}
		payments = append(payments, p)
	}
	first := m.ledger.size()
	b := m.ledger.block(payments...)
	m.book(&b)
	for i, p := range b.Payments {
		p.Height, p.DecidedAt = b.Height, b.Time
		m.decide(decision{p, first + i})
	}
	m.entries = append(m.entries, b.Entries...)
	return b
}

func (m *model) decide(d decision) {
	old, known := m.current[d.Uetr]
	switch {
	case !known:
		m.current[d.Uetr] = d
	case old.Status == index.StatusRejected || d.Status == index.StatusSettled:
		m.current[d.Uetr], m.older = d, append(m.older, old)
	default:
		m.older = append(m.older, d)
	}
}

// book makes the entries of a block: those of its payments and others, and sometimes some that do not fit.
func (m *model) book(b *index.Block) {
	for _, p := range b.Payments {
		if m.random.IntN(8) == 0 {
			m.entry(b, m.oneOf(m.parties...), gatewaytypes.Entry{Currency: "CNY", Amount: m.amount(), Credit: true, Kind: index.KindIssue})
		}
		if p.Status != index.StatusSettled || m.random.IntN(30) == 0 {
			continue
		}
		m.move(b, p, p.Debtor, p.Creditor)
		if m.random.IntN(3) == 0 {
			// A party that is a bank as well has several entries of one payment.
			m.move(b, p, m.oneOf("bank1", "party0"), m.oneOf("party0", "bank2"))
		}
	}
}

func (m *model) move(b *index.Block, p index.Payment, from, to string) {
	e := gatewaytypes.Entry{Currency: p.Currency, Amount: p.Amount, Kind: index.KindPayment, Uetr: p.Uetr, EndToEndDigest: p.EndToEndDigest}
	debit, credit := e, e
	credit.Credit, debit.Counterparty, credit.Counterparty = true, to, from
	switch m.random.IntN(60) {
	case 0:
		credit.Currency = "EUR"
	case 1:
		debit.Amount = debit.Amount.AddRaw(1)
	case 2:
		credit.Uetr = "another"
	case 3:
		debit.Counterparty = ""
	case 4:
		credit.EndToEndDigest = []byte("another")
	case 5:
		debit.Credit = true
	}
	m.entry(b, from, debit)
	m.entry(b, to, credit)
}

func (m *model) entry(b *index.Block, account string, e gatewaytypes.Entry) {
	e.Height, e.BookedAt = b.Height, b.Time
	if n := len(b.Entries); n > 0 {
		e.Sequence = b.Entries[n-1].Sequence + 1
	}
	if m.random.IntN(40) == 0 {
		e.Sequence += 3
	}
	b.Entries = append(b.Entries, index.AccountEntry{Account: account, Entry: e})
}

// payments are the current ones that a test admits, newest first.
func (m *model) payments(admit func(index.Payment) bool) []string {
	var found []index.Payment
	for _, d := range m.current {
		if admit(d.Payment) {
			found = append(found, d.Payment)
		}
	}
	slices.SortFunc(found, func(a, b index.Payment) int {
		return slices.Compare([]int64{b.Height, int64(b.TxIndex), int64(b.EventIndex)}, []int64{a.Height, int64(a.TxIndex), int64(a.EventIndex)})
	})
	var out []string
	for _, p := range found {
		out = append(out, fmt.Sprintf("%d-%d-%d %s", p.Height, p.TxIndex, p.EventIndex, sayPayment(p.PaymentRow)))
	}
	return out
}

func sayPayment(p gatewaytypes.PaymentRow) string {
	return fmt.Sprint(p.Uetr, p.Debtor, ">", p.Creditor, p.Currency, p.Amount, p.Status, p.Reason, " ", p.Height, " ", p.DecidedAt, p.TxHash,
		" ", hex.EncodeToString(p.EndToEndDigest), " ", hex.EncodeToString(p.InstructionDigest))
}

func sayEntry(e gatewaytypes.Entry) string {
	return fmt.Sprint(e.Height, "-", e.Sequence, " ", e.BookedAt, e.Currency, e.Amount, e.Credit, e.Kind, e.Uetr, e.Counterparty,
		" ", hex.EncodeToString(e.EndToEndDigest))
}

func (m *model) entriesOf(account string, from, to int64) []string {
	var out []string
	for _, e := range m.entries {
		if e.Account == account && e.Height >= from && e.Height <= to {
			out = append(out, sayEntry(e.Entry))
		}
	}
	return out
}

// requirePages walks the pages of a list, with a new size for each, and wants each cursor to be the place
// of the last row of its page.
func (m *model) requirePages(t *testing.T, want []string, page func(size uint32, cursor string) (rows []string, next string)) {
	t.Helper()
	var got []string
	for cursor := ""; ; {
		rows, next := page(uint32(1+m.random.IntN(9)), cursor)
		for _, row := range rows {
			require.Less(t, len(got), len(want), "a row too many: %s", row)
			require.True(t, strings.HasSuffix(want[len(got)], row), "row %d is %s, expected %s", len(got), row, want[len(got)])
			got = append(got, row)
		}
		if cursor = next; next == "" {
			break
		}
		require.True(t, strings.HasPrefix(want[len(got)-1], next+" "), "cursor %s behind %s", next, want[len(got)-1])
	}
	require.Len(t, got, len(want))
}

func said(rows []gatewaytypes.PaymentRow) []string {
	var out []string
	for _, row := range rows {
		out = append(out, sayPayment(row))
	}
	return out
}

func (m *model) requireLists(t *testing.T, store *index.Store, account string) {
	t.Helper()
	m.requirePages(t, m.payments(func(p index.Payment) bool { return p.Debtor == account || p.Creditor == account }),
		func(size uint32, cursor string) ([]string, string) {
			page, err := store.Payments(t.Context(), account, size, cursor)
			require.NoError(t, err)
			return said(page.Payments), page.NextCursor
		})
	from, to := m.random.Int64N(m.ledger.height+2), m.random.Int64N(m.ledger.height+9)
	m.requirePages(t, m.entriesOf(account, from, max(to, 1)), func(size uint32, cursor string) ([]string, string) {
		page, err := store.Entries(t.Context(), account, from, max(to, 1), size, cursor)
		require.NoError(t, err)
		var rows []string
		for _, e := range page.Entries {
			rows = append(rows, sayEntry(e))
		}
		return rows, page.NextCursor
	})
}

// requireEvents wants the payments, oldest first, with the entries of their block behind them.
func (m *model) requireEvents(t *testing.T, store *index.Store, account string) {
	t.Helper()
	var payments, entries []string
	after := index.AfterBlock(m.random.Int64N(m.ledger.height + 1))
	since := after.Height() + 1
	last := after
	for more := true; more; {
		page, err := store.Events(t.Context(), account, after, 1+m.random.IntN(9))
		require.NoError(t, err)
		for _, e := range page.Events {
			require.True(t, e.Cursor.After(last), "%s after %s", e.Cursor, last)
			last = e.Cursor
			if e.Payment != nil {
				payments = append(payments, sayPayment(*e.Payment))
			} else {
				entries = append(entries, sayEntry(*e.Entry))
			}
		}
		after, more = last, page.More
	}
	want := m.payments(func(p index.Payment) bool { return p.Height >= since && (p.Debtor == account || p.Creditor == account) })
	slices.Reverse(want)
	require.Len(t, payments, len(want))
	for i := range want {
		require.True(t, strings.HasSuffix(want[i], payments[i]), "%s, expected %s", payments[i], want[i])
	}
	require.Equal(t, m.entriesOf(account, since, m.ledger.height), entries)
}

func (m *model) requireFound(t *testing.T, store *index.Store, hash [32]byte) {
	t.Helper()
	m.requirePages(t, m.payments(func(p index.Payment) bool {
		return p.TxHash == fmt.Sprintf("%X", hash) || string(p.EndToEndDigest) == string(hash[:]) || string(p.InstructionDigest) == string(hash[:])
	}), func(size uint32, cursor string) ([]string, string) {
		found, err := store.FindByHash(t.Context(), hash, size, cursor)
		require.NoError(t, err)
		return said(found.Payments), found.NextCursor
	})
}

func (m *model) requireDecisions(t *testing.T, store *index.Store, uetr string) {
	t.Helper()
	current, known := m.current[uetr]
	found, err := store.FindByUETR(t.Context(), uetr)
	require.NoError(t, err)
	if !known {
		require.Empty(t, found.Payments)
		return
	}
	require.Equal(t, []string{sayPayment(current.PaymentRow)}, said(found.Payments))
	newest := map[int64]int{0: current.number, current.Height: current.number}
	for _, d := range m.older {
		if d.Uetr == uetr {
			number, known := newest[d.Height]
			newest[d.Height] = d.number
			if known {
				newest[d.Height] = max(number, d.number)
			}
		}
	}
	for height, number := range newest {
		proof, err := store.PaymentProof(t.Context(), uetr, height, 0)
		require.NoError(t, err, "%s at %d", uetr, height)
		m.ledger.requireSound(t, proof, number, m.ledger.size())
	}
}

func TestRandomBlocksAreAnsweredAsListsInMemoryAnswerThem(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			m := newModel(seed)
			path := filepath.Join(t.TempDir(), "index.sqlite")
			store := open(t, path)
			for m.ledger.height < 90 {
				store.RememberAccounts(1 + m.random.IntN(5))
				appendTo(t, store, m.block())
				if m.random.IntN(20) == 0 {
					require.NoError(t, store.Close())
					store = open(t, path)
				}
				account := m.oneOf(m.oneOf(m.parties...), "party0", "party0", "bank1", "bank2", "nobody")
				m.requireLists(t, store, account)
				m.requireEvents(t, store, account)
				m.requireFound(t, store, digest(fmt.Sprint("digest ", m.random.IntN(13))))
				m.requireFound(t, store, digest(fmt.Sprint("tx ", m.random.Int64N(45), m.random.IntN(8))))
				m.requireDecisions(t, store, m.oneOf(m.uetrs...))
			}
			requireNoProblem(t, store)
			require.Greater(t, len(m.older), 100, "decided again")
			for _, uetr := range m.uetrs {
				m.requireDecisions(t, store, uetr)
			}
		})
	}
}
