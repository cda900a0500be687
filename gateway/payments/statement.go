package payments

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"sort"
	"time"

	"cosmossdk.io/math"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	"github.com/zhilian-network/zhilian/iso20022/report"
)

const (
	entriesPage = 1_000
	// maxStatementEntries bounds one statement; a longer one is no use to a reader or a program.
	maxStatementEntries = 100_000
	// maxEntriesWalked bounds what is read to find an opening balance.
	maxEntriesWalked = 10_000_000
)

// Refusals of a statement.
var (
	ErrIndexIncomplete = errors.New("this node's index lacks blocks of the period: ask another node, or begin later")
	ErrNothingIndexed  = errors.New("this node has indexed no block yet")
	ErrTooManyEntries  = fmt.Errorf("more than %d entries: choose a shorter period", maxStatementEntries)
	ErrNoEntries       = errors.New("nothing was booked in the period")
)

// Books is what statements are written from: a node's index and its ledger.
type Books interface {
	Entries(ctx context.Context, request *gatewaytypes.QueryEntriesRequest) (*gatewaytypes.QueryEntriesResponse, error)
	// Balance of an account after the block of a height.
	Balance(ctx context.Context, address, denom string, height int64) (math.Int, error)
	BlockTime(ctx context.Context, height int64) (time.Time, error)
	// EarliestBlock is the lowest height that the node has.
	EarliestBlock(ctx context.Context) (int64, error)
}

// Holding is one currency of an account and the denom in which the ledger keeps it.
type Holding struct{ Currency, Denom string }

// StatementRequest names an account and a period.
type StatementRequest struct {
	Address  string
	Holdings []Holding
	Account  report.AccountDetail
	From     time.Time
	To       time.Time // exclusive
	// Known says by UETR what payment files tell of a payment; the chain keeps no names and no
	// references in clear. It may be nil.
	Known map[string]KnownPayment
	// Details opens what was sealed with a payment, and says false if there is nothing that this reader
	// opens. It is asked for payments that are not known; it may be nil.
	Details func(ctx context.Context, uetr string) ([]byte, bool, error)
}

// KnownPayment is a payment as its file tells it.
type KnownPayment struct {
	Detail report.EntryDetail
	// Batch is set if the debtor asked for one entry for the whole batch.
	Batch *report.Batch
}

// booked is what the books say of a period.
type booked struct {
	entries  []gatewaytypes.Entry // in the period
	balances []report.Balance
}

// Statement writes a camt.053 for a period: entries from the index, the closing balance from the
// ledger, and the opening balance as the difference of the two, since balances of the first block
// are not entries.
func Statement(ctx context.Context, books Books, request StatementRequest, now time.Time) (Document, error) {
	b, err := read(ctx, books, request)
	if err != nil {
		return Document{}, err
	}
	if request.Known, err = tell(ctx, b.entries, request); err != nil {
		return Document{}, err
	}
	digest := requestDigest(request)
	content, err := report.Statement(report.AccountStatement{
		Header: report.Header{MessageID: messageID("SM", digest, now, ""), CreatedAt: now},
		ID:     messageID("S", digest, now, ""),
		From:   request.From, To: request.To,
		Account: request.Account, Balances: b.balances, Entries: reportEntries(b.entries, request.Known),
	})
	if err != nil {
		return Document{}, err
	}
	return Document{Kind: report.Camt053V08, Name: documentName(report.Camt053V08, digest, 0), Content: content}, nil
}

// AccountNotification writes a camt.054 of what was booked on an account in a period.
func AccountNotification(ctx context.Context, books Books, request StatementRequest, now time.Time) (Document, error) {
	b, err := read(ctx, books, request)
	if err != nil {
		return Document{}, err
	}
	if request.Known, err = tell(ctx, b.entries, request); err != nil {
		return Document{}, err
	}
	if len(b.entries) == 0 {
		return Document{}, ErrNoEntries
	}
	digest := requestDigest(request)
	content, err := report.Notification(report.AccountNotification{
		Header: report.Header{MessageID: messageID("NM", digest, now, ""), CreatedAt: now},
		ID:     messageID("N", digest, now, ""), Account: request.Account, Entries: reportEntries(b.entries, request.Known),
	})
	if err != nil {
		return Document{}, err
	}
	return Document{Kind: report.Camt054V08, Name: documentName(report.Camt054V08, digest, 0), Content: content}, nil
}

