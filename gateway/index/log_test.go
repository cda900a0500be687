package index_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	"github.com/zhilian-network/zhilian/x/settlement/domain"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// ledger makes blocks as the chain does, and knows the log's head after each payment.
type ledger struct {
	height int64
	heads  []settlement.PaymentLog // by size
	stored [][]byte                // by number
}

func newLedger() *ledger { return &ledger{heads: []settlement.PaymentLog{{}}} }

func (l *ledger) size() int { return len(l.stored) }

func (l *ledger) head() settlement.PaymentLog { return l.heads[l.size()] }

// block decides payments, named by their number.
func (l *ledger) block(payments ...index.Payment) index.Block {
	l.height++
	b := block(l.height)
	if len(payments) == 0 {
		return b
	}
	before := l.head()
	for i, p := range payments {
		p.EventIndex = i
		b.Payments = append(b.Payments, p)
		l.decide(b, p)
	}
	b.Logged = &settlement.EventPaymentsLogged{
		FirstIndex: before.Size_, Payments: uint32(len(payments)), Root: l.head().Root(), SubtreesBefore: before.Subtrees,
	}
	return b
}

func (l *ledger) decide(b index.Block, p index.Payment) {
	status := settlement.PaymentSettled
	if p.Status == index.StatusRejected {
		status = settlement.PaymentRejected
	}
	stored, err := (&settlement.Payment{
		Uetr: p.Uetr, Debtor: p.Debtor, Creditor: p.Creditor, Currency: p.Currency, Amount: p.Amount,
		EndToEndDigest: p.EndToEndDigest, InstructionDigest: p.InstructionDigest, Status: status, Reason: p.Reason,
		Height: b.Height, DecidedAt: b.Time, DetailsDigest: p.DetailsDigest, ReturnOf: p.ReturnOf, ReturnReason: p.ReturnReason,
	}).Marshal()
	if err != nil {
		panic(err)
	}
	l.heads = append(l.heads, domain.AppendToLog(l.head(), [][]byte{settlement.LeafHash(stored)}))
	l.stored = append(l.stored, stored)
}

func numbered(first, count int) []index.Payment {
	var payments []index.Payment
	for i := range count {
		payments = append(payments, payment(uetrOf(first+i), "debtor", "creditor", index.StatusSettled, 0))
	}
	return payments
}

func uetrOf(number int) string { return fmt.Sprintf("u%d", number) }

// more makes a block of the next payments.
func (l *ledger) more(count int) index.Block { return l.block(numbered(l.size(), count)...) }

func appendTo(t *testing.T, store *index.Store, blocks ...index.Block) {
	t.Helper()
	for _, b := range blocks {
		require.NoError(t, store.Append(t.Context(), b, b.Height))
	}
}

// requireProven wants the proof of a payment by its number in the log of a size, and checks it.
func (l *ledger) requireProven(t *testing.T, store *index.Store, number, size int) {
	t.Helper()
	proof, err := store.PaymentProof(t.Context(), uetrOf(number), 0, uint64(size))
	require.NoError(t, err, "payment %d in the log of %d", number, size)
	l.requireSound(t, proof, number, size)
}

func (l *ledger) requireSound(t *testing.T, proof index.PaymentProof, number, size int) {
	t.Helper()
	require.Equal(t, l.stored[number], proof.Payment)
	require.Equal(t, []int64{int64(number), int64(size)}, []int64{proof.Index, proof.Size})
	var path tlog.RecordProof
	for _, hash := range proof.Path {
		path = append(path, tlog.Hash(hash))
	}
	root := tlog.Hash(l.heads[size].Root())
	require.NoError(t, tlog.CheckRecord(path, int64(size), root, int64(number), tlog.RecordHash(l.stored[number])))
}

func requireNoProblem(t *testing.T, store *index.Store) {
	t.Helper()
	problem, err := store.LogProblem(t.Context())
	require.NoError(t, err)
	require.Empty(t, problem)
}

func TestEveryPaymentIsProvenInTheLogOfEverySize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.sqlite")
	store, l := open(t, path), newLedger()
	for _, count := range []int{1, 0, 2, 1, 7, 3, 1, 16, 1, 2} {
		appendTo(t, store, l.more(count))
		requireNoProblem(t, store)
		require.NoError(t, store.Close())
		store = open(t, path)
	}
	for size := 1; size <= l.size(); size++ {
		for number := range size {
			l.requireProven(t, store, number, size)
		}
	}
	newest, err := store.PaymentProof(t.Context(), uetrOf(3), 0, 0)
	require.NoError(t, err)
	l.requireSound(t, newest, 3, l.size())
}

