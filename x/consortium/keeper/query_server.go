package keeper

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/internal/paging"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

type queryServer struct {
	keeper *Keeper
}

// NewQueryServer answers the module's queries.
func NewQueryServer(k *Keeper) types.QueryServer {
	return queryServer{keeper: k}
}

var errEmptyRequest = status.Error(codes.InvalidArgument, "empty request")

// Params returns the settings.
func (s queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := s.keeper.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryParamsResponse{Params: params}, nil
}

// Validator returns an institution's validator.
func (s queryServer) Validator(ctx context.Context, req *types.QueryValidatorRequest) (*types.QueryValidatorResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	validator, err := s.keeper.validator(ctx, req.InstitutionId)
	if err != nil {
		return nil, notFound(err, types.ErrValidatorNotFound)
	}
	downtime, err := s.keeper.downtimes.Get(ctx, req.InstitutionId)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return nil, err
	}
	return &types.QueryValidatorResponse{Validator: validator, DowntimePoints: downtime.Points}, nil
}

// Validators lists validators of every status.
func (s queryServer) Validators(ctx context.Context, req *types.QueryValidatorsRequest) (*types.QueryValidatorsResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	validators, page, err := paging.List(ctx, s.keeper.validators, paging.Of(req.Pagination),
		func(_ string, validator types.Validator) (types.Validator, error) { return validator, nil })
	if err != nil {
		return nil, err
	}
	return &types.QueryValidatorsResponse{Validators: validators, Pagination: page}, nil
}

// Proposal returns a proposal with its votes.
func (s queryServer) Proposal(ctx context.Context, req *types.QueryProposalRequest) (*types.QueryProposalResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	proposal, err := s.keeper.proposal(ctx, req.ProposalId)
	if err != nil {
		return nil, notFound(err, types.ErrProposalNotFound)
	}
	votes, err := s.keeper.votesOn(ctx, req.ProposalId)
	if err != nil {
		return nil, err
	}
	return &types.QueryProposalResponse{Proposal: proposal, Votes: votes}, nil
}

// Proposals lists proposals.
func (s queryServer) Proposals(ctx context.Context, req *types.QueryProposalsRequest) (*types.QueryProposalsResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	proposals, page, err := paging.List(ctx, s.keeper.proposals, paging.Of(req.Pagination),
		func(_ uint64, proposal types.Proposal) (types.Proposal, error) { return proposal, nil })
	if err != nil {
		return nil, err
	}
	return &types.QueryProposalsResponse{Proposals: proposals, Pagination: page}, nil
}

func notFound(err, sentinel error) error {
	if errors.Is(err, sentinel) {
		return status.Error(codes.NotFound, err.Error())
	}
	return err
}
