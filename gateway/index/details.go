package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/zhilian-network/zhilian/crypto/seal"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	insertDetailsSQL = `INSERT INTO payment_details (payment, digest, envelope, keys) VALUES (?, ?, ?, ?)`

	insertGroupSQL = `INSERT INTO details_groups (id, keys) VALUES (?, ?)`

	deleteDetailsSQL = `DELETE FROM payment_details WHERE payment = ?`

	detailsDigest = `COALESCE((SELECT x.digest FROM payment_details x WHERE x.payment = p.id), x'')`

	findDetailsSQL = `
SELECT d.address, c.address, p.instruction_digest, x.envelope, g.keys
` + paymentTables + `CROSS JOIN payment_details x ON x.payment = p.id LEFT JOIN details_groups g ON g.id = x.keys WHERE p.uetr = ?1`
)

// ErrNoDetails says that a payment came without details, or is none that the index knows.
var ErrNoDetails = errors.New("no sealed details of this payment are known")

// Details are the sealed details of a payment, as its event gave them.
type Details struct {
	Envelope []byte // encoded
	// Group is encoded, and the same slice for all payments of a batch; nil if there is no group.
	Group []byte
}

// PaymentDetails are the sealed details of a payment and what they are bound to.
type PaymentDetails struct {
	Debtor            string
	Creditor          string
	InstructionDigest []byte
	Envelope          seal.Envelope
	Group             *seal.GroupKeys // nil if there is none
	Position          Position
}

// PaymentDetails finds the sealed details of the payment with a UETR; ErrNoDetails if there are none.
func (s *Store) PaymentDetails(ctx context.Context, uetr string) (PaymentDetails, error) {
	var found PaymentDetails
	err := s.snapshot(ctx, func(tx *sql.Tx) error {
		var err error
		if found.Position, err = s.positionIn(ctx, tx); err != nil {
			return err
		}
		var envelope, group []byte
		err = tx.QueryRowContext(ctx, findDetailsSQL, storedUETR(uetr)).Scan(
			&found.Debtor, &found.Creditor, &found.InstructionDigest, &envelope, &group)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoDetails
		}
		if err != nil {
			return err
		}
		if err := found.Envelope.Unmarshal(envelope); err != nil {
			return fmt.Errorf("details of payment %s: %w", uetr, err)
		}
		if group == nil {
			return nil
		}
		found.Group = &seal.GroupKeys{}
		if err := found.Group.Unmarshal(group); err != nil {
			return fmt.Errorf("group of payment %s: %w", uetr, err)
		}
		return nil
	})
	return found, err
}

// details gives the payment before it its details. The keys of a group come with the first payment of
// their batch; the others name them by their commitment.
func (d *decoder) details(at place, e *settlement.EventPaymentDetails) error {
	envelope, err := e.Envelope()
	if err != nil {
		return err
	}
	last := len(d.out.Payments) - 1
	if last < 0 || d.out.Payments[last].Uetr != e.Uetr || d.out.Payments[last].TxIndex != at.txIndex ||
		d.out.Payments[last].Status != StatusSettled {
		return errors.New("details do not follow the settlement of their payment")
	}
	group, err := d.groupOf(at, e)
	if err != nil {
		return err
	}
	d.out.Payments[last].DetailsDigest = envelope.Digest
	d.out.Payments[last].Details = &Details{Envelope: e.Details, Group: group}
	return nil
}

// openGroup is the group whose keys came last, and with which transaction.
type openGroup struct {
	commitment string
	keys       []byte
	txIndex    int
}

func (d *decoder) groupOf(at place, e *settlement.EventPaymentDetails) ([]byte, error) {
	keys, err := e.GroupKeys()
	if err != nil {
		return nil, err
	}
	if keys != nil {
		d.group = openGroup{string(e.GroupCommitment), e.Group, at.txIndex}
	}
	switch {
	case len(e.GroupCommitment) == 0:
		return nil, nil
	case d.group.commitment != string(e.GroupCommitment) || d.group.txIndex != at.txIndex:
		return nil, errors.New("keys of the group did not come before")
	}
	return d.group.keys, nil
}

// writeDetails writes the details of a block's payments, and each group once.
func (w *blockWriter) writeDetails(ctx context.Context) error {
	var group []byte
	var groupID any
	for i := range w.rows {
		row := &w.rows[i]
		if row.Details == nil {
			continue
		}
		keys := row.Details.Group
		switch {
		case keys == nil:
			groupID = nil
		case groupID == nil || &keys[0] != &group[0]:
			if _, err := w.tx.ExecContext(ctx, insertGroupSQL, row.id, keys); err != nil {
				return err
			}
			groupID = row.id
		}
		group = keys
		if _, err := w.tx.ExecContext(ctx, insertDetailsSQL, row.id, row.DetailsDigest, row.Details.Envelope, groupID); err != nil {
			return err
		}
	}
	return nil
}
