package keeper

import (
	"context"

	"cosmossdk.io/math"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// MaxPageRows is the most rows that a list answers with.
const MaxPageRows = 200

type queryServer struct{ keeper *Keeper }

// NewQueryServer answers zhilian.ledger.v1.Query.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{k} }

func (s queryServer) Balance(ctx context.Context, req *types.QueryBalanceRequest) (*types.QueryBalanceResponse, error) {
	account, err := s.keeper.queriedAccount(req.GetAddress())
	if err != nil {
		return nil, err
	}
	if _, err := s.keeper.denom(ctx, req.GetDenom()); err != nil {
		return nil, err
	}
	amount, err := s.keeper.Balance(ctx, account, req.Denom)
	if err != nil {
		return nil, err
	}
	return &types.QueryBalanceResponse{Balance: sdk.Coin{Denom: req.Denom, Amount: amount}}, nil
}

func (s queryServer) Balances(ctx context.Context, req *types.QueryBalancesRequest) (*types.QueryBalancesResponse, error) {
	coins, page, err := s.keeper.balancesPage(ctx, req.GetAddress(), req.GetPagination())
	if err != nil {
		return nil, err
	}
	return &types.QueryBalancesResponse{Balances: coins, Pagination: page}, nil
}

func (s queryServer) Supply(ctx context.Context, req *types.QuerySupplyRequest) (*types.QuerySupplyResponse, error) {
	if _, err := s.keeper.denom(ctx, req.GetDenom()); err != nil {
		return nil, err
	}
	supply, err := s.keeper.Supply(ctx, req.Denom)
	if err != nil {
		return nil, err
	}
	return &types.QuerySupplyResponse{Supply: sdk.Coin{Denom: req.Denom, Amount: supply}}, nil
}

func (s queryServer) Denoms(ctx context.Context, req *types.QueryDenomsRequest) (*types.QueryDenomsResponse, error) {
	rows, page, err := query.CollectionPaginate(ctx, s.keeper.denoms, boundedPage(req.GetPagination()),
		func(name string, denom types.Denom) (types.DenomSupply, error) {
			supply, err := s.keeper.Supply(ctx, name)
			return types.DenomSupply{Denom: denom, Supply: supply}, err
		})
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return &types.QueryDenomsResponse{Denoms: rows, Pagination: page}, nil
}

// queriedAccount decodes the address of a query.
func (k *Keeper) queriedAccount(text string) (sdk.AccAddress, error) {
	account, err := k.addresses.StringToBytes(text)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "address %.100q: %s", text, err)
	}
	return account, nil
}

// balancesPage lists what an account holds, by denom; both query services show it.
func (k *Keeper) balancesPage(ctx context.Context, address string, page *query.PageRequest) (sdk.Coins, *query.PageResponse, error) {
	account, err := k.queriedAccount(address)
	if err != nil {
		return nil, nil, err
	}
	coins, next, err := query.CollectionPaginate(ctx, k.balances, boundedPage(page),
		func(key balanceKey, balance types.Balance) (sdk.Coin, error) {
			return sdk.Coin{Denom: key.K2(), Amount: balance.Amount}, nil
		}, query.WithCollectionPaginationPairPrefix[[]byte, string](account))
	if err != nil {
		return nil, nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return coins, next, nil
}

// suppliesPage lists how much of each denom exists, by denom.
func (k *Keeper) suppliesPage(ctx context.Context, page *query.PageRequest) (sdk.Coins, *query.PageResponse, error) {
	coins, next, err := query.CollectionPaginate(ctx, k.supplies, boundedPage(page),
		func(denom string, supply math.Int) (sdk.Coin, error) {
			return sdk.Coin{Denom: denom, Amount: supply}, nil
		})
	if err != nil {
		return nil, nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return coins, next, nil
}

// boundedPage limits a page to MaxPageRows. It always names a limit: without one the SDK also
// counts all rows, a walk that nobody asked for.
func boundedPage(asked *query.PageRequest) *query.PageRequest {
	page := query.PageRequest{}
	if asked != nil {
		page = *asked
	}
	if page.Limit == 0 || page.Limit > MaxPageRows {
		page.Limit = MaxPageRows
	}
	return &page
}
