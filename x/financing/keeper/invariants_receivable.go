package keeper

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func (k *Keeper) checkUnits(ctx context.Context, state *types.GenesisState) ([]string, error) {
	var found []string
	for _, receivable := range state.Receivables {
		supply, err := k.Ledger.Supply(ctx, types.UnitDenom(receivable.Id))
		if err != nil {
			return nil, err
		}
		holdings, err := k.holdingsOf(ctx, receivable.Id)
		if err != nil {
			return nil, err
		}
		held := math.ZeroInt()
		for _, holding := range holdings {
			held = held.Add(holding.Units)
			if !holding.Units.IsPositive() {
				found = append(found, fmt.Sprintf("%s is listed as holder of receivable %d and has nothing", holding.Account, receivable.Id))
			}
		}
		if !supply.Equal(receivable.Unpaid) || !supply.Equal(held) {
			found = append(found, fmt.Sprintf("receivable %d has %s units, %s are unpaid and %s are held", receivable.Id, supply, receivable.Unpaid, held))
		}
	}
	return found, nil
}

func (k *Keeper) checkBound(ctx context.Context, state *types.GenesisState) ([]string, error) {
	securities := map[types.Holder][]types.Security{}
	for _, security := range state.Securities {
		holder := types.Holder{ReceivableId: security.ReceivableId, Account: security.Creditor}
		securities[holder] = append(securities[holder], security)
	}
	var found []string
	for _, holder := range state.Holders {
		account, err := k.bytesOf(holder.Account)
		if err != nil {
			return nil, err
		}
		held, err := k.Ledger.Held(ctx, types.BoundKey(account, holder.ReceivableId))
		if err != nil {
			return nil, err
		}
		if bound := domain.BoundUnits(securities[holder]); !bound.Equal(held) {
			found = append(found, fmt.Sprintf("%s of %s's units of receivable %d are bound, and %s are held", bound, holder.Account, holder.ReceivableId, held))
		}
	}
	return found, nil
}

// checkQueue wants every receivable that a block will look at in the queue, where its record or its failure says.
func (k *Keeper) checkQueue(ctx context.Context, state *types.GenesisState) ([]string, error) {
	at := map[uint64]int64{}
	for _, receivable := range state.Receivables {
		at[receivable.Id] = receivable.NextAt
	}
	for _, item := range state.Stuck {
		if item.Kind == types.DueReceivable {
			at[item.Id] = item.NextAt
		}
	}
	var found []string
	for _, receivable := range state.Receivables {
		next := at[receivable.Id]
		if next == 0 {
			continue
		}
		queued, err := k.due.Has(ctx, collections.Join3(next, uint32(types.DueReceivable), receivable.Id))
		if err != nil {
			return nil, err
		}
		if !queued {
			found = append(found, fmt.Sprintf("receivable %d is due at %d, and no block will look at it", receivable.Id, next))
		}
	}
	return found, nil
}
