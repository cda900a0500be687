package app

import errorsmod "cosmossdk.io/errors"

// Refusals at the door, before any module is asked.
var (
	// ErrFeeNotAccepted: money in a fee would leave the sender for nothing.
	ErrFeeNotAccepted = errorsmod.Register(Name, 2, "the network charges no fee: send the transaction with an empty fee")
	// ErrMemoNotAccepted: a memo is free text on a chain that must hold no name in clear.
	ErrMemoNotAccepted = errorsmod.Register(Name, 3, "the network takes no memo: remittance information travels in the payment message")
	// ErrExtensionNotAccepted: an option that nobody reads is room for free text, as a memo is.
	ErrExtensionNotAccepted = errorsmod.Register(Name, 4, "the network takes no transaction extensions")
)
