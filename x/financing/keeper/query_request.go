package keeper

import (
	"context"
	"slices"

	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func (s queryServer) Request(ctx context.Context, asked *types.QueryRequestRequest) (*types.QueryRequestResponse, error) {
	request, err := s.keeper.Request(ctx, asked.GetRequestId())
	if err != nil {
		return nil, err
	}
	return &types.QueryRequestResponse{Request: request}, nil
}

func (s queryServer) Requests(ctx context.Context, asked *types.QueryRequestsRequest) (*types.QueryRequestsResponse, error) {
	rows, page, err := listOfMember(ctx, s.keeper.requestsOfBorrower, asked.GetInstitutionId(), asked.GetPartyId(), asked.GetPagination(), s.keeper.Request)
	if err != nil {
		return nil, err
	}
	return &types.QueryRequestsResponse{Requests: rows, Pagination: page}, nil
}

func (s queryServer) Invitations(ctx context.Context, asked *types.QueryInvitationsRequest) (*types.QueryInvitationsResponse, error) {
	rows, page, err := listOfMember(ctx, s.keeper.requestsOfLender, asked.GetInstitutionId(), asked.GetPartyId(), asked.GetPagination(), s.keeper.Request)
	if err != nil {
		return nil, err
	}
	return &types.QueryInvitationsResponse{Requests: rows, Pagination: page}, nil
}

func (s queryServer) Offer(ctx context.Context, asked *types.QueryOfferRequest) (*types.QueryOfferResponse, error) {
	offer, err := s.keeper.Offer(ctx, asked.GetOfferId())
	if err != nil {
		return nil, err
	}
	return &types.QueryOfferResponse{Offer: offer}, nil
}

func (s queryServer) Offers(ctx context.Context, asked *types.QueryOffersRequest) (*types.QueryOffersResponse, error) {
	request, err := s.keeper.Request(ctx, asked.GetRequestId())
	if err != nil {
		return nil, err
	}
	offers, err := s.keeper.offersOf(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(offers, func(a, b types.Offer) int { return domain.CompareOffers(request.Kind, a, b) })
	return &types.QueryOffersResponse{Offers: offers}, nil
}
