package types

import (
	"slices"
	"time"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// Kinds, modes and standings, for short.
const (
	KindPurchase  = FinanceKind_FINANCE_KIND_PURCHASE
	KindAdvance   = FinanceKind_FINANCE_KIND_ADVANCE
	KindUnsecured = FinanceKind_FINANCE_KIND_UNSECURED

	ModeOpen   = BiddingMode_BIDDING_MODE_OPEN
	ModeSealed = BiddingMode_BIDDING_MODE_SEALED

	RequestNone      = RequestStatus_REQUEST_STATUS_UNSPECIFIED
	RequestBidding   = RequestStatus_REQUEST_STATUS_BIDDING
	RequestRevealing = RequestStatus_REQUEST_STATUS_REVEALING
	RequestDeciding  = RequestStatus_REQUEST_STATUS_DECIDING
	RequestFinanced  = RequestStatus_REQUEST_STATUS_FINANCED
	RequestWithdrawn = RequestStatus_REQUEST_STATUS_WITHDRAWN
	RequestLapsed    = RequestStatus_REQUEST_STATUS_LAPSED
)

// IsLoan reports whether a kind opens a loan.
func (k FinanceKind) IsLoan() bool { return k == KindAdvance || k == KindUnsecured }

// MovesUnits reports whether units of a receivable go to the lender.
func (k FinanceKind) MovesUnits() bool { return k == KindPurchase || k == KindAdvance }

// Invites reports whether the request was put to a lender.
func (r Request) Invites(lender accesstypes.Member) bool { return slices.Contains(r.Lenders, lender) }

// IsEnded reports whether nothing can happen to the request any more.
func (r Request) IsEnded() bool { return r.Status >= RequestFinanced }

// DueAt is when the clock takes the request further; false if it does not.
func (r Request) DueAt() (time.Time, bool) {
	switch r.Status {
	case RequestBidding:
		return r.BiddingEndsAt, true
	case RequestRevealing:
		return r.RevealEndsAt, true
	case RequestDeciding:
		return r.DecisionEndsAt, true
	}
	return time.Time{}, false
}

// Committed is the money that a lender with these terms commits to pay, and the borrower to take: the price of a
// purchase, the principal of a loan. A price that is none commits to nothing, and is refused by itself.
func (r Request) Committed(terms OfferTerms) accesstypes.Money {
	amount := r.Amount
	if r.Kind == KindPurchase {
		amount = terms.Price
	}
	if amount.IsNil() || !amount.IsPositive() {
		return accesstypes.Money{}
	}
	return accesstypes.MoneyOf(r.Currency, amount)
}
