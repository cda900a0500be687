package domain

import (
	"time"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// ReceivableEvent is what happens to a receivable.
type ReceivableEvent int

// The events of a receivable's life.
const (
	// Issue is the supplier putting it up.
	Issue ReceivableEvent = iota + 1
	// Confirm is the debtor saying that it owes it.
	Confirm
	// Refuse is the debtor saying that it does not.
	Refuse
	// Cancel is the supplier taking it back.
	Cancel
	// Lapse is its due day coming before the debtor said anything.
	Lapse
	// PayPart is the debtor paying some of it; something is left.
	PayPart
	// PayRest is the debtor paying all that is left.
	PayRest
	// FailToPay is the debtor not having the money when it is due.
	FailToPay
	// BreakOff is the debtor not having paid for as long as settings allow.
	BreakOff
	// TakeOff is a ruling taking off all that is left.
	TakeOff
)

// ReceivableEvents are all of them, in order.
var ReceivableEvents = []ReceivableEvent{Issue, Confirm, Refuse, Cancel, Lapse, PayPart, PayRest, FailToPay, BreakOff, TakeOff}

// receivableTransitions is the state machine of a receivable. What is not in the table is illegal; one that has
// ended has no way out but to leave state.
var receivableTransitions = map[types.ReceivableStatus]map[ReceivableEvent]types.ReceivableStatus{
	types.ReceivableNone: {Issue: types.ReceivableIssued},
	types.ReceivableIssued: {
		Confirm: types.ReceivableConfirmed, Refuse: types.ReceivableRefused, Cancel: types.ReceivableCancelled, Lapse: types.ReceivableCancelled,
	},
	types.ReceivableConfirmed: {
		PayPart: types.ReceivableConfirmed, PayRest: types.ReceivableSettled, FailToPay: types.ReceivableOverdue,
		TakeOff: types.ReceivableSettled,
	},
	types.ReceivableOverdue: {
		PayPart: types.ReceivableOverdue, PayRest: types.ReceivableSettled, FailToPay: types.ReceivableOverdue, BreakOff: types.ReceivableDefaulted,
		TakeOff: types.ReceivableSettled,
	},
	types.ReceivableDefaulted: {PayPart: types.ReceivableDefaulted, PayRest: types.ReceivableSettled, TakeOff: types.ReceivableSettled},
}

// NextReceivableStatus is the status after an event, or ErrReceivableTransition.
func NextReceivableStatus(from types.ReceivableStatus, event ReceivableEvent) (types.ReceivableStatus, error) {
	to, legal := receivableTransitions[from][event]
	if !legal {
		return from, types.ErrReceivableTransition.Wrapf("%s does not take %s", from, event)
	}
	return to, nil
}

// String names the event in messages.
func (e ReceivableEvent) String() string {
	names := [...]string{"", "issue", "confirm", "refuse", "cancel", "lapse", "a part payment", "the last payment", "a missed payment", "give up", "a ruling"}
	if e < Issue || int(e) >= len(names) {
		return "unknown event"
	}
	return names[e]
}

// CheckTerm wants a due day after today and within the longest term, and says whether it needs a second person.
func CheckTerm(receivable types.Receivable, today uint64, params types.Params) (long bool, err error) {
	if receivable.DueDay <= today {
		return false, types.ErrTerm.Wrapf("due day is %d, today is %d", receivable.DueDay, today)
	}
	term := receivable.DueDay - today
	if term > uint64(params.TermDaysMax) {
		return false, types.ErrTerm.Wrapf("%d days, at most %d", term, params.TermDaysMax)
	}
	return term > uint64(params.TermDaysUsual), nil
}

// Collection is what came of trying to collect a receivable on a day.
type Collection struct {
	Short bool // the debtor had not the money, or may not pay
	Today uint64
}

// AfterCollection is a receivable after a try that left something unpaid: overdue if that is the debtor's
// fault, and defaulted if it has been for long enough: days on which the chain
// stood still do not count. Where a holder could not be reached, the debtor is not
// to blame. next is when it is tried again, 0 for never.
func AfterCollection(receivable types.Receivable, collection Collection, calendar Calendar, params types.Params) (after types.Receivable, err error) {
	after = receivable
	after.NextAt = calendar.StartSeconds(collection.Today + 1)
	if !collection.Short {
		return after, nil
	}
	if after.Status, err = NextReceivableStatus(receivable.Status, FailToPay); err != nil {
		return receivable, err
	}
	after.Missed++
	if after.Missed > params.DefaultAfterDays {
		after.NextAt = 0
		after.Status, err = NextReceivableStatus(after.Status, BreakOff)
	}
	return after, err
}

// End is a receivable that has ended, and is forgotten at NextAt.
func End(receivable types.Receivable, event ReceivableEvent, now time.Time, calendar Calendar, params types.Params) (types.Receivable, error) {
	status, err := NextReceivableStatus(receivable.Status, event)
	if err != nil {
		return receivable, err
	}
	receivable.Status, receivable.EndedAt = status, now
	receivable.NextAt = calendar.AfterDays(now, params.RetentionDays).Unix()
	return receivable, nil
}
