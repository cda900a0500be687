package index

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/zhilian-network/zhilian/crypto/seal"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	insertDetailsSQL = `INSERT INTO details (payment, envelopes) VALUES (?, ?)`

	// Keys that were told again are the same group's: the first stay.
	insertGroupSQL = `INSERT OR IGNORE INTO details_groups (debtor, commitment, keys) VALUES (?, ?, ?)`

	// The row that holds a payment's details is the last one that does not begin after it.
	findDetailsSQL = `
SELECT d.address, c.address, p.instruction_digest, p.details_at, x.envelopes
` + paymentTables + `CROSS JOIN details x ON x.payment = (SELECT MAX(y.payment) FROM details y WHERE y.payment <= p.id)
WHERE p.uetr = ?1 AND p.details_at IS NOT NULL`

	findGroupSQL = `SELECT keys FROM details_groups WHERE debtor = (SELECT id FROM accounts WHERE address = ?) AND commitment = ?`

	// detailsTogether is when a row of details is full. A row costs as much as some hundred bytes, and a reader of
	// one payment reads the whole row.
	detailsTogether = 64 << 10
	// lengthSize is the size of the length before each envelope, big-endian.
	lengthSize = 4
)

// ErrNoDetails says that a payment came without details, or is none that the index knows.
var ErrNoDetails = errors.New("no sealed details of this payment are known")

// Details are the sealed details of a payment, as its message or event gave them.
type Details struct {
	Envelope []byte // encoded
	// Groups are the groups of readers whose keys came with the payment.
	Groups []DetailsGroup
}

// DetailsGroup is a group of readers of a debtor's payments.
type DetailsGroup struct {
	Commitment []byte
	Keys       []byte // encoded seal.GroupKeys
}

// PaymentDetails are the sealed details of a payment and what they are bound to.
type PaymentDetails struct {
	Debtor            string
	Creditor          string
	InstructionDigest []byte
	Envelope          seal.Envelope
	// Groups are those of the envelope's groups whose keys the index knows.
	Groups   []seal.GroupKeys
	Position Position
}

// PaymentDetails finds the sealed details of the payment with a UETR; ErrNoDetails if there are none.
func (s *Store) PaymentDetails(ctx context.Context, uetr string) (PaymentDetails, error) {
	var found PaymentDetails
	err := s.snapshot(ctx, func(tx *sql.Tx) error {
		var err error
		if found.Position, err = s.positionIn(ctx, tx); err != nil {
			return err
		}
		var at int
		var together []byte
		err = tx.QueryRowContext(ctx, findDetailsSQL, storedUETR(uetr)).Scan(
			&found.Debtor, &found.Creditor, &found.InstructionDigest, &at, &together)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoDetails
		}
		if err != nil {
			return err
		}
		envelope, err := envelopeAt(together, at)
		if err == nil {
			err = found.Envelope.Unmarshal(envelope)
		}
		if err != nil {
			return fmt.Errorf("details of payment %s: %w", uetr, err)
		}
		found.Groups, err = groupsOf(ctx, tx, found.Debtor, found.Envelope.Groups())
		return err
	})
	return found, err
}

// KnownGroups are those of a debtor's groups whose keys the index knows, in the order of commitments.
func (s *Store) KnownGroups(ctx context.Context, debtor string, commitments [][]byte) ([][]byte, Position, error) {
	var known [][]byte
	var position Position
	err := s.snapshot(ctx, func(tx *sql.Tx) error {
		var err error
		if position, err = s.positionIn(ctx, tx); err != nil {
			return err
		}
		groups, err := groupsOf(ctx, tx, debtor, commitments)
		for _, group := range groups {
			known = append(known, group.Commitment)
		}
		return err
	})
	return known, position, err
}

