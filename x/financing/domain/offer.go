package domain

import (
	"bytes"
	"time"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// OfferEvent is what happens to an offer.
type OfferEvent int

// The events of an offer's life.
const (
	// Offer is an open offer.
	Offer OfferEvent = iota + 1
	// Commit is a sealed bid.
	Commit
	// Reveal opens a sealed bid.
	Reveal
	// Forfeit is the time for revealing being over.
	Forfeit
	// AcceptOffer is the borrower taking it.
	AcceptOffer
	// DeclineOffer is the borrower not wanting it.
	DeclineOffer
	// WithdrawOffer is the lender taking it back.
	WithdrawOffer
	// EndOffer is the request ending otherwise.
	EndOffer
)

// OfferEvents are all of them, in order.
var OfferEvents = []OfferEvent{Offer, Commit, Reveal, Forfeit, AcceptOffer, DeclineOffer, WithdrawOffer, EndOffer}

// offerTransitions is the state machine of an offer. What is not in the table is illegal: a sealed bid binds, so
// nobody withdraws one, before it is revealed or after.
var offerTransitions = map[types.OfferStatus]map[OfferEvent]types.OfferStatus{
	types.OfferNone:   {Offer: types.OfferStanding, Commit: types.OfferSealed},
	types.OfferSealed: {Reveal: types.OfferStanding, Forfeit: types.OfferUnrevealed, EndOffer: types.OfferEnded},
	types.OfferStanding: {
		AcceptOffer: types.OfferAccepted, DeclineOffer: types.OfferDeclined, WithdrawOffer: types.OfferWithdrawn, EndOffer: types.OfferEnded,
	},
}

// NextOfferStatus is the status after an event, or ErrOfferTransition.
func NextOfferStatus(from types.OfferStatus, event OfferEvent) (types.OfferStatus, error) {
	to, legal := offerTransitions[from][event]
	if !legal {
		return from, types.ErrOfferTransition.Wrapf("%s does not take %s", from, event)
	}
	return to, nil
}

// String names the event in messages.
func (e OfferEvent) String() string {
	names := [...]string{"offer", "commitment", "revealing", "forfeiture", "acceptance", "refusal", "withdrawal", "end of the request"}
	if e < Offer || int(e) > len(names) {
		return "unknown event"
	}
	return names[e-1]
}

// CheckBid refuses a lender's bid on a request that was advanced to the present. earlier is its latest offer there,
// nil if it has made none.
func CheckBid(request types.Request, lender accesstypes.Member, mode types.BiddingMode, earlier *types.Offer) error {
	switch {
	case lender == request.Borrower:
		return types.ErrOwnRequest
	case !request.Invites(lender):
		return types.ErrNotInvited.Wrapf("request %d", request.Id)
	case request.Status != types.RequestBidding:
		return types.ErrBiddingClosed.Wrapf("request %d is %s", request.Id, request.Status)
	case request.Mode != mode:
		return types.ErrBiddingMode.Wrapf("request %d is %s", request.Id, request.Mode)
	case earlier != nil && mode == types.ModeSealed:
		return types.ErrOfferedAlready.Wrapf("offer %d", earlier.Id)
	}
	return nil
}

// CheckTerms refuses terms that are not those of the request's kind, or beyond the borrower's limit.
func CheckTerms(request types.Request, terms types.OfferTerms) error {
	if err := terms.ValidateFor(request.Kind); err != nil {
		return err
	}
	switch {
	case terms.WorstGrade != "" && request.Product == "":
		return types.ErrInvalidOffer.Wrapf("request %d names no product whose grade would count", request.Id)
	case terms.RegistrationNeeded && !request.Kind.MovesUnits():
		return types.ErrInvalidOffer.Wrap("an unsecured loan has nothing to register")
	case request.Kind == types.KindPurchase && terms.Price.LT(request.Amount):
		return types.ErrOfferBeyond.Wrapf("%s is offered, %s is the least", terms.Price, request.Amount)
	case request.Kind.IsLoan() && terms.RatePpm > request.Repayment.RatePpm:
		return types.ErrOfferBeyond.Wrapf("%d ppm is offered, %d ppm is the most", terms.RatePpm, request.Repayment.RatePpm)
	}
	return nil
}

// RevealBid opens a sealed bid of a request that was advanced to the present.
func RevealBid(request types.Request, offer types.Offer, terms types.OfferTerms, salt []byte) (types.Offer, error) {
	switch {
	case offer.Status == types.OfferUnrevealed || offer.Status == types.OfferSealed && request.Status > types.RequestRevealing:
		return offer, types.ErrRevealLate.Wrapf("offer %d", offer.Id)
	case request.Status == types.RequestBidding && offer.Status == types.OfferSealed:
		return offer, types.ErrRevealEarly.Wrapf("offer %d", offer.Id)
	}
	status, err := NextOfferStatus(offer.Status, Reveal)
	if err != nil {
		return offer, err
	}
	if !bytes.Equal(offer.Commitment, types.BidCommitment(request.Id, offer.Lender, offer.Account, terms, salt)) {
		return offer, types.ErrBidMismatch.Wrapf("offer %d", offer.Id)
	}
	offer.Status, offer.Terms = status, terms
	return offer, CheckTerms(request, terms)
}

// CheckGrade refuses an offer whose condition on the borrower's grade does not hold. grade is the one in force, nil
// if there is none.
func CheckGrade(terms types.OfferTerms, grade *credittypes.GradeInForce) error {
	switch {
	case terms.WorstGrade == "":
		return nil
	case grade == nil:
		return types.ErrGradeOver.Wrapf("%.40q or better is asked for", terms.WorstGrade)
	case !grade.AtLeast(terms.WorstGrade):
		return types.ErrGradeTooLow.Wrapf("it is %s, %.40q or better is asked for", grade.Grade, terms.WorstGrade)
	}
	return nil
}

// CheckRegistration refuses an acceptance without the registration that its offer asks for, and a registration that
// is none.
func CheckRegistration(request types.Request, offer types.Offer, entry types.RegisterEntry, now time.Time) error {
	switch {
	case (entry.Number == "") != entry.At.IsZero():
		return types.ErrRegistrationInvalid.Wrap("a registration has a number and a time")
	case entry.At.After(now):
		return types.ErrRegistrationInvalid.Wrap("it is in the future")
	case entry.Number != "" && !request.Kind.MovesUnits():
		return types.ErrRegistrationInvalid.Wrap("an unsecured loan has nothing to register")
	case offer.Terms.RegistrationNeeded && entry.Number == "":
		return types.ErrNotRegistered.Wrapf("offer %d", offer.Id)
	}
	return types.CheckRegistration(entry.Number)
}

// endOffers takes those that are alive through an event that their standing takes, and returns what has changed.
func endOffers(offers []types.Offer, event OfferEvent) (changed []types.Offer, err error) {
	for _, offer := range offers {
		if offer.Status != types.OfferSealed && offer.Status != types.OfferStanding {
			continue
		}
		if offer.Status, err = NextOfferStatus(offer.Status, event); err != nil {
			return nil, err
		}
		changed = append(changed, offer)
	}
	return changed, nil
}
