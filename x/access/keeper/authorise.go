package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// Require answers whether an operator may do something about a scope, now and with the approvals of the
// action that runs, if one does. domain.Decide has the rules and their order; README.md says them in
// prose. OwnScope stands for what the operator acts for. Denied by default.
func (k *Keeper) Require(ctx context.Context, ask types.Ask) (types.Actor, error) {
	return k.require(ctx, ask, domain.Facts{})
}

// authorise is Require without the question whether the scope is active: a suspended party must
// remain manageable, or nobody could restore it or close its keys.
func (k *Keeper) authorise(ctx context.Context, ask types.Ask) (types.Actor, error) {
	return k.require(ctx, ask, domain.Facts{ScopeMayRest: true})
}

func (k *Keeper) require(ctx context.Context, ask types.Ask, facts domain.Facts) (types.Actor, error) {
	facts.Approvals = types.ApprovalsIn(ctx)
	if err := k.loadFacts(ctx, &ask, &facts); err != nil {
		return types.Actor{}, err
	}
	decision := domain.Decide(&facts, &ask)
	if ask.Fresh != nil && decision.OnlyAmounts() {
		var err error
		if ask.Money, err = ask.Fresh(); err != nil {
			return types.Actor{}, err
		}
		decision = domain.Decide(&facts, &ask)
	}
	if facts.Approvals != nil && facts.Approvals.Maker == facts.Operator.Address {
		for _, unmet := range decision.Unmet {
			facts.Approvals.Miss(unmet.ID, unmet.Needed)
		}
		if decision.NewestUsed {
			facts.Approvals.Use()
		}
	}
	if decision.Err != nil {
		return types.Actor{}, decision.Err
	}
	return facts.Actor(ask.Money), nil
}

// activeOperator loads an operator that may act at all.
func (k *Keeper) activeOperator(ctx context.Context, address sdk.AccAddress) (types.Operator, error) {
	operator, err := k.operatorAt(ctx, address)
	if err != nil {
		return types.Operator{}, err
	}
	institution, party, err := k.scopeRecords(ctx, operator.Scope())
	if err != nil {
		return types.Operator{}, err
	}
	return operator, domain.CheckStanding(operator, institution, party)
}

// AdmitSigner lets a transaction in: its signer is a known operator, active with its institution
// and party, and has not used up its quota of this block. It counts the units. It reads 2 to 4
// records and writes none that is Merklised; whether a simulated or rechecked transaction counts
// is the caller's matter.
func (k *Keeper) AdmitSigner(ctx context.Context, signer sdk.AccAddress, units uint64) error {
	operator, err := k.activeOperator(ctx, signer)
	if err != nil {
		return err
	}
	quota, err := k.quotaOf(ctx, operator)
	if err != nil {
		return err
	}
	used, err := k.unitsUsed.Get(ctx, signer)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	used, err = domain.UseQuota(used, units, quota)
	if err != nil {
		return err
	}
	return k.unitsUsed.Set(ctx, signer, used)
}

// quotaOf reads the settings only for an operator without a quota of its own.
func (k *Keeper) quotaOf(ctx context.Context, operator types.Operator) (uint64, error) {
	if operator.QuotaPerBlock != 0 {
		return operator.QuotaPerBlock, nil
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return 0, err
	}
	return domain.EffectiveQuota(operator, params), nil
}

// requireAuthority refuses anyone but the collective decisions.
func (k *Keeper) requireAuthority(address string) error {
	if address != k.authority {
		return types.ErrNotAuthority.Wrapf("%s is needed, not %.100q", k.authority, address)
	}
	return nil
}
