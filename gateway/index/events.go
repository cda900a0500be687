package index

import (
	"context"
	"database/sql"
	"math"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// MaxEvents is the most events that a page of an account's events has.
const MaxEvents = 200

const (
	// afterPlace takes the payments after a place, as beforePlace those before one.
	afterPlace = `p.id >= ?4 AND (p.id >= ?5 OR (p.tx_index, p.event_index) > (?2, ?3)) ORDER BY p.id LIMIT ?6`

	accountPaymentsAfterSQL = `
WITH account AS (SELECT id FROM accounts WHERE address = ?1),
page AS (
    SELECT * FROM (SELECT p.id FROM payments p WHERE p.debtor = (SELECT id FROM account) AND p.moved = 0 AND ` + afterPlace + `)
    UNION SELECT * FROM (SELECT p.id FROM payments p WHERE p.debtor = (SELECT id FROM account) AND p.moved = 1 AND ` + afterPlace + `)
    UNION SELECT * FROM (SELECT p.id FROM payments p WHERE p.creditor = (SELECT id FROM account) AND p.moved = 0 AND ` + afterPlace + `)
    UNION SELECT * FROM (SELECT p.id FROM payments p WHERE p.creditor = (SELECT id FROM account) AND p.moved = 1 AND ` + afterPlace + `)
    ORDER BY 1 LIMIT ?6
)
SELECT ` + paymentColumns + ` FROM page CROSS JOIN payments p ON p.id = page.id ` + otherTables + `
ORDER BY p.id`
)

// EventCursor is a place in the events of an account. They are ordered by height; within a block the
// payments come first, in the order of their decision, and then the entries. The place follows from
// the chain alone: a cursor that one node gave means the same to every other.
type EventCursor struct {
	height int64
	kind   int64 // of the events at this height
	first  int64 // transaction of a payment, sequence of an entry
	second int64 // event of a payment
}

// Kinds of events within a block, in their order.
const (
	kindPayments = 0
	kindEntries  = 1
	// kindEnd lies behind every event of a block.
	kindEnd = 2
)

// AfterBlock is the place behind all events of a block.
func AfterBlock(height int64) EventCursor { return EventCursor{height: height, kind: kindEnd} }

// ParseEventCursor reads the text of a cursor.
func ParseEventCursor(text string) (EventCursor, error) {
	parts, err := parseCursor(text, 4)
	if err != nil {
		return EventCursor{}, err
	}
	if parts[1] > kindEnd {
		return EventCursor{}, ErrBadCursor
	}
	return EventCursor{parts[0], parts[1], parts[2], parts[3]}, nil
}

// String is the text of a cursor.
func (c EventCursor) String() string { return formatCursor(c.height, c.kind, c.first, c.second) }

// Height is the block of the place.
func (c EventCursor) Height() int64 { return c.height }

// After tells whether the place lies behind another.
func (c EventCursor) After(other EventCursor) bool {
	switch {
	case c.height != other.height:
		return c.height > other.height
	case c.kind != other.kind:
		return c.kind > other.kind
	case c.first != other.first:
		return c.first > other.first
	}
	return c.second > other.second
}

// Event is a payment that was decided, or a movement of a balance: exactly one of both is set.
type Event struct {
	Cursor  EventCursor
	Payment *gatewaytypes.PaymentRow
	Entry   *gatewaytypes.Entry
}

// PaymentEvent is a payment of a block as an event.
func PaymentEvent(payment *Payment) Event {
	return Event{
		Cursor:  EventCursor{payment.Height, kindPayments, int64(payment.TxIndex), int64(payment.EventIndex)},
		Payment: &payment.PaymentRow,
	}
}

// EntryEvent is an entry of a block as an event.
func EntryEvent(entry *gatewaytypes.Entry) Event {
	return Event{Cursor: EventCursor{entry.Height, kindEntries, int64(entry.Sequence), 0}, Entry: entry}
}

// EventPage is a page of an account's events and what the index knew when it was read.
type EventPage struct {
	Events   []Event
	More     bool // events follow that were indexed already
	Position Position
}

// Events lists what happened to an account after a cursor, oldest first, at most limit events (0 or
// more than MaxEvents: MaxEvents). A payment that was decided several times stands at its last decision.
func (s *Store) Events(ctx context.Context, account string, after EventCursor, limit int) (EventPage, error) {
	if limit <= 0 || limit > MaxEvents {
		limit = MaxEvents
	}
	var page EventPage
	err := s.snapshot(ctx, func(tx *sql.Tx) error {
		var err error
		if page.Position, err = s.positionIn(ctx, tx); err != nil {
			return err
		}
		payments, err := s.paymentEvents(ctx, tx, account, after, limit+1)
		if err != nil {
			return err
		}
		entries, err := s.entryEvents(ctx, tx, account, after, limit+1)
		if err != nil {
			return err
		}
		page.Events = merge(payments, entries)
		if len(page.Events) > limit {
			page.Events, page.More = page.Events[:limit], true
		}
		return nil
	})
	return page, err
}

func (s *Store) paymentEvents(ctx context.Context, tx *sql.Tx, account string, after EventCursor, limit int) ([]Event, error) {
	first, second := after.first, after.second
	if after.kind > kindPayments {
		first, second = math.MaxInt64, math.MaxInt64
	}
	from, end, err := s.paymentsOf(ctx, tx, after.height)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, accountPaymentsAfterSQL, account, first, second, from, end, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var events []Event
	for rows.Next() {
		payment, err := scanPayment(rows)
		if err != nil {
			return nil, err
		}
		events = append(events, PaymentEvent(&payment))
	}
	return events, rows.Err()
}

func (s *Store) entryEvents(ctx context.Context, tx *sql.Tx, account string, after EventCursor, limit int) ([]Event, error) {
	sequence := after.first
	switch after.kind {
	case kindPayments:
		sequence = -1
	case kindEnd:
		sequence = math.MaxInt64
	}
	rows, err := s.entriesAfter(ctx, tx, account, after.height, sequence, math.MaxInt64, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var events []Event
	for rows.Next() {
		entry, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		events = append(events, EntryEvent(&entry))
	}
	return events, rows.Err()
}

// merge brings two ordered lists into one order.
func merge(a, b []Event) []Event {
	out := make([]Event, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].Cursor.After(b[0].Cursor) {
			out, b = append(out, b[0]), b[1:]
		} else {
			out, a = append(out, a[0]), a[1:]
		}
	}
	return append(append(out, a...), b...)
}
