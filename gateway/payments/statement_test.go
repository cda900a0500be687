package payments_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/gateway/payments"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	"github.com/zhilian-network/zhilian/iso20022/report"
)

// books has a block every hour from genesis, and pages of two.
type books struct {
	genesis  time.Time
	entries  []gatewaytypes.Entry
	balance  int64
	newest   int64
	complete int64
	earliest int64
}

func (b *books) at(height int64) time.Time {
	return b.genesis.Add(time.Duration(height-1) * time.Hour)
}

func (b *books) book(height int64, minor int64, credit bool, uetr string) {
	b.entries = append(b.entries, gatewaytypes.Entry{
		Height: height, Sequence: uint32(len(b.entries)), BookedAt: b.at(height), Currency: "CNY", Amount: math.NewInt(minor),
		Credit: credit, Kind: "payment", Uetr: uetr,
	})
}

func (b *books) Entries(_ context.Context, r *gatewaytypes.QueryEntriesRequest) (*gatewaytypes.QueryEntriesResponse, error) {
	out := &gatewaytypes.QueryEntriesResponse{IndexedHeight: b.newest, CompleteFromHeight: b.complete}
	skip := len(r.Cursor)
	for _, entry := range b.entries {
		if entry.Height < r.FromHeight || r.ToHeight > 0 && entry.Height > r.ToHeight {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if len(out.Entries) == 2 {
			out.NextCursor = r.Cursor + "xx"
			break
		}
		out.Entries = append(out.Entries, entry)
	}
	return out, nil
}

func (b *books) Balance(_ context.Context, _, denom string, height int64) (math.Int, error) {
	if denom != "BQDQ/CNY" || height != b.newest {
		return math.ZeroInt(), nil
	}
	return math.NewInt(b.balance), nil
}

func (b *books) BlockTime(_ context.Context, height int64) (time.Time, error) {
	return b.at(height), nil
}

func (b *books) EarliestBlock(context.Context) (int64, error) { return b.earliest, nil }

const uetr1 = "3f2a8d1e-5b4c-4d6e-8f70-a1b2c3d4e5f6"

func newBooks() *books {
	b := &books{genesis: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), newest: 24 * 10, complete: 1, earliest: 1, balance: 5_000}
	b.book(10, 1_000, true, "")   // 1 November
	b.book(30, 300, false, uetr1) // 2 November
	b.book(31, 50, true, "")      // 2 November
	b.book(40, 7, false, uetr1)   // 2 November, 15:00 UTC
	b.book(100, 100, true, "")    // 5 November
	return b
}

func requestOf(first, last int) payments.StatementRequest {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	from, to := payments.Period(day(first), day(last))
	return payments.StatementRequest{
		Address: "zhilian1abc", Holdings: []payments.Holding{{Currency: "CNY", Denom: "BQDQ/CNY"}},
		Account: report.AccountDetail{Account: report.Account{IBAN: payerIBAN}}, From: from, To: to,
	}
}

func TestAStatementGoesBackFromTodaysBalance(t *testing.T) {
	document, err := payments.Statement(t.Context(), newBooks(), requestOf(2, 2), clock)
	require.NoError(t, err)
	require.Equal(t, "camt.053.001.08", document.Kind)
	text := string(document.Content)
	// Today 50.00, less 1.00 of 5 November, gives 49.00 at the end of the 2nd; the day moved -2.57.
	require.Contains(t, text, "51.57")
	require.Contains(t, text, "49.00")
	require.Contains(t, text, uetr1)
	require.NotContains(t, text, ">10.00<", "an entry of another day")
}

func TestAPeriodBeforeTheChainBeganIsServedFromTheFirstBlock(t *testing.T) {
	b := newBooks()
	request := requestOf(1, 9)
	request.From = request.From.AddDate(0, -1, 0)
	document, err := payments.Statement(t.Context(), b, request, clock)
	require.NoError(t, err)
	// 50.00 today, less all movements +8.43.
	require.Contains(t, string(document.Content), "41.57")
}

func TestPrunedBlocksDoNotHideEntries(t *testing.T) {
	b := newBooks()
	b.earliest = 90
	document, err := payments.Statement(t.Context(), b, requestOf(2, 2), clock)
	require.NoError(t, err)
	require.Contains(t, string(document.Content), "51.57")
}

func TestAStatementOverAGapOfTheIndexIsRefused(t *testing.T) {
	b := newBooks()
	b.complete = 60
	_, err := payments.Statement(t.Context(), b, requestOf(2, 2), clock)
	require.ErrorIs(t, err, payments.ErrIndexIncomplete)
	_, err = payments.Statement(t.Context(), b, requestOf(5, 5), clock)
	require.NoError(t, err)
}

func TestAnEmptyIndexGivesNoStatement(t *testing.T) {
	_, err := payments.Statement(t.Context(), &books{}, requestOf(2, 2), clock)
	require.ErrorIs(t, err, payments.ErrNothingIndexed)
}

func TestANotificationHasTheEntriesOfThePeriod(t *testing.T) {
	document, err := payments.AccountNotification(t.Context(), newBooks(), requestOf(5, 5), clock)
	require.NoError(t, err)
	require.Contains(t, string(document.Content), "<CdtDbtInd>CRDT</CdtDbtInd>")
	_, err = payments.AccountNotification(t.Context(), newBooks(), requestOf(7, 7), clock)
	require.ErrorIs(t, err, payments.ErrNoEntries)
}

func TestAnAddressFitsAnAccountNumber(t *testing.T) {
	number := payments.NumberOf("zhilian1qypqxpq9qcrsszg2pvxq6rs0zqg3yyc5e5xqnn")
	require.Equal(t, "qypqxpq9qcrsszg2pvxq6rs0zqg3yyc5", number)
	require.LessOrEqual(t, len(payments.NumberOf("no separator at all, and longer than fits")), 34)
}
