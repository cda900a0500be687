package keeper

import (
	"context"

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
