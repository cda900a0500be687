package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// Access says who may do what, and what a sharing rests on.
type Access interface {
	// Require refuses an operator that may not do something about a scope.
	Require(ctx context.Context, ask accesstypes.Ask) (accesstypes.Actor, error)
	// CheckSharing returns the basis for giving data of a subject to a reader, or
	// ErrConsentMissing, or ErrConsentEnded if there was one.
	CheckSharing(ctx context.Context, sharing accesstypes.Sharing) (accesstypes.Basis, error)
}