func TestABlockWithMorePaymentsThanARowHasHashes(t *testing.T) {
	store, l := openNew(t), newLedger()
	appendTo(t, store, l.more(3), l.more(1_000), l.more(5))
	requireNoProblem(t, store)
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		size := 1 + random.IntN(l.size())
		l.requireProven(t, store, random.IntN(size), size)
	}
}

// TestANodeThatJoinedLateProvesWhatItSaw begins with each block in turn.
func TestANodeThatJoinedLateProvesWhatItSaw(t *testing.T) {
	var blocks []index.Block
	l := newLedger()
	for _, count := range []int{3, 2, 6, 1, 4, 3} {
		blocks = append(blocks, l.more(count))
	}
	for from, b := range blocks[1:] {
		store := openNew(t)
		appendTo(t, store, blocks[from+1:]...)
		requireNoProblem(t, store)
		first := int(b.Logged.FirstIndex)
		for number := first; number < l.size(); number++ {
			for size := number + 1; size <= l.size(); size++ {
				l.requireProven(t, store, number, size)
			}
		}
		_, err := store.PaymentProof(t.Context(), uetrOf(first-1), 0, 0)
		require.ErrorIs(t, err, index.ErrPaymentEarlier)
		require.ErrorContains(t, err, fmt.Sprintf("from number %d and block %d on", first, b.Height))
	}
}

func TestAHoleInTheLogIsToldAndNeverProvenAcross(t *testing.T) {
	store, l := openNew(t), newLedger()
	appendTo(t, store, l.more(5), l.more(2))
	l.more(3)
	appendTo(t, store, l.more(4), l.more(6))
	requireNoProblem(t, store)
	for number := 10; number < 20; number++ {
		l.requireProven(t, store, number, l.size())
	}
	l.requireProven(t, store, 6, 7)
	// The sibling of payment 6 is payment 7, which is missing.
	_, err := store.PaymentProof(t.Context(), uetrOf(6), 0, uint64(l.size()))
	require.ErrorIs(t, err, index.ErrHashesMissing)
	_, err = store.PaymentProof(t.Context(), uetrOf(8), 0, 0)
	require.ErrorIs(t, err, index.ErrPaymentEarlier)
}

func TestAHoleLeavesWhatWasKnownAsItWas(t *testing.T) {
	store, l := openNew(t), newLedger()
	appendTo(t, store, l.more(5))
	l.more(2)
	appendTo(t, store, l.more(2))
	requireNoProblem(t, store)
	for number := range 5 {
		l.requireProven(t, store, number, 5)
	}
	l.requireProven(t, store, 7, 9)
	l.requireProven(t, store, 8, 9)
}

func TestTheLogDoesNotGoBack(t *testing.T) {
	store, l := openNew(t), newLedger()
	appendTo(t, store, l.more(5))
	l.height++ // a block is missing
	b := l.more(3)
	b.Logged.FirstIndex, b.Logged.SubtreesBefore = 4, l.heads[4].Subtrees
	appendTo(t, store, b)
	problem, err := store.LogProblem(t.Context())
	require.NoError(t, err)
	require.Contains(t, problem, "its first payment has number 4, expected was 5")
}

func TestAnIndexThatDisagreesWithTheChainProvesNothing(t *testing.T) {
	for name, spoil := range map[string]func(*index.Block){
		"another root":              func(b *index.Block) { b.Logged.Root = bytes.Repeat([]byte{1}, 32) },
		"another amount":            func(b *index.Block) { b.Payments[1].Amount = math.NewInt(101) },
		"another order":             func(b *index.Block) { b.Payments[0], b.Payments[1] = b.Payments[1], b.Payments[0] },
		"a payment is not readable": func(b *index.Block) { b.Payments = b.Payments[1:] },
		"the event is not readable": func(b *index.Block) { b.Logged = nil },
		"no payment is readable":    func(b *index.Block) { b.Payments = nil },
		"another number":            func(b *index.Block) { b.Logged.FirstIndex, b.Logged.SubtreesBefore = 1, b.Logged.SubtreesBefore[:1] },
		"a later number":            func(b *index.Block) { b.Logged.FirstIndex = 9 },
		"a subtree too few":         func(b *index.Block) { b.Logged.SubtreesBefore = b.Logged.SubtreesBefore[1:] },
	} {
		t.Run(name, func(t *testing.T) {
			store, l := openNew(t), newLedger()
			appendTo(t, store, l.more(5))
			b := l.more(3)
			spoil(&b)
			appendTo(t, store, b, l.more(2))
			problem, err := store.LogProblem(t.Context())
			require.NoError(t, err)
			require.Contains(t, problem, "block 2: ")
			for _, number := range []int{0, 5, 8} {
				_, err = store.PaymentProof(t.Context(), uetrOf(number), 0, 0)
				require.ErrorIs(t, err, index.ErrLogBroken)
			}
			page, err := store.Payments(t.Context(), "creditor", 0, "")
			require.NoError(t, err)
			require.Equal(t, uetrOf(9), page.Payments[0].Uetr, "the other tables go on")
		})
	}
}

