package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

type msgServer struct {
	keeper *Keeper
}

// NewMsgServer answers the module's messages.
func NewMsgServer(k *Keeper) types.MsgServer {
	return msgServer{keeper: k}
}

// requireInstitution asks who the operator acts for. It must be the institution itself: what it does
// here binds the institution, which its customers cannot.
func (s msgServer) requireInstitution(ctx context.Context, operator, permission string) (accesstypes.Actor, error) {
	actor, err := s.keeper.institutions.Require(ctx, accesstypes.Ask{Operator: operator, Permission: permission, Scope: accesstypes.OwnScope})
	if err != nil {
		return accesstypes.Actor{}, err
	}
	if actor.PartyID != "" {
		return accesstypes.Actor{}, types.ErrPartyOperator.Wrapf("%s acts for party %s", operator, actor.PartyID)
	}
	return actor, nil
}

func (s msgServer) requireAuthority(authority string) error {
	if authority != s.keeper.authority {
		return types.ErrNotAuthority.Wrapf("want %s, got %s; submit it as a proposal", s.keeper.authority, authority)
	}
	return nil
}

// SubmitProposal opens a collective decision.
func (s msgServer) SubmitProposal(ctx context.Context, msg *types.MsgSubmitProposal) (*types.MsgSubmitProposalResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.requireInstitution(ctx, msg.Operator, types.PermissionPropose)
	if err != nil {
		return nil, err
	}
	id, err := s.keeper.submitProposal(ctx, actor, msg.Title, msg.Messages)
	if err != nil {
		return nil, err
	}
	return &types.MsgSubmitProposalResponse{ProposalId: id}, nil
}

// CastVote gives an institution's answer.
func (s msgServer) CastVote(ctx context.Context, msg *types.MsgCastVote) (*types.MsgCastVoteResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.requireInstitution(ctx, msg.Operator, types.PermissionVote)
	if err != nil {
		return nil, err
	}
	status, err := s.keeper.castVote(ctx, actor, msg.ProposalId, msg.Option)
	if err != nil {
		return nil, err
	}
	return &types.MsgCastVoteResponse{Status: status}, nil
}

// UnjailValidator brings the institution's validator back.
func (s msgServer) UnjailValidator(ctx context.Context, msg *types.MsgUnjailValidator) (*types.MsgUnjailValidatorResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.requireInstitution(ctx, msg.Operator, types.PermissionUnjail)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.unjailValidator(ctx, actor.InstitutionID); err != nil {
		return nil, err
	}
	return &types.MsgUnjailValidatorResponse{}, nil
}

// AdmitValidator adds an institution's validator.
func (s msgServer) AdmitValidator(ctx context.Context, msg *types.MsgAdmitValidator) (*types.MsgAdmitValidatorResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.keeper.admitValidator(ctx, msg.InstitutionId, msg.ConsensusPubkey, msg.Power); err != nil {
		return nil, err
	}
	return &types.MsgAdmitValidatorResponse{}, nil
}

// RemoveValidator takes an institution's validator out.
func (s msgServer) RemoveValidator(ctx context.Context, msg *types.MsgRemoveValidator) (*types.MsgRemoveValidatorResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.keeper.removeValidator(ctx, msg.InstitutionId); err != nil {
		return nil, err
	}
	return &types.MsgRemoveValidatorResponse{}, nil
}

// UpdateParams replaces the settings.
func (s msgServer) UpdateParams(ctx context.Context, msg *types.MsgUpdateParams) (*types.MsgUpdateParamsResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.keeper.updateParams(ctx, msg.Params); err != nil {
		return nil, err
	}
	return &types.MsgUpdateParamsResponse{}, nil
}
