package index

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// rowsAtOnce are the rows that one statement inserts, the most first. A statement has costs of its own, but
// the driver looks for each of its parameters among all of them.
var rowsAtOnce = [...]int{16, 4, 1}

const (
	paymentInto = `payments (id, uetr, tx, tx_index, event_index, debtor, creditor, currency, amount, status, reason, end_to_end_digest, end_to_end_key, instruction_digest, instruction_key, log_index, moved, first_entry, debtor_reserve, creditor_reserve, details_digest, details_at)`

	// An error undoes the whole block, so FAIL is enough: with ABORT SQLite would note pages for undoing
	// a single statement.
	insertInto = `INSERT OR FAIL INTO `

	transactionInto = `transactions (id, height, payments, hash, hash_key)`

	insertBlockSQL = `INSERT INTO blocks (height, time, first_payment, payments) VALUES (?, ?, ?, ?)`

	nextPaymentSQL = `SELECT first_payment + payments FROM blocks ORDER BY height DESC LIMIT 1`

	findStoredSQL = `SELECT id, status FROM payments WHERE uetr = ?`

	insertEntrySQL = `
INSERT INTO entries (account, height, sequence, currency, amount, credit, kind, uetr, counterparty, end_to_end_digest)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	// What is left of a payment that makes way for a later decision: its receipt and its entries.
	keepReplacedSQL = `
INSERT INTO replaced_payments (` + storedColumns + `)
SELECT ?2, d.address, c.address, p.currency, CAST(p.amount AS TEXT), p.status, p.reason, b.height, b.time, p.end_to_end_digest, p.instruction_digest, p.details_digest, p.log_index
` + paymentTables + `WHERE p.id = ?1 AND p.log_index IS NOT NULL AND p.log_index IS NOT ?3`

	keepEntriesSQL = `
INSERT INTO entries (height, sequence, currency, amount, credit, kind, uetr, counterparty, end_to_end_digest, account)
SELECT ` + debitColumns + `, p.debtor ` + entryTables + `WHERE p.id = ?1 AND p.moved = 1
UNION ALL SELECT ` + creditColumns + `, p.creditor ` + entryTables + `WHERE p.id = ?1 AND p.moved = 1
UNION ALL SELECT ` + reserveDebitColumns + `, p.debtor_reserve ` + entryTables + `WHERE p.id = ?1 AND p.debtor_reserve IS NOT NULL
UNION ALL SELECT ` + reserveCreditColumns + `, p.creditor_reserve ` + entryTables + `WHERE p.id = ?1 AND p.creditor_reserve IS NOT NULL`

	deletePaymentSQL = `DELETE FROM payments WHERE id = ?`
)

// table is prepared statements that insert rows of one table.
type table struct {
	columns    int
	statements [len(rowsAtOnce)]*sql.Stmt
}

func (t *table) prepare(ctx context.Context, db *sql.DB, into, conflict string) error {
	t.columns = strings.Count(into, ",") + 1
	row := "(?" + strings.Repeat(", ?", t.columns-1) + ")"
	for i, rows := range rowsAtOnce {
		text := insertInto + into + " VALUES " + row + strings.Repeat(", "+row, rows-1) + conflict
		statement, err := db.PrepareContext(ctx, text)
		if err != nil {
			return err
		}
		t.statements[i] = statement
	}
	return nil
}

// insert writes rows, whose values lie one behind the other, and tells of those that had a conflict.
func (t *table) insert(ctx context.Context, tx *sql.Tx, values []any, conflict func(first, rows int) error) error {
	var statements [len(rowsAtOnce)]*sql.Stmt
	for i, statement := range t.statements {
		statements[i] = tx.StmtContext(ctx, statement)
	}
	for done, size := 0, 0; done*t.columns < len(values); {
		left := len(values)/t.columns - done
		for rowsAtOnce[size] > left {
			size++
		}
		rows := rowsAtOnce[size]
		result, err := statements[size].ExecContext(ctx, values[done*t.columns:(done+rows)*t.columns]...)
		if err != nil {
			return err
		}
		inserted, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if inserted < int64(rows) {
			if err := conflict(done, rows); err != nil {
				return err
			}
		}
		done += rows
	}
	return nil
}

// newRow is a payment on its way into the table.
type newRow struct {
	*Payment
	id, tx   int64
	logIndex sql.NullInt64
	legs     legs
	// detailsAt is where the sealed details lie in their row, an int64; nil if the block did not have them.
	detailsAt any
}

// legs are the entries that follow from a payment: none, its debtor's and creditor's, or these and those
// of the reserves behind them.
type legs struct {
	count int
	first uint32 // number of the first
	from  string // reserve accounts
	to    string
}

// blockWriter writes the rows of one block.
type blockWriter struct {
	*Store
	tx     *sql.Tx
	find   *sql.Stmt // an account
	insert *sql.Stmt
	block  Block
	rows   []newRow
	// entries are those that do not follow from a payment.
	entries []AccountEntry
	details []detailsRow
}

func (w *blockWriter) write(ctx context.Context, logged sql.NullInt64) error {
	if len(w.block.Payments) == 0 && len(w.block.Entries) == 0 {
		return nil
	}
	next := int64(1)
	if err := w.tx.QueryRowContext(ctx, nextPaymentSQL).Scan(&next); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if _, err := w.tx.ExecContext(ctx, insertBlockSQL, w.block.Height, w.block.Time.UnixNano(), next, len(w.block.Payments)); err != nil {
		return err
	}
	w.order(next, logged)
	w.findLegs()
	w.placeDetails()
	if err := w.writeTransactions(ctx); err != nil {
		return err
	}
	if err := w.writePayments(ctx); err != nil {
		return err
	}
	if err := w.writeReturns(ctx); err != nil {
		return err
	}
	if err := w.writeDetails(ctx); err != nil {
		return err
	}
	return w.writeEntries(ctx)
}

// order numbers the payments. Their order of decision is that of their places; should a block say
// otherwise, the places count, since pages are cut by them.
func (w *blockWriter) order(next int64, logged sql.NullInt64) {
	w.rows = make([]newRow, len(w.block.Payments))
	for i := range w.rows {
		w.rows[i] = newRow{Payment: &w.block.Payments[i], logIndex: logged}
		logged.Int64++
	}
	slices.SortStableFunc(w.rows, func(a, b newRow) int {
		return cmp.Or(cmp.Compare(a.TxIndex, b.TxIndex), cmp.Compare(a.EventIndex, b.EventIndex))
	})
	for i := range w.rows {
		row := &w.rows[i]
		row.id, row.tx = next+int64(i), next+int64(i)
		if i > 0 && row.TxIndex == w.rows[i-1].TxIndex && row.TxHash == w.rows[i-1].TxHash {
			row.tx = w.rows[i-1].tx
		}
	}
}

// findLegs finds the entries that say nothing that the payments do not say. They are not written.
func (w *blockWriter) findLegs() {
	entries, at := w.block.Entries, 0
	if !ascending(entries) {
		w.entries = entries
		return
	}
	for len(entries) > 0 {
		for at < len(w.rows) && w.rows[at].Status != StatusSettled {
			at++
		}
		if at < len(w.rows) {
			if legs := legsOf(w.rows[at].Payment, entries); legs.count > 0 {
				w.rows[at].legs = legs
				entries, at = entries[legs.count:], at+1
				continue
			}
		}
		w.entries, entries = append(w.entries, entries[0]), entries[1:]
	}
}

func ascending(entries []AccountEntry) bool {
	for i := 1; i < len(entries); i++ {
		if entries[i].Sequence <= entries[i-1].Sequence {
			return false
		}
	}
	return true
}

// legsOf tells how many of the next entries follow from a payment.
func legsOf(p *Payment, entries []AccountEntry) legs {
	if !areLegs(p, entries, 0, p.Debtor, p.Creditor) {
		return legs{}
	}
	found := legs{count: 2, first: entries[0].Sequence}
	if len(entries) < 4 {
		return found
	}
	from, to := entries[2].Account, entries[3].Account
	if from != "" && to != "" && areLegs(p, entries, 2, from, to) {
		found.count, found.from, found.to = 4, from, to
	}
	return found
}

// areLegs tells whether two entries are what a payment moved from one account to another.
func areLegs(p *Payment, entries []AccountEntry, offset uint32, from, to string) bool {
	if len(entries) < int(offset)+2 {
		return false
	}
	debit, credit := &entries[offset], &entries[offset+1]
	first := entries[0].Sequence
	return !debit.Credit && debit.Account == from && debit.Counterparty == to && debit.Sequence == first+offset &&
		credit.Credit && credit.Account == to && credit.Counterparty == from && credit.Sequence == first+offset+1 &&
		says(p, &debit.Entry) && says(p, &credit.Entry)
}

func says(p *Payment, e *gatewaytypes.Entry) bool {
	return e.Kind == KindPayment && e.Uetr == p.Uetr && e.Currency == p.Currency && e.Amount.Equal(p.Amount) &&
		bytes.Equal(e.EndToEndDigest, p.EndToEndDigest)
}

func (w *blockWriter) writeTransactions(ctx context.Context) error {
	var values []any
	for i := 0; i < len(w.rows); {
		first := i
		for i < len(w.rows) && w.rows[i].tx == w.rows[first].tx {
			i++
		}
		hash, key := storedHash(w.rows[first].TxHash)
		values = append(values, w.rows[first].id, w.block.Height, int64(i-first), hash, key)
	}
	return w.insertTransactions.insert(ctx, w.tx, values, nil)
}

func (w *blockWriter) writePayments(ctx context.Context) error {
	var values []any
	for i := range w.rows {
		row, err := w.values(ctx, &w.rows[i])
		if err != nil {
			return fmt.Errorf("payment %s: %w", w.rows[i].Uetr, err)
		}
		values = append(values, row...)
	}
	columns := w.insertPayments.columns
	return w.insertPayments.insert(ctx, w.tx, values, func(first, rows int) error {
		for i := first; i < first+rows; i++ {
			if err := w.decideAgain(ctx, &w.rows[i], values[i*columns:(i+1)*columns]); err != nil {
				return fmt.Errorf("payment %s: %w", w.rows[i].Uetr, err)
			}
		}
		return nil
	})
}

func (w *blockWriter) values(ctx context.Context, r *newRow) ([]any, error) {
	debtor, err := w.account(ctx, r.Debtor)
	if err != nil {
		return nil, err
	}
	creditor, err := w.account(ctx, r.Creditor)
	if err != nil {
		return nil, err
	}
	var from, to, logIndex any
	if r.legs.count == 4 {
		if from, err = w.account(ctx, r.legs.from); err != nil {
			return nil, err
		}
		if to, err = w.account(ctx, r.legs.to); err != nil {
			return nil, err
		}
	}
	if r.logIndex.Valid {
		logIndex = r.logIndex.Int64
	}
	moved := int64(min(r.legs.count, 1))
	return []any{
		r.id, storedUETR(r.Uetr), r.tx, int64(r.TxIndex), int64(r.EventIndex), debtor, creditor, r.Currency, storedAmount(r.Amount), r.Status, r.Reason,
		present(r.EndToEndDigest), digestKey(r.EndToEndDigest), present(r.InstructionDigest), digestKey(r.InstructionDigest), logIndex,
		moved, int64(r.legs.first), from, to,
		// The digest is part of what the chain logged, so it is kept without the details too.
		present(r.DetailsDigest), r.detailsAt,
	}, nil
}

func (w *blockWriter) account(ctx context.Context, address string) (int64, error) {
	return w.accounts.number(ctx, w.find, w.insert, address)
}

// decideAgain writes a payment whose UETR was decided about before. A settled payment is final: only a
// settlement replaces one, never a rejection. What is not the last decision stays obtainable as a receipt.
func (w *blockWriter) decideAgain(ctx context.Context, r *newRow, values []any) error {
	var id int64
	var status string
	if err := w.tx.QueryRowContext(ctx, findStoredSQL, storedUETR(r.Uetr)).Scan(&id, &status); err != nil {
		return err
	}
	if id == r.id { // another row of the statement had the conflict
		return nil
	}
	if status != StatusRejected && r.Status != StatusSettled {
		return w.keepBehind(ctx, r)
	}
	if _, err := w.tx.ExecContext(ctx, keepReplacedSQL, id, r.Uetr, r.logIndex); err != nil {
		return err
	}
	if _, err := w.tx.ExecContext(ctx, keepEntriesSQL, id); err != nil {
		return err
	}
	if _, err := w.tx.ExecContext(ctx, deletePaymentSQL, id); err != nil {
		return err
	}
	_, err := w.tx.StmtContext(ctx, w.insertPayments.statements[len(rowsAtOnce)-1]).ExecContext(ctx, values...)
	return err
}

// keepBehind keeps a rejection after a settlement beside the table of payments.
func (w *blockWriter) keepBehind(ctx context.Context, r *newRow) error {
	if !r.logIndex.Valid {
		return nil
	}
	_, err := w.tx.ExecContext(ctx, insertReplacedSQL, r.Uetr, r.Debtor, r.Creditor, r.Currency, r.Amount.String(), r.Status, r.Reason,
		w.block.Height, w.block.Time.UnixNano(), present(r.EndToEndDigest), present(r.InstructionDigest), present(r.DetailsDigest), r.logIndex)
	return err
}

func (w *blockWriter) writeEntries(ctx context.Context) error {
	statement := w.tx.StmtContext(ctx, w.insertEntry)
	for _, e := range w.entries {
		account, err := w.account(ctx, e.Account)
		if err != nil {
			return err
		}
		var counterparty any
		if e.Counterparty != "" {
			if counterparty, err = w.account(ctx, e.Counterparty); err != nil {
				return err
			}
		}
		if _, err := statement.ExecContext(ctx, account, w.block.Height, e.Sequence, e.Currency, storedAmount(e.Amount),
			e.Credit, e.Kind, storedUETR(e.Uetr), counterparty, present(e.EndToEndDigest)); err != nil {
			return fmt.Errorf("entry %d: %w", e.Sequence, err)
		}
	}
	return nil
}
