package paging_test

import (
	"testing"

	"cosmossdk.io/collections"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/internal/paging"
)

// FuzzPageKeys: a page key is whatever a caller sends. It never leads out of what was asked for, and one that is no
// cursor is the caller's fault.
func FuzzPageKeys(f *testing.F) {
	lists := newLists()
	for _, key := range []pairKey{collections.Join("a", "1"), collections.Join("a", "2"), collections.Join("b", "secret")} {
		require.NoError(f, lists.pairs.Set(lists.ctx, key))
	}
	require.NoError(f, lists.numbers.Set(lists.ctx, 7))
	f.Add([]byte("2"), uint64(1), false)
	f.Add([]byte("\x00b\x00secret"), uint64(200), true)
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 7}, uint64(0), false)
	f.Fuzz(func(t *testing.T, key []byte, limit uint64, reverse bool) {
		asked := &query.PageRequest{Key: key, Limit: limit, Reverse: reverse}
		rows, _, err := lists.pageBelow("a", asked)
		if err != nil {
			require.Equal(t, codes.InvalidArgument, status.Code(err), err)
		}
		for _, row := range rows {
			require.Contains(t, []string{"1", "2"}, row)
		}
		_, _, err = paging.List(lists.ctx, lists.numbers, paging.Of(asked), number)
		if err != nil {
			require.Equal(t, codes.InvalidArgument, status.Code(err), err)
		}
	})
}
