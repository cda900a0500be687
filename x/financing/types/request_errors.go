package types

import (
	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
)

// Refusals of requests, offers and acceptances.
var (
	ErrInvalidRequest    = errorsmod.RegisterWithGRPCCode(ModuleName, 60, codes.InvalidArgument, "request for finance is not valid")
	ErrRequestNotFound   = errorsmod.RegisterWithGRPCCode(ModuleName, 61, codes.NotFound, "request for finance does not exist")
	ErrRequestTransition = errorsmod.RegisterWithGRPCCode(ModuleName, 62, codes.FailedPrecondition, "request does not take this from where it stands")
	ErrRequestPeriod     = errorsmod.RegisterWithGRPCCode(ModuleName, 63, codes.InvalidArgument, "time for bidding, revealing or deciding is not within its bounds")
	ErrUnitsMissing      = errorsmod.RegisterWithGRPCCode(ModuleName, 64, codes.FailedPrecondition, "account has fewer units of the receivable than the request is for")
	ErrNotInvited        = errorsmod.RegisterWithGRPCCode(ModuleName, 65, codes.PermissionDenied, "request was not put to this lender")
	ErrInvalidOffer      = errorsmod.RegisterWithGRPCCode(ModuleName, 66, codes.InvalidArgument, "offer is not valid")
	ErrOfferNotFound     = errorsmod.RegisterWithGRPCCode(ModuleName, 67, codes.NotFound, "offer does not exist, or a later one of its lender took its place")
	ErrOfferTransition   = errorsmod.RegisterWithGRPCCode(ModuleName, 68, codes.FailedPrecondition, "offer does not take this from where it stands")
	ErrBiddingClosed     = errorsmod.RegisterWithGRPCCode(ModuleName, 69, codes.FailedPrecondition, "bidding is closed")
	ErrBiddingMode       = errorsmod.RegisterWithGRPCCode(ModuleName, 70, codes.FailedPrecondition, "request takes offers of the other kind: open, or sealed ones")
	ErrOfferedAlready    = errorsmod.RegisterWithGRPCCode(ModuleName, 71, codes.AlreadyExists, "lender is bound by its sealed bid")
	ErrOfferBeyond       = errorsmod.RegisterWithGRPCCode(ModuleName, 72, codes.FailedPrecondition, "offer is worse than the borrower's limit")
	ErrRevealEarly       = errorsmod.RegisterWithGRPCCode(ModuleName, 73, codes.FailedPrecondition, "sealed bids are revealed when bidding is closed, not before")
	ErrRevealLate        = errorsmod.RegisterWithGRPCCode(ModuleName, 74, codes.FailedPrecondition, "time for revealing is over")
	ErrBidMismatch       = errorsmod.RegisterWithGRPCCode(ModuleName, 75, codes.InvalidArgument, "terms and salt are not what the bid has committed to")
	ErrNotRevealed       = errorsmod.RegisterWithGRPCCode(ModuleName, 76, codes.FailedPrecondition, "bid was not revealed")
	ErrAcceptEarly       = errorsmod.RegisterWithGRPCCode(ModuleName, 77, codes.FailedPrecondition, "sealed bids are accepted when the time for revealing is over")
	ErrAcceptLate        = errorsmod.RegisterWithGRPCCode(ModuleName, 78, codes.FailedPrecondition, "time for accepting is over")
	ErrAcceptedAlready   = errorsmod.RegisterWithGRPCCode(ModuleName, 79, codes.AlreadyExists, "request is financed by an offer already")
	ErrNotBest           = errorsmod.RegisterWithGRPCCode(ModuleName, 80, codes.FailedPrecondition, "a better sealed bid stands; decline it first")
	ErrGradeOver         = errorsmod.RegisterWithGRPCCode(ModuleName, 81, codes.FailedPrecondition, "borrower has no valid grade, or the one it had is over")
	ErrGradeTooLow       = errorsmod.RegisterWithGRPCCode(ModuleName, 82, codes.FailedPrecondition, "borrower's grade is worse than the offer asks for")
	ErrOwnRequest        = errorsmod.RegisterWithGRPCCode(ModuleName, 83, codes.PermissionDenied, "nobody bids on its own request")
	ErrNotRegistered     = errorsmod.RegisterWithGRPCCode(ModuleName, 84, codes.FailedPrecondition, "offer asks for the number of the transfer in the movable-property financing register")
)