func groupsOf(ctx context.Context, tx *sql.Tx, debtor string, commitments [][]byte) ([]seal.GroupKeys, error) {
	if len(commitments) == 0 {
		return nil, nil
	}
	find, err := tx.PrepareContext(ctx, findGroupSQL)
	if err != nil {
		return nil, err
	}
	defer func() { _ = find.Close() }()
	var groups []seal.GroupKeys
	for _, commitment := range commitments {
		var encoded []byte
		err := find.QueryRowContext(ctx, debtor, commitment).Scan(&encoded)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		var group seal.GroupKeys
		if err := group.Unmarshal(encoded); err != nil {
			return nil, fmt.Errorf("group %x: %w", commitment, err)
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// details gives the payment before it its details.
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
	if !bytes.Equal(d.out.Payments[last].DetailsDigest, envelope.Digest) {
		return errors.New("details are not those of the payment's digest")
	}
	groups, err := e.GroupKeys()
	if err != nil {
		return err
	}
	details := &Details{Envelope: e.Details}
	for i := range groups {
		details.Groups = append(details.Groups, DetailsGroup{groups[i].Commitment, e.Groups[i]})
	}
	d.out.Payments[last].Details = details
	return nil
}

// requireDetails notes the payments from a place on whose details came neither with their transaction nor
// with an event.
func (d *decoder) requireDetails(first int) {
	for i := first; i < len(d.out.Payments); i++ {
		p := &d.out.Payments[i]
		if len(p.DetailsDigest) > 0 && p.Details == nil {
			d.out.Unread = append(d.out.Unread, UnreadEvent{
				TxIndex: p.TxIndex, EventIndex: p.EventIndex, Type: settledType, Problem: "the payment's sealed details did not come with it",
			})
		}
	}
}

// envelopeAt reads the envelope at a place of a row of details.
func envelopeAt(together []byte, at int) ([]byte, error) {
	if at < 0 || at > len(together)-lengthSize {
		return nil, errDetailsPlace
	}
	left := together[at+lengthSize:]
	if length := binary.BigEndian.Uint32(together[at:]); uint64(length) <= uint64(len(left)) {
		return left[:length], nil
	}
	return nil, errDetailsPlace
}

var errDetailsPlace = errors.New("they do not lie where the index says")

// detailsRow is the details of some payments, one behind the other.
type detailsRow struct {
	payment   int64 // the first of them
	envelopes []byte
}

// placeDetails lays the details of the block's payments together and notes where each lies.
func (w *blockWriter) placeDetails() {
	for i := range w.rows {
		row := &w.rows[i]
		if row.Details == nil {
			continue
		}
		last := len(w.details) - 1
		if last < 0 || len(w.details[last].envelopes) >= detailsTogether {
			w.details, last = append(w.details, detailsRow{payment: row.id}), last+1
		}
		at := &w.details[last].envelopes
		row.detailsAt = int64(len(*at))
		*at = binary.BigEndian.AppendUint32(*at, uint32(len(row.Details.Envelope)))
		*at = append(*at, row.Details.Envelope...)
	}
}

// writeDetails writes the details of a block's payments, and the groups of readers that came with them.
func (w *blockWriter) writeDetails(ctx context.Context) error {
	insert := w.tx.StmtContext(ctx, w.insertDetails)
	for _, row := range w.details {
		if _, err := insert.ExecContext(ctx, row.payment, row.envelopes); err != nil {
			return err
		}
	}
	written := map[string]bool{}
	for i := range w.rows {
		row := &w.rows[i]
		if row.Details == nil {
			continue
		}
		for _, group := range row.Details.Groups {
			if name := row.Debtor + string(group.Commitment); !written[name] {
				written[name] = true
				if err := w.writeGroup(ctx, row.Debtor, group); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (w *blockWriter) writeGroup(ctx context.Context, debtor string, group DetailsGroup) error {
	account, err := w.account(ctx, debtor)
	if err != nil {
		return err
	}
	_, err = w.tx.StmtContext(ctx, w.insertGroup).ExecContext(ctx, account, group.Commitment, group.Keys)
	return err
}
