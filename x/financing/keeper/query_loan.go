package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/internal/paging"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func (s queryServer) Loan(ctx context.Context, request *types.QueryLoanRequest) (*types.QueryLoanResponse, error) {
	_, loan, err := s.keeper.loanToday(ctx, request.GetLoanId())
	if err != nil {
		return nil, err
	}
	answer := &types.QueryLoanResponse{Loan: loan, Owed: domain.Owed(loan), Due: domain.DueNow(loan)}
	for _, row := range domain.Plan(loan) {
		if row.Principal.IsPositive() || row.Interest.IsPositive() {
			answer.Plan = append(answer.Plan, types.PlannedInstalment{DueDay: row.DueDay, Principal: row.Principal, Interest: row.Interest})
		}
	}
	return answer, nil
}

func (s queryServer) Loans(ctx context.Context, request *types.QueryLoansRequest) (*types.QueryLoansResponse, error) {
	rows, page, err := listOfMember(ctx, s.keeper.loansOfMember, request.GetInstitutionId(), request.GetPartyId(), request.GetPagination(), s.keeper.Loan)
	if err != nil {
		return nil, err
	}
	return &types.QueryLoansResponse{Loans: rows, Pagination: page}, nil
}

func (s queryServer) Repayments(ctx context.Context, request *types.QueryRepaymentsRequest) (*types.QueryRepaymentsResponse, error) {
	if _, err := s.keeper.Loan(ctx, request.GetLoanId()); err != nil {
		return nil, err
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.repayments, collections.PairPrefix[uint64, uint32](request.GetLoanId()),
		paging.Of(request.GetPagination()).NewestFirst(), func(_ repaymentKey, repayment types.Repayment) (types.Repayment, error) {
			return repayment, nil
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryRepaymentsResponse{Repayments: rows, Pagination: page}, nil
}
