package keeper_test

import (
	"context"

	"github.com/cosmos/cosmos-sdk/baseapp"
	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// fakeInstitutions knows operators by their address. They have every permission but the withheld ones.
type fakeInstitutions struct {
	institutions map[string]accesstypes.MemberStatus
	operators    map[string]accesstypes.Actor
	withheld     map[string]bool
	voting       []string
}

func (f *fakeInstitutions) Require(_ context.Context, ask accesstypes.Ask) (accesstypes.Actor, error) {
	operator, permission, scope := ask.Operator, ask.Permission, ask.Scope
	actor, known := f.operators[operator]
	if !known {
		return accesstypes.Actor{}, accesstypes.ErrOperatorNotFound
	}
	if f.withheld[permission] {
		return accesstypes.Actor{}, accesstypes.ErrPermissionDenied
	}
	if scope != accesstypes.OwnScope {
		return accesstypes.Actor{}, accesstypes.ErrScopeDenied
	}
	return actor, nil
}

func (f *fakeInstitutions) Institution(_ context.Context, id string) (accesstypes.Institution, error) {
	status, known := f.institutions[id]
	if !known {
		return accesstypes.Institution{}, accesstypes.ErrInstitutionNotFound
	}
	return accesstypes.Institution{Id: id, Status: status}, nil
}

func (f *fakeInstitutions) VotingInstitutions(context.Context) ([]string, error) {
	return f.voting, nil
}

// fakeRouter is the real router, save for the types that a test takes over.
type fakeRouter struct {
	*baseapp.MsgServiceRouter
	instead map[string]baseapp.MsgServiceHandler
}

func (f *fakeRouter) Handler(msg sdk.Msg) baseapp.MsgServiceHandler {
	if handler, found := f.instead[sdk.MsgTypeURL(msg)]; found {
		return handler
	}
	return f.MsgServiceRouter.Handler(msg)
}
