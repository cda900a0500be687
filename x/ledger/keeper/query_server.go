package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/internal/paging"
	"github.com/zhilian-network/zhilian/x/ledger/domain"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// MaxPageRows is the most rows that a list answers with.
const MaxPageRows = paging.RowsMax

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
	balance, err := s.keeper.balance(ctx, account, req.Denom)
	if err != nil {
		return nil, err
	}
	return &types.QueryBalanceResponse{
		Balance:   sdk.Coin{Denom: req.Denom, Amount: balance.Amount},
		Available: sdk.Coin{Denom: req.Denom, Amount: balance.Available()},
	}, nil
}

func (s queryServer) Balances(ctx context.Context, req *types.QueryBalancesRequest) (*types.QueryBalancesResponse, error) {
	rows, page, err := s.keeper.balancesPage(ctx, req.GetAddress(), paging.Of(req.GetPagination()))
	if err != nil {
		return nil, err
	}
	return &types.QueryBalancesResponse{Balances: rows.coins(), Available: rows.available(), Pagination: page}, nil
}

func (s queryServer) Holds(ctx context.Context, req *types.QueryHoldsRequest) (*types.QueryHoldsResponse, error) {
	account, err := s.keeper.queriedAccount(req.GetAddress())
	if err != nil {
		return nil, err
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.holds, collections.QuadPrefix[[]byte, string, string, string](account),
		paging.Of(req.GetPagination()), s.keeper.exportHold)
	if err != nil {
		return nil, err
	}
	return &types.QueryHoldsResponse{Holds: rows, Pagination: page}, nil
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
	rows, page, err := paging.List(ctx, s.keeper.denoms, paging.Of(req.GetPagination()),
		func(name string, denom types.Denom) (types.DenomSupply, error) {
			supply, err := s.keeper.Supply(ctx, name)
			return types.DenomSupply{Denom: denom, Supply: supply}, err
		})
	if err != nil {
		return nil, err
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

// balanceRows are what an account holds, by denom.
type balanceRows []balanceRow

type balanceRow struct {
	denom   string
	balance domain.Balance
}

func (r balanceRows) coins() sdk.Coins {
	return r.read(func(b domain.Balance) math.Int { return b.Amount })
}

// available has a row for each balance, also where nothing is available.
func (r balanceRows) available() sdk.Coins { return r.read(domain.Balance.Available) }

func (r balanceRows) read(amount func(domain.Balance) math.Int) sdk.Coins {
	coins := make(sdk.Coins, len(r))
	for i, row := range r {
		coins[i] = sdk.Coin{Denom: row.denom, Amount: amount(row.balance)}
	}
	return coins
}

// balancesPage lists what an account holds, by denom; both query services show it.
func (k *Keeper) balancesPage(ctx context.Context, address string, page paging.Page) (balanceRows, *query.PageResponse, error) {
	account, err := k.queriedAccount(address)
	if err != nil {
		return nil, nil, err
	}
	return paging.ListBelow(ctx, k.balances, collections.PairPrefix[[]byte, string](account), page,
		func(key balanceKey, stored types.Balance) (balanceRow, error) {
			return balanceRow{key.K2(), domain.Balance{Amount: stored.Amount, Held: stored.HeldAmount()}}, nil
		})
}

// suppliesPage lists how much of each denom exists, by denom.
func (k *Keeper) suppliesPage(ctx context.Context, page paging.Page) (sdk.Coins, *query.PageResponse, error) {
	return paging.List(ctx, k.supplies, page, func(denom string, supply math.Int) (sdk.Coin, error) {
		return sdk.Coin{Denom: denom, Amount: supply}, nil
	})
}
