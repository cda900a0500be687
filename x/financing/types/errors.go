package types

import (
	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
)

// Refusals of settings, and of receivables and invoices: 1 to 59.
var (
	ErrNotAuthority   = errorsmod.RegisterWithGRPCCode(ModuleName, 2, codes.PermissionDenied, "only a collective decision may do this")
	ErrInvalidParams  = errorsmod.RegisterWithGRPCCode(ModuleName, 3, codes.InvalidArgument, "settings are not valid")
	ErrInvalidGenesis = errorsmod.Register(ModuleName, 4, "genesis state is not valid")
	ErrBusinessDay    = errorsmod.RegisterWithGRPCCode(ModuleName, 5, codes.FailedPrecondition, "length of a business day does not change: due days in state would be other days")
	ErrUnknownDue     = errorsmod.Register(ModuleName, 6, "nothing of this kind falls due")
)

// Refusals of receivables.
var (
	ErrReceivableNotFound   = errorsmod.RegisterWithGRPCCode(ModuleName, 10, codes.NotFound, "receivable does not exist, or has ended and was forgotten")
	ErrReceivableTransition = errorsmod.RegisterWithGRPCCode(ModuleName, 11, codes.FailedPrecondition, "receivable cannot take this step from where it stands")
	ErrUnitsInvalid         = errorsmod.RegisterWithGRPCCode(ModuleName, 12, codes.InvalidArgument, "amount is not valid")
	ErrSameParty            = errorsmod.RegisterWithGRPCCode(ModuleName, 13, codes.InvalidArgument, "supplier and debtor are the same")
	ErrTerm                 = errorsmod.RegisterWithGRPCCode(ModuleName, 14, codes.FailedPrecondition, "due day is not after today, or the term is longer than the settings allow")
	ErrReasonInvalid        = errorsmod.RegisterWithGRPCCode(ModuleName, 15, codes.InvalidArgument, "reason is not valid")
	ErrAccountUnfit         = errorsmod.RegisterWithGRPCCode(ModuleName, 16, codes.FailedPrecondition, "account is not open, or does not hold the currency")
	ErrDebtorOverdue        = errorsmod.RegisterWithGRPCCode(ModuleName, 17, codes.FailedPrecondition, "debtor has receivables that are overdue; it confirms no more until they are paid")
	ErrNotHolder            = errorsmod.RegisterWithGRPCCode(ModuleName, 18, codes.FailedPrecondition, "account has fewer units, or they are bound")
	ErrSplitSum             = errorsmod.RegisterWithGRPCCode(ModuleName, 19, codes.InvalidArgument, "parts of the split do not add up to what is given")
	ErrTransferTarget       = errorsmod.RegisterWithGRPCCode(ModuleName, 20, codes.InvalidArgument, "units cannot go to this account")
	ErrTooManyHolders       = errorsmod.RegisterWithGRPCCode(ModuleName, 21, codes.ResourceExhausted, "receivable has as many holders as it may have")
	ErrTooManySecurities    = errorsmod.RegisterWithGRPCCode(ModuleName, 22, codes.ResourceExhausted, "receivable has as many securities, or promises of recourse, as it may have")
	ErrSecurityNotFound     = errorsmod.RegisterWithGRPCCode(ModuleName, 23, codes.NotFound, "security does not exist, or has ended")
	ErrNotPledge            = errorsmod.RegisterWithGRPCCode(ModuleName, 24, codes.FailedPrecondition, "security of a loan ends with the loan")
	ErrRegistrationInvalid  = errorsmod.RegisterWithGRPCCode(ModuleName, 25, codes.InvalidArgument, "registration is not valid")
	ErrRegistrationTaken    = errorsmod.RegisterWithGRPCCode(ModuleName, 26, codes.AlreadyExists, "registration number was used before")
	ErrOverpaid             = errorsmod.RegisterWithGRPCCode(ModuleName, 27, codes.InvalidArgument, "payment is larger than what is unpaid of the receivable")
	ErrNoRecourse           = errorsmod.RegisterWithGRPCCode(ModuleName, 28, codes.FailedPrecondition, "holder has no recourse to this seller for units that it has and that are free")
	ErrNothingPaid          = errorsmod.RegisterWithGRPCCode(ModuleName, 29, codes.FailedPrecondition, "no holder could be paid")
)

// Refusals of invoices.
var (
	ErrInvoiceParts    = errorsmod.RegisterWithGRPCCode(ModuleName, 40, codes.InvalidArgument, "parts of invoices are not valid")
	ErrInvoiceSum      = errorsmod.RegisterWithGRPCCode(ModuleName, 41, codes.InvalidArgument, "parts of invoices do not add up to the receivable")
	ErrInvoiceFinanced = errorsmod.RegisterWithGRPCCode(ModuleName, 42, codes.AlreadyExists, "more is taken of the invoice than it has left: it was financed before")
	ErrInvoiceMismatch = errorsmod.RegisterWithGRPCCode(ModuleName, 43, codes.FailedPrecondition, "network knows this invoice with another amount, currency or origin")
	ErrInvoiceUnknown  = errorsmod.RegisterWithGRPCCode(ModuleName, 44, codes.NotFound, "network does not know the invoice")
	ErrInvoiceAmended  = errorsmod.RegisterWithGRPCCode(ModuleName, 45, codes.FailedPrecondition, "another invoice took the place of this one")
	ErrTooManyAmended  = errorsmod.RegisterWithGRPCCode(ModuleName, 46, codes.ResourceExhausted, "invoice was amended as often as the network follows")
)
