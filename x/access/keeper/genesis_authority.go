package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// initAuthority fills the store of policies, delegations and spending.
func (k *Keeper) initAuthority(ctx context.Context, state *types.GenesisState) error {
	for _, policies := range state.Policies {
		if err := k.storePolicies(ctx, policies); err != nil {
			return err
		}
	}
	for _, delegation := range state.Delegations {
		if err := k.storeDelegation(ctx, delegation); err != nil {
			return err
		}
	}
	for _, spending := range state.Spending {
		operator, err := k.operator(ctx, spending.Operator)
		if err != nil {
			return err
		}
		// A genesis of before days were the holders' lists one for each key.
		if err := k.joinSpending(ctx, operator.Spender(), spending); err != nil {
			return err
		}
	}
	return nil
}

// exportAuthority reads it. What was spent on an earlier day is exported too: it is part of the state.
func (k *Keeper) exportAuthority(ctx context.Context, state *types.GenesisState) error {
	err := k.policies.Walk(ctx, nil, func(_ partyKey, policies types.ApprovalPolicies) (bool, error) {
		state.Policies = append(state.Policies, policies)
		return false, nil
	})
	if err != nil {
		return err
	}
	err = k.delegations.Walk(ctx, nil, func(_ delegationKey, delegation types.Delegation) (bool, error) {
		state.Delegations = append(state.Delegations, delegation)
		return false, nil
	})
	if err != nil {
		return err
	}
	return k.spending.Walk(ctx, nil, func(_ spendingKey, spending types.DailySpending) (bool, error) {
		state.Spending = append(state.Spending, spending)
		return false, nil
	})
}
