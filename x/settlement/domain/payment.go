package domain

import "github.com/zhilian-network/zhilian/x/settlement/types"

// PaymentEvent is what happens to a payment.
type PaymentEvent int

// The events of a payment's life.
const (
	// Receive takes an instruction in: a first one, or a new one for a payment that was rejected.
	Receive PaymentEvent = iota + 1
	// Settle moves the money; it is final.
	Settle
	// Reject refuses the instruction; no money moves.
	Reject
)

// paymentTransitions is the state machine of a payment, in ISO 20022 terms. What is not in the table
// is illegal; a settled payment has no way out: a return is a new payment.
var paymentTransitions = map[types.PaymentStatus]map[PaymentEvent]types.PaymentStatus{
	types.PaymentNone:     {Receive: types.PaymentReceived},
	types.PaymentReceived: {Settle: types.PaymentSettled, Reject: types.PaymentRejected},
	types.PaymentRejected: {Receive: types.PaymentReceived},
}

// NextPaymentStatus is the status after an event, or ErrPaymentTransition.
func NextPaymentStatus(from types.PaymentStatus, event PaymentEvent) (types.PaymentStatus, error) {
	to, legal := paymentTransitions[from][event]
	if !legal {
		return from, types.ErrPaymentTransition.Wrapf("%s does not take %s", from, event)
	}
	return to, nil
}

// String names the event in messages.
func (e PaymentEvent) String() string {
	switch e {
	case Receive:
		return "receive"
	case Settle:
		return "settle"
	case Reject:
		return "reject"
	}
	return "unknown event"
}
