package index_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	abci "github.com/cometbft/cometbft/abci/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/gateway/index"
)

func digest(text string) [32]byte { return sha256.Sum256([]byte(text)) }

// referenced is a payment with all the references that there are.
func referenced(uetr, tx, endToEnd, message string, txIndex, eventIndex int) index.Payment {
	p := payment(uetr, "a", "b", index.StatusSettled, txIndex)
	p.EventIndex = eventIndex
	p.TxHash = fmt.Sprintf("%X", digest(tx))
	e, m := digest(endToEnd), digest(message)
	p.EndToEndDigest, p.InstructionDigest = e[:], m[:]
	if message == "" {
		p.InstructionDigest = nil
	}
	return p
}

func TestAPaymentIsFoundByEachOfItsReferences(t *testing.T) {
	store := openNew(t)
	b := block(1)
	b.Payments = []index.Payment{
		referenced("u1", "tx1", "e1", "m1", 0, 0), referenced("u2", "tx1", "e2", "m1", 0, 1),
		referenced("u3", "tx2", "e3", "", 1, 0), referenced("u4", "", "e1", "", 2, 0),
	}
	b.Payments[3].TxHash = ""
	require.NoError(t, store.Append(t.Context(), b, 1))
	for reference, want := range map[string][]string{
		"tx1": {"u2", "u1"}, "tx2": {"u3"}, "e1": {"u4", "u1"}, "e3": {"u3"}, "m1": {"u2", "u1"}, "none": nil,
	} {
		found, err := store.FindByHash(t.Context(), digest(reference), 0, "")
		require.NoError(t, err)
		require.Equal(t, want, uetrs(found.Payments), reference)
		require.Nil(t, found.Refused)
		require.Equal(t, int64(1), found.Position.Height)
	}
	found, err := store.FindByUETR(t.Context(), "u3")
	require.NoError(t, err)
	require.Equal(t, []string{"u3"}, uetrs(found.Payments))
	m1 := digest("m1")
	found, err = store.FindByUETR(t.Context(), "u1")
	require.NoError(t, err)
	require.Equal(t, m1[:], found.Payments[0].InstructionDigest)
	found, err = store.FindByUETR(t.Context(), "u9")
	require.NoError(t, err)
	require.Empty(t, found.Payments)
}

func TestAPaymentWithOneDigestInTwoPlacesIsFoundOnce(t *testing.T) {
	store := openNew(t)
	b := block(1)
	b.Payments = []index.Payment{referenced("u1", "same", "same", "same", 0, 0)}
	require.NoError(t, store.Append(t.Context(), b, 1))
	found, err := store.FindByHash(t.Context(), digest("same"), 0, "")
	require.NoError(t, err)
	require.Equal(t, []string{"u1"}, uetrs(found.Payments))
}

func TestPagesOfAFileDoNotShiftWhenItsRestArrives(t *testing.T) {
	store := openNew(t)
	next := int64(0)
	add := func(n int) {
		next++
		b := block(next)
		for i := range n {
			b.Payments = append(b.Payments, referenced(fmt.Sprintf("u%d-%d", next, i), fmt.Sprint(next), fmt.Sprint(next, i), "file", 0, i))
		}
		require.NoError(t, store.Append(t.Context(), b, 1))
	}
	add(2)
	add(3)
	var got []string
	cursor := ""
	for page := 0; page == 0 || cursor != ""; page++ {
		found, err := store.FindByHash(t.Context(), digest("file"), 2, cursor)
		require.NoError(t, err)
		got, cursor = append(got, uetrs(found.Payments)...), found.NextCursor
		add(1)
	}
	require.Equal(t, []string{"u2-2", "u2-1", "u2-0", "u1-1", "u1-0"}, got)
	for _, cursor := range []string{"x", "1-2", "1-2-3-4", "1-2-3'"} {
		_, err := store.FindByHash(t.Context(), digest("file"), 2, cursor)
		require.ErrorIs(t, err, index.ErrBadCursor, cursor)
	}
}

func TestATransactionThatABlockRefusedIsFoundWithItsReason(t *testing.T) {
	log := strings.Repeat("字", 300)
	raw, results := chainBlock([]*abci.ExecTxResult{{}, {Code: 13, Codespace: "settlement", Log: log}})
	b, err := index.Decode(raw, results, addresses)
	require.NoError(t, err)
	require.Len(t, b.Transactions, 2)
	store := openNew(t)
	require.NoError(t, store.Append(t.Context(), b, b.Height))

	hash := [32]byte(cmttypes.Tx{1}.Hash())
	require.Equal(t, hash, b.Transactions[1])
	found, err := store.FindByHash(t.Context(), hash, 0, "")
	require.NoError(t, err)
	require.Equal(t, int64(7), found.Refused.Height)
	require.Equal(t, b.Time, found.Refused.RefusedAt)
	require.Equal(t, []any{"settlement", uint32(13)}, []any{found.Refused.Codespace, found.Refused.Code})
	require.LessOrEqual(t, len(found.Refused.Log), 500)
	require.True(t, utf8.ValidString(found.Refused.Log))
	require.Equal(t, strings.Repeat("字", 166), found.Refused.Log[:166*3])

	found, err = store.FindByHash(t.Context(), b.Transactions[0], 0, "")
	require.NoError(t, err)
	require.Nil(t, found.Refused)
}

func TestEventsOfAnAccountComeInOneOrderAndEachCursorGoesOnBehindIt(t *testing.T) {
	store := openNew(t)
	for height := int64(1); height <= 20; height++ {
		b := block(height)
		for i := range int(height % 5) {
			p := payment(fmt.Sprintf("u%d-%d", height, i), "a", "b", index.StatusSettled, i)
			p.Height = height
			b.Payments = append(b.Payments, p)
			b.Entries = append(b.Entries, entry("a", uint32(2*i), false), entry("b", uint32(2*i+1), true))
		}
		require.NoError(t, store.Append(t.Context(), b, 1))
	}
	all := eventsAfter(t, store, index.EventCursor{}, 0)
	require.Len(t, all, 2*(4*(1+2+3+4)))
	for i := 1; i < len(all); i++ {
		require.True(t, all[i].Cursor.After(all[i-1].Cursor), "%s comes after %s", all[i].Cursor, all[i-1].Cursor)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		i := random.IntN(len(all))
		cursor, err := index.ParseEventCursor(all[i].Cursor.String())
		require.NoError(t, err)
		require.Equal(t, all[i+1:], eventsAfter(t, store, cursor, 1+random.IntN(7)), "after %s", cursor)
	}
	require.Empty(t, eventsAfter(t, store, index.AfterBlock(20), 0))
	require.Equal(t, int64(19), eventsAfter(t, store, index.AfterBlock(18), 0)[0].Cursor.Height())
}

// eventsAfter reads all pages behind a cursor.
func eventsAfter(t *testing.T, store *index.Store, after index.EventCursor, size int) []index.Event {
	t.Helper()
	events := []index.Event{}
	for {
		page, err := store.Events(t.Context(), "a", after, size)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Events), index.MaxEvents)
		events = append(events, page.Events...)
		if !page.More {
			return events
		}
		after = page.Events[len(page.Events)-1].Cursor
	}
}

func TestStrangeEventCursorsAreRefused(t *testing.T) {
	for _, cursor := range []string{"", "x", "1-2-3", "1-3-0-0", "1-0-0-0-0", "-1-0-0-0", "1-0-0-99999999999999999999", "1-0-0-0 "} {
		_, err := index.ParseEventCursor(cursor)
		require.ErrorIs(t, err, index.ErrBadCursor, cursor)
	}
}
