package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/access/types"
)

func (s msgServer) ProposeAction(ctx context.Context, msg *types.MsgProposeAction) (*types.MsgProposeActionResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	action, needed, err := s.keeper.proposeAction(ctx, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgProposeActionResponse{
		ActionId: action.Id, Digest: action.Digest, Policies: action.Policies, ApprovalsNeeded: needed,
	}, nil
}

func (s msgServer) ApproveAction(ctx context.Context, msg *types.MsgApproveAction) (*types.MsgApproveActionResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	return s.keeper.approveAction(ctx, msg)
}

func (s msgServer) RejectAction(ctx context.Context, msg *types.MsgRejectAction) (*types.MsgRejectActionResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.keeper.rejectAction(ctx, msg); err != nil {
		return nil, err
	}
	return &types.MsgRejectActionResponse{}, nil
}

func (s msgServer) WithdrawAction(ctx context.Context, msg *types.MsgWithdrawAction) (*types.MsgWithdrawActionResponse, error) {
	if err := s.keeper.withdrawAction(ctx, msg); err != nil {
		return nil, err
	}
	return &types.MsgWithdrawActionResponse{}, nil
}

func (s msgServer) RotateKey(ctx context.Context, msg *types.MsgRotateKey) (*types.MsgRotateKeyResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.keeper.rotateKey(ctx, msg); err != nil {
		return nil, err
	}
	return &types.MsgRotateKeyResponse{}, nil
}

func (s msgServer) RecoverOperator(ctx context.Context, msg *types.MsgRecoverOperator) (*types.MsgRecoverOperatorResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.keeper.recoverOperator(ctx, msg); err != nil {
		return nil, err
	}
	return &types.MsgRecoverOperatorResponse{}, nil
}

func (s msgServer) ReplaceAdministrator(ctx context.Context, msg *types.MsgReplaceAdministrator) (*types.MsgReplaceAdministratorResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.keeper.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.keeper.replaceAdministrator(ctx, msg); err != nil {
		return nil, err
	}
	return &types.MsgReplaceAdministratorResponse{}, nil
}
