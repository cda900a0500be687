package types

import (
	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
)

// Refusals of limits, facilities, covenants and uses.
var (
	ErrBorrowerLimit      = errorsmod.RegisterWithGRPCCode(ModuleName, 120, codes.FailedPrecondition, "lender's limit for this borrower is reached")
	ErrGroupLimit         = errorsmod.RegisterWithGRPCCode(ModuleName, 121, codes.FailedPrecondition, "lender's limit for the borrower's group is reached")
	ErrLenderLimit        = errorsmod.RegisterWithGRPCCode(ModuleName, 122, codes.FailedPrecondition, "lender's limit for all its loans is reached")
	ErrInvalidLimit       = errorsmod.RegisterWithGRPCCode(ModuleName, 123, codes.InvalidArgument, "limit is not valid")
	ErrLimitBelowUse      = errorsmod.RegisterWithGRPCCode(ModuleName, 124, codes.FailedPrecondition, "limit would be below what is lent and promised")
	ErrFacilityNotFound   = errorsmod.RegisterWithGRPCCode(ModuleName, 125, codes.NotFound, "facility does not exist")
	ErrFacilityTransition = errorsmod.RegisterWithGRPCCode(ModuleName, 126, codes.FailedPrecondition, "facility cannot do this from where it stands")
	ErrInvalidFacility    = errorsmod.RegisterWithGRPCCode(ModuleName, 127, codes.InvalidArgument, "facility is not valid")
	ErrFacilityLimit      = errorsmod.RegisterWithGRPCCode(ModuleName, 128, codes.FailedPrecondition, "facility has less than the amount left")
	ErrNotDrawable        = errorsmod.RegisterWithGRPCCode(ModuleName, 129, codes.FailedPrecondition, "facility cannot be drawn: it is not active, or its last day is over")
	ErrTooManyLoans       = errorsmod.RegisterWithGRPCCode(ModuleName, 130, codes.ResourceExhausted, "facility has its most loans that are owed")
	ErrInvalidCovenant    = errorsmod.RegisterWithGRPCCode(ModuleName, 140, codes.InvalidArgument, "covenant is not valid")
	ErrCovenantBroken     = errorsmod.RegisterWithGRPCCode(ModuleName, 141, codes.FailedPrecondition, "covenant is broken; the facility cannot be drawn until it is kept again")
	ErrNotUse             = errorsmod.RegisterWithGRPCCode(ModuleName, 150, codes.FailedPrecondition, "payment did not use this loan: it is not a settled one from the borrower's account to another since the loan began")
	ErrUsedAlready        = errorsmod.RegisterWithGRPCCode(ModuleName, 151, codes.AlreadyExists, "payment is counted as the use of a loan already")
	ErrAllTraced          = errorsmod.RegisterWithGRPCCode(ModuleName, 152, codes.FailedPrecondition, "loan is accounted for in full")
	ErrTooManyUses        = errorsmod.RegisterWithGRPCCode(ModuleName, 153, codes.ResourceExhausted, "loan has its most payments of one kind")
)
