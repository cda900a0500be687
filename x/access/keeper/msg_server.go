package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/access/types"
)

type msgServer struct{ keeper *Keeper }

// NewMsgServer answers zhilian.access.v1.Msg.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{k} }

func (s msgServer) RegisterInstitution(ctx context.Context, msg *types.MsgRegisterInstitution) (*types.MsgRegisterInstitutionResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.keeper.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.keeper.registerInstitution(ctx, msg.Institution, msg.Administrator); err != nil {
		return nil, err
	}
	return &types.MsgRegisterInstitutionResponse{}, nil
}

func (s msgServer) SetInstitutionStatus(ctx context.Context, msg *types.MsgSetInstitutionStatus) (*types.MsgSetInstitutionStatusResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.keeper.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.keeper.setInstitutionStatus(ctx, msg.InstitutionId, msg.Status); err != nil {
		return nil, err
	}
	return &types.MsgSetInstitutionStatusResponse{}, nil
}

func (s msgServer) DefineRole(ctx context.Context, msg *types.MsgDefineRole) (*types.MsgDefineRoleResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.keeper.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.keeper.defineRole(ctx, msg.Role); err != nil {
		return nil, err
	}
	return &types.MsgDefineRoleResponse{}, nil
}

func (s msgServer) UpdateParams(ctx context.Context, msg *types.MsgUpdateParams) (*types.MsgUpdateParamsResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.keeper.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.keeper.updateParams(ctx, msg.Params); err != nil {
		return nil, err
	}
	return &types.MsgUpdateParamsResponse{}, nil
}

func (s msgServer) RegisterParty(ctx context.Context, msg *types.MsgRegisterParty) (*types.MsgRegisterPartyResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	scope := types.Scope{InstitutionID: msg.Party.InstitutionId}
	actor, err := s.keeper.Require(ctx, types.Ask{Operator: msg.Operator, Permission: types.PermissionParty, Scope: scope})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.registerParty(ctx, actor, msg.Party); err != nil {
		return nil, err
	}
	return &types.MsgRegisterPartyResponse{}, nil
}

// SetPartyStatus asks about the institution, not the party: a party does not restore itself.
func (s msgServer) SetPartyStatus(ctx context.Context, msg *types.MsgSetPartyStatus) (*types.MsgSetPartyStatusResponse, error) {
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
	if err := s.keeper.setPartyStatus(ctx, actor, party, msg.Status); err != nil {
		return nil, err
	}
	return &types.MsgSetPartyStatusResponse{}, nil
}

func (s msgServer) RegisterOperator(ctx context.Context, msg *types.MsgRegisterOperator) (*types.MsgRegisterOperatorResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	operator := msg.NewOperator()
	actor, err := s.keeper.Require(ctx, types.Ask{Operator: msg.Operator, Permission: types.PermissionOperator, Scope: operator.Scope()})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.appointOperator(ctx, actor, operator); err != nil {
		return nil, err
	}
	return &types.MsgRegisterOperatorResponse{}, nil
}

func (s msgServer) SetOperatorRoles(ctx context.Context, msg *types.MsgSetOperatorRoles) (*types.MsgSetOperatorRolesResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	target, err := s.keeper.operator(ctx, msg.Address)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.authorise(ctx, types.Ask{Operator: msg.Operator, Permission: types.PermissionOperator, Scope: target.Scope()})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.setOperatorRoles(ctx, actor, target, msg); err != nil {
		return nil, err
	}
	return &types.MsgSetOperatorRolesResponse{}, nil
}

func (s msgServer) SetOperatorStatus(ctx context.Context, msg *types.MsgSetOperatorStatus) (*types.MsgSetOperatorStatusResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	target, err := s.keeper.operator(ctx, msg.Address)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.authorise(ctx, types.Ask{Operator: msg.Operator, Permission: types.PermissionOperator, Scope: target.Scope()})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.setOperatorStatus(ctx, actor, target, msg.Status); err != nil {
		return nil, err
	}
	return &types.MsgSetOperatorStatusResponse{}, nil
}
