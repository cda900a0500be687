package index_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

func open(t testing.TB, path string) *index.Store {
	t.Helper()
	store, err := index.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func openNew(t testing.TB) *index.Store {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "data", "index.sqlite"))
}

func hashOf(height int64) []byte {
	if height < 1 {
		return nil
	}
	return []byte(fmt.Sprintf("block-%d", height))
}

// block is an empty block of the chain "zhilian-test".
func block(height int64) index.Block {
	return index.Block{
		ChainID: "zhilian-test", Height: height, Time: time.Unix(1_000_000+height, 7).UTC(),
		Hash: hashOf(height), PreviousHash: hashOf(height - 1),
	}
}

func payment(uetr, debtor, creditor, status string, txIndex int) index.Payment {
	return index.Payment{
		PaymentRow: gatewaytypes.PaymentRow{
			Uetr: uetr, Debtor: debtor, Creditor: creditor, Currency: "CNY", Amount: math.NewInt(100), Status: status,
			EndToEndDigest: []byte{1},
		},
		TxIndex: txIndex,
	}
}

func entry(account string, sequence uint32, credit bool) index.AccountEntry {
	return index.AccountEntry{Account: account, Entry: gatewaytypes.Entry{
		Sequence: sequence, Currency: "CNY", Amount: math.NewInt(100), Credit: credit, Kind: index.KindPayment,
	}}
}

func uetrs(rows []gatewaytypes.PaymentRow) []string {
	var out []string
	for _, row := range rows {
		out = append(out, row.Uetr)
	}
	return out
}

func TestABlockIsWrittenOnceHoweverOftenItArrives(t *testing.T) {
	store := openNew(t)
	one := block(1)
	one.Payments = []index.Payment{payment("u1", "a", "b", "ACSC", 0)}
	one.Entries = []index.AccountEntry{entry("a", 0, false), entry("b", 1, true)}
	require.NoError(t, store.Append(t.Context(), one, 1))
	require.NoError(t, store.Append(t.Context(), one, 1))

	page, err := store.Entries(t.Context(), "a", 0, 0, 0, "")
	require.NoError(t, err)
	require.Len(t, page.Entries, 1)
	require.Equal(t, int64(1), page.Position.Height)
	require.Equal(t, one.Time, page.Entries[0].BookedAt)
	require.Equal(t, math.NewInt(100), page.Entries[0].Amount)
}

func TestABlockThatCannotBeWrittenInFullLeavesNothing(t *testing.T) {
	store := openNew(t)
	require.NoError(t, store.Append(t.Context(), block(1), 1))
	broken := block(2)
	broken.Payments = []index.Payment{payment("u1", "a", "b", "ACSC", 0)}
	broken.Entries = []index.AccountEntry{entry("a", 0, false), entry("a", 0, false)}
	require.Error(t, store.Append(t.Context(), broken, 1))

	page, err := store.Payments(t.Context(), "a", 0, "")
	require.NoError(t, err)
	require.Empty(t, page.Payments)
	require.Equal(t, int64(1), page.Position.Height)
}

func TestAReopenedIndexGoesOnWhereItStood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index file ?#%.sqlite")
	store := open(t, path)
	require.NoError(t, store.Append(t.Context(), block(1), 1))
	require.NoError(t, store.Close())

	again := open(t, path)
	position, err := again.Position(t.Context())
	require.NoError(t, err)
	require.Equal(t, index.Position{ChainID: "zhilian-test", Height: 1, BlockHash: hashOf(1), CompleteFrom: 1}, position)
	require.NoError(t, again.Append(t.Context(), block(2), 1))
}

func TestBlocksThatDoNotFollowAreRefused(t *testing.T) {
	otherChain := block(3)
	otherChain.ChainID = "another"
	otherHistory := block(3)
	otherHistory.PreviousHash = []byte("of another history")
	for name, c := range map[string]struct {
		block    index.Block
		earliest int64
		want     error
	}{
		"a block of another chain":           {otherChain, 1, index.ErrOtherChain},
		"an old block of another chain":      {index.Block{ChainID: "another", Height: 1}, 1, index.ErrOtherChain},
		"a block of another history":         {otherHistory, 1, index.ErrOtherBlocks},
		"a hole that the node could fill":    {block(4), 1, index.ErrNotNext},
		"a hole above the earliest it could": {block(6), 5, index.ErrNotNext},
	} {
		t.Run(name, func(t *testing.T) {
			store := openNew(t)
			require.NoError(t, store.Append(t.Context(), block(1), 1))
			require.NoError(t, store.Append(t.Context(), block(2), 1))
			require.ErrorIs(t, store.Append(t.Context(), c.block, c.earliest), c.want)
			position, err := store.Position(t.Context())
			require.NoError(t, err)
			require.Equal(t, int64(2), position.Height)
		})
	}
}