func TestDamagedRowsBecomeNoProof(t *testing.T) {
	for name, damage := range map[string]string{
		"a payment": `UPDATE payments SET amount = '1' WHERE uetr = 'u2'`,
		"a digest":  `UPDATE payments SET instruction_digest = X'00' WHERE uetr = 'u2'`,
		"a number":  `UPDATE payments SET log_index = 1 WHERE uetr = 'u2'`,
		"a hash":    `UPDATE log_hashes SET hashes = zeroblob(length(hashes)) WHERE first = 0`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "index.sqlite")
			store, l := open(t, path), newLedger()
			appendTo(t, store, l.more(2), l.more(3))
			execute(t, path, damage)
			_, err := store.PaymentProof(t.Context(), uetrOf(2), 0, 0)
			require.ErrorIs(t, err, index.ErrLogBroken)
		})
	}
}

func execute(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer db.Close()
	for _, statement := range statements {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
}

func TestEveryDecisionAboutAUETRStaysProvable(t *testing.T) {
	store, l := openNew(t), newLedger()
	again := func(status string, amount int64) index.Payment {
		p := payment("again", "a", "b", status, 0)
		p.Amount = math.NewInt(amount)
		return p
	}
	appendTo(t, store,
		l.block(again(index.StatusRejected, 1), again(index.StatusRejected, 2)),
		l.block(again(index.StatusSettled, 3)),
		l.block(again(index.StatusSettled, 4)), // long after: the names were free again
		l.block(again(index.StatusRejected, 5)),
		l.more(1),
	)
	requireNoProblem(t, store)
	for height, number := range map[int64]int{0: 3, 1: 1, 2: 2, 3: 3, 4: 4} {
		proof, err := store.PaymentProof(t.Context(), "again", height, 0)
		require.NoError(t, err, "height %d", height)
		l.requireSound(t, proof, number, 6)
	}
	_, err := store.PaymentProof(t.Context(), "again", 5, 0)
	require.ErrorIs(t, err, index.ErrPaymentUnknown)
}

func TestWhatCannotBeProvenIsSaid(t *testing.T) {
	store, l := openNew(t), newLedger()
	_, err := store.PaymentProof(t.Context(), uetrOf(0), 0, 0)
	require.ErrorIs(t, err, index.ErrPaymentUnknown)
	appendTo(t, store, l.more(5))
	for _, c := range []struct {
		number int
		size   uint64
		want   error
	}{
		{0, 6, index.ErrNotIndexedYet}, {0, 1 << 63, index.ErrNotIndexedYet}, {9, 6, index.ErrNotIndexedYet},
		{4, 4, index.ErrNotInLog}, {4, 1, index.ErrNotInLog}, {9, 5, index.ErrPaymentUnknown}, {9, 0, index.ErrPaymentUnknown},
	} {
		_, err := store.PaymentProof(t.Context(), uetrOf(c.number), 0, c.size)
		require.ErrorIs(t, err, c.want, "%d in %d", c.number, c.size)
	}
}

// TestAnIndexGoesOnAcrossAnExport has the chain begin anew from its own export: a first block without
// one before it, at the next height, and the same log.
func TestAnIndexGoesOnAcrossAnExport(t *testing.T) {
	store, l := openNew(t), newLedger()
	appendTo(t, store, l.more(5))
	first := l.more(3)
	first.PreviousHash = nil
	appendTo(t, store, first, l.more(2))
	requireNoProblem(t, store)
	for number := range l.size() {
		l.requireProven(t, store, number, l.size())
	}
	position, err := store.Position(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, position.CompleteFrom)

	// An index that had not seen the old chain's last block misses it.
	late := openNew(t)
	appendTo(t, late, block(1))
	later := block(9)
	later.PreviousHash = nil
	appendTo(t, late, later)
	position, err = late.Position(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 9, position.CompleteFrom)
}

func TestAFileFromBeforeTheLogIsEmptied(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.sqlite")
	schema, err := os.ReadFile("migrations/0001_payments_and_entries.sql")
	require.NoError(t, err)
	execute(t, path, string(schema), `PRAGMA user_version = 1`,
		`INSERT INTO position VALUES (1, 'zhilian-test', 7, X'00')`, `INSERT INTO gaps VALUES (1, 3)`,
		`INSERT INTO payments VALUES ('u', 'a', 'b', 'CNY', '1', 'ACSC', '', 7, 0, 0, 0, '', X'')`,
		`INSERT INTO entries VALUES ('a', 7, 0, 0, 'CNY', '1', 0, 'payment', 'u', 'b', X'')`,
		`INSERT INTO unread_events VALUES (7, 0, 0, 'x', 'y')`)
	store := open(t, path)
	page, err := store.Payments(t.Context(), "a", 0, "")
	require.NoError(t, err)
	require.Empty(t, page.Payments)
	require.Equal(t, index.Position{CompleteFrom: 1}, page.Position)
	entries, err := store.Entries(t.Context(), "a", 0, 0, 0, "")
	require.NoError(t, err)
	require.Empty(t, entries.Entries)
	unread, err := store.UnreadEvents(t.Context())
	require.NoError(t, err)
	require.Zero(t, unread)

	l := newLedger()
	appendTo(t, store, l.more(3))
	l.requireProven(t, store, 1, 3)
}

// BenchmarkAppend fills an index with blocks as busy gateways make them, and says what the log's part
// of the file is: its two tables.
func BenchmarkAppend(b *testing.B) {
	for _, perBlock := range []int{1, 100} {
		b.Run(fmt.Sprintf("%d payments per block", perBlock), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "index.sqlite")
			store, err := index.Open(b.Context(), path)
			require.NoError(b, err)
			l := newLedger()
			var blocks []index.Block
			for i := range b.N {
				var payments []index.Payment
				for j := range perBlock {
					payments = append(payments, realistic(i*perBlock+j))
				}
				blocks = append(blocks, l.block(payments...))
			}
			b.ResetTimer()
			for _, block := range blocks {
				require.NoError(b, store.Append(b.Context(), block, 1))
			}
			b.StopTimer()
			payments := float64(b.N * perBlock)
			b.ReportMetric(float64(b.Elapsed().Microseconds())/payments, "µs/payment")
			require.NoError(b, store.Close())
			b.ReportMetric(pagesOf(b, path, "'log_hashes'")/payments, "hash-bytes/payment")
			b.ReportMetric(pagesOf(b, path, "name")/payments, "all-bytes/payment")
		})
	}
}

