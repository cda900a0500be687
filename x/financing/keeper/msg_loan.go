package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func (s msgServer) RepayLoan(ctx context.Context, msg *types.MsgRepayLoan) (*types.MsgRepayLoanResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	stored, loan, err := s.keeper.loanToday(ctx, msg.LoanId)
	if err != nil {
		return nil, err
	}
	money := accesstypes.MoneyOf(loan.Currency, msg.Amount)
	actor, err := s.keeper.Access.Require(ctx, accesstypes.Ask{
		Operator: msg.Operator, Permission: types.PermissionBorrow, Scope: loan.Borrower.Scope(), Account: loan.BorrowerAccount, Money: money,
	})
	if err != nil {
		return nil, err
	}
	after, uetr, err := s.keeper.repayLoan(ctx, stored, loan, msg.Amount, actor.Address)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.Access.Spend(ctx, actor, money); err != nil {
		return nil, err
	}
	return &types.MsgRepayLoanResponse{Number: after.Repayments, PaymentUetr: uetr, Owed: domain.Owed(after)}, nil
}

func (s msgServer) ReverseRepayment(ctx context.Context, msg *types.MsgReverseRepayment) (*types.MsgReverseRepaymentResponse, error) {
	stored, loan, err := s.keeper.loanToday(ctx, msg.LoanId)
	if err != nil {
		return nil, err
	}
	repayment, err := s.keeper.Repayment(ctx, msg.LoanId, msg.Number)
	if err != nil {
		return nil, err
	}
	money := accesstypes.MoneyOf(loan.Currency, repayment.Amount)
	actor, err := s.keeper.Access.Require(ctx, accesstypes.Ask{
		Operator: msg.Operator, Permission: types.PermissionLend, Scope: loan.Lender.Scope(), Account: loan.LenderAccount, Money: money,
	})
	if err != nil {
		return nil, err
	}
	uetr, err := s.keeper.reverseRepayment(ctx, stored, loan, repayment, actor.Address)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.Access.Spend(ctx, actor, money); err != nil {
		return nil, err
	}
	return &types.MsgReverseRepaymentResponse{ReturnUetr: uetr}, nil
}

func (s msgServer) WriteOffLoan(ctx context.Context, msg *types.MsgWriteOffLoan) (*types.MsgWriteOffLoanResponse, error) {
	stored, loan, err := s.keeper.loanToday(ctx, msg.LoanId)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.Access.Require(ctx, accesstypes.Ask{Operator: msg.Operator, Permission: types.PermissionRisk, Scope: loan.Lender.Scope()})
	if err != nil {
		return nil, err
	}
	after, err := domain.GiveUp(loan)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.changeLoan(ctx, stored, after, actor.Address); err != nil {
		return nil, err
	}
	return &types.MsgWriteOffLoanResponse{WrittenOff: after.WrittenOff}, nil
}
