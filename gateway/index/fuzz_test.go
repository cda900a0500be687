package index_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/gateway/index"
)

// FuzzCursors: cursors come back from callers. One that is read is the place that its text says; the store answers any
// other with ErrBadCursor, and with nothing of another account.
func FuzzCursors(f *testing.F) {
	store := openNew(f)
	f.Add("12-0-3-4")
	f.Add("0-0-0-0")
	f.Add("9223372036854775807-2-0-0")
	f.Add("-1--1-0-0")
	f.Fuzz(func(t *testing.T, text string) {
		cursor, err := index.ParseEventCursor(text)
		if err != nil {
			require.ErrorIs(t, err, index.ErrBadCursor)
		} else {
			again, err := index.ParseEventCursor(cursor.String())
			require.NoError(t, err)
			require.Equal(t, cursor, again)
			require.False(t, again.After(cursor))
		}
		page, err := store.Payments(t.Context(), "nobody", 10, text)
		if err != nil {
			require.ErrorIs(t, err, index.ErrBadCursor)
		}
		require.Empty(t, page.Payments)
		entries, err := store.Entries(t.Context(), "nobody", 0, 0, 10, text)
		if err != nil {
			require.ErrorIs(t, err, index.ErrBadCursor)
		}
		require.Empty(t, entries.Entries)
	})
}
