package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/internal/paging"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

type queryServer struct{ keeper *Keeper }

// NewQueryServer answers the module's queries.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{keeper: k} }

var errEmptyRequest = status.Error(codes.InvalidArgument, "request is empty")

// invalid and asStatus give gRPC its own codes: clients see HTTP 400 and 404 by them.
func invalid(err error) error { return status.Error(codes.InvalidArgument, err.Error()) }

func asStatus(err error) error {
	for _, missing := range []error{types.ErrPaymentNotFound, types.ErrAccountNotFound, types.ErrParticipantNotFound, types.ErrHoldNotFound} {
		if errors.Is(err, missing) {
			return status.Error(codes.NotFound, err.Error())
		}
	}
	return err
}

func (s queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := s.keeper.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryParamsResponse{Params: params}, nil
}

func (s queryServer) Payment(ctx context.Context, req *types.QueryPaymentRequest) (*types.QueryPaymentResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	id, err := types.ParseUETR(req.Uetr)
	if err != nil {
		return nil, invalid(err)
	}
	payment, err := load(ctx, s.keeper.payments, id[:], types.ErrPaymentNotFound.Wrap(req.Uetr))
	if err != nil {
		return nil, asStatus(err)
	}
	returned, err := s.keeper.returned(ctx, payment.Uetr)
	if err != nil {
		return nil, err
	}
	return &types.QueryPaymentResponse{Payment: payment, Returned: returned}, nil
}

func (s queryServer) PaymentByEndToEnd(
	ctx context.Context, req *types.QueryPaymentByEndToEndRequest,
) (*types.QueryPaymentByEndToEndResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	if err := types.CheckDigest("end-to-end digest", req.EndToEndDigest); err != nil {
		return nil, invalid(err)
	}
	debtor, err := s.keeper.addresses.StringToBytes(req.Debtor)
	if err != nil {
		return nil, invalid(err)
	}
	payment, err := s.keeper.paymentByEndToEnd(ctx, debtor, req.EndToEndDigest)
	if err != nil {
		return nil, asStatus(err)
	}
	return &types.QueryPaymentByEndToEndResponse{Payment: payment}, nil
}

func (s queryServer) Hold(ctx context.Context, req *types.QueryHoldRequest) (*types.QueryHoldResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	hold, err := s.keeper.StoredHold(ctx, req.Uetr)
	if errors.Is(err, types.ErrUETRInvalid) {
		return nil, invalid(err)
	}
	if err != nil {
		return nil, asStatus(err)
	}
	return &types.QueryHoldResponse{Hold: hold}, nil
}

func (s queryServer) Account(ctx context.Context, req *types.QueryAccountRequest) (*types.QueryAccountResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	account, err := s.keeper.account(ctx, req.Address, types.ErrAccountNotFound)
	if errors.Is(err, types.ErrAddressInvalid) {
		return nil, invalid(err)
	}
	if err != nil {
		return nil, asStatus(err)
	}
	return &types.QueryAccountResponse{Account: account}, nil
}

func (s queryServer) ResolveReferences(
	ctx context.Context, req *types.QueryResolveReferencesRequest,
) (*types.QueryResolveReferencesResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	if len(req.Digests) > types.ResolveReferencesMax {
		return nil, status.Errorf(codes.InvalidArgument, "%d digests, at most %d are resolved at once",
			len(req.Digests), types.ResolveReferencesMax)
	}
	answers := make([]types.ResolvedReference, len(req.Digests))
	for i, digest := range req.Digests {
		if err := types.CheckDigest("reference", digest); err != nil {
			return nil, invalid(err)
		}
		account, err := s.keeper.resolve(ctx, digest)
		if err != nil {
			return nil, err
		}
		answers[i] = types.ResolvedReference{Found: account != nil, Account: account}
	}
	return &types.QueryResolveReferencesResponse{References: answers}, nil
}

func (s queryServer) Currencies(
	ctx context.Context, req *types.QueryCurrenciesRequest,
) (*types.QueryCurrenciesResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	currencies, page, err := list(ctx, s.keeper.currencies, req.Pagination)
	if err != nil {
		return nil, err
	}
	return &types.QueryCurrenciesResponse{Currencies: currencies, Pagination: page}, nil
}

func (s queryServer) Participants(
	ctx context.Context, req *types.QueryParticipantsRequest,
) (*types.QueryParticipantsResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	participants, page, err := list(ctx, s.keeper.participants, req.Pagination)
	if err != nil {
		return nil, err
	}
	return &types.QueryParticipantsResponse{Participants: participants, Pagination: page}, nil
}

// list reads one page of at most PageRowsMax records.
func list[V any](
	ctx context.Context, records collections.Map[string, V], asked *query.PageRequest,
) ([]V, *query.PageResponse, error) {
	return paging.List(ctx, records, paging.Of(asked), func(_ string, value V) (V, error) { return value, nil })
}

func (s queryServer) Reserves(
	ctx context.Context, req *types.QueryReservesRequest,
) (*types.QueryReservesResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	bank, err := s.keeper.participant(ctx, req.InstitutionId)
	if err != nil {
		return nil, asStatus(err)
	}
	positions := make([]types.ReserveBalance, len(bank.Currencies))
	for i, currency := range bank.Currencies {
		if positions[i], err = s.keeper.position(ctx, bank.InstitutionId, currency); err != nil {
			return nil, err
		}
	}
	return &types.QueryReservesResponse{Reserves: positions}, nil
}

func (s queryServer) PaymentLog(
	ctx context.Context, _ *types.QueryPaymentLogRequest,
) (*types.QueryPaymentLogResponse, error) {
	head, err := s.keeper.logHead(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryPaymentLogResponse{PaymentLog: head, Root: head.Root()}, nil
}

func (s queryServer) Invariants(
	ctx context.Context, _ *types.QueryInvariantsRequest,
) (*types.QueryInvariantsResponse, error) {
	violations, err := s.keeper.CheckInvariants(ctx)
	if err != nil {
		return nil, err
	}
	outstandings, err := all(ctx, s.keeper.outstandings)
	if err != nil {
		return nil, err
	}
	return &types.QueryInvariantsResponse{
		MoneyConserved: len(violations) == 0,
		Violations:     violations,
		Outstandings:   outstandings,
		Height:         sdk.UnwrapSDKContext(ctx).BlockHeight(),
	}, nil
}
