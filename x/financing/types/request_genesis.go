package types

import (
	"slices"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// validateRequests checks requests and offers, their order and what they say of each other.
func (gs GenesisState) validateRequests() error {
	requests := make(map[uint64]Request, len(gs.Requests))
	var last uint64
	for _, request := range gs.Requests {
		if request.Id <= last || request.Id >= gs.NextRequestId {
			return ErrInvalidGenesis.Wrapf("request %d comes after %d, and the next is to be %d", request.Id, last, gs.NextRequestId)
		}
		last = request.Id
		if err := request.validate(); err != nil {
			return err
		}
		requests[request.Id] = request
	}
	if err := gs.validateOffers(requests); err != nil {
		return err
	}
	for _, request := range gs.Requests {
		financed := request.Status == RequestFinanced
		if financed != (request.AcceptedOfferId != 0) || financed && !slices.ContainsFunc(gs.Offers, func(o Offer) bool {
			return o.Id == request.AcceptedOfferId && o.RequestId == request.Id && o.Status == OfferAccepted
		}) {
			return ErrInvalidGenesis.Wrapf("request %d is %s by offer %d", request.Id, request.Status, request.AcceptedOfferId)
		}
	}
	return nil
}

func (gs GenesisState) validateOffers(requests map[uint64]Request) error {
	type bidder struct {
		request uint64
		lender  accesstypes.Member
	}
	bidders := map[bidder]bool{}
	var last uint64
	for _, offer := range gs.Offers {
		if offer.Id <= last || offer.Id >= gs.NextOfferId {
			return ErrInvalidGenesis.Wrapf("offer %d comes after %d, and the next is to be %d", offer.Id, last, gs.NextOfferId)
		}
		last = offer.Id
		request, known := requests[offer.RequestId]
		if !known || !request.Invites(offer.Lender) || bidders[bidder{offer.RequestId, offer.Lender}] {
			return ErrInvalidGenesis.Wrapf("offer %d is of a request that does not exist, of one that was not invited, or of one that has another", offer.Id)
		}
		bidders[bidder{offer.RequestId, offer.Lender}] = true
		if err := offer.validateIn(request); err != nil {
			return err
		}
	}
	return nil
}

// validate checks a stored request alone.
func (r Request) validate() error {
	asked := MsgRequestFinance{
		Account: r.Account, Kind: r.Kind, Mode: r.Mode, ReceivableId: r.ReceivableId, Units: r.Units, Currency: r.Currency,
		Amount: r.Amount, Repayment: r.Repayment, Recourse: r.Recourse, Product: r.Product, Lenders: r.Lenders,
	}
	if err := asked.Validate(); err != nil {
		return ErrInvalidGenesis.Wrapf("request %d: %s", r.Id, err)
	}
	if err := r.Borrower.Validate(); err != nil {
		return err
	}
	due, runs := r.DueAt()
	switch {
	case r.Status < RequestBidding || r.Status > RequestLapsed:
		return ErrInvalidGenesis.Wrapf("request %d: standing %d is unknown", r.Id, r.Status)
	case !slices.IsSortedFunc(r.Lenders, compareMembers):
		return ErrInvalidGenesis.Wrapf("request %d: lenders are not in order", r.Id)
	case r.BiddingEndsAt.Before(r.RequestedAt) || r.RevealEndsAt.Before(r.BiddingEndsAt) || r.DecisionEndsAt.Before(r.RevealEndsAt):
		return ErrInvalidGenesis.Wrapf("request %d: deadlines are not in order", r.Id)
	case r.Mode == ModeOpen && !r.RevealEndsAt.Equal(r.BiddingEndsAt) || r.Mode == ModeOpen && r.Status == RequestRevealing:
		return ErrInvalidGenesis.Wrapf("request %d reveals open offers", r.Id)
	case runs != r.EndedAt.IsZero() || runs && r.NextAt != due.Unix() || !runs && r.NextAt < r.EndedAt.Unix():
		return ErrInvalidGenesis.Wrapf("request %d is %s, ended at %s, and due at %d", r.Id, r.Status, r.EndedAt, r.NextAt)
	}
	return nil
}

// validateIn checks a stored offer with its request.
func (o Offer) validateIn(request Request) error {
	alive := o.Status == OfferSealed || o.Status == OfferStanding
	// A sealed bid may have ended with its request before it was revealed.
	known := o.Status != OfferSealed && o.Status != OfferUnrevealed && (o.Status != OfferEnded || request.Mode == ModeOpen)
	switch {
	case o.Status < OfferSealed || o.Status > OfferEnded:
		return ErrInvalidGenesis.Wrapf("offer %d: standing %d is unknown", o.Id, o.Status)
	case (request.Mode == ModeSealed) != (len(o.Commitment) == BidLength) || request.Mode == ModeOpen && len(o.Commitment) != 0:
		return ErrInvalidGenesis.Wrapf("offer %d has a commitment of %d bytes for bidding that is %s", o.Id, len(o.Commitment), request.Mode)
	case request.Mode == ModeOpen && (o.Status == OfferSealed || o.Status == OfferUnrevealed):
		return ErrInvalidGenesis.Wrapf("offer %d is open and %s", o.Id, o.Status)
	case alive && request.IsEnded() || o.Status == OfferSealed && request.Status == RequestDeciding:
		return ErrInvalidGenesis.Wrapf("offer %d is %s of a request that is %s", o.Id, o.Status, request.Status)
	case (o.Status == OfferAccepted) != (request.AcceptedOfferId == o.Id):
		return ErrInvalidGenesis.Wrapf("offer %d is %s, request %d is financed by %d", o.Id, o.Status, request.Id, request.AcceptedOfferId)
	case (o.Status == OfferAccepted) != (o.PaymentUetr != "") || o.LoanId != 0 && (o.Status != OfferAccepted || !request.Kind.IsLoan()):
		return ErrInvalidGenesis.Wrapf("offer %d is %s with payment %q and loan %d", o.Id, o.Status, o.PaymentUetr, o.LoanId)
	case o.Operator == "":
		return ErrInvalidGenesis.Wrapf("offer %d is of no operator", o.Id)
	}
	if known {
		if err := o.Terms.ValidateFor(request.Kind); err != nil {
			return ErrInvalidGenesis.Wrapf("offer %d: %s", o.Id, err)
		}
	}
	return validatePayer(o.Account)
}
