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
	// ErrKeyNotAccepted: each kind of key is one more that must hold for as long as the network's money does.
	ErrKeyNotAccepted = errorsmod.Register(Name, 5, "the network takes no key of this kind: sign with secp256k1, secp256r1, sm2 or ml_dsa_65, or with a multisig of secp256k1, sm2 and ml_dsa_65")
	// ErrKeyMalformed: a key has one form, so that it has one address.
	ErrKeyMalformed = errorsmod.Register(Name, 6, "the public key is not in the form of its kind")
)
