package types

import (
	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
)

// Refusals of loans.
var (
	ErrLoanNotFound      = errorsmod.RegisterWithGRPCCode(ModuleName, 100, codes.NotFound, "loan does not exist")
	ErrLoanTransition    = errorsmod.RegisterWithGRPCCode(ModuleName, 101, codes.FailedPrecondition, "loan cannot do this from where it stands")
	ErrInvalidTerms      = errorsmod.RegisterWithGRPCCode(ModuleName, 102, codes.InvalidArgument, "terms of repayment are not valid")
	ErrInvalidLoan       = errorsmod.RegisterWithGRPCCode(ModuleName, 103, codes.InvalidArgument, "loan is not valid")
	ErrPaymentAboveDebt  = errorsmod.RegisterWithGRPCCode(ModuleName, 104, codes.InvalidArgument, "payment is larger than what is owed")
	ErrRepaymentNotFound = errorsmod.RegisterWithGRPCCode(ModuleName, 105, codes.NotFound, "repayment does not exist")
	ErrNotReversible     = errorsmod.RegisterWithGRPCCode(ModuleName, 106, codes.FailedPrecondition, "only a loan's last repayment can be taken back, and on the day of its receipt")
	ErrNotRevolving      = errorsmod.RegisterWithGRPCCode(ModuleName, 107, codes.FailedPrecondition, "loan cannot be drawn again: it does not revolve, is not active, or its last instalment was due")
	ErrNothingToWaive    = errorsmod.RegisterWithGRPCCode(ModuleName, 108, codes.FailedPrecondition, "loan has no penalty that is owed or was paid")
	ErrStillDue          = errorsmod.RegisterWithGRPCCode(ModuleName, 109, codes.FailedPrecondition, "a default is lifted when nothing is unpaid of instalments that are due by the schedule")
)