func pagesOf(b *testing.B, path, name string) float64 {
	db, err := sql.Open("sqlite", path)
	require.NoError(b, err)
	defer db.Close()
	var size float64
	require.NoError(b, db.QueryRowContext(b.Context(), `SELECT SUM(pgsize) FROM dbstat WHERE name = `+name).Scan(&size))
	return size
}

func realistic(number int) index.Payment {
	id := settlement.PaymentID(settlement.LeafHash(fmt.Appendf(nil, "%d", number))[:16])
	account := func(party string) string {
		text, err := addresses.BytesToString(settlement.AccountAddress(party, 0))
		if err != nil {
			panic(err)
		}
		return text
	}
	return index.Payment{PaymentRow: gatewaytypes.PaymentRow{
		Uetr: id.UETR(), Debtor: account(fmt.Sprint("party ", number%997)), Creditor: account(fmt.Sprint("party ", number%883)),
		Currency: "CNY", Amount: math.NewInt(1_234_500), Status: index.StatusSettled,
		EndToEndDigest: settlement.LeafHash(fmt.Appendf(nil, "end-to-end %d", number)), InstructionDigest: settlement.LeafHash([]byte("file")),
		TxHash: fmt.Sprintf("%X", settlement.LeafHash(fmt.Appendf(nil, "tx %d", number/100))), DecidedAt: time.Unix(1_793_581_200, 0),
	}}
}
