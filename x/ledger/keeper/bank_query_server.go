package keeper

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/zhilian-network/zhilian/internal/paging"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// ownersAnswer is the answer to the queries by denom.
const ownersAnswer = "owners are not listed by denom: an index by denom would cost every payment a write; ask by account"

type bankQueryServer struct{ keeper *Keeper }

// NewBankQueryServer answers cosmos.bank.v1beta1.Query from the ledger, read-only, so that wallets
// and explorers show balances. As there, an unknown denom has the balance and supply zero.
func NewBankQueryServer(k *Keeper) banktypes.QueryServer { return bankQueryServer{k} }

func (s bankQueryServer) Balance(ctx context.Context, req *banktypes.QueryBalanceRequest) (*banktypes.QueryBalanceResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	coin, err := s.coin(ctx, req.Address, req.Denom, s.keeper.Balance)
	if err != nil {
		return nil, err
	}
	return &banktypes.QueryBalanceResponse{Balance: coin}, nil
}

func (s bankQueryServer) AllBalances(ctx context.Context, req *banktypes.QueryAllBalancesRequest) (*banktypes.QueryAllBalancesResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	if req.ResolveDenom {
		return nil, status.Error(codes.InvalidArgument, "resolve_denom is not served: deposit money of two banks would read the same")
	}
	rows, page, err := s.keeper.balancesPage(ctx, req.Address, paging.OfWallet(req.Pagination))
	if err != nil {
		return nil, err
	}
	return &banktypes.QueryAllBalancesResponse{Balances: rows.coins(), Pagination: page}, nil
}

// SpendableBalances has a row for each balance: what of it no module holds.
func (s bankQueryServer) SpendableBalances(ctx context.Context, req *banktypes.QuerySpendableBalancesRequest) (*banktypes.QuerySpendableBalancesResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	rows, page, err := s.keeper.balancesPage(ctx, req.Address, paging.OfWallet(req.Pagination))
	if err != nil {
		return nil, err
	}
	return &banktypes.QuerySpendableBalancesResponse{Balances: rows.available(), Pagination: page}, nil
}

func (s bankQueryServer) SpendableBalanceByDenom(ctx context.Context, req *banktypes.QuerySpendableBalanceByDenomRequest) (*banktypes.QuerySpendableBalanceByDenomResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	coin, err := s.coin(ctx, req.Address, req.Denom, s.keeper.Available)
	if err != nil {
		return nil, err
	}
	return &banktypes.QuerySpendableBalanceByDenomResponse{Balance: coin}, nil
}

func (s bankQueryServer) TotalSupply(ctx context.Context, req *banktypes.QueryTotalSupplyRequest) (*banktypes.QueryTotalSupplyResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	coins, page, err := s.keeper.suppliesPage(ctx, paging.OfWallet(req.Pagination))
	if err != nil {
		return nil, err
	}
	return &banktypes.QueryTotalSupplyResponse{Supply: coins, Pagination: page}, nil
}

func (s bankQueryServer) SupplyOf(ctx context.Context, req *banktypes.QuerySupplyOfRequest) (*banktypes.QuerySupplyOfResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	if err := requireDenomName(req.Denom); err != nil {
		return nil, err
	}
	supply, err := s.keeper.Supply(ctx, req.Denom)
	if err != nil {
		return nil, err
	}
	return &banktypes.QuerySupplyOfResponse{Amount: sdk.Coin{Denom: req.Denom, Amount: supply}}, nil
}

// Params says that bank sends are off: payments go through settlement.
func (s bankQueryServer) Params(context.Context, *banktypes.QueryParamsRequest) (*banktypes.QueryParamsResponse, error) {
	return &banktypes.QueryParamsResponse{Params: banktypes.Params{DefaultSendEnabled: false}}, nil
}

// SendEnabled lists no denom: the default of Params holds for all.
func (s bankQueryServer) SendEnabled(context.Context, *banktypes.QuerySendEnabledRequest) (*banktypes.QuerySendEnabledResponse, error) {
	return &banktypes.QuerySendEnabledResponse{}, nil
}

func (s bankQueryServer) DenomMetadata(ctx context.Context, req *banktypes.QueryDenomMetadataRequest) (*banktypes.QueryDenomMetadataResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	denom, err := s.keeper.denom(ctx, req.Denom)
	if err != nil {
		return nil, err
	}
	return &banktypes.QueryDenomMetadataResponse{Metadata: denom.Metadata()}, nil
}

func (s bankQueryServer) DenomMetadataByQueryString(ctx context.Context, req *banktypes.QueryDenomMetadataByQueryStringRequest) (*banktypes.QueryDenomMetadataByQueryStringResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	denom, err := s.keeper.denom(ctx, req.Denom)
	if err != nil {
		return nil, err
	}
	return &banktypes.QueryDenomMetadataByQueryStringResponse{Metadata: denom.Metadata()}, nil
}

func (s bankQueryServer) DenomsMetadata(ctx context.Context, req *banktypes.QueryDenomsMetadataRequest) (*banktypes.QueryDenomsMetadataResponse, error) {
	if req == nil {
		return nil, errEmptyRequest
	}
	rows, page, err := paging.List(ctx, s.keeper.denoms, paging.OfWallet(req.Pagination),
		func(_ string, denom types.Denom) (banktypes.Metadata, error) { return denom.Metadata(), nil })
	if err != nil {
		return nil, err
	}
	return &banktypes.QueryDenomsMetadataResponse{Metadatas: rows, Pagination: page}, nil
}

func (s bankQueryServer) DenomOwners(context.Context, *banktypes.QueryDenomOwnersRequest) (*banktypes.QueryDenomOwnersResponse, error) {
	return nil, status.Error(codes.Unimplemented, ownersAnswer)
}

func (s bankQueryServer) DenomOwnersByQuery(context.Context, *banktypes.QueryDenomOwnersByQueryRequest) (*banktypes.QueryDenomOwnersByQueryResponse, error) {
	return nil, status.Error(codes.Unimplemented, ownersAnswer)
}

func (s bankQueryServer) coin(
	ctx context.Context, address, denom string, read func(context.Context, sdk.AccAddress, string) (math.Int, error),
) (*sdk.Coin, error) {
	account, err := s.keeper.queriedAccount(address)
	if err != nil {
		return nil, err
	}
	if err := requireDenomName(denom); err != nil {
		return nil, err
	}
	amount, err := read(ctx, account, denom)
	if err != nil {
		return nil, err
	}
	return &sdk.Coin{Denom: denom, Amount: amount}, nil
}

var errEmptyRequest = status.Error(codes.InvalidArgument, "the request is empty")

func requireDenomName(denom string) error {
	if sdk.ValidateDenom(denom) != nil {
		return status.Errorf(codes.InvalidArgument, "%.40q is not a denom", denom)
	}
	return nil
}
