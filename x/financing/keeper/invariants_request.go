package keeper

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// checkRequests finds requests that no block will look at: their deadlines would pass unnoticed.
func (k *Keeper) checkRequests(ctx context.Context, state *types.GenesisState) ([]string, error) {
	stuck := map[uint64]int64{}
	for _, item := range state.Stuck {
		if item.Kind == types.DueRequest {
			stuck[item.Id] = item.NextAt
		}
	}
	var found []string
	for _, request := range state.Requests {
		next := request.NextAt
		if at, isStuck := stuck[request.Id]; isStuck {
			next = at
		}
		queued, err := k.due.Has(ctx, collections.Join3(next, uint32(types.DueRequest), request.Id))
		if err != nil {
			return nil, err
		}
		if !queued {
			found = append(found, fmt.Sprintf("request %d is due at %d, and no block will look at it", request.Id, next))
		}
	}
	return found, nil
}
