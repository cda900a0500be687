package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// SetPartyKyc asks about the institution, not the party: a party does not say how well it is known.
func (s msgServer) SetPartyKyc(ctx context.Context, msg *types.MsgSetPartyKyc) (*types.MsgSetPartyKycResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	party, err := s.keeper.Party(ctx, msg.PartyId)
	if err != nil {
		return nil, err
	}
	scope := types.Scope{InstitutionID: party.InstitutionId}
	actor, err := s.keeper.Require(ctx, types.Ask{Operator: msg.Operator, Permission: types.PermissionParty, Scope: scope})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.setPartyKyc(ctx, actor, party, msg); err != nil {
		return nil, err
	}
	return &types.MsgSetPartyKycResponse{}, nil
}

func (s msgServer) SetOperatorLimits(ctx context.Context, msg *types.MsgSetOperatorLimits) (*types.MsgSetOperatorLimitsResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	target, actor, err := s.manages(ctx, msg.Operator, msg.Address)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.setOperatorLimits(ctx, actor, target, msg.Limits); err != nil {
		return nil, err
	}
	return &types.MsgSetOperatorLimitsResponse{}, nil
}

func (s msgServer) SetOperatorHolder(ctx context.Context, msg *types.MsgSetOperatorHolder) (*types.MsgSetOperatorHolderResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	target, actor, err := s.manages(ctx, msg.Operator, msg.Address)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.setOperatorHolder(ctx, actor, target, msg.Holder); err != nil {
		return nil, err
	}
	return &types.MsgSetOperatorHolderResponse{}, nil
}

// manages loads an operator and makes sure that the sender may manage it. The target's scope may rest: the
// keys of a suspended party remain manageable.
func (s msgServer) manages(ctx context.Context, sender, address string) (types.Operator, types.Actor, error) {
	target, err := s.keeper.operator(ctx, address)
	if err != nil {
		return types.Operator{}, types.Actor{}, err
	}
	actor, err := s.keeper.authorise(ctx, types.Ask{Operator: sender, Permission: types.PermissionOperator, Scope: target.Scope()})
	return target, actor, err
}

func (s msgServer) SetPolicies(ctx context.Context, msg *types.MsgSetPolicies) (*types.MsgSetPoliciesResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	policies := msg.NewPolicies()
	actor, err := s.keeper.Require(ctx, types.Ask{Operator: msg.Operator, Permission: types.PermissionPolicy, Scope: policies.Scope()})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.setPolicies(ctx, actor, policies); err != nil {
		return nil, err
	}
	return &types.MsgSetPoliciesResponse{}, nil
}

func (s msgServer) Delegate(ctx context.Context, msg *types.MsgDelegate) (*types.MsgDelegateResponse, error) {
	delegation := msg.NewDelegation(sdk.UnwrapSDKContext(ctx).BlockTime())
	if err := delegation.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.keeper.Require(ctx, types.Ask{Operator: msg.Operator, Permission: types.PermissionDelegate, Scope: types.OwnScope})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.delegate(ctx, actor, delegation); err != nil {
		return nil, err
	}
	return &types.MsgDelegateResponse{}, nil
}

// RevokeDelegation is for the lender and the delegate themselves, and for who manages the delegate.
func (s msgServer) RevokeDelegation(ctx context.Context, msg *types.MsgRevokeDelegation) (*types.MsgRevokeDelegationResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.keeper.Require(ctx, types.Ask{Operator: msg.Operator, Permission: types.AnyOperator, Scope: types.OwnScope})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.revokeDelegation(ctx, actor, msg); err != nil {
		return nil, err
	}
	return &types.MsgRevokeDelegationResponse{}, nil
}
