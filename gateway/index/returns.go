package index

import (
	"context"
	"errors"

	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	insertReturnSQL = `INSERT INTO payment_returns (payment, original, reason) VALUES (?, ?, ?)`

	// returnColumns are what a payment pays back, and why; empty unless it is a return.
	returnColumns = `COALESCE((SELECT r.original FROM payment_returns r WHERE r.payment = p.id), ''), ` +
		`COALESCE((SELECT r.reason FROM payment_returns r WHERE r.payment = p.id), '')`
)

// returned tells of the payment before it what it pays back.
func (d *decoder) returned(at place, e *settlement.EventPaymentReturned) error {
	last := len(d.out.Payments) - 1
	if last < 0 || d.out.Payments[last].Uetr != e.Uetr || d.out.Payments[last].TxIndex != at.txIndex ||
		d.out.Payments[last].Status != StatusSettled {
		return errors.New("return does not follow the settlement of its payment")
	}
	if e.OriginalUetr == "" || e.Reason == "" {
		return errors.New("return without original or reason")
	}
	d.out.Payments[last].ReturnOf, d.out.Payments[last].ReturnReason = e.OriginalUetr, e.Reason
	return nil
}

func (w *blockWriter) writeReturns(ctx context.Context) error {
	for i := range w.rows {
		row := &w.rows[i]
		if row.ReturnOf == "" {
			continue
		}
		if _, err := w.tx.ExecContext(ctx, insertReturnSQL, row.id, storedUETR(row.ReturnOf), row.ReturnReason); err != nil {
			return err
		}
	}
	return nil
}
