package keeper

import (
	"context"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
)

// KeyProofs judges public keys that are to take another's place. Its errors have the same text on every node.
type KeyProofs interface {
	// CheckKey refuses a key that accounts may not have, or that could not sign.
	CheckKey(ctx context.Context, key cryptotypes.PubKey) error
	// CheckProof refuses a proof that is not the signature of a checked key over message.
	CheckProof(ctx context.Context, key cryptotypes.PubKey, message, proof []byte) error
}

// AccountOpener makes sure that a key can sign: it opens the account that holds its sequence
// number, if there is none.
type AccountOpener interface {
	EnsureAccount(ctx context.Context, address sdk.AccAddress) error
}
