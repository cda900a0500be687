package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/internal/paging"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func (s queryServer) Trace(ctx context.Context, request *types.QueryTraceRequest) (*types.QueryTraceResponse, error) {
	loan, err := s.keeper.Loan(ctx, request.GetLoanId())
	if err != nil {
		return nil, err
	}
	return s.keeper.trace(ctx, loan)
}

func (s queryServer) Facility(ctx context.Context, request *types.QueryFacilityRequest) (*types.QueryFacilityResponse, error) {
	facility, err := s.keeper.Facility(ctx, request.GetFacilityId())
	if err != nil {
		return nil, err
	}
	answer := &types.QueryFacilityResponse{Facility: facility, Available: math.ZeroInt()}
	if answer.LoanIds, err = s.keeper.loansOf(ctx, facility.Id); err != nil {
		return nil, err
	}
	clock, err := s.keeper.clockNow(ctx)
	if err != nil {
		return nil, err
	}
	if left := domain.Promised(facility); left.IsPositive() && domain.CheckDraw(facility, left, clock.Day) == nil {
		answer.Available = left
	}
	return answer, nil
}

func (s queryServer) Facilities(ctx context.Context, request *types.QueryFacilitiesRequest) (*types.QueryFacilitiesResponse, error) {
	rows, page, err := listOfMember(ctx, s.keeper.facilitiesOfMember, request.GetInstitutionId(), request.GetPartyId(), request.GetPagination(), s.keeper.Facility)
	if err != nil {
		return nil, err
	}
	return &types.QueryFacilitiesResponse{Facilities: rows, Pagination: page}, nil
}

func (s queryServer) Limits(ctx context.Context, request *types.QueryLimitsRequest) (*types.QueryLimitsResponse, error) {
	lender := accesstypes.Member{InstitutionId: request.GetInstitutionId(), PartyId: request.GetPartyId()}
	if err := checkMember(lender); err != nil {
		return nil, err
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.limits, collections.TriplePrefix[string, string, string](lender.Text()),
		paging.Of(request.GetPagination()), func(_ limitKey, limit types.Limit) (types.Limit, error) { return limit, nil })
	if err != nil {
		return nil, err
	}
	return &types.QueryLimitsResponse{Limits: rows, Pagination: page}, nil
}
