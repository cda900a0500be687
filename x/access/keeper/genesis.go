package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// InitGenesis fills an empty store, with indexes, and opens the operators' accounts.
func (k *Keeper) InitGenesis(ctx context.Context, state *types.GenesisState) error {
	if err := state.Validate(); err != nil {
		return err
	}
	if err := k.params.Set(ctx, state.Params); err != nil {
		return err
	}
	for _, role := range state.Roles {
		if err := k.roles.Set(ctx, role.Id, role); err != nil {
			return err
		}
	}
	for _, institution := range state.Institutions {
		if err := k.institutions.Set(ctx, institution.Id, institution); err != nil {
			return err
		}
	}
	for _, party := range state.Parties {
		if err := k.insertParty(ctx, party); err != nil {
			return err
		}
	}
	for _, operator := range state.Operators {
		if _, err := k.insertOperator(ctx, operator); err != nil {
			return err
		}
	}
	if err := k.initAuthority(ctx, state); err != nil {
		return err
	}
	if err := k.initActions(ctx, state); err != nil {
		return err
	}
	return k.initSharing(ctx, state)
}

// ExportGenesis reads the whole store: each list in the order of its keys.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	state := &types.GenesisState{Params: params}
	err = k.roles.Walk(ctx, nil, func(_ string, role types.Role) (bool, error) {
		state.Roles = append(state.Roles, role)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.institutions.Walk(ctx, nil, func(_ string, institution types.Institution) (bool, error) {
		state.Institutions = append(state.Institutions, institution)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.parties.Walk(ctx, nil, func(_ string, party types.Party) (bool, error) {
		state.Parties = append(state.Parties, party)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.operators.Walk(ctx, nil, func(_ []byte, operator types.Operator) (bool, error) {
		state.Operators = append(state.Operators, operator)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	if err := k.exportAuthority(ctx, state); err != nil {
		return nil, err
	}
	if err := k.exportActions(ctx, state); err != nil {
		return nil, err
	}
	return state, k.exportSharing(ctx, state)
}
