package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// count enters what a lender lends and promises to a borrower into the limits that it counts against: the
// borrower's, its group's, and the lender's own. The refusal of the first that is exceeded is returned.
func (k *Keeper) count(ctx context.Context, lender, borrower accesstypes.Member, currency string, change domain.Exposure) error {
	if change.Drawn.IsZero() && change.Reserved.IsZero() {
		return nil
	}
	own, err := k.limit(ctx, types.Limit{Lender: lender, Kind: types.LimitBorrower, Borrower: borrower, Currency: currency})
	if err != nil {
		return err
	}
	named := []types.Limit{{Lender: lender, Kind: types.LimitLender, Currency: currency}}
	if own.Group != "" {
		named = append([]types.Limit{{Lender: lender, Kind: types.LimitGroup, Group: own.Group, Currency: currency}}, named...)
	}
	return k.countIn(ctx, append([]types.Limit{own}, named...), change)
}

func (k *Keeper) countIn(ctx context.Context, named []types.Limit, change domain.Exposure) error {
	limits := make([]types.Limit, len(named))
	for i := range named {
		var err error
		if limits[i], err = k.limit(ctx, named[i]); err != nil {
			return err
		}
	}
	counted, err := domain.Count(limits, change)
	if err != nil {
		return err
	}
	for _, limit := range counted {
		if err := k.setLimitRecord(ctx, limit); err != nil {
			return err
		}
	}
	return nil
}

// setLimit changes what a lender allows. A borrower that goes to another group takes what it has with it.
func (k *Keeper) setLimit(ctx context.Context, msg *types.MsgSetLimit, operator string) (types.Limit, error) {
	stored, err := k.limit(ctx, types.Limit{Lender: msg.Lender, Kind: msg.Kind, Borrower: msg.Borrower, Group: msg.Group, Currency: msg.Currency})
	if err != nil {
		return types.Limit{}, err
	}
	after, err := domain.SetLimit(stored, msg.Bounded, msg.Amount)
	if err != nil {
		return types.Limit{}, err
	}
	after.Group = msg.Group
	if stored.Group != after.Group {
		if err := k.changeGroup(ctx, stored, after); err != nil {
			return types.Limit{}, err
		}
	}
	if err := k.setLimitRecord(ctx, after); err != nil {
		return types.Limit{}, err
	}
	return after, emit(ctx, &types.EventLimitSet{OldLimit: stored, NewLimit: after, Operator: operator})
}

func (k *Keeper) changeGroup(ctx context.Context, stored, after types.Limit) error {
	group := func(name string) []types.Limit {
		return []types.Limit{{Lender: stored.Lender, Kind: types.LimitGroup, Group: name, Currency: stored.Currency}}
	}
	if stored.Group != "" {
		if err := k.countIn(ctx, group(stored.Group), domain.Exposure{Drawn: stored.Drawn.Neg(), Reserved: stored.Reserved.Neg()}); err != nil {
			return err
		}
	}
	if after.Group == "" {
		return nil
	}
	return k.countIn(ctx, group(after.Group), domain.Exposure{Drawn: stored.Drawn, Reserved: stored.Reserved})
}
