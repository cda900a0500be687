package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/internal/paging"
	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// MaxPageRows is the most rows that a list answers with.
const MaxPageRows = paging.RowsMax

type queryServer struct{ keeper *Keeper }

// NewQueryServer answers zhilian.access.v1.Query.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{k} }

func (s queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := s.keeper.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryParamsResponse{Params: params}, nil
}

func (s queryServer) Institution(ctx context.Context, req *types.QueryInstitutionRequest) (*types.QueryInstitutionResponse, error) {
	institution, err := s.keeper.Institution(ctx, req.GetInstitutionId())
	if err != nil {
		return nil, err
	}
	return &types.QueryInstitutionResponse{Institution: institution}, nil
}

func (s queryServer) Institutions(ctx context.Context, req *types.QueryInstitutionsRequest) (*types.QueryInstitutionsResponse, error) {
	rows, page, err := paging.List(ctx, s.keeper.institutions, paging.Of(req.GetPagination()),
		func(_ string, institution types.Institution) (types.Institution, error) { return institution, nil })
	if err != nil {
		return nil, err
	}
	return &types.QueryInstitutionsResponse{Institutions: rows, Pagination: page}, nil
}

func (s queryServer) Party(ctx context.Context, req *types.QueryPartyRequest) (*types.QueryPartyResponse, error) {
	party, err := s.keeper.Party(ctx, req.GetPartyId())
	if err != nil {
		return nil, err
	}
	return &types.QueryPartyResponse{Party: party}, nil
}

func (s queryServer) Parties(ctx context.Context, req *types.QueryPartiesRequest) (*types.QueryPartiesResponse, error) {
	if _, err := s.keeper.Institution(ctx, req.GetInstitutionId()); err != nil {
		return nil, err
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.partiesOfInstitution,
		collections.PairPrefix[string, string](req.InstitutionId), paging.Of(req.GetPagination()),
		func(key partyKey, _ collections.NoValue) (types.Party, error) { return s.keeper.Party(ctx, key.K2()) })
	if err != nil {
		return nil, err
	}
	return &types.QueryPartiesResponse{Parties: rows, Pagination: page}, nil
}

// Operator answers with what its own roles give, and those that it was lent and may use now.
func (s queryServer) Operator(ctx context.Context, req *types.QueryOperatorRequest) (*types.QueryOperatorResponse, error) {
	address, err := s.keeper.decode(req.GetAddress())
	if err != nil {
		return nil, err
	}
	operator, err := s.keeper.operatorAt(ctx, address)
	if err != nil {
		return nil, err
	}
	ids, err := s.keeper.rolesNow(ctx, address, operator)
	if err != nil {
		return nil, err
	}
	roles, err := s.keeper.rolesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	return &types.QueryOperatorResponse{Operator: operator, Permissions: domain.Permissions(roles)}, nil
}

func (s queryServer) Operators(ctx context.Context, req *types.QueryOperatorsRequest) (*types.QueryOperatorsResponse, error) {
	if _, err := s.keeper.Institution(ctx, req.GetInstitutionId()); err != nil {
		return nil, err
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.operatorsOfScope,
		collections.TriplePrefix[string, string, []byte](req.InstitutionId), paging.Of(req.GetPagination()),
		func(key operatorKey, _ collections.NoValue) (types.Operator, error) {
			return s.keeper.operatorAt(ctx, key.K3())
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryOperatorsResponse{Operators: rows, Pagination: page}, nil
}

func (s queryServer) Roles(ctx context.Context, req *types.QueryRolesRequest) (*types.QueryRolesResponse, error) {
	rows, page, err := paging.List(ctx, s.keeper.roles, paging.Of(req.GetPagination()),
		func(_ string, role types.Role) (types.Role, error) { return role, nil })
	if err != nil {
		return nil, err
	}
	return &types.QueryRolesResponse{Roles: rows, Pagination: page}, nil
}
