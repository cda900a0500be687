package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

// Access says who may do what, and what a sharing rests on.
type Access interface {
	// Require refuses an operator that may not do something about a scope.
	Require(ctx context.Context, ask accesstypes.Ask) (accesstypes.Actor, error)
	// CheckSharing returns the basis for giving data of a subject to a reader, or ErrConsentMissing.
	CheckSharing(ctx context.Context, sharing accesstypes.Sharing) (accesstypes.Basis, error)
}

// SealedRecords knows the records of the vault.
type SealedRecords interface {
	// Record returns a record without its ciphertext, or ErrRecordNotFound of the vault.
	Record(ctx context.Context, number uint64) (vaulttypes.Record, error)
}
