package paging_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"cosmossdk.io/collections"
	"cosmossdk.io/collections/colltest"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"pgregory.net/rapid"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/internal/paging"
)

type pairKey = collections.Pair[string, string]

// lists is a store with a list by name, a list by number, and a list of pairs.
type lists struct {
	ctx     context.Context
	names   collections.KeySet[string]
	numbers collections.KeySet[uint64]
	pairs   collections.KeySet[pairKey]
}

func newLists() lists {
	service, ctx := colltest.MockStore()
	schema := collections.NewSchemaBuilder(service)
	return lists{
		ctx:     ctx,
		names:   collections.NewKeySet(schema, collections.NewPrefix(1), "names", collections.StringKey),
		numbers: collections.NewKeySet(schema, collections.NewPrefix(2), "numbers", collections.Uint64Key),
		pairs:   collections.NewKeySet(schema, collections.NewPrefix(3), "pairs", collections.PairKeyCodec(collections.StringKey, collections.StringKey)),
	}
}

func name(key string, _ collections.NoValue) (string, error)    { return key, nil }
func number(key uint64, _ collections.NoValue) (uint64, error)  { return key, nil }
func second(key pairKey, _ collections.NoValue) (string, error) { return key.K2(), nil }
func (l lists) page(asked *query.PageRequest) ([]string, []byte, error) {
	rows, page, err := paging.List(l.ctx, l.names, paging.Of(asked), name)
	return rows, page.GetNextKey(), err
}

func (l lists) pageBelow(prefix string, asked *query.PageRequest) ([]string, []byte, error) {
	rows, page, err := paging.ListBelow(l.ctx, l.pairs, collections.PairPrefix[string, string](prefix), paging.Of(asked), second)
	return rows, page.GetNextKey(), err
}

func TestWhatIsNotServedIsRefusedInWords(t *testing.T) {
	l := newLists()
	require.NoError(t, l.names.Set(l.ctx, "a"))
	for _, row := range []struct {
		name  string
		asked query.PageRequest
		words string
	}{
		{"an offset", query.PageRequest{Offset: 1}, "offset"},
		{"the greatest offset", query.PageRequest{Offset: 1<<64 - 1, Limit: 10}, "offset"},
		{"an offset backwards", query.PageRequest{Offset: 3, Reverse: true}, "offset"},
		{"a count", query.PageRequest{CountTotal: true}, "count_total"},
		{"one row too many", query.PageRequest{Limit: paging.RowsMax + 1}, "limit 201 is above 200"},
		{"a thousand million rows", query.PageRequest{Limit: 1e9}, "limit 1000000000 is above 200"},
		{"a cursor that is too long", query.PageRequest{Key: make([]byte, paging.CursorBytesMax+1)}, "key has 513 bytes"},
	} {
		_, _, err := l.page(&row.asked)
		require.Equal(t, codes.InvalidArgument, status.Code(err), row.name)
		require.ErrorContains(t, err, row.words, row.name)
	}
}

func TestPagesThatClientsSendByDefaultAreServed(t *testing.T) {
	l := newLists()
	require.NoError(t, l.names.Set(l.ctx, "a"))
	for _, asked := range []*query.PageRequest{
		nil, {}, {Key: []byte{}}, {Limit: paging.RowsMax}, {Limit: 100}, {Reverse: true}, {CountTotal: false, Offset: 0},
	} {
		rows, next, err := l.page(asked)
		require.NoError(t, err, "%+v", asked)
		require.Equal(t, []string{"a"}, rows)
		require.Empty(t, next)
	}
}

func TestWalletsGetTheThousandRowsThatTheyAskFor(t *testing.T) {
	l := newLists()
	for i := range uint64(paging.WalletRowsMax + 1) {
		require.NoError(t, l.numbers.Set(l.ctx, i))
	}
	rows, page, err := paging.List(l.ctx, l.numbers, paging.OfWallet(&query.PageRequest{Limit: paging.WalletRowsMax}), number)
	require.NoError(t, err)
	require.Len(t, rows, paging.WalletRowsMax)
	require.NotEmpty(t, page.NextKey)
	_, _, err = paging.List(l.ctx, l.numbers, paging.OfWallet(&query.PageRequest{Limit: paging.WalletRowsMax + 1}), number)
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	// Without a limit a wallet gets what everyone gets.
	rows, _, err = paging.List(l.ctx, l.numbers, paging.OfWallet(nil), number)
	require.NoError(t, err)
	require.Len(t, rows, paging.RowsMax)
}

