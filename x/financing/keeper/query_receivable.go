package keeper

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/internal/paging"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// MaxPageRows is the most rows that a list answers with.
const MaxPageRows = paging.RowsMax

func (s queryServer) Receivable(ctx context.Context, request *types.QueryReceivableRequest) (*types.QueryReceivableResponse, error) {
	receivable, err := s.keeper.Receivable(ctx, request.GetReceivableId())
	if err != nil {
		return nil, err
	}
	answer := &types.QueryReceivableResponse{Receivable: receivable}
	if answer.Holdings, err = s.keeper.holdingsOf(ctx, receivable.Id); err != nil {
		return nil, err
	}
	if answer.Securities, err = s.keeper.securitiesOf(ctx, receivable.Id); err != nil {
		return nil, err
	}
	answer.Recourses, err = s.keeper.recoursesOf(ctx, receivable.Id)
	return answer, err
}

func (s queryServer) Receivables(ctx context.Context, request *types.QueryReceivablesRequest) (*types.QueryReceivablesResponse, error) {
	account, err := s.keeper.addresses.StringToBytes(request.GetAccount())
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.receivablesOf, collections.PairPrefix[[]byte, uint64](account),
		paging.Of(request.GetPagination()).NewestFirst(), func(key ofAccountKey, _ collections.NoValue) (types.Receivable, error) {
			return s.keeper.Receivable(ctx, key.K2())
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryReceivablesResponse{Receivables: rows, Pagination: page}, nil
}

// Invoice answers whoever has the digest: it can be computed only from the invoice and the network's key.
func (s queryServer) Invoice(ctx context.Context, request *types.QueryInvoiceRequest) (*types.QueryInvoiceResponse, error) {
	if n := len(request.GetDigest()); n != types.DigestLength {
		return nil, status.Errorf(codes.InvalidArgument, "digest of %d bytes: %d are needed", n, types.DigestLength)
	}
	invoice, known, err := found(s.keeper.invoices.Get(ctx, request.GetDigest()))
	if err != nil || !known {
		return &types.QueryInvoiceResponse{}, err
	}
	return &types.QueryInvoiceResponse{
		Known: true, TakenPpm: invoice.TakenPpmRoundedUp(), Amended: len(invoice.AmendedBy) > 0, Alike: invoice.Alike,
	}, nil
}

func (s queryServer) Stuck(ctx context.Context, request *types.QueryStuckRequest) (*types.QueryStuckResponse, error) {
	rows, page, err := paging.List(ctx, s.keeper.stuck, paging.Of(request.GetPagination()),
		func(_ itemKey, item types.Stuck) (types.Stuck, error) { return item, nil })
	if err != nil {
		return nil, err
	}
	return &types.QueryStuckResponse{Stuck: rows, Pagination: page}, nil
}
