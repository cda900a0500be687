package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

const (
	// A hash may be that of a transaction or the digest of an id. UNION, not UNION ALL: an operator
	// may write one digest into both places, and the payment is still one.
	findSQL = `
WITH page AS (
    SELECT * FROM (SELECT p.id FROM transactions t CROSS JOIN payments p ON p.id >= t.id AND p.id < t.id + t.payments
        WHERE t.hash_key = ?7 AND t.hash = ?1 AND ` + beforePlace + `)
    UNION SELECT * FROM (SELECT p.id FROM payments p
        WHERE p.end_to_end_key = ?8 AND p.end_to_end_digest = ?1 AND ` + beforePlace + `)
    UNION SELECT * FROM (SELECT p.id FROM payments p
        WHERE p.instruction_key = ?8 AND p.instruction_digest = ?1 AND ` + beforePlace + `)
    ORDER BY 1 DESC LIMIT ?6
)
SELECT ` + paymentColumns + ` FROM page CROSS JOIN payments p ON p.id = page.id ` + otherTables + `
ORDER BY p.id DESC`

	findUETRSQL = `SELECT ` + paymentColumns + ` ` + paymentTables + `WHERE p.uetr = ?1`

	findRefusedSQL = `SELECT tx_hash, height, refused_at, codespace, code, log FROM refused_transactions WHERE tx_hash = ?1`

	insertRefusedSQL = `
INSERT INTO refused_transactions (tx_hash, height, refused_at, codespace, code, log) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (tx_hash) DO UPDATE SET
    height = excluded.height, refused_at = excluded.refused_at, codespace = excluded.codespace, code = excluded.code, log = excluded.log`
)

// Found is what the index knows of a reference.
type Found struct {
	Payments   []gatewaytypes.PaymentRow
	NextCursor string
	// Refused is the transaction with this hash if a block refused it; nil otherwise.
	Refused  *RefusedTransaction
	Position Position
}

// FindByUETR finds the payment with a UETR.
func (s *Store) FindByUETR(ctx context.Context, uetr string) (Found, error) {
	var found Found
	err := s.snapshot(ctx, func(tx *sql.Tx) error {
		var err error
		if found.Position, err = s.positionIn(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, findUETRSQL, storedUETR(uetr))
		if err != nil {
			return err
		}
		return found.take(rows, 1)
	})
	return found, err
}

// FindByHash lists, newest first, the payments of the transaction with a hash, and those whose
// end-to-end id or file's MsgId has it as its digest. limit 0 stands for DefaultPayments.
func (s *Store) FindByHash(ctx context.Context, hash [32]byte, limit uint32, cursor string) (Found, error) {
	size := pageSize(limit, DefaultPayments, MaxPayments)
	before := []int64{math.MaxInt64, 0, 0}
	if cursor != "" {
		var err error
		if before, err = parseCursor(cursor, 3); err != nil {
			return Found{}, err
		}
	}
	txHash := fmt.Sprintf("%X", hash)
	var found Found
	err := s.snapshot(ctx, func(tx *sql.Tx) error {
		var err error
		if found.Position, err = s.positionIn(ctx, tx); err != nil {
			return err
		}
		if found.Refused, err = scanRefused(tx.QueryRowContext(ctx, findRefusedSQL, txHash)); err != nil {
			return err
		}
		first, end, err := s.paymentsOf(ctx, tx, before[0])
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, findSQL, hash[:], before[1], before[2], first, end, size+1, hashKey(hash[:]), digestKey(hash[:]))
		if err != nil {
			return err
		}
		return found.take(rows, size)
	})
	return found, err
}

func (f *Found) take(rows *sql.Rows, size int) error {
	defer rows.Close()
	last := ""
	for rows.Next() {
		payment, err := scanPayment(rows)
		if err != nil {
			return err
		}
		if len(f.Payments) == size {
			f.NextCursor = last
			break
		}
		f.Payments = append(f.Payments, payment.PaymentRow)
		last = formatCursor(payment.Height, int64(payment.TxIndex), int64(payment.EventIndex))
	}
	return rows.Err()
}

func scanRefused(row *sql.Row) (*RefusedTransaction, error) {
	var refused RefusedTransaction
	var refusedAt int64
	err := row.Scan(&refused.TxHash, &refused.Height, &refusedAt, &refused.Codespace, &refused.Code, &refused.Log)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	refused.RefusedAt = time.Unix(0, refusedAt).UTC()
	return &refused, err
}

func insertRefused(ctx context.Context, tx *sql.Tx, refused []RefusedTransaction) error {
	for _, r := range refused {
		if _, err := tx.ExecContext(ctx, insertRefusedSQL, r.TxHash, r.Height, r.RefusedAt.UnixNano(), r.Codespace, r.Code, r.Log); err != nil {
			return fmt.Errorf("refused transaction %s: %w", r.TxHash, err)
		}
	}
	return nil
}
