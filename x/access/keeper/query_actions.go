package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/internal/paging"
	"github.com/zhilian-network/zhilian/x/access/types"
)

func (s queryServer) Action(ctx context.Context, request *types.QueryActionRequest) (*types.QueryActionResponse, error) {
	action, err := s.keeper.action(ctx, request.GetActionId())
	if err != nil {
		return nil, err
	}
	action, err = s.keeper.withMessages(ctx, action)
	if err != nil {
		return nil, err
	}
	return &types.QueryActionResponse{Action: action}, nil
}

func (s queryServer) Actions(ctx context.Context, request *types.QueryActionsRequest) (*types.QueryActionsResponse, error) {
	scope := types.Scope{InstitutionID: request.GetInstitutionId(), PartyID: request.GetPartyId()}
	if _, _, err := s.keeper.scopeRecords(ctx, scope); err != nil {
		return nil, err
	}
	below := collections.QuadSuperPrefix3[string, string, int32, uint64](request.InstitutionId, request.PartyId, int32(request.Status))
	rows, next, err := paging.ListBelow(ctx, s.keeper.actions.ofScope, below, paging.Of(request.Pagination).NewestFirst(),
		func(key actionKey, _ collections.NoValue) (types.Action, error) {
			return s.keeper.action(ctx, key.K4())
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryActionsResponse{Actions: rows, Pagination: next}, nil
}
