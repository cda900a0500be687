package types

import (
	errorsmod "cosmossdk.io/errors"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
)

// ISO 20022 status reason codes (ExternalStatusReason1Code) that this module gives.
const (
	ReasonAccountNumberInvalid = "AC01"
	ReasonDebtorUnknown        = "AC02"
	ReasonCreditorUnknown      = "AC03"
	ReasonDebtorClosed         = "AC05"
	ReasonAccountBlocked       = "AC06"
	ReasonCreditorClosed       = "AC07"
	ReasonAccountCurrency      = "AC09"
	ReasonForbidden            = "AG01"
	ReasonAgentSuspended       = "AG10"
	ReasonTimeout              = "AB03"
	ReasonAmountZero           = "AM01"
	ReasonCurrencyNotAllowed   = "AM03"
	ReasonInsufficientFunds    = "AM04"
	ReasonAmountWrong          = "AM09"
	ReasonCurrencyInvalid      = "AM11"
	ReasonAmountInvalid        = "AM12"
	ReasonRequested            = "CUST"
	ReasonSignerNotAllowed     = "DS0H"
	ReasonDateInvalid          = "DT01"
	ReasonDuplicateFile        = "DU01"
	ReasonDuplicateUETR        = "DU03"
	ReasonDuplicateEndToEnd    = "DU04"
	// ReasonSettlementFailed is given to a sound transfer of an all-or-nothing batch in which another
	// transfer was refused: nothing is wrong with it, and it did not settle.
	ReasonSettlementFailed = "ED05"
	// ReasonNoOriginal says that no payment of that UETR is known, or that it has left state.
	ReasonNoOriginal = "NOOR"
	// ReasonNarrative says that the reason stands in the explanation: no code of the list fits.
	ReasonNarrative = "NARR"
)

// reasons gives each refusal that can answer an instruction its ISO reason.
var reasons = []struct {
	err    *errorsmod.Error
	reason string
}{
	{ErrDuplicateFile, ReasonDuplicateFile},
	{ErrDuplicateUETR, ReasonDuplicateUETR},
	{ErrDuplicateEndToEnd, ReasonDuplicateEndToEnd},
	{ErrCurrencyNotSettled, ReasonCurrencyNotAllowed},
	{ErrDebtorUnknown, ReasonDebtorUnknown},
	{ErrDebtorClosed, ReasonDebtorClosed},
	{ErrSameAccount, ReasonForbidden},
	{ErrCreditorUnknown, ReasonCreditorUnknown},
	{ErrCreditorClosed, ReasonCreditorClosed},
	{ErrAccountBlocked, ReasonAccountBlocked},
	{ErrAccountCurrency, ReasonAccountCurrency},
	{ErrInsufficientBalance, ReasonInsufficientFunds},
	{ErrInsufficientReserve, ReasonInsufficientFunds},
	{ErrBatchRefused, ReasonSettlementFailed},
	{ErrAmountZero, ReasonAmountZero},
	{ErrAmountInvalid, ReasonAmountInvalid},
	{ErrCurrencyInvalid, ReasonCurrencyInvalid},
	{ErrAddressInvalid, ReasonAccountNumberInvalid},
	{ErrAccountNotFound, ReasonAccountNumberInvalid},
	{ErrOutstandingTooLarge, ReasonAmountInvalid},
	{ErrUETRInvalid, ReasonNarrative},
	{ErrDigestInvalid, ReasonNarrative},
	{ErrNoTransfers, ReasonNarrative},
	{ErrTooManyTransfers, ReasonNarrative},
	{ErrModeInvalid, ReasonNarrative},
	{ErrDetailsInvalid, ReasonNarrative},
	{ErrDetailsTooLarge, ReasonNarrative},
	{ErrPaymentNotFound, ReasonNoOriginal},
	{ErrHoldNotFound, ReasonNoOriginal},
	{ErrHoldTransition, ReasonNarrative},
	{ErrHoldDuplicate, ReasonDuplicateEndToEnd},
	{ErrHoldExpired, ReasonTimeout},
	{ErrHoldExceeded, ReasonAmountWrong},
	{ErrExpiryInvalid, ReasonDateInvalid},
	{ErrLegsInvalid, ReasonNarrative},
	{ErrNotReturnable, ReasonNarrative},
	{ErrReturnTooLarge, ReasonAmountWrong},
	{ErrReasonInvalid, ReasonNarrative},
	{accesstypes.ErrOperatorNotFound, ReasonSignerNotAllowed},
	{accesstypes.ErrOperatorInactive, ReasonSignerNotAllowed},
	{accesstypes.ErrPermissionDenied, ReasonSignerNotAllowed},
	{accesstypes.ErrScopeDenied, ReasonSignerNotAllowed},
	{accesstypes.ErrInstitutionInactive, ReasonAgentSuspended},
	{accesstypes.ErrPartyInactive, ReasonForbidden},
	{ledgertypes.ErrInsufficientBalance, ReasonInsufficientFunds},
	{ledgertypes.ErrAmountOverflow, ReasonAmountInvalid},
}

// ISOReason is the ISO 20022 status reason of a refusal, or "" if the error answers no instruction
// (a fault of transport, a lost race for a sequence number): such an instruction is not rejected yet.
func ISOReason(err error) string {
	if err == nil {
		return ""
	}
	codespace, code, _ := errorsmod.ABCIInfo(err, false)
	return ISOReasonByCode(codespace, code)
}

// ISOReasonByCode is ISOReason for the codespace and code of a transaction's result.
func ISOReasonByCode(codespace string, code uint32) string {
	for _, row := range reasons {
		if row.err.Codespace() == codespace && row.err.ABCICode() == code {
			return row.reason
		}
	}
	return ""
}

// Refusal is the registered error of an ISO reason that this module gave; the first of the table if
// several share the code. It is nil for an unknown reason.
func Refusal(reason string) *errorsmod.Error {
	for _, row := range reasons {
		if row.reason == reason {
			return row.err
		}
	}
	return nil
}
