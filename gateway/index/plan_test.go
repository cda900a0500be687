package index

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNoQueryReadsAWholeTable(t *testing.T) {
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "index.sqlite"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	for name, c := range map[string]struct {
		query string
		args  []any
		uses  []string
	}{
		"find by hash": {findSQL, []any{"X", []byte{1}, 1, 1, 1, 1},
			[]string{"payments_by_transaction", "payments_by_end_to_end", "payments_by_instruction"}},
		"find by UETR":   {findUETRSQL, []any{"u"}, []string{"PRIMARY KEY"}},
		"find a refusal": {findRefusedSQL, []any{"X"}, []string{"PRIMARY KEY"}},
		"events": {accountPaymentsAfterSQL, []any{"a", 1, 1, 1, 1},
			[]string{"payments_by_debtor", "payments_by_creditor"}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := store.reader.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+c.query, c.args...)
			require.NoError(t, err)
			defer rows.Close()
			var plan []string
			for rows.Next() {
				var id, parent, unused int
				var detail string
				require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
				require.NotContains(t, detail, "SCAN payments")
				require.NotContains(t, detail, "SCAN refused")
				plan = append(plan, detail)
			}
			require.NoError(t, rows.Err())
			for _, used := range c.uses {
				require.Contains(t, strings.Join(plan, "\n"), used)
			}
		})
	}
}
