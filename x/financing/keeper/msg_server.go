package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

type msgServer struct {
	*types.UnimplementedMsgServer // until every message has its handler
	keeper                        *Keeper
}

// NewMsgServer answers zhilian.financing.v1.Msg.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{keeper: k} }

func (s msgServer) UpdateParams(ctx context.Context, msg *types.MsgUpdateParams) (*types.MsgUpdateParamsResponse, error) {
	if msg.Authority != s.keeper.authority {
		return nil, types.ErrNotAuthority.Wrap(msg.Authority)
	}
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if err := s.keeper.updateParams(ctx, msg.Params); err != nil {
		return nil, err
	}
	return &types.MsgUpdateParamsResponse{}, nil
}
