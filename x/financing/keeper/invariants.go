package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// MaxViolations bounds the report of CheckInvariants.
const MaxViolations = 100

// CheckInvariants reads the whole state and returns its violations in words, none if all is well: what is
// stored is a valid genesis, so no more is taken of an invoice than there is; the units of each receivable are
// what is unpaid of it, and its holders have all of them; of each holder's units the ledger holds what its
// securities bind. It runs on demand and in tests, not in blocks.
func (k *Keeper) CheckInvariants(ctx context.Context) ([]string, error) {
	state, err := k.ExportGenesis(ctx)
	if err != nil {
		return nil, err
	}
	var found []string
	if err := state.Validate(); err != nil {
		found = append(found, err.Error())
	}
	for _, check := range []func(context.Context, *types.GenesisState) ([]string, error){
		k.checkUnits, k.checkBound, k.checkQueue, k.checkRequests,
		k.checkLoans, k.checkFacilities, k.checkLimits,
	} {
		more, err := check(ctx, state)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found[:min(len(found), MaxViolations)], nil
}
