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
SELECT ` + paymentColumns + ` FROM (
    SELECT * FROM (SELECT ` + paymentColumns + ` FROM payments
        WHERE tx_hash = ?1 AND tx_hash <> '' AND (height, tx_index, event_index) < (?3, ?4, ?5)
        ORDER BY height DESC, tx_index DESC, event_index DESC LIMIT ?6)
    UNION
    SELECT * FROM (SELECT ` + paymentColumns + ` FROM payments
        WHERE end_to_end_digest = ?2 AND (height, tx_index, event_index) < (?3, ?4, ?5)
        ORDER BY height DESC, tx_index DESC, event_index DESC LIMIT ?6)
    UNION
    SELECT * FROM (SELECT ` + paymentColumns + ` FROM payments
        WHERE instruction_digest = ?2 AND instruction_digest <> X'' AND (height, tx_index, event_index) < (?3, ?4, ?5)
        ORDER BY height DESC, tx_index DESC, event_index DESC LIMIT ?6)
) ORDER BY height DESC, tx_index DESC, event_index DESC LIMIT ?6`

	findUETRSQL = `SELECT ` + paymentColumns + ` FROM payments WHERE uetr = ?1`

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
		rows, err := tx.QueryContext(ctx, findUETRSQL, uetr)
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
		rows, err := tx.QueryContext(ctx, findSQL, txHash, hash[:], before[0], before[1], before[2], size+1)
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
