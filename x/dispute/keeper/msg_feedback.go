package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

func (s msgServer) GiveFeedback(ctx context.Context, msg *types.MsgGiveFeedback) (*types.MsgGiveFeedbackResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.keeper.deps.Access.Require(ctx, accesstypes.Ask{
		Operator: msg.Operator, Permission: types.PermissionFeedback, Scope: msg.Author.Scope(),
	})
	if err != nil {
		return nil, err
	}
	feedback, err := s.keeper.giveFeedback(ctx, actor, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgGiveFeedbackResponse{FeedbackId: feedback.Id, InstitutionId: feedback.InstitutionId}, nil
}

// ofInstitution asks whether an operator speaks for an institution itself: one that acts for a customer does not.
func (s msgServer) ofInstitution(ctx context.Context, operator, institution string) (accesstypes.Actor, error) {
	return s.keeper.deps.Access.Require(ctx, accesstypes.Ask{
		Operator: operator, Permission: types.PermissionAnswer, Scope: accesstypes.Scope{InstitutionID: institution},
	})
}

func (s msgServer) AnswerFeedback(ctx context.Context, msg *types.MsgAnswerFeedback) (*types.MsgAnswerFeedbackResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	feedback, err := s.keeper.Feedback(ctx, msg.FeedbackId)
	if err != nil {
		return nil, err
	}
	actor, err := s.ofInstitution(ctx, msg.Operator, feedback.InstitutionId)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.answerFeedback(ctx, actor, feedback, msg); err != nil {
		return nil, err
	}
	return &types.MsgAnswerFeedbackResponse{}, nil
}

func (s msgServer) RecordChange(ctx context.Context, msg *types.MsgRecordChange) (*types.MsgRecordChangeResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.ofInstitution(ctx, msg.Operator, msg.InstitutionId)
	if err != nil {
		return nil, err
	}
	change, err := s.keeper.recordChange(ctx, actor, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgRecordChangeResponse{ChangeId: change.Id}, nil
}
