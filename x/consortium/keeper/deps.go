package keeper

import (
	"context"

	"github.com/cosmos/cosmos-sdk/baseapp"
	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// Institutions says who may act for whom, and which institutions have a vote.
type Institutions interface {
	// Require returns who the operator acts for if it holds the permission in the scope.
	Require(ctx context.Context, ask accesstypes.Ask) (accesstypes.Actor, error)
	// Institution returns a member of the network.
	Institution(ctx context.Context, id string) (accesstypes.Institution, error)
	// VotingInstitutions returns the ids of those that have a vote now, sorted and bounded.
	VotingInstitutions(ctx context.Context) ([]string, error)
}

// MessageRouter finds the handler of a message, nil if there is none. baseapp.MsgServiceRouter is one.
type MessageRouter interface {
	Handler(msg sdk.Msg) baseapp.MsgServiceHandler
}
