package index

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mayBeScanned are what a query made for itself, cut to a page already, and single rows.
var mayBeScanned = []string{"page", "e", "CONSTANT ROW", "account", "(subquery-"}

func TestNoQueryReadsAWholeTable(t *testing.T) {
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "index.sqlite"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	sides := []string{
		"payments_by_debtor (debtor=? AND moved=? AND rowid", "payments_by_creditor (creditor=? AND moved=? AND rowid",
	}
	for name, c := range map[string]struct {
		query string
		args  []any
		uses  []string
	}{
		"find by hash": {findSQL, []any{[]byte{1}, 1, 1, 1, 1, 1, 1, 1},
			[]string{"transactions_by_hash", "payments_by_end_to_end", "payments_by_instruction"}},
		"find by UETR":        {findUETRSQL, []any{"u"}, []string{"payments_by_uetr"}},
		"find a refusal":      {findRefusedSQL, []any{"X"}, []string{"PRIMARY KEY"}},
		"payments":            {paymentsSQL, []any{"a", 1, 1, 1, 1, 1}, sides},
		"payments as events":  {accountPaymentsAfterSQL, []any{"a", 1, 1, 1, 1, 1}, sides},
		"a payment to prove":  {storedPaymentSQL, []any{"u", 1, "u"}, []string{"payments_by_uetr"}},
		"the next number":     {nextPaymentSQL, nil, nil},
		"a block's payments":  {blockAtSQL, []any{1}, []string{"PRIMARY KEY"}},
		"details":             {findDetailsSQL, []any{"u"}, []string{"payments_by_uetr"}},
		"a replaced payment":  {keepReplacedSQL, []any{1, "u", 1}, []string{"PRIMARY KEY"}},
		"its entries":         {keepEntriesSQL, []any{1}, []string{"PRIMARY KEY"}},
		"who has the UETR":    {findStoredSQL, []any{"u"}, []string{"payments_by_uetr"}},
		"an account's number": {findAccountSQL, []any{"a"}, []string{"sqlite_autoindex_accounts_1"}},
		"entries": {entriesSQL, []any{"a", 1, 1, 1, 1, 1, 1, 1}, append([]string{
			"payments_by_debtor_reserve (debtor_reserve=? AND rowid", "payments_by_creditor_reserve (creditor_reserve=? AND rowid",
		}, sides...)},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := store.writer.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+c.query, c.args...)
			require.NoError(t, err)
			defer rows.Close()
			var plan []string
			for rows.Next() {
				var id, parent, unused int
				var detail string
				require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
				if scanned, found := strings.CutPrefix(detail, "SCAN "); found && name != "the next number" {
					requireBounded(t, scanned)
				}
				plan = append(plan, detail)
			}
			require.NoError(t, rows.Err())
			t.Log(strings.Join(plan, "\n"))
			for _, used := range c.uses {
				require.Contains(t, strings.Join(plan, "\n"), used)
			}
		})
	}
}

func requireBounded(t *testing.T, scanned string) {
	t.Helper()
	for _, bounded := range mayBeScanned {
		if scanned == bounded || strings.HasPrefix(bounded, "(") && strings.HasPrefix(scanned, bounded) {
			return
		}
	}
	require.Fail(t, "the query reads all of "+scanned)
}
