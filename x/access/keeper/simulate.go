package keeper

import (
	"context"
	"errors"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// ScopeOf is whom an operator acts for; the zero value if the address is no operator's.
func (k *Keeper) ScopeOf(ctx context.Context, operator string) (types.Scope, error) {
	address, err := k.decode(operator)
	if err != nil {
		return types.Scope{}, err
	}
	found, err := k.operatorAt(ctx, address)
	if errors.Is(err, types.ErrOperatorNotFound) {
		return types.Scope{}, nil
	}
	return found.Scope(), err
}

// SimulatePolicies judges past uses, oldest first, by the policies in force and by others that might take
// their place. Standing, roles, limits and delegations are those of the state that it reads, about the
// operator's own scope; amounts, their order and their days are those of the uses. It writes nothing.
func (k *Keeper) SimulatePolicies(ctx context.Context, proposed types.ApprovalPolicies, uses []types.PastUse) (types.Simulation, error) {
	if err := proposed.Validate(); err != nil {
		return types.Simulation{}, err
	}
	if _, _, err := k.scopeRecords(ctx, proposed.Scope()); err != nil {
		return types.Simulation{}, err
	}
	lockouts, err := k.lockouts(ctx, proposed)
	if err != nil {
		return types.Simulation{}, err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return types.Simulation{}, err
	}
	simulation, days := types.Simulation{Lockouts: lockouts}, domain.Days{}
	for _, use := range uses {
		ask := types.Ask{
			Operator: use.Operator, Permission: use.Permission, Scope: types.OwnScope, Account: use.Account, Money: use.Money,
		}
		var facts domain.Facts
		if err := k.loadFacts(ctx, &ask, &facts); err != nil {
			return types.Simulation{}, err
		}
		facts.Daily, facts.Day = true, params.Day(use.At)
		spender := facts.Operator.Spender()
		if facts.OperatorErr != nil {
			spender = types.Spender{Address: use.Operator}
		}
		facts.Spent = days.Spent(spender, use.Money.Currency, facts.Day)
		judged := types.JudgedUse{SpentBefore: facts.Spent, Current: domain.Judge(facts, &ask)}
		if facts.OperatorErr == nil && facts.Operator.Scope() == proposed.Scope() {
			facts.Policies = proposed.Policies
		}
		judged.Proposed = domain.Judge(facts, &ask)
		simulation.Uses = append(simulation.Uses, judged)
		days.Add(spender, use.Money.Currency, facts.Day, use.Moved)
	}
	return simulation, nil
}
