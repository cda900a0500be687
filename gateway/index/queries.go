package index

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

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
	paymentColumns = `p.uetr, d.address, c.address, p.currency, p.amount, p.status, p.reason, b.height, p.tx_index, p.event_index, b.time, t.hash, p.end_to_end_digest, p.instruction_digest, p.details_digest, ` + returnColumns

	// CROSS JOIN keeps the order of the tables: each row of the others is found by its number.
	paymentTables = `FROM payments p ` + otherTables + `
`
	otherTables = `CROSS JOIN transactions t ON t.id = p.tx CROSS JOIN blocks b ON b.height = t.height
CROSS JOIN accounts d ON d.id = p.debtor CROSS JOIN accounts c ON c.id = p.creditor`

	// beforePlace takes the payments before a place: ?2 and ?3 are the transaction and the event in the
	// block whose payments have the ids from ?4 to below ?5.
	beforePlace = `p.id < ?5 AND (p.id < ?4 OR (p.tx_index, p.event_index) < (?2, ?3)) ORDER BY p.id DESC LIMIT ?6`

	// Each side is read off its own index, newest first, and cut to the page before all are merged. UNION,
	// not UNION ALL: a rejected payment may name one account on both sides; it is listed once.
	paymentsSQL = `
WITH account AS (SELECT id FROM accounts WHERE address = ?1),
page AS (
    SELECT * FROM (SELECT p.id FROM payments p WHERE p.debtor = (SELECT id FROM account) AND p.moved = 0 AND ` + beforePlace + `)
    UNION SELECT * FROM (SELECT p.id FROM payments p WHERE p.debtor = (SELECT id FROM account) AND p.moved = 1 AND ` + beforePlace + `)
    UNION SELECT * FROM (SELECT p.id FROM payments p WHERE p.creditor = (SELECT id FROM account) AND p.moved = 0 AND ` + beforePlace + `)
    UNION SELECT * FROM (SELECT p.id FROM payments p WHERE p.creditor = (SELECT id FROM account) AND p.moved = 1 AND ` + beforePlace + `)
    ORDER BY 1 DESC LIMIT ?6
)
SELECT ` + paymentColumns + ` FROM page CROSS JOIN payments p ON p.id = page.id ` + otherTables + `
ORDER BY p.id DESC`

	entryTables = `FROM payments p CROSS JOIN transactions t ON t.id = p.tx `

	// The entries that follow from a payment, in their order: its debtor's, its creditor's, and those of the reserves.
	debitColumns         = `t.height AS height, p.first_entry AS sequence, p.currency, p.amount, 0, '` + KindPayment + `', p.uetr, p.creditor AS counterparty, p.end_to_end_digest`
	creditColumns        = `t.height AS height, p.first_entry + 1 AS sequence, p.currency, p.amount, 1, '` + KindPayment + `', p.uetr, p.debtor AS counterparty, p.end_to_end_digest`
	reserveDebitColumns  = `t.height AS height, p.first_entry + 2 AS sequence, p.currency, p.amount, 0, '` + KindPayment + `', p.uetr, p.creditor_reserve AS counterparty, p.end_to_end_digest`
	reserveCreditColumns = `t.height AS height, p.first_entry + 3 AS sequence, p.currency, p.amount, 1, '` + KindPayment + `', p.uetr, p.debtor_reserve AS counterparty, p.end_to_end_digest`

	// afterEntry takes the payments whose entry comes after a number, ?3, in the block whose payments have
	// the ids from ?5 to below ?6, up to the id ?7. What is added to the number follows it.
	afterEntry = ` AND p.id >= ?5 AND p.id < ?7 AND (p.id >= ?6 OR p.first_entry > ?3 `

	entriesSQL = `
WITH account AS (SELECT id FROM accounts WHERE address = ?1)
SELECT e.height, e.sequence, b.time, e.currency, e.amount, e.credit, e.kind, e.uetr, COALESCE(c.address, ''), e.end_to_end_digest FROM (
    SELECT * FROM (SELECT height, sequence, currency, amount, credit, kind, uetr, counterparty, end_to_end_digest FROM entries
        WHERE account = (SELECT id FROM account) AND (height, sequence) > (?2, ?3) AND height <= ?4
        ORDER BY height, sequence LIMIT ?8)
    UNION ALL SELECT * FROM (SELECT ` + debitColumns + ` ` + entryTables + `WHERE p.debtor = (SELECT id FROM account) AND p.moved = 1` + afterEntry + `) ORDER BY p.id LIMIT ?8)
    UNION ALL SELECT * FROM (SELECT ` + creditColumns + ` ` + entryTables + `WHERE p.creditor = (SELECT id FROM account) AND p.moved = 1` + afterEntry + `- 1) ORDER BY p.id LIMIT ?8)
    UNION ALL SELECT * FROM (SELECT ` + reserveDebitColumns + ` ` + entryTables + `WHERE p.debtor_reserve = (SELECT id FROM account)` + afterEntry + `- 2) ORDER BY p.id LIMIT ?8)
    UNION ALL SELECT * FROM (SELECT ` + reserveCreditColumns + ` ` + entryTables + `WHERE p.creditor_reserve = (SELECT id FROM account)` + afterEntry + `- 3) ORDER BY p.id LIMIT ?8)
    ORDER BY height, sequence LIMIT ?8
) e CROSS JOIN blocks b ON b.height = e.height LEFT JOIN accounts c ON c.id = e.counterparty
ORDER BY e.height, e.sequence`

	// The newest block with payments or entries that is not above a height.
	blockAtSQL = `SELECT height, first_payment, payments FROM blocks WHERE height <= ? ORDER BY height DESC LIMIT 1`
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
		first, end, err := s.paymentsOf(ctx, tx, before[0])
		if err != nil {
			return err
		}
		rows, err := tx.StmtContext(ctx, s.payments).QueryContext(ctx, account, before[1], before[2], first, end, size+1)
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
		rows, err := s.entriesAfter(ctx, tx, account, after[0], after[1], to, size+1)
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
	if err := rows.Scan((*uetrColumn)(&p.Uetr), &p.Debtor, &p.Creditor, &p.Currency, &amount, &p.Status, &p.Reason,
		&p.Height, &p.TxIndex, &p.EventIndex, &decidedAt, (*hashColumn)(&p.TxHash), &p.EndToEndDigest, &p.InstructionDigest, &p.DetailsDigest,
		(*uetrColumn)(&p.ReturnOf), &p.ReturnReason); err != nil {
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
		(*uetrColumn)(&e.Uetr), &e.Counterparty, &e.EndToEndDigest); err != nil {
		return gatewaytypes.Entry{}, err
	}
	minor, err := parseAmount(amount)
	if err != nil {
		return gatewaytypes.Entry{}, err
	}
	e.Amount, e.BookedAt = minor, time.Unix(0, bookedAt).UTC()
	return e, nil
}

// entriesAfter reads an account's entries behind a height and a number in it, up to a height.
func (s *Store) entriesAfter(ctx context.Context, tx *sql.Tx, account string, height, sequence, to int64, limit int) (*sql.Rows, error) {
	first, end, err := s.paymentsOf(ctx, tx, height)
	if err != nil {
		return nil, err
	}
	_, last, err := s.paymentsOf(ctx, tx, to)
	if err != nil {
		return nil, err
	}
	return tx.StmtContext(ctx, s.entries).QueryContext(ctx, account, height, sequence, to, first, end, last, limit)
}

// paymentsOf returns the ids of the payments of a block: from first to below end. Where a block has none,
// both are the id that the next payment has.
func (s *Store) paymentsOf(ctx context.Context, tx *sql.Tx, height int64) (first, end int64, err error) {
	var at, count int64
	err = tx.StmtContext(ctx, s.blockAt).QueryRowContext(ctx, height).Scan(&at, &first, &count)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, nil
	}
	end = first + count
	if at < height {
		first = end
	}
	return first, end, err
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