func TestACursorThatIsNoKeyIsRefused(t *testing.T) {
	l := newLists()
	require.NoError(t, l.numbers.Set(l.ctx, 1))
	for _, cursor := range []string{"1", "1234567", "123456789", strings.Repeat("x", 100)} {
		_, _, err := paging.List(l.ctx, l.numbers, paging.Of(&query.PageRequest{Key: []byte(cursor)}), number)
		require.Equal(t, codes.InvalidArgument, status.Code(err), "%q", cursor)
		require.ErrorContains(t, err, "no cursor of this list")
	}
}

// A cursor that named another prefix would show rows that were not asked for.
func TestNoCursorLeadsOutOfItsPrefix(t *testing.T) {
	l := newLists()
	for _, key := range []pairKey{
		collections.Join("A", "1"), collections.Join("A", "2"), collections.Join("B", "3"), collections.Join("", "0"),
	} {
		require.NoError(t, l.pairs.Set(l.ctx, key))
	}
	rapid.Check(t, func(t *rapid.T) {
		cursor := rapid.SliceOfN(rapid.Byte(), 0, 6).Draw(t, "cursor")
		reverse := rapid.Bool().Draw(t, "reverse")
		rows, _, err := l.pageBelow("A", &query.PageRequest{Key: cursor, Reverse: reverse})
		if err != nil {
			require.Equal(t, codes.InvalidArgument, status.Code(err))
		}
		for _, row := range rows {
			require.Contains(t, []string{"1", "2"}, row)
		}
	})
}

// Names that begin with each other are the hard case: a page backwards must not show "AB" again
// after it ended before "A".
var someName = rapid.StringMatching(`[ABC]{1,4}`)

func TestPagesMissNothingThatStayedAndShowNothingTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLists()
		stored := map[string]bool{}
		for _, key := range rapid.SliceOfDistinct(someName, rapid.ID).Draw(t, "rows") {
			require.NoError(t, l.pairs.Set(l.ctx, collections.Join("P", key)))
			stored[key] = true
		}
		for _, neighbour := range []string{"O", "P\x01", "Q"} {
			require.NoError(t, l.pairs.Set(l.ctx, collections.Join(neighbour, "foreign")))
		}
		stayed := map[string]bool{}
		for key := range stored {
			stayed[key] = true
		}
		asked := query.PageRequest{
			Limit:   rapid.Uint64Range(1, 5).Draw(t, "limit"),
			Reverse: rapid.Bool().Draw(t, "reverse"),
		}
		var seen []string
		for {
			rows, next, err := l.pageBelow("P", &asked)
			require.NoError(t, err)
			require.LessOrEqual(t, uint64(len(rows)), asked.Limit)
			seen = append(seen, rows...)
			if len(next) == 0 {
				break
			}
			asked.Key = next
			for range rapid.IntRange(0, 3).Draw(t, "writes") {
				key := someName.Draw(t, "written")
				if rapid.Bool().Draw(t, "insert") {
					require.NoError(t, l.pairs.Set(l.ctx, collections.Join("P", key)))
				} else {
					require.NoError(t, l.pairs.Remove(l.ctx, collections.Join("P", key)))
					delete(stayed, key)
				}
			}
		}
		sorted := slices.Clone(seen)
		slices.Sort(sorted)
		require.Equal(t, slices.Compact(slices.Clone(sorted)), sorted, "a row was shown twice")
		if asked.Reverse {
			slices.Reverse(sorted)
		}
		require.Equal(t, sorted, seen, "rows come in the order of their keys")
		for key := range stayed {
			require.Contains(t, seen, key)
		}
	})
}

func TestAListEndsWithAnEmptyCursorAlsoIfItsLastPageIsFull(t *testing.T) {
	l := newLists()
	for _, key := range []string{"a", "b", "c", "d"} {
		require.NoError(t, l.names.Set(l.ctx, key))
	}
	rows, next, err := l.page(&query.PageRequest{Limit: 2})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, rows)
	rows, next, err = l.page(&query.PageRequest{Limit: 2, Key: next})
	require.NoError(t, err)
	require.Equal(t, []string{"c", "d"}, rows)
	require.Empty(t, next)
}