func TestMissingBlocksAreRecordedAndNotHidden(t *testing.T) {
	t.Run("a node that began with a snapshot", func(t *testing.T) {
		store := openNew(t)
		require.NoError(t, store.Append(t.Context(), block(50), 50))
		position, err := store.Position(t.Context())
		require.NoError(t, err)
		require.Equal(t, int64(50), position.CompleteFrom)
	})
	t.Run("blocks pruned before they were indexed", func(t *testing.T) {
		store := openNew(t)
		require.NoError(t, store.Append(t.Context(), block(1), 1))
		require.NoError(t, store.Append(t.Context(), block(9), 9))
		page, err := store.Payments(t.Context(), "a", 0, "")
		require.NoError(t, err)
		require.Equal(t, int64(9), page.Position.CompleteFrom)
	})
	t.Run("a chain that begins at a later height misses nothing", func(t *testing.T) {
		store := openNew(t)
		first := block(100)
		first.PreviousHash = nil
		require.NoError(t, store.Append(t.Context(), first, 100))
		position, err := store.Position(t.Context())
		require.NoError(t, err)
		require.Equal(t, int64(1), position.CompleteFrom)
	})
}

func TestARejectedPaymentMayBeDecidedAnewAndASettledOneStays(t *testing.T) {
	store := openNew(t)
	for height, status := range []string{"RJCT", "RJCT", "ACSC", "RJCT"} {
		b := block(int64(height) + 1)
		b.Payments = []index.Payment{payment("u", "a", "b", status, height)}
		require.NoError(t, store.Append(t.Context(), b, 1))
	}
	page, err := store.Payments(t.Context(), "b", 0, "")
	require.NoError(t, err)
	require.Len(t, page.Payments, 1)
	require.Equal(t, "ACSC", page.Payments[0].Status)
	require.Equal(t, int64(3), page.Payments[0].Height)
}

func TestPagesOfPaymentsDoNotShiftWhenNewOnesArrive(t *testing.T) {
	store := openNew(t)
	next := int64(1)
	add := func(names ...string) {
		b := block(next)
		for i, name := range names {
			debtor, creditor := "a", "b"
			if i%2 == 1 {
				debtor, creditor = "b", "a"
			}
			b.Payments = append(b.Payments, payment(name, debtor, creditor, "ACSC", i))
		}
		require.NoError(t, store.Append(t.Context(), b, 1))
		next++
	}
	add("1a", "1b")
	add("2a", "2b", "2c")
	first, err := store.Payments(t.Context(), "a", 2, "")
	require.NoError(t, err)
	require.Equal(t, []string{"2c", "2b"}, uetrs(first.Payments))

	add("3a", "3b", "3c")
	second, err := store.Payments(t.Context(), "a", 2, first.NextCursor)
	require.NoError(t, err)
	require.Equal(t, []string{"2a", "1b"}, uetrs(second.Payments))
	third, err := store.Payments(t.Context(), "a", 2, second.NextCursor)
	require.NoError(t, err)
	require.Equal(t, []string{"1a"}, uetrs(third.Payments))
	require.Empty(t, third.NextCursor)
}

func TestAFullLastPageHasNoCursor(t *testing.T) {
	store := openNew(t)
	b := block(1)
	b.Payments = []index.Payment{payment("x", "a", "a", "RJCT", 0), payment("y", "a", "b", "ACSC", 1)}
	require.NoError(t, store.Append(t.Context(), b, 1))
	page, err := store.Payments(t.Context(), "a", 2, "")
	require.NoError(t, err)
	require.Equal(t, []string{"y", "x"}, uetrs(page.Payments), "a payment to oneself is listed once")
	require.Empty(t, page.NextCursor)
}

func TestEntriesAreListedByHeightInARange(t *testing.T) {
	store := openNew(t)
	for height := int64(1); height <= 4; height++ {
		b := block(height)
		b.Entries = []index.AccountEntry{entry("a", 0, true), entry("b", 1, true), entry("a", 2, false)}
		require.NoError(t, store.Append(t.Context(), b, 1))
	}
	var got []string
	cursor := ""
	for {
		page, err := store.Entries(t.Context(), "a", 2, 3, 3, cursor)
		require.NoError(t, err)
		for _, e := range page.Entries {
			got = append(got, fmt.Sprintf("%d-%d", e.Height, e.Sequence))
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	require.Equal(t, []string{"2-0", "2-2", "3-0", "3-2"}, got)
}

func TestStrangeCursorsAreRefused(t *testing.T) {
	store := openNew(t)
	for _, cursor := range []string{"x", "1", "1-2-3-4", "1-2-x", "-1-2-3", "1--2", "99999999999999999999-0-0", "1-2-3;DROP TABLE payments"} {
		_, err := store.Payments(t.Context(), "a", 1, cursor)
		require.ErrorIs(t, err, index.ErrBadCursor, cursor)
		_, err = store.Entries(t.Context(), "a", 0, 0, 1, cursor)
		require.ErrorIs(t, err, index.ErrBadCursor, cursor)
	}
}

func TestAmountsBeyond64BitsSurvive(t *testing.T) {
	store := openNew(t)
	huge, _ := math.NewIntFromString("170141183460469231731687303715884105727")
	b := block(1)
	big := entry("a", 0, true)
	big.Amount = huge
	b.Entries = []index.AccountEntry{big}
	require.NoError(t, store.Append(t.Context(), b, 1))
	page, err := store.Entries(t.Context(), "a", 0, 0, 0, "")
	require.NoError(t, err)
	require.Equal(t, huge.String(), page.Entries[0].Amount.String())
}
