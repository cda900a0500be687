package keeper

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/internal/paging"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

func (s queryServer) Feedback(ctx context.Context, request *types.QueryFeedbackRequest) (*types.QueryFeedbackResponse, error) {
	feedback, err := s.keeper.Feedback(ctx, request.GetFeedbackId())
	if err != nil {
		return nil, err
	}
	return &types.QueryFeedbackResponse{Feedback: feedback}, nil
}

func (s queryServer) FeedbackOf(ctx context.Context, request *types.QueryFeedbackOfRequest) (*types.QueryFeedbackOfResponse, error) {
	institution, party := request.GetInstitutionId(), request.GetPartyId()
	if err := (accesstypes.Scope{InstitutionID: institution, PartyID: party}).Validate(); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.feedbackOf, collections.TripleSuperPrefix[string, string, uint64](institution, party),
		paging.Of(request.GetPagination()).NewestFirst(),
		func(key numberOfMemberKey, _ collections.NoValue) (types.Feedback, error) {
			return s.keeper.Feedback(ctx, key.K3())
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryFeedbackOfResponse{Feedback: rows, Pagination: page}, nil
}

// checkInstitution refuses what is the id of no institution: a key of the store could not be made of it.
func checkInstitution(id string) error {
	if err := (accesstypes.Member{InstitutionId: id}).Validate(); err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	return nil
}

func (s queryServer) FeedbackAbout(ctx context.Context, request *types.QueryFeedbackAboutRequest) (*types.QueryFeedbackAboutResponse, error) {
	institution := request.GetInstitutionId()
	if err := checkInstitution(institution); err != nil {
		return nil, err
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.feedbackAbout, collections.PairPrefix[string, uint64](institution),
		paging.Of(request.GetPagination()).NewestFirst(),
		func(key memberKey, _ collections.NoValue) (types.Feedback, error) {
			return s.keeper.Feedback(ctx, key.K2())
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryFeedbackAboutResponse{Feedback: rows, Pagination: page}, nil
}

func (s queryServer) Scores(ctx context.Context, request *types.QueryScoresRequest) (*types.QueryScoresResponse, error) {
	institution := request.GetInstitutionId()
	if err := checkInstitution(institution); err != nil {
		return nil, err
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.scores, collections.PairPrefix[string, string](institution),
		paging.Of(request.GetPagination()),
		func(_ textKey, scores types.Scores) (types.Scores, error) { return scores, nil })
	if err != nil {
		return nil, err
	}
	return &types.QueryScoresResponse{Scores: rows, Pagination: page}, nil
}

func (s queryServer) Reviews(ctx context.Context, request *types.QueryReviewsRequest) (*types.QueryReviewsResponse, error) {
	institution := request.GetInstitutionId()
	if err := checkInstitution(institution); err != nil {
		return nil, err
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.feedbackAbout, collections.PairPrefix[string, uint64](institution),
		paging.Of(request.GetPagination()).NewestFirst(),
		func(key memberKey, _ collections.NoValue) (types.Review, error) {
			feedback, err := s.keeper.Feedback(ctx, key.K2())
			review := types.Review{Number: feedback.Id, Product: feedback.Product, Score: feedback.Score, ChangeIds: feedback.ChangeIds}
			if feedback.Answer != nil {
				review.Answer = feedback.Answer.Text
			}
			return review, err
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryReviewsResponse{Reviews: rows, Pagination: page}, nil
}

func (s queryServer) Changes(ctx context.Context, request *types.QueryChangesRequest) (*types.QueryChangesResponse, error) {
	institution := request.GetInstitutionId()
	if err := checkInstitution(institution); err != nil {
		return nil, err
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.changesOf, collections.PairPrefix[string, uint64](institution),
		paging.Of(request.GetPagination()).NewestFirst(),
		func(key memberKey, _ collections.NoValue) (types.Change, error) {
			return s.keeper.changes.Get(ctx, key.K2())
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryChangesResponse{Changes: rows, Pagination: page}, nil
}
