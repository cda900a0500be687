package client

import (
	"fmt"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"

	errorsmod "cosmossdk.io/errors"

	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Refused is the chain's definite no to a transaction: nothing of it took effect.
type Refused struct {
	Codespace string
	Code      uint32
	Log       string
	TxHash    string
	Height    int64 // 0 if it was refused before any block
}

func (r *Refused) Error() string {
	return fmt.Sprintf("refused by the chain (%s/%d, %s): %s", r.Codespace, r.Code, r.Reason(), r.Log)
}

// Reason is the ISO 20022 status reason; NARR if no code of the list fits.
func (r *Refused) Reason() string { return ReasonOf(r.Codespace, r.Code) }

// OutcomeUnknown says that a transaction was handed in and was not seen in a block. It may still
// get into one; sending the same instruction again is safe.
type OutcomeUnknown struct {
	TxHash string
	Cause  error
}

func (o *OutcomeUnknown) Error() string {
	return fmt.Sprintf("outcome of transaction %s is not known, send the same again to learn it: %s", o.TxHash, o.Cause)
}

func (o *OutcomeUnknown) Unwrap() error { return o.Cause }

// reasonsBeforeSettlement are refusals by what a transaction meets before the settlement module.
var reasonsBeforeSettlement = []struct {
	err    *errorsmod.Error
	reason string
}{
	{access.ErrPermissionDenied, settlement.ReasonSignerNotAllowed},
	{access.ErrScopeDenied, settlement.ReasonSignerNotAllowed},
	{access.ErrOperatorNotFound, settlement.ReasonSignerNotAllowed},
	{access.ErrOperatorInactive, settlement.ReasonSignerNotAllowed},
	{access.ErrInstitutionInactive, settlement.ReasonAgentSuspended},
	{access.ErrInstitutionNotFound, settlement.ReasonAgentSuspended},
	{access.ErrPartyInactive, settlement.ReasonForbidden},
	{access.ErrPartyNotFound, settlement.ReasonForbidden},
	{sdkerrors.ErrUnauthorized, settlement.ReasonSignerNotAllowed},
	{sdkerrors.ErrUnknownAddress, settlement.ReasonSignerNotAllowed},
	{sdkerrors.ErrorInvalidSigner, settlement.ReasonSignerNotAllowed},
	{sdkerrors.ErrInvalidPubKey, settlement.ReasonSignerNotAllowed},
}

// ReasonOf is the ISO 20022 status reason of a codespace and code.
func ReasonOf(codespace string, code uint32) string {
	if reason := settlement.ISOReasonByCode(codespace, code); reason != "" {
		return reason
	}
	for _, row := range reasonsBeforeSettlement {
		if is(row.err, codespace, code) {
			return row.reason
		}
	}
	return settlement.ReasonNarrative
}

func is(err *errorsmod.Error, codespace string, code uint32) bool {
	return err.Codespace() == codespace && err.ABCICode() == code
}