// read walks the entries from the period's first block to the newest indexed one, and takes those
// after the period back out of today's balance.
func read(ctx context.Context, books Books, request StatementRequest) (booked, error) {
	first, newest, err := heights(ctx, books, request)
	if err != nil {
		return booked{}, err
	}
	var out booked
	inPeriod, after := sums{}, sums{}
	cursor := ""
	for walked := 0; ; walked += entriesPage {
		if walked > maxEntriesWalked {
			return booked{}, ErrTooManyEntries
		}
		page, err := books.Entries(ctx, &gatewaytypes.QueryEntriesRequest{
			Account: request.Address, FromHeight: first, ToHeight: newest, Limit: entriesPage, Cursor: cursor,
		})
		if err != nil {
			return booked{}, fmt.Errorf("entries: %w", err)
		}
		for _, entry := range page.Entries {
			switch {
			case entry.BookedAt.Before(request.From):
			case entry.BookedAt.Before(request.To):
				inPeriod.add(entry)
				out.entries = append(out.entries, entry)
			default:
				after.add(entry)
			}
		}
		if len(out.entries) > maxStatementEntries {
			return booked{}, ErrTooManyEntries
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	for _, holding := range request.Holdings {
		balance, err := books.Balance(ctx, request.Address, holding.Denom, newest)
		if err != nil {
			return booked{}, err
		}
		closing := balance.Sub(after.of(holding.Currency))
		out.balances = append(out.balances, report.Balance{
			Currency: holding.Currency, Opening: closing.Sub(inPeriod.of(holding.Currency)), Closing: closing,
		})
	}
	return out, nil
}

// heights finds where to begin and at which height the balance is taken.
func heights(ctx context.Context, books Books, request StatementRequest) (first, newest int64, err error) {
	probe, err := books.Entries(ctx, &gatewaytypes.QueryEntriesRequest{Account: request.Address, Limit: 1})
	if err != nil {
		return 0, 0, fmt.Errorf("entries: %w", err)
	}
	newest = probe.IndexedHeight
	if newest == 0 {
		return 0, 0, ErrNothingIndexed
	}
	earliest, err := books.EarliestBlock(ctx)
	if err != nil {
		return 0, 0, err
	}
	complete := max(probe.CompleteFromHeight, 1)
	low := min(max(complete, earliest), newest)
	steps := sort.Search(int(newest-low)+1, func(i int) bool {
		if err != nil {
			return true
		}
		var at time.Time
		at, err = books.BlockTime(ctx, low+int64(i))
		return err == nil && !at.Before(request.From)
	})
	if err != nil {
		return 0, 0, err
	}
	if steps > 0 {
		// The block before is earlier than the period: everything since is in the index.
		return low + int64(steps), newest, nil
	}
	if complete > 1 {
		return 0, 0, fmt.Errorf("%w (complete from block %d)", ErrIndexIncomplete, complete)
	}
	return complete, newest, nil
}

// tell adds what sealed details say of the payments of entries to what is known of them. What was sealed by
// a stranger and does not fit into a statement is left out of it.
func tell(ctx context.Context, entries []gatewaytypes.Entry, request StatementRequest) (map[string]KnownPayment, error) {
	if request.Details == nil {
		return request.Known, nil
	}
	known := map[string]KnownPayment{}
	maps.Copy(known, request.Known)
	for _, e := range entries {
		if _, told := known[e.Uetr]; told || e.Uetr == "" {
			continue
		}
		content, opened, err := request.Details(ctx, e.Uetr)
		if err != nil {
			return nil, fmt.Errorf("details of payment %s: %w", e.Uetr, err)
		}
		if !opened {
			continue
		}
		detail, err := entryDetail(content)
		if err != nil {
			continue
		}
		detail.UETR, detail.Amount = e.Uetr, e.Amount
		if fits(detail, e) {
			known[e.Uetr] = KnownPayment{Detail: detail}
		}
	}
	return known, nil
}

// fits tries an entry out in a message of its own.
func fits(detail report.EntryDetail, e gatewaytypes.Entry) bool {
	_, err := report.Notification(report.AccountNotification{
		Header: report.Header{MessageID: "TRY", CreatedAt: e.BookedAt}, ID: "TRY",
		Account: report.AccountDetail{Account: report.Account{Other: "TRY"}},
		Entries: reportEntries([]gatewaytypes.Entry{e}, map[string]KnownPayment{e.Uetr: {Detail: detail}}),
	})
	return err == nil
}

// sums adds movements up by currency.
type sums map[string]math.Int

func (s sums) add(entry gatewaytypes.Entry) {
	if entry.Credit {
		s[entry.Currency] = s.of(entry.Currency).Add(entry.Amount)
	} else {
		s[entry.Currency] = s.of(entry.Currency).Sub(entry.Amount)
	}
}

func (s sums) of(currency string) math.Int {
	if sum, found := s[currency]; found {
		return sum
	}
	return math.ZeroInt()
}

func reportEntries(entries []gatewaytypes.Entry, known map[string]KnownPayment) []report.Entry {
	var out []report.Entry
	batches := map[report.Batch]int{} // by batch: its entry
	for _, e := range entries {
		entry := report.Entry{
			Reference: fmt.Sprintf("%d-%d", e.Height, e.Sequence),
			Amount:    report.Amount{Currency: e.Currency, Minor: e.Amount},
			Direction: report.Debit, BookedAt: e.BookedAt, ValueDate: e.BookedAt.In(networkZone), Info: e.Kind,
		}
		if e.Credit {
			entry.Direction = report.Credit
		}
		payment, told := known[e.Uetr]
		switch {
		case told:
			entry.Details = []report.EntryDetail{payment.Detail}
		case e.Uetr != "":
			entry.Details = []report.EntryDetail{{UETR: e.Uetr, Amount: e.Amount}}
		}
		if told && payment.Batch != nil && !e.Credit {
			if at, begun := batches[*payment.Batch]; begun && out[at].Amount.Currency == e.Currency && sameDay(out[at], entry) {
				out[at].Amount.Minor = out[at].Amount.Minor.Add(e.Amount)
				out[at].Details = append(out[at].Details, entry.Details...)
				continue
			}
			entry.Batch = payment.Batch
			batches[*payment.Batch] = len(out)
		}
		out = append(out, entry)
	}
	return out
}

func sameDay(a, b report.Entry) bool {
	return startOf(a.ValueDate).Equal(startOf(b.ValueDate))
}

func requestDigest(request StatementRequest) []byte {
	sum := sha256.Sum256([]byte(request.Address + "\x00" + request.From.UTC().String() + "\x00" + request.To.UTC().String()))
	return sum[:]
}

// Period is a range of business days of the network, both included, as two moments.
func Period(firstDay, lastDay time.Time) (from, to time.Time) {
	return startOf(firstDay), startOf(lastDay).AddDate(0, 0, 1)
}

// Today is the network's current business day.
func Today(now time.Time) time.Time { return startOf(now.In(networkZone)) }

func startOf(day time.Time) time.Time {
	year, month, date := day.Date()
	return time.Date(year, month, date, 0, 0, 0, 0, networkZone)
}

// addressNumberLength fits the 34 characters that ISO 20022 gives an account number.
const addressNumberLength = 32

// NumberOf is an account number for an account of which only the address is known: the address
// without its prefix and checksum.
func NumberOf(address string) string {
	for i := len(address) - 1; i >= 0; i-- {
		if address[i] == '1' {
			data := address[i+1:]
			return data[:min(len(data), addressNumberLength)]
		}
	}
	return address[:min(len(address), addressNumberLength)]
}
