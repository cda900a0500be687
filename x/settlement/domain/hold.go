package domain

import (
	"bytes"
	"time"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// HoldEvent is what happens to a hold.
type HoldEvent int

// The events of a hold's life.
const (
	// Place sets the money aside.
	Place HoldEvent = iota + 1
	// CapturePart pays the payee out of it; something is left.
	CapturePart
	// CaptureRest pays the payee all that is left.
	CaptureRest
	// Release is the payee giving up what is left.
	Release
	// Expire releases what is left because its time is over.
	Expire
)

// HoldEvents are all of them, in order.
var HoldEvents = []HoldEvent{Place, CapturePart, CaptureRest, Release, Expire}

// holdTransitions is the state machine of a hold. What is not in the table is illegal; a hold of which
// nothing is left has no way out but to leave state.
var holdTransitions = map[types.HoldStatus]map[HoldEvent]types.HoldStatus{
	types.HoldNone: {Place: types.HoldPending},
	types.HoldPending: {
		CapturePart: types.HoldPending, CaptureRest: types.HoldCaptured, Release: types.HoldReleased, Expire: types.HoldReleased,
	},
}

// releaseReasons are the ISO 20022 codes of the events that release what is left.
var releaseReasons = map[HoldEvent]string{Release: types.ReasonRequested, Expire: types.ReasonTimeout}

// NextHoldStatus is the status after an event, or ErrHoldTransition.
func NextHoldStatus(from types.HoldStatus, event HoldEvent) (types.HoldStatus, error) {
	to, legal := holdTransitions[from][event]
	if !legal {
		return from, types.ErrHoldTransition.Wrapf("%s does not take %s", from, event)
	}
	return to, nil
}

// String names the event in messages.
func (e HoldEvent) String() string {
	switch e {
	case Place:
		return "place"
	case CapturePart:
		return "capture in part"
	case CaptureRest:
		return "capture the rest"
	case Release:
		return "release"
	case Expire:
		return "expire"
	}
	return "unknown event"
}

// PlaceHold is a new hold, or why there is none, in the order of a payment's reasons. Reserves are not asked
// for: they move when the payee captures.
func PlaceHold(order types.HoldOrder, uetr string, f Facts) (types.Hold, error) {
	b := Batch{Debtor: order.Debtor, Currency: order.Currency}
	line := Line{Transfer: types.Transfer{Creditor: order.Creditor, Amount: order.Amount}}
	if err := refuseParties(b, f, line); err != nil {
		return types.Hold{}, err
	}
	if err := checkExpiry(order.ExpiresAt, f.Time); err != nil {
		return types.Hold{}, err
	}
	if err := refuseAmount(f.Balance, order.Amount); err != nil {
		return types.Hold{}, err
	}
	status, err := NextHoldStatus(types.HoldNone, Place)
	if err != nil {
		return types.Hold{}, err
	}
	return types.Hold{
		Uetr: uetr, Debtor: order.Debtor, Creditor: order.Creditor, Currency: order.Currency, Amount: order.Amount,
		Captured: math.ZeroInt(), EndToEndDigest: order.EndToEndDigest, Status: status,
		ExpiresAt: order.ExpiresAt, DueAt: order.ExpiresAt,
	}, nil
}

func checkExpiry(expiresAt, now time.Time) error {
	if !expiresAt.After(now) || expiresAt.After(now.Add(types.HoldPeriodMax)) {
		return types.ErrExpiryInvalid.Wrapf("%s is not within %s from %s", expiresAt.UTC().Format(time.RFC3339),
			types.HoldPeriodMax, now.UTC().Format(time.RFC3339))
	}
	return nil
}

// RepeatsHold tells whether an order repeats the hold that has its name, or uses the name for another.
func RepeatsHold(order types.HoldOrder, stored types.Hold) error {
	if stored.Creditor != order.Creditor || stored.Currency != order.Currency || !stored.Amount.Equal(order.Amount) ||
		!bytes.Equal(stored.EndToEndDigest, order.EndToEndDigest) || !stored.ExpiresAt.Equal(order.ExpiresAt) {
		return types.ErrHoldDuplicate.Wrapf("hold %s", stored.Uetr)
	}
	return nil
}

// CaptureHold is a hold after its payee was paid an amount out of it. retention is how long it stays in
// state when nothing is left.
func CaptureHold(hold types.Hold, amount math.Int, now time.Time, retention time.Duration) (types.Hold, error) {
	event, left := CapturePart, hold.Left()
	if amount.Equal(left) {
		event = CaptureRest
	}
	status, err := NextHoldStatus(hold.Status, event)
	if err != nil {
		return hold, err
	}
	// The block that would have expired it may have had too much to do: its time is over all the same.
	if !now.Before(hold.ExpiresAt) {
		return hold, types.ErrHoldExpired.Wrapf("at %s", hold.ExpiresAt.UTC().Format(time.RFC3339))
	}
	if left.LT(amount) {
		return hold, types.ErrHoldExceeded.Wrapf("%s are left, %s are captured", left, amount)
	}
	hold.Captured, hold.Status = hold.Captured.Add(amount), status
	if status != types.HoldPending {
		hold.DueAt = now.Add(retention)
	}
	return hold, nil
}

// ReleaseHold is a hold of which what is left was released, by its payee or by time.
func ReleaseHold(hold types.Hold, event HoldEvent, now time.Time, retention time.Duration) (types.Hold, error) {
	reason, releases := releaseReasons[event]
	if !releases {
		return hold, types.ErrHoldTransition.Wrapf("%s releases nothing", event)
	}
	status, err := NextHoldStatus(hold.Status, event)
	if err != nil {
		return hold, err
	}
	hold.Status, hold.Reason, hold.DueAt = status, reason, now.Add(retention)
	return hold, nil
}
