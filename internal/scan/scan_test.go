package scan_test

import (
	"context"
	"testing"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	corestore "cosmossdk.io/core/store"

	"github.com/zhilian-network/zhilian/internal/scan"
)

// store is one in memory whose iterators forward end early, as IAVL's do at a node that is gone.
type store struct {
	corestore.KVStore // nil
	records           *dbm.MemDB
	cut               int // records after which it ends; 0 for never
}

func (s *store) OpenKVStore(context.Context) corestore.KVStore { return s }

func (s *store) Iterator(start, end []byte) (corestore.Iterator, error) {
	iterator, err := s.records.Iterator(start, end)
	return &cutIterator{iterator, s.cut}, err
}

func (s *store) ReverseIterator(start, end []byte) (corestore.Iterator, error) {
	return s.records.ReverseIterator(start, end)
}

type cutIterator struct {
	corestore.Iterator
	left int
}

func (c *cutIterator) Next() { c.left--; c.Iterator.Next() }

func (c *cutIterator) Valid() bool { return c.left != 0 && c.Iterator.Valid() }

func read(t *testing.T, ctx context.Context, s *store) (keys []string, err error) {
	t.Helper()
	records, err := scan.Open(ctx, s, []byte{2})
	require.NoError(t, err)
	defer records.Close()
	for records.Next() {
		keys = append(keys, string(records.Key())+"="+string(records.Value()))
	}
	return keys, records.Err()
}

func newStore(t *testing.T, keys ...string) *store {
	t.Helper()
	s := &store{records: dbm.NewMemDB(), cut: -1}
	for _, key := range keys {
		require.NoError(t, s.records.Set([]byte(key), []byte("v")))
	}
	return s
}

func TestAllRecordsBelowThePrefixAreReadInOrder(t *testing.T) {
	keys, err := read(t, t.Context(), newStore(t, "\x02b", "\x01z", "\x02a", "\x03a", "\x02\xff"))
	require.NoError(t, err)
	require.Equal(t, []string{"a=v", "b=v", "\xff=v"}, keys)
	keys, err = read(t, t.Context(), newStore(t, "\x01z", "\x03a"))
	require.NoError(t, err)
	require.Empty(t, keys)
}

func TestAnIteratorThatEndsEarlyIsNotTakenForTheEnd(t *testing.T) {
	for cut := range 3 {
		s := newStore(t, "\x02a", "\x02b", "\x02c")
		s.cut = cut
		_, err := read(t, t.Context(), s)
		require.ErrorIs(t, err, scan.ErrCutShort, "after %d records", cut)
	}
}

func TestAScanEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := read(t, ctx, newStore(t, "\x02a"))
	require.ErrorIs(t, err, context.Canceled)
}
