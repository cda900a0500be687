package index_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// schemaBefore makes a file as an earlier version of the program left it.
func schemaBefore(t *testing.T, path string, version int) {
	t.Helper()
	names, err := filepath.Glob("migrations/*.sql")
	require.NoError(t, err)
	for _, name := range names[:version] {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		execute(t, path, string(text))
	}
	execute(t, path, fmt.Sprintf("PRAGMA user_version = %d", version))
}

func TestAFileWhoseRowsWereKeyedByUETRIsEmptiedAndFilledAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.sqlite")
	schemaBefore(t, path, 4)
	execute(t, path,
		`INSERT INTO position VALUES (1, 'zhilian-test', 7, X'00')`, `INSERT INTO gaps VALUES (1, 3)`,
		`INSERT INTO payments VALUES ('u1', 'a', 'b', 'CNY', '1', 'RJCT', '', 7, 0, 0, 0, '', X'', 1, X'')`,
		`UPDATE payments SET log_index = 2`, // the trigger keeps what was before
		`INSERT INTO entries VALUES ('a', 7, 0, 0, 'CNY', '1', 0, 'payment', 'u', 'b', X'')`,
		`INSERT INTO unread_events VALUES (7, 0, 0, 'x', 'y')`,
		fmt.Sprintf(`INSERT INTO refused_transactions VALUES ('%X', 7, 0, 'x', 1, '')`, digest("refused")),
		`INSERT INTO log VALUES (1, 3, 7, 0, 'a problem')`, `INSERT INTO log_hashes VALUES (0, zeroblob(32))`)
	store := open(t, path)
	requireNoProblem(t, store)
	page, err := store.Payments(t.Context(), "a", 0, "")
	require.NoError(t, err)
	require.Empty(t, page.Payments)
	require.Equal(t, index.Position{CompleteFrom: 1}, page.Position)
	entries, err := store.Entries(t.Context(), "a", 0, 0, 0, "")
	require.NoError(t, err)
	require.Empty(t, entries.Entries)
	found, err := store.FindByHash(t.Context(), digest("refused"), 0, "")
	require.NoError(t, err)
	require.Nil(t, found.Refused)
	unread, err := store.UnreadEvents(t.Context())
	require.NoError(t, err)
	require.Zero(t, unread)

	// The node has pruned its first block: that stays missing, and is told.
	l := newLedger()
	l.more(2)
	appendTo(t, store, l.more(3), l.more(1))
	requireNoProblem(t, store)
	for number := 2; number < 6; number++ {
		l.requireProven(t, store, number, 6)
	}
	_, err = store.PaymentProof(t.Context(), uetrOf(1), 0, 0)
	require.ErrorIs(t, err, index.ErrPaymentEarlier)
	position, err := store.Position(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, position.CompleteFrom)
}

// moved is a settled payment with its entries.
func moved(b *index.Block, uetr, from, to string) {
	p := payment(uetr, from, to, index.StatusSettled, len(b.Payments))
	b.Payments = append(b.Payments, p)
	for i, account := range []string{from, to} {
		e := entry(account, uint32(len(b.Entries)), i == 1)
		e.Uetr, e.Counterparty, e.EndToEndDigest = uetr, []string{to, from}[i], p.EndToEndDigest
		b.Entries = append(b.Entries, e)
	}
}

func TestWhatABlockThatWasUndoneNumberedIsForgotten(t *testing.T) {
	store := openNew(t)
	broken := block(1)
	moved(&broken, "u1", "a", "b")
	broken.Entries = append(broken.Entries, entry("a", 0, false))
	require.Error(t, store.Append(t.Context(), broken, 1), "two entries with one number")
	other, good := block(1), block(2)
	moved(&other, "u0", "c", "d")
	moved(&good, "u1", "a", "b")
	appendTo(t, store, other, good)
	for account, want := range map[string][]string{"a": {"u1"}, "b": {"u1"}, "c": {"u0"}, "d": {"u0"}} {
		page, err := store.Payments(t.Context(), account, 0, "")
		require.NoError(t, err)
		require.Equal(t, want, uetrs(page.Payments), account)
		entries, err := store.Entries(t.Context(), account, 0, 0, 0, "")
		require.NoError(t, err)
		require.Len(t, entries.Entries, 1)
	}
}

// TestABlockWithMoreRowsThanAStatementTakes has a UETR decided twice in each place of the statements.
func TestABlockWithMoreRowsThanAStatementTakes(t *testing.T) {
	for count := 1; count < 60; count++ {
		store := openNew(t)
		b := block(1)
		for i := range count {
			p := payment(fmt.Sprint("u", i), "a", "b", index.StatusRejected, i)
			b.Payments = append(b.Payments, p)
		}
		again := payment(fmt.Sprint("u", count/2), "a", "b", index.StatusSettled, count)
		b.Payments = append(b.Payments, again)
		require.NoError(t, store.Append(t.Context(), b, 1))
		page, err := store.Payments(t.Context(), "a", index.MaxPayments, "")
		require.NoError(t, err)
		require.Len(t, page.Payments, count)
		require.Equal(t, []string{again.Uetr, index.StatusSettled}, []string{page.Payments[0].Uetr, page.Payments[0].Status})
		for _, p := range page.Payments[1:] {
			require.NotEqual(t, again.Uetr, p.Uetr)
		}
	}
}

func TestAmountsOfPaymentsStayExact(t *testing.T) {
	store := openNew(t)
	b := block(1)
	var want []string
	for i, text := range []string{"0", "9223372036854775807", "9223372036854775808", "18446744073709551616", "340282366920938463463374607431768211456"} {
		p := payment(fmt.Sprint("u", i), "a", "b", index.StatusSettled, i)
		amount, ok := math.NewIntFromString(text)
		require.True(t, ok)
		p.Amount, want = amount, append([]string{text}, want...)
		b.Payments = append(b.Payments, p)
	}
	require.NoError(t, store.Append(t.Context(), b, 1))
	page, err := store.Payments(t.Context(), "a", 0, "")
	require.NoError(t, err)
	require.Equal(t, want, amounts(page.Payments))
}

func amounts(rows []gatewaytypes.PaymentRow) []string {
	var out []string
	for _, row := range rows {
		out = append(out, row.Amount.String())
	}
	return out
}
