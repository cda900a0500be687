package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/internal/paging"
	"github.com/zhilian-network/zhilian/x/access/types"
)

func (s queryServer) Consent(ctx context.Context, request *types.QueryConsentRequest) (*types.QueryConsentResponse, error) {
	consent, err := s.keeper.Consent(ctx, request.GetConsentId())
	if err != nil {
		return nil, err
	}
	return &types.QueryConsentResponse{Consent: consent}, nil
}

func (s queryServer) Consents(ctx context.Context, request *types.QueryConsentsRequest) (*types.QueryConsentsResponse, error) {
	rows, page, err := listNewest(ctx, s.keeper, s.keeper.sharing.consents.ofSubject,
		types.Scope{InstitutionID: request.GetInstitutionId(), PartyID: request.GetPartyId()}, request.GetPagination(), s.keeper.Consent)
	if err != nil {
		return nil, err
	}
	return &types.QueryConsentsResponse{Consents: rows, Pagination: page}, nil
}

func (s queryServer) LegalBases(ctx context.Context, request *types.QueryLegalBasesRequest) (*types.QueryLegalBasesResponse, error) {
	rows, page, err := listNewest(ctx, s.keeper, s.keeper.sharing.legalBases.ofSubject,
		types.Scope{InstitutionID: request.GetInstitutionId(), PartyID: request.GetPartyId()}, request.GetPagination(), s.keeper.LegalBasis)
	if err != nil {
		return nil, err
	}
	return &types.QueryLegalBasesResponse{LegalBases: rows, Pagination: page}, nil
}

func (s queryServer) BreakGlass(ctx context.Context, request *types.QueryBreakGlassRequest) (*types.QueryBreakGlassResponse, error) {
	access, err := s.keeper.BreakGlass(ctx, request.GetBreakGlassId())
	if err != nil {
		return nil, err
	}
	return &types.QueryBreakGlassResponse{BreakGlass: access}, nil
}

func (s queryServer) BreakGlasses(ctx context.Context, request *types.QueryBreakGlassesRequest) (*types.QueryBreakGlassesResponse, error) {
	rows, page, err := listNewest(ctx, s.keeper, s.keeper.sharing.breakGlassesOf,
		types.Scope{InstitutionID: request.GetInstitutionId(), PartyID: request.GetPartyId()}, request.GetPagination(), s.keeper.BreakGlass)
	if err != nil {
		return nil, err
	}
	return &types.QueryBreakGlassesResponse{BreakGlasses: rows, Pagination: page}, nil
}

// listNewest lists what is numbered below a scope, the highest number first; reverse asks for the lowest.
func listNewest[T any](
	ctx context.Context, k *Keeper, index collections.KeySet[numberOfScopeKey], scope types.Scope,
	asked *query.PageRequest, load func(context.Context, uint64) (T, error),
) ([]T, *query.PageResponse, error) {
	if _, _, err := k.scopeRecords(ctx, scope); err != nil {
		return nil, nil, err
	}
	return paging.ListBelow(ctx, index, collections.TripleSuperPrefix[string, string, uint64](scope.InstitutionID, scope.PartyID), paging.Of(asked).NewestFirst(),
		func(key numberOfScopeKey, _ collections.NoValue) (T, error) { return load(ctx, key.K3()) })
}
