package keeper

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/internal/paging"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

// MaxPageRows is the most rows that a list answers with.
const MaxPageRows = paging.RowsMax

type queryServer struct{ keeper *Keeper }

// NewQueryServer answers zhilian.vault.v1.Query. Who may ask is decided where queries come in.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{k} }

func (s queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := s.keeper.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryParamsResponse{Params: params}, nil
}

func (s queryServer) Keys(ctx context.Context, request *types.QueryKeysRequest) (*types.QueryKeysResponse, error) {
	owner := accesstypes.Member{InstitutionId: request.GetInstitutionId(), PartyId: request.GetPartyId()}
	if err := checkScope(owner.Scope()); err != nil {
		return nil, err
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.keysOfMember,
		collections.TriplePrefix[string, time.Time, []byte](owner.Text()), paging.Of(request.GetPagination()).NewestFirst(),
		func(key keyOfMemberKey, _ collections.NoValue) (types.EncryptionKey, error) {
			return s.keeper.Key(ctx, key.K3())
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryKeysResponse{Keys: rows, Pagination: page}, nil
}

func (s queryServer) Record(ctx context.Context, request *types.QueryRecordRequest) (*types.QueryRecordResponse, error) {
	record, err := s.keeper.Record(ctx, request.GetRecordId())
	if err != nil {
		return nil, err
	}
	if record, err = s.keeper.whole(ctx, record); err != nil {
		return nil, err
	}
	shares, err := s.keeper.readable(ctx, record)
	if err != nil {
		return nil, err
	}
	return &types.QueryRecordResponse{Record: record, Shares: shares}, nil
}

func (s queryServer) Records(ctx context.Context, request *types.QueryRecordsRequest) (*types.QueryRecordsResponse, error) {
	rows, page, err := listOf(ctx, s.keeper.ofSubject, request.GetInstitutionId(), request.GetPartyId(), request.GetPagination(), s.keeper.Record)
	if err != nil {
		return nil, err
	}
	return &types.QueryRecordsResponse{Records: rows, Pagination: page}, nil
}

func (s queryServer) Requests(ctx context.Context, request *types.QueryRequestsRequest) (*types.QueryRequestsResponse, error) {
	rows, page, err := listOf(ctx, s.keeper.requestsOfSubject, request.GetInstitutionId(), request.GetPartyId(), request.GetPagination(), s.keeper.Request)
	if err != nil {
		return nil, err
	}
	return &types.QueryRequestsResponse{Requests: rows, Pagination: page}, nil
}

func (s queryServer) Trail(ctx context.Context, request *types.QueryTrailRequest) (*types.QueryTrailResponse, error) {
	if _, err := s.keeper.Record(ctx, request.GetRecordId()); err != nil {
		return nil, err
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.trail, collections.PairPrefix[uint64, uint64](request.RecordId),
		paging.Of(request.GetPagination()), func(_ trailKey, entry types.TrailEntry) (types.TrailEntry, error) { return entry, nil })
	if err != nil {
		return nil, err
	}
	return &types.QueryTrailResponse{Entries: rows, Pagination: page}, nil
}

// listOf lists what is numbered below a member, the highest number first.
func listOf[T any](
	ctx context.Context, index collections.KeySet[numberOfMemberKey], institution, party string,
	asked *query.PageRequest, load func(context.Context, uint64) (T, error),
) ([]T, *query.PageResponse, error) {
	if err := checkScope(accesstypes.Scope{InstitutionID: institution, PartyID: party}); err != nil {
		return nil, nil, err
	}
	return paging.ListBelow(ctx, index, collections.TripleSuperPrefix[string, string, uint64](institution, party), paging.Of(asked).NewestFirst(),
		func(key numberOfMemberKey, _ collections.NoValue) (T, error) { return load(ctx, key.K3()) })
}

// checkScope refuses what can be the id of no member: a key of the store could not be made of it.
func checkScope(scope accesstypes.Scope) error {
	if err := scope.Validate(); err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	return nil
}
