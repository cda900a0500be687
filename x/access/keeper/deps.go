package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// AccountOpener makes sure that a key can sign: it opens the account that holds its sequence
// number, if there is none.
type AccountOpener interface {
	EnsureAccount(ctx context.Context, address sdk.AccAddress) error
}
