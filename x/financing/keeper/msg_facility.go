package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func (s msgServer) SetLimit(ctx context.Context, msg *types.MsgSetLimit) (*types.MsgSetLimitResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.keeper.Access.Require(ctx, accesstypes.Ask{Operator: msg.Operator, Permission: types.PermissionRisk, Scope: msg.Lender.Scope()})
	if err != nil {
		return nil, err
	}
	if _, err := s.keeper.Settlement.Currency(ctx, msg.Currency); err != nil {
		return nil, err
	}
	limit, err := s.keeper.setLimit(ctx, msg, actor.Address)
	if err != nil {
		return nil, err
	}
	return &types.MsgSetLimitResponse{Limit: limit}, nil
}

// OfferFacility counts as the lender's payment of the whole limit: its draws ask nobody any more.
func (s msgServer) OfferFacility(ctx context.Context, msg *types.MsgOfferFacility) (*types.MsgOfferFacilityResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	account, err := s.keeper.Settlement.Account(ctx, msg.LenderAccount)
	if err != nil {
		return nil, err
	}
	if _, err := s.keeper.Settlement.Currency(ctx, msg.Currency); err != nil {
		return nil, err
	}
	lender, money := ownerOf(account), accesstypes.MoneyOf(msg.Currency, msg.Limit)
	actor, err := s.keeper.Access.Require(ctx, accesstypes.Ask{
		Operator: msg.Operator, Permission: types.PermissionLend, Scope: lender.Scope(), Account: msg.LenderAccount, Money: money,
	})
	if err != nil {
		return nil, err
	}
	id, err := s.keeper.offerFacility(ctx, msg, lender, actor.Address)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.Access.Spend(ctx, actor, money); err != nil {
		return nil, err
	}
	return &types.MsgOfferFacilityResponse{FacilityId: id}, nil
}

func (s msgServer) AcceptFacility(ctx context.Context, msg *types.MsgAcceptFacility) (*types.MsgAcceptFacilityResponse, error) {
	return &types.MsgAcceptFacilityResponse{}, s.turn(ctx, msg.Operator, msg.FacilityId, types.PermissionBorrow, domain.TakeUp)
}

func (s msgServer) SuspendFacility(ctx context.Context, msg *types.MsgSuspendFacility) (*types.MsgSuspendFacilityResponse, error) {
	event := domain.Suspend
	if msg.Resume {
		event = domain.Resume
	}
	return &types.MsgSuspendFacilityResponse{}, s.turn(ctx, msg.Operator, msg.FacilityId, types.PermissionLend, event)
}

func (s msgServer) CloseFacility(ctx context.Context, msg *types.MsgCloseFacility) (*types.MsgCloseFacilityResponse, error) {
	return &types.MsgCloseFacilityResponse{}, s.turn(ctx, msg.Operator, msg.FacilityId, types.PermissionLend, domain.Close)
}

// turn has an event happen to a facility: the borrower's to accept, the lender's otherwise.
func (s msgServer) turn(ctx context.Context, operator string, id uint64, permission string, event domain.FacilityEvent) error {
	facility, err := s.keeper.Facility(ctx, id)
	if err != nil {
		return err
	}
	side := facility.Lender
	if permission == types.PermissionBorrow {
		side = facility.Borrower
	}
	actor, err := s.keeper.Access.Require(ctx, accesstypes.Ask{Operator: operator, Permission: permission, Scope: side.Scope()})
	if err != nil {
		return err
	}
	return s.keeper.turnFacility(ctx, facility, event, actor.Address)
}

func (s msgServer) DrawFacility(ctx context.Context, msg *types.MsgDrawFacility) (*types.MsgDrawFacilityResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	facility, err := s.keeper.Facility(ctx, msg.FacilityId)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.Access.Require(ctx, accesstypes.Ask{
		Operator: msg.Operator, Permission: types.PermissionBorrow, Scope: facility.Borrower.Scope(), Account: facility.BorrowerAccount,
	})
	if err != nil {
		return nil, err
	}
	id, uetr, err := s.keeper.drawFacility(ctx, facility, msg.Amount, actor.Address)
	if err != nil {
		return nil, err
	}
	return &types.MsgDrawFacilityResponse{LoanId: id, PaymentUetr: uetr}, nil
}

func (s msgServer) TraceUse(ctx context.Context, msg *types.MsgTraceUse) (*types.MsgTraceUseResponse, error) {
	loan, err := s.keeper.Loan(ctx, msg.LoanId)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.Access.Require(ctx, accesstypes.Ask{Operator: msg.Operator, Permission: types.PermissionBorrow, Scope: loan.Borrower.Scope()})
	if err != nil {
		return nil, err
	}
	after, err := s.keeper.traceUse(ctx, loan, msg.PaymentUetr, actor.Address)
	if err != nil {
		return nil, err
	}
	return &types.MsgTraceUseResponse{Traced: after.Traced}, nil
}
