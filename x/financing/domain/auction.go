package domain

import (
	"time"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// AdvanceRequest takes a request one step further if its time has come, or if there is nobody left to wait for, and
// says which of its offers change with it. A step that is late, since a block had too much to do or the chain stood
// still, is the same step.
func AdvanceRequest(request types.Request, offers []types.Offer, now time.Time) (types.Request, []types.Offer, bool, error) {
	due, runs := request.DueAt()
	if !runs || now.Before(due) && !isComplete(request, offers) {
		return request, nil, false, nil
	}
	changed, event := []types.Offer(nil), LapseRequest
	switch request.Status {
	case types.RequestBidding:
		event = closing(request, offers)
	case types.RequestRevealing:
		var err error
		if changed, err = forfeit(offers); err != nil {
			return request, nil, false, err
		}
		if hasAny(offers, types.OfferStanding) {
			event = EndReveal
		}
	}
	if event == LapseRequest {
		ended, others, err := end(request, without(offers, changed), LapseRequest, now)
		return ended, append(changed, others...), true, err
	}
	status, err := NextRequestStatus(request.Status, event)
	request.Status = status
	return request, changed, true, err
}

// isComplete reports whether everybody has done what a time was given for: all lenders have made their sealed bids,
// which bind, or all of these are revealed. Open offers can be improved until the last moment.
func isComplete(request types.Request, offers []types.Offer) bool {
	switch {
	case request.Mode != types.ModeSealed:
		return false
	case request.Status == types.RequestBidding:
		return len(offers) == len(request.Lenders)
	}
	return request.Status == types.RequestRevealing && !hasAny(offers, types.OfferSealed)
}

// closing is how the bidding ends: without anything to go on with, the request lapses.
func closing(request types.Request, offers []types.Offer) RequestEvent {
	switch {
	case request.Mode == types.ModeSealed && hasAny(offers, types.OfferSealed):
		return CloseSealed
	case request.Mode == types.ModeOpen && hasAny(offers, types.OfferStanding):
		return CloseOpen
	}
	return LapseRequest
}

// forfeit marks the bids that nobody has revealed.
func forfeit(offers []types.Offer) (forfeited []types.Offer, err error) {
	for _, offer := range offers {
		if offer.Status != types.OfferSealed {
			continue
		}
		if offer.Status, err = NextOfferStatus(offer.Status, Forfeit); err != nil {
			return nil, err
		}
		forfeited = append(forfeited, offer)
	}
	return forfeited, nil
}

func hasAny(offers []types.Offer, status types.OfferStatus) bool {
	for _, offer := range offers {
		if offer.Status == status {
			return true
		}
	}
	return false
}

func without(offers, taken []types.Offer) (rest []types.Offer) {
	for _, offer := range offers {
		if !contains(taken, offer.Id) {
			rest = append(rest, offer)
		}
	}
	return rest
}

func contains(offers []types.Offer, id uint64) bool {
	for _, offer := range offers {
		if offer.Id == id {
			return true
		}
	}
	return false
}

// Better reports whether offer a is to be preferred to b: the higher price, the lower rate; of equal ones the one
// that was bid first, which its number tells.
func Better(kind types.FinanceKind, a, b types.Offer) bool {
	switch {
	case kind == types.KindPurchase && !a.Terms.Price.Equal(b.Terms.Price):
		return a.Terms.Price.GT(b.Terms.Price)
	case kind.IsLoan() && a.Terms.RatePpm != b.Terms.RatePpm:
		return a.Terms.RatePpm < b.Terms.RatePpm
	}
	return a.Id < b.Id
}

// Best is the best of the offers that stand; false if none does.
func Best(kind types.FinanceKind, offers []types.Offer) (types.Offer, bool) {
	var best types.Offer
	found := false
	for _, offer := range offers {
		if offer.Status == types.OfferStanding && (!found || Better(kind, offer, best)) {
			best, found = offer, true
		}
	}
	return best, found
}

// CheckAcceptance refuses an offer that the borrower may not accept, of a request that was advanced to the present.
// offers are all of the request's. Of sealed bids it is the best that is accepted: a borrower that prefers another
// one declines, for all to see, what is better.
func CheckAcceptance(request types.Request, offer types.Offer, offers []types.Offer) error {
	switch {
	case request.Status == types.RequestFinanced:
		return types.ErrAcceptedAlready.Wrapf("request %d by offer %d", request.Id, request.AcceptedOfferId)
	case request.Status == types.RequestLapsed:
		return types.ErrAcceptLate.Wrapf("request %d", request.Id)
	case offer.Status == types.OfferUnrevealed:
		return types.ErrNotRevealed.Wrapf("offer %d", offer.Id)
	case request.Mode == types.ModeSealed && request.Status < types.RequestDeciding:
		return types.ErrAcceptEarly.Wrapf("request %d", request.Id)
	}
	if _, err := NextRequestStatus(request.Status, Accept); err != nil {
		return err
	}
	if _, err := NextOfferStatus(offer.Status, AcceptOffer); err != nil {
		return err
	}
	if best, found := Best(request.Kind, offers); request.Mode == types.ModeSealed && found && best.Id != offer.Id {
		return types.ErrNotBest.Wrapf("offer %d", best.Id)
	}
	return nil
}

// Accepted is a request that an offer finances, with what becomes of its offers: the accepted one first.
func Accepted(request types.Request, offer types.Offer, offers []types.Offer, now time.Time) (types.Request, []types.Offer, error) {
	status, err := NextOfferStatus(offer.Status, AcceptOffer)
	if err != nil {
		return request, nil, err
	}
	offer.Status = status
	request.AcceptedOfferId = offer.Id
	request, others, err := end(request, without(offers, []types.Offer{offer}), Accept, now)
	return request, append([]types.Offer{offer}, others...), err
}

// CompareOffers orders offers for a reader: those that stand before the others, the best first; the others by number.
func CompareOffers(kind types.FinanceKind, a, b types.Offer) int {
	aStands, bStands := a.Status == types.OfferStanding, b.Status == types.OfferStanding
	switch {
	case a.Id == b.Id:
		return 0
	case aStands != bStands && aStands, aStands && bStands && Better(kind, a, b), !aStands && !bStands && a.Id < b.Id:
		return -1
	}
	return 1
}
