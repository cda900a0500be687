package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	sdkmath "cosmossdk.io/math"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// Page sizes.
const (
	DefaultPayments = 50
	MaxPayments     = 200
	DefaultEntries  = 200
	MaxEntries      = 1_000
)

// ErrBadCursor says that a cursor did not come from a page of the same list.
var ErrBadCursor = errors.New("cursor is not one that this list gave out")

const (
	paymentColumns = `uetr, debtor, creditor, currency, amount, status, reason, height, tx_index, event_index, decided_at, tx_hash, end_to_end_digest, instruction_digest`

	// Each side is read off its own index, newest first, and cut to the page before both are merged.
	// A rejected payment may name one account on both sides; it is listed once.
	paymentsSQL = `
SELECT ` + paymentColumns + ` FROM (
    SELECT * FROM (SELECT ` + paymentColumns + ` FROM payments
        WHERE debtor = ?1 AND (height, tx_index, event_index) < (?2, ?3, ?4)
        ORDER BY height DESC, tx_index DESC, event_index DESC LIMIT ?5)
    UNION ALL
    SELECT * FROM (SELECT ` + paymentColumns + ` FROM payments
        WHERE creditor = ?1 AND debtor <> ?1 AND (height, tx_index, event_index) < (?2, ?3, ?4)
        ORDER BY height DESC, tx_index DESC, event_index DESC LIMIT ?5)
) ORDER BY height DESC, tx_index DESC, event_index DESC LIMIT ?5`

	entriesSQL = `
SELECT height, sequence, booked_at, currency, amount, credit, kind, uetr, counterparty, end_to_end_digest FROM entries
WHERE account = ?1 AND (height, sequence) > (?2, ?3) AND height <= ?4
ORDER BY height, sequence LIMIT ?5`
)

// PaymentPage is a page of payments and what the index knew when it was read.
type PaymentPage struct {
	Payments   []gatewaytypes.PaymentRow
	NextCursor string
	Position   Position
}

// EntryPage is a page of entries and what the index knew when it was read.
type EntryPage struct {
	Entries    []gatewaytypes.Entry
	NextCursor string
	Position   Position
}

// snapshot gives the queries of one answer the same state of the index.
func (s *Store) snapshot(ctx context.Context, work func(*sql.Tx) error) error {
	tx, err := s.reader.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	// Nothing was written; there is nothing to lose in a failed rollback.
	defer func() { _ = tx.Rollback() }()
	return work(tx)
}

// Payments lists the payments of an account, newest first. limit 0 stands for DefaultPayments.
func (s *Store) Payments(ctx context.Context, account string, limit uint32, cursor string) (PaymentPage, error) {
	size := pageSize(limit, DefaultPayments, MaxPayments)
	before := []int64{math.MaxInt64, 0, 0}
	if cursor != "" {
		var err error
		if before, err = parseCursor(cursor, 3); err != nil {
			return PaymentPage{}, err
		}
	}
	var page PaymentPage
	var last string
	err := s.snapshot(ctx, func(tx *sql.Tx) error {
		var err error
		if page.Position, err = s.positionIn(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.StmtContext(ctx, s.payments).QueryContext(ctx, account, before[0], before[1], before[2], size+1)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			payment, err := scanPayment(rows)
			if err != nil {
				return err
			}
			if len(page.Payments) == size {
				page.NextCursor = last
				break
			}
			page.Payments = append(page.Payments, payment.PaymentRow)
			last = formatCursor(payment.Height, int64(payment.TxIndex), int64(payment.EventIndex))
		}
		return rows.Err()
	})
	return page, err
}

// Entries lists the movements of an account in a range of heights, oldest first. Bounds of 0 stand
// for the first and the newest block, limit 0 for DefaultEntries.
func (s *Store) Entries(ctx context.Context, account string, from, to int64, limit uint32, cursor string) (EntryPage, error) {
	size := pageSize(limit, DefaultEntries, MaxEntries)
	if to == 0 {
		to = math.MaxInt64
	}
	// Heights begin at 1, so -1 as a sequence lies before every entry of the height.
	after := []int64{from, -1}
	if cursor != "" {
		given, err := parseCursor(cursor, 2)
		if err != nil {
			return EntryPage{}, err
		}
		if given[0] >= from {
			after = given
		}
	}
	var page EntryPage
	err := s.snapshot(ctx, func(tx *sql.Tx) error {
		var err error
		if page.Position, err = s.positionIn(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.StmtContext(ctx, s.entries).QueryContext(ctx, account, after[0], after[1], to, size+1)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			entry, err := scanEntry(rows)
			if err != nil {
				return err
			}
			if len(page.Entries) == size {
				last := page.Entries[size-1]
				page.NextCursor = formatCursor(last.Height, int64(last.Sequence))
				break
			}
			page.Entries = append(page.Entries, entry)
		}
		return rows.Err()
	})
	return page, err
}

func scanPayment(rows *sql.Rows) (Payment, error) {
	var p Payment
	var amount string
	var decidedAt int64
	if err := rows.Scan(&p.Uetr, &p.Debtor, &p.Creditor, &p.Currency, &amount, &p.Status, &p.Reason,
		&p.Height, &p.TxIndex, &p.EventIndex, &decidedAt, &p.TxHash, &p.EndToEndDigest, &p.InstructionDigest); err != nil {
		return Payment{}, err
	}
	minor, err := parseAmount(amount)
	if err != nil {
		return Payment{}, err
	}
	p.Amount, p.DecidedAt = minor, time.Unix(0, decidedAt).UTC()
	return p, nil
}

func scanEntry(rows *sql.Rows) (gatewaytypes.Entry, error) {
	var e gatewaytypes.Entry
	var amount string
	var bookedAt int64
	if err := rows.Scan(&e.Height, &e.Sequence, &bookedAt, &e.Currency, &amount, &e.Credit, &e.Kind,
		&e.Uetr, &e.Counterparty, &e.EndToEndDigest); err != nil {
		return gatewaytypes.Entry{}, err
	}
	minor, err := parseAmount(amount)
	if err != nil {
		return gatewaytypes.Entry{}, err
	}
	e.Amount, e.BookedAt = minor, time.Unix(0, bookedAt).UTC()
	return e, nil
}

func parseAmount(text string) (sdkmath.Int, error) {
	amount, ok := sdkmath.NewIntFromString(text)
	if !ok {
		return sdkmath.Int{}, fmt.Errorf("amount %q in the index is not a number", text)
	}
	return amount, nil
}

func pageSize(limit uint32, standard, most int) int {
	switch {
	case limit == 0:
		return standard
	case limit > uint32(most):
		return most
	}
	return int(limit)
}

func formatCursor(parts ...int64) string {
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = strconv.FormatInt(part, 10)
	}
	return strings.Join(texts, "-")
}

func parseCursor(cursor string, parts int) ([]int64, error) {
	texts := strings.Split(cursor, "-")
	if len(texts) != parts {
		return nil, ErrBadCursor
	}
	numbers := make([]int64, parts)
	for i, text := range texts {
		number, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			return nil, ErrBadCursor
		}
		numbers[i] = int64(number)
	}
	return numbers, nil
}
