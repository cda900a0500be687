package domain

import (
	"time"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// RequestEvent is what happens to a request.
type RequestEvent int

// The events of a request's life.
const (
	// Ask puts it to lenders.
	Ask RequestEvent = iota + 1
	// CloseSealed ends the bidding, and sealed bids are there to be revealed.
	CloseSealed
	// CloseOpen ends the bidding, and open offers stand.
	CloseOpen
	// EndReveal ends the time for revealing, and revealed bids stand.
	EndReveal
	// LapseRequest is a time that ended without anything to go on with.
	LapseRequest
	// Accept is the borrower taking an offer, and its settlement.
	Accept
	// WithdrawRequest is the borrower taking it back.
	WithdrawRequest
)

// RequestEvents are all of them, in order.
var RequestEvents = []RequestEvent{Ask, CloseSealed, CloseOpen, EndReveal, LapseRequest, Accept, WithdrawRequest}

// requestTransitions is the state machine of a request. What is not in the table is illegal. Open offers can be
// accepted while others still bid; of sealed ones CheckAcceptance keeps the borrower from it.
var requestTransitions = map[types.RequestStatus]map[RequestEvent]types.RequestStatus{
	types.RequestNone: {Ask: types.RequestBidding},
	types.RequestBidding: {
		CloseSealed: types.RequestRevealing, CloseOpen: types.RequestDeciding, LapseRequest: types.RequestLapsed,
		Accept: types.RequestFinanced, WithdrawRequest: types.RequestWithdrawn,
	},
	types.RequestRevealing: {EndReveal: types.RequestDeciding, LapseRequest: types.RequestLapsed, WithdrawRequest: types.RequestWithdrawn},
	types.RequestDeciding:  {Accept: types.RequestFinanced, LapseRequest: types.RequestLapsed, WithdrawRequest: types.RequestWithdrawn},
}

// NextRequestStatus is the status after an event, or ErrRequestTransition.
func NextRequestStatus(from types.RequestStatus, event RequestEvent) (types.RequestStatus, error) {
	to, legal := requestTransitions[from][event]
	if !legal {
		return from, types.ErrRequestTransition.Wrapf("%s does not take %s", from, event)
	}
	return to, nil
}

// String names the event in messages.
func (e RequestEvent) String() string {
	names := [...]string{"ask", "close of sealed bidding", "close of open bidding", "end of revealing", "lapse", "acceptance", "withdrawal"}
	if e < Ask || int(e) > len(names) {
		return "unknown event"
	}
	return names[e-1]
}

// Periods are how long lenders bid and reveal, and the borrower decides.
type Periods struct{ Bidding, Reveal, Decision time.Duration }

// NewRequest puts a request to lenders at a time: it gets its deadlines, of whole seconds. Longest bounds each
// period. Open offers have nothing to reveal.
func NewRequest(request types.Request, periods Periods, longest time.Duration, now time.Time) (types.Request, error) {
	sealed := request.Mode == types.ModeSealed
	if sealed != (periods.Reveal != 0) {
		return request, types.ErrRequestPeriod.Wrap("sealed bids need a time for revealing, open offers have none")
	}
	for _, period := range []time.Duration{periods.Bidding, periods.Reveal, periods.Decision} {
		if period < 0 || period > longest || period%time.Second != 0 {
			return request, types.ErrRequestPeriod.Wrapf("%s is not of whole seconds, or more than %s", period, longest)
		}
	}
	if periods.Bidding == 0 || periods.Decision == 0 {
		return request, types.ErrRequestPeriod.Wrap("bidding and deciding take a second at least")
	}
	status, err := NextRequestStatus(types.RequestNone, Ask)
	if err != nil {
		return request, err
	}
	request.Status, request.RequestedAt = status, now
	request.BiddingEndsAt = now.Truncate(time.Second).Add(periods.Bidding)
	request.RevealEndsAt = request.BiddingEndsAt.Add(periods.Reveal)
	request.DecisionEndsAt = request.RevealEndsAt.Add(periods.Decision)
	return request, nil
}

// WithdrawnRequest is a request that its borrower has taken back, with what becomes of its offers.
func WithdrawnRequest(request types.Request, offers []types.Offer, now time.Time) (types.Request, []types.Offer, error) {
	return end(request, offers, WithdrawRequest, now)
}

// end brings a request to an end, and every offer that is still alive.
func end(request types.Request, offers []types.Offer, event RequestEvent, now time.Time) (types.Request, []types.Offer, error) {
	status, err := NextRequestStatus(request.Status, event)
	if err != nil {
		return request, nil, err
	}
	request.Status, request.EndedAt = status, now
	changed, err := endOffers(offers, EndOffer)
	return request, changed, err
}
