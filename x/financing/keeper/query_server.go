package keeper

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/internal/paging"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

type queryServer struct{ keeper *Keeper }

// NewQueryServer answers zhilian.financing.v1.Query. Who may ask is decided where queries come in.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{k} }

func (s queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := s.keeper.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	today := domain.NewCalendar(params.BusinessDaySeconds).Day(blockTime(ctx))
	return &types.QueryParamsResponse{Params: params, Today: today}, nil
}

// listOfMember lists what is numbered below a member, the newest first.
func listOfMember[T any](
	ctx context.Context, index collections.KeySet[numberOfMemberKey], institution, party string,
	asked *query.PageRequest, load func(context.Context, uint64) (T, error),
) ([]T, *query.PageResponse, error) {
	if err := checkMember(accesstypes.Member{InstitutionId: institution, PartyId: party}); err != nil {
		return nil, nil, err
	}
	return paging.ListBelow(ctx, index, collections.TripleSuperPrefix[string, string, uint64](institution, party), paging.Of(asked).NewestFirst(),
		func(key numberOfMemberKey, _ collections.NoValue) (T, error) { return load(ctx, key.K3()) })
}

// checkMember refuses what is the id of no member: a key of the store could not be made of it.
func checkMember(member accesstypes.Member) error {
	if err := member.Validate(); err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	return nil
}
