package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// longTermQuorum is what a debtor needs besides its policies to confirm a term that is longer than usual.
const longTermQuorum = "long term"

// require asks for a permission about the owner of a settlement account.
func (s msgServer) require(ctx context.Context, operator, permission, address string) (settlementtypes.Account, accesstypes.Actor, error) {
	account, err := s.keeper.Settlement.Account(ctx, address)
	if err != nil {
		return account, accesstypes.Actor{}, err
	}
	actor, err := s.keeper.Access.Require(ctx, accesstypes.Ask{
		Operator: operator, Permission: permission, Scope: scopeOf(account), Account: account.Address,
	})
	return account, actor, err
}

func (s msgServer) IssueReceivable(ctx context.Context, msg *types.MsgIssueReceivable) (*types.MsgIssueReceivableResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	supplier, actor, err := s.require(ctx, msg.Operator, types.PermissionIssue, msg.Supplier)
	if err != nil {
		return nil, err
	}
	calendar, err := s.keeper.calendar(ctx)
	if err != nil {
		return nil, err
	}
	day := calendar.Day(msg.DueAt)
	receivable, alike, err := s.keeper.issueReceivable(ctx, actor, supplier, msg.NewReceivable(blockTime(ctx), day, calendar.Start(day)))
	if err != nil {
		return nil, err
	}
	return &types.MsgIssueReceivableResponse{ReceivableId: receivable.Id, Alike: alike}, nil
}

func (s msgServer) CancelReceivable(ctx context.Context, msg *types.MsgCancelReceivable) (*types.MsgCancelReceivableResponse, error) {
	receivable, err := s.keeper.Receivable(ctx, msg.ReceivableId)
	if err != nil {
		return nil, err
	}
	_, actor, err := s.require(ctx, msg.Operator, types.PermissionIssue, receivable.Supplier)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.endUnconfirmed(ctx, receivable, domain.Cancel, "", actor.Address); err != nil {
		return nil, err
	}
	return &types.MsgCancelReceivableResponse{}, nil
}

// ConfirmReceivable names the money: the debtor commits it now, so limits and policies of its operators count it
// now and not when it is collected.
func (s msgServer) ConfirmReceivable(ctx context.Context, msg *types.MsgConfirmReceivable) (*types.MsgConfirmReceivableResponse, error) {
	receivable, err := s.keeper.Receivable(ctx, msg.ReceivableId)
	if err != nil {
		return nil, err
	}
	debtor, err := s.keeper.Settlement.Account(ctx, receivable.Debtor)
	if err != nil {
		return nil, err
	}
	money := accesstypes.MoneyOf(receivable.Currency, receivable.Amount)
	ask := accesstypes.Ask{
		Operator: msg.Operator, Permission: types.PermissionConfirm, Scope: scopeOf(debtor), Account: debtor.Address, Money: money,
	}
	long, refusal := s.keeper.confirmation(ctx, receivable)
	if long {
		ask.Quorum = accesstypes.Quorum{Name: longTermQuorum, Scope: ask.Scope, Permission: types.PermissionConfirm, Approvals: 1}
	}
	actor, err := s.keeper.Access.Require(ctx, ask)
	if err != nil {
		return nil, err
	}
	if refusal != nil { // who may not confirm at all is not told where the receivable stands
		return nil, refusal
	}
	if err := s.keeper.confirmReceivable(ctx, actor, debtor, receivable); err != nil {
		return nil, err
	}
	if err := s.keeper.Access.Spend(ctx, actor, money); err != nil {
		return nil, err
	}
	return &types.MsgConfirmReceivableResponse{}, nil
}

