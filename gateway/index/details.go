package index

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"

	"github.com/zhilian-network/zhilian/crypto/seal"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	detailsInto = `payment_details (payment, digest, envelope)`

	// Keys that were told again are the same group's: the first stay.
	insertGroupSQL = `INSERT OR IGNORE INTO details_groups (debtor, commitment, keys) VALUES (?, ?, ?)`

	deleteDetailsSQL = `DELETE FROM payment_details WHERE payment = ?`

	detailsDigest = `COALESCE((SELECT x.digest FROM payment_details x WHERE x.payment = p.id), x'')`

	findDetailsSQL = `
SELECT d.address, c.address, p.instruction_digest, x.envelope
` + paymentTables + `CROSS JOIN payment_details x ON x.payment = p.id WHERE p.uetr = ?1`

	findGroupSQL = `SELECT keys FROM details_groups WHERE debtor = (SELECT id FROM accounts WHERE address = ?) AND commitment = ?`
)

// ErrNoDetails says that a payment came without details, or is none that the index knows.
var ErrNoDetails = errors.New("no sealed details of this payment are known")

// The messages that carry sealed details.
var (
	payURL    = sdk.MsgTypeURL(&settlement.MsgPay{})
	returnURL = sdk.MsgTypeURL(&settlement.MsgReturnPayment{})
	batchURL  = sdk.MsgTypeURL(&settlement.MsgPayBatch{})
)

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
		var envelope []byte
		err = tx.QueryRowContext(ctx, findDetailsSQL, storedUETR(uetr)).Scan(
			&found.Debtor, &found.Creditor, &found.InstructionDigest, &envelope)
		if errors.Is(err, sql.ErrNoRows) || err == nil && len(envelope) == 0 {
			return ErrNoDetails
		}
		if err != nil {
			return err
		}
		if err := found.Envelope.Unmarshal(envelope); err != nil {
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

// carried are the sealed details that the messages of one transaction carry, in their order.
type carried struct {
	txIndex int
	next    int // payments settle in the order of their messages: what comes before is taken
	digests [][]byte
	details []*Details
}

// carriedDetails takes the details of a digest from the payment's transaction; nil if none of its messages
// carries them.
func (d *decoder) carriedDetails(at place, digest []byte) *Details {
	if len(digest) == 0 || at.txIndex >= len(d.txs) {
		return nil // it has none, or was decided outside of transactions
	}
	if d.carried == nil || d.carried.txIndex != at.txIndex {
		d.carried = readCarried(d.txs[at.txIndex])
		d.carried.txIndex = at.txIndex
	}
	for i := d.carried.next; i < len(d.carried.digests); i++ {
		if bytes.Equal(d.carried.digests[i], digest) {
			d.carried.next = i + 1
			return d.carried.details[i]
		}
	}
	return nil
}

// readCarried reads a transaction that the chain has executed. What cannot be read carries nothing, and its
// payments are noted as unread.
func readCarried(raw []byte) *carried {
	read := &carried{}
	var tx txtypes.TxRaw
	var body txtypes.TxBody
	if tx.Unmarshal(raw) != nil || body.Unmarshal(tx.BodyBytes) != nil {
		return read
	}
	for _, message := range body.Messages {
		if read.message(message) != nil {
			return &carried{}
		}
	}
	return read
}

func (c *carried) message(packed *codectypes.Any) error {
	switch packed.TypeUrl {
	case payURL:
		var pay settlement.MsgPay
		if err := pay.Unmarshal(packed.Value); err != nil {
			return err
		}
		return c.add(pay.DetailsGroups, pay.Details)
	case returnURL:
		var back settlement.MsgReturnPayment
		if err := back.Unmarshal(packed.Value); err != nil {
			return err
		}
		return c.add(nil, back.Details)
	case batchURL:
		var batch settlement.MsgPayBatch
		if err := batch.Unmarshal(packed.Value); err != nil {
			return err
		}
		details := make([]*seal.Envelope, len(batch.Transfers))
		for i := range batch.Transfers {
			details[i] = batch.Transfers[i].Details
		}
		return c.add(batch.DetailsGroups, details...)
	}
	return nil
}

// add takes the details of a message, each with those of the message's groups that it is sealed for.
func (c *carried) add(groups []seal.GroupKeys, details ...*seal.Envelope) error {
	told := make(map[string][]byte, len(groups))
	for i := range groups {
		keys, err := groups[i].Marshal()
		if err != nil {
			return err
		}
		told[string(groups[i].Commitment)] = keys
	}
	for _, envelope := range details {
		if envelope == nil {
			continue
		}
		encoded, err := envelope.Marshal()
		if err != nil {
			return err
		}
		one := &Details{Envelope: encoded}
		for _, commitment := range envelope.Groups() {
			if keys, came := told[string(commitment)]; came {
				one.Groups = append(one.Groups, DetailsGroup{commitment, keys})
			}
		}
		c.digests, c.details = append(c.digests, envelope.Digest), append(c.details, one)
	}
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

// writeDetails writes the details of a block's payments, and the groups of readers that came with them.
func (w *blockWriter) writeDetails(ctx context.Context) error {
	var values []any
	written := map[string]bool{}
	for i := range w.rows {
		row := &w.rows[i]
		if len(row.DetailsDigest) == 0 {
			continue
		}
		// The digest is part of what the chain logged, so it is kept without the bytes too.
		details := Details{Envelope: []byte{}}
		if row.Details != nil {
			details = *row.Details
		}
		values = append(values, row.id, row.DetailsDigest, details.Envelope)
		for _, group := range details.Groups {
			if name := row.Debtor + string(group.Commitment); !written[name] {
				written[name] = true
				if err := w.writeGroup(ctx, row.Debtor, group); err != nil {
					return err
				}
			}
		}
	}
	return w.insertDetails.insert(ctx, w.tx, values, nil)
}

func (w *blockWriter) writeGroup(ctx context.Context, debtor string, group DetailsGroup) error {
	account, err := w.account(ctx, debtor)
	if err != nil {
		return err
	}
	_, err = w.tx.StmtContext(ctx, w.insertGroup).ExecContext(ctx, account, group.Commitment, group.Keys)
	return err
}
