package types

import (
	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
)

// Refusals of payments. The README gives their order of precedence.
var (
	ErrDuplicateFile       = errorsmod.Register(ModuleName, 2, "message id was used for another file")
	ErrDuplicateUETR       = errorsmod.Register(ModuleName, 3, "uetr was used for another payment")
	ErrDuplicateEndToEnd   = errorsmod.Register(ModuleName, 4, "end-to-end id was used by this debtor for another payment")
	ErrCurrencyNotSettled  = errorsmod.Register(ModuleName, 5, "currency is not settled")
	ErrDebtorUnknown       = errorsmod.Register(ModuleName, 6, "debtor account is unknown")
	ErrDebtorClosed        = errorsmod.Register(ModuleName, 7, "debtor account is closed")
	ErrSameAccount         = errorsmod.Register(ModuleName, 8, "debtor and creditor are the same account")
	ErrCreditorUnknown     = errorsmod.Register(ModuleName, 9, "creditor account is unknown")
	ErrCreditorClosed      = errorsmod.Register(ModuleName, 10, "creditor account is closed")
	ErrAccountBlocked      = errorsmod.Register(ModuleName, 11, "account is blocked")
	ErrAccountCurrency     = errorsmod.Register(ModuleName, 12, "account does not hold the currency")
	ErrInsufficientBalance = errorsmod.Register(ModuleName, 13, "account holds less than the amount")
	ErrInsufficientReserve = errorsmod.Register(ModuleName, 14, "bank's reserve is less than the amount")
	ErrBatchRefused        = errorsmod.Register(ModuleName, 15, "another transfer of an all-or-nothing batch was refused")
	ErrPaymentTransition   = errorsmod.Register(ModuleName, 16, "payment status does not allow this")
	ErrBooksUnbalanced     = errorsmod.Register(ModuleName, 17, "decision does not add up")
	ErrPaymentNotFound     = errorsmod.RegisterWithGRPCCode(ModuleName, 18, codes.NotFound, "payment not found")
)

// Refusals of a message's shape, before anything is read.
var (
	ErrAmountZero       = errorsmod.Register(ModuleName, 20, "amount is zero")
	ErrAmountInvalid    = errorsmod.Register(ModuleName, 21, "amount is missing, negative or too large")
	ErrCurrencyInvalid  = errorsmod.Register(ModuleName, 22, "currency code is not three capital letters")
	ErrAddressInvalid   = errorsmod.Register(ModuleName, 23, "address is not valid")
	ErrUETRInvalid      = errorsmod.Register(ModuleName, 24, "uetr is not a lower-case uuid version 4")
	ErrDigestInvalid    = errorsmod.Register(ModuleName, 25, "digest is not 32 bytes")
	ErrNoTransfers      = errorsmod.Register(ModuleName, 26, "batch has no transfers")
	ErrTooManyTransfers = errorsmod.Register(ModuleName, 27, "batch has more than 1000 transfers")
	ErrModeInvalid      = errorsmod.Register(ModuleName, 28, "batch mode is not known")
	ErrIDInvalid        = errorsmod.Register(ModuleName, 29, "id is missing or too long")
)

// Refusals of sealed details, by their form.
var (
	ErrDetailsInvalid  = errorsmod.Register(ModuleName, 60, "sealed details are not well formed; seal them again")
	ErrDetailsTooLarge = errorsmod.Register(ModuleName, 61, "sealed details are larger than 8 KiB; send the rest another way and refer to it")
)

// Refusals of who reads them.
var (
	ErrDetailsReaderInvalid = errorsmod.Register(ModuleName, 65, "reader of details is not valid")
	ErrNotRegulator         = errorsmod.Register(ModuleName, 66, "institution is not a regulator: no other reads the details of payments that it has no part in")
)

// Refusals of returns.
var (
	ErrNotReturnable  = errorsmod.Register(ModuleName, 62, "only a settled payment that is no return can be returned")
	ErrReturnTooLarge = errorsmod.Register(ModuleName, 63, "returns of a payment exceed its amount")
	ErrReasonInvalid  = errorsmod.Register(ModuleName, 64, "reason is not a code of four capital letters and digits")
)

// Refusals of holds.
var (
	ErrHoldNotFound   = errorsmod.RegisterWithGRPCCode(ModuleName, 70, codes.NotFound, "hold not found")
	ErrHoldTransition = errorsmod.Register(ModuleName, 71, "hold status does not allow this")
	ErrHoldDuplicate  = errorsmod.Register(ModuleName, 72, "end-to-end id was used by this debtor for another hold")
	ErrHoldExpired    = errorsmod.Register(ModuleName, 73, "time of the hold is over")
	ErrHoldExceeded   = errorsmod.Register(ModuleName, 74, "more is captured than is left of the hold")
	ErrLegsInvalid    = errorsmod.Register(ModuleName, 76, "legs are not an exchange of two things between two accounts")
	ErrExpiryInvalid  = errorsmod.Register(ModuleName, 75, "expiry is not within 366 days from now")
)

// Refusals of account keeping.
var (
	ErrAccountNotFound   = errorsmod.RegisterWithGRPCCode(ModuleName, 30, codes.NotFound, "account not found")
	ErrAccountTransition = errorsmod.Register(ModuleName, 31, "account status does not allow this")
	ErrAccountNotEmpty   = errorsmod.Register(ModuleName, 32, "account still holds money")
	ErrReferenceTaken    = errorsmod.Register(ModuleName, 33, "reference belongs to an account already")
	ErrTooManyReferences = errorsmod.Register(ModuleName, 34, "more references than one opening takes")
	ErrTooManyAccounts   = errorsmod.Register(ModuleName, 35, "party has as many accounts as it may have")
	ErrPartyNotActive    = errorsmod.Register(ModuleName, 36, "party is not active")
	ErrCurrenciesInvalid = errorsmod.Register(ModuleName, 37, "currencies are not 1 to 32 different codes")
)

// Refusals of participants, currencies, issuance and settings.
var (
	ErrNotAuthority         = errorsmod.RegisterWithGRPCCode(ModuleName, 40, codes.PermissionDenied, "only a collective decision may do this")
	ErrCurrencyExists       = errorsmod.Register(ModuleName, 41, "currency is settled already")
	ErrMinorUnitsInvalid    = errorsmod.Register(ModuleName, 42, "minor units exceed four decimals")
	ErrParticipantNotFound  = errorsmod.RegisterWithGRPCCode(ModuleName, 43, codes.NotFound, "institution is not a participant")
	ErrNotBank              = errorsmod.Register(ModuleName, 44, "institution is not a bank")
	ErrInstitutionNotActive = errorsmod.Register(ModuleName, 45, "institution is not active")
	ErrNotCentralBank       = errorsmod.RegisterWithGRPCCode(ModuleName, 46, codes.PermissionDenied, "only a central bank may do this")
	ErrOutstandingTooLarge  = errorsmod.Register(ModuleName, 47, "outstanding money would be too large")
	ErrParamsInvalid        = errorsmod.Register(ModuleName, 48, "settings are not valid")
	ErrGenesisInvalid       = errorsmod.Register(ModuleName, 49, "genesis state is not valid")
	ErrLogInvalid           = errorsmod.Register(ModuleName, 50, "head of the log of payments is not valid")
	ErrProofInvalid         = errorsmod.Register(ModuleName, 51, "what is to prove a payment is not well formed")
	ErrNotLogged            = errorsmod.Register(ModuleName, 52, "payment does not stand in the log as the proof says")
	ErrProofOutdated        = errorsmod.Register(ModuleName, 53, "log has grown over what the proof leads to; ask for a newer receipt")
)