func (s msgServer) RefuseReceivable(ctx context.Context, msg *types.MsgRefuseReceivable) (*types.MsgRefuseReceivableResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	receivable, err := s.keeper.Receivable(ctx, msg.ReceivableId)
	if err != nil {
		return nil, err
	}
	_, actor, err := s.require(ctx, msg.Operator, types.PermissionConfirm, receivable.Debtor)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.endUnconfirmed(ctx, receivable, domain.Refuse, msg.Reason, actor.Address); err != nil {
		return nil, err
	}
	return &types.MsgRefuseReceivableResponse{}, nil
}

func (s msgServer) TransferReceivable(ctx context.Context, msg *types.MsgTransferReceivable) (*types.MsgTransferReceivableResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	before, err := s.keeper.Receivable(ctx, msg.ReceivableId)
	if err != nil {
		return nil, err
	}
	holder, actor, err := s.require(ctx, msg.Operator, types.PermissionTransfer, msg.Creditor)
	if err != nil {
		return nil, err
	}
	after, err := s.keeper.splitUnits(ctx, actor, before, holder, msg)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.changeReceivable(ctx, before, after, actor.Address); err != nil {
		return nil, err
	}
	return &types.MsgTransferReceivableResponse{}, nil
}

func (s msgServer) PledgeReceivable(ctx context.Context, msg *types.MsgPledgeReceivable) (*types.MsgPledgeReceivableResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	holder, actor, err := s.require(ctx, msg.Operator, types.PermissionTransfer, msg.Creditor)
	if err != nil {
		return nil, err
	}
	if msg.RegisteredAt.After(blockTime(ctx)) {
		return nil, types.ErrRegistrationInvalid.Wrap("its time is in the future")
	}
	id, err := s.keeper.secure(ctx, actor.Address, types.Security{
		ReceivableId: msg.ReceivableId, Creditor: holder.Address, Secured: msg.Pledgee, Units: msg.Units,
		RegistrationNumber: msg.RegistrationNumber, RegisteredAt: msg.RegisteredAt,
	})
	if err != nil {
		return nil, err
	}
	return &types.MsgPledgeReceivableResponse{SecurityId: id}, nil
}

func (s msgServer) ReleasePledge(ctx context.Context, msg *types.MsgReleasePledge) (*types.MsgReleasePledgeResponse, error) {
	security, err := s.keeper.Security(ctx, msg.SecurityId)
	if err != nil {
		return nil, err
	}
	_, actor, err := s.require(ctx, msg.Operator, types.PermissionTransfer, security.Secured)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.releasePledge(ctx, actor, security); err != nil {
		return nil, err
	}
	return &types.MsgReleasePledgeResponse{}, nil
}

// PayReceivable names no money: the debtor committed it when it confirmed the receivable.
func (s msgServer) PayReceivable(ctx context.Context, msg *types.MsgPayReceivable) (*types.MsgPayReceivableResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	before, err := s.keeper.Receivable(ctx, msg.ReceivableId)
	if err != nil {
		return nil, err
	}
	_, actor, err := s.require(ctx, msg.Operator, types.PermissionConfirm, before.Debtor)
	if err != nil {
		return nil, err
	}
	after, err := s.keeper.payReceivable(ctx, actor, before, msg.Amount)
	if err != nil {
		return nil, err
	}
	return &types.MsgPayReceivableResponse{Paid: before.Unpaid.Sub(after.Unpaid), Status: after.Status}, nil
}

func (s msgServer) ExerciseRecourse(ctx context.Context, msg *types.MsgExerciseRecourse) (*types.MsgExerciseRecourseResponse, error) {
	receivable, err := s.keeper.Receivable(ctx, msg.ReceivableId)
	if err != nil {
		return nil, err
	}
	holder, actor, err := s.require(ctx, msg.Operator, types.PermissionTransfer, msg.Creditor)
	if err != nil {
		return nil, err
	}
	units, uetr, err := s.keeper.exerciseRecourse(ctx, actor, receivable, holder, msg.Seller)
	if err != nil {
		return nil, err
	}
	return &types.MsgExerciseRecourseResponse{Units: units, PaymentUetr: uetr}, nil
}
