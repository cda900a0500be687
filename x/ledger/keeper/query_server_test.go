package keeper_test

import (
	"fmt"
	"strings"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/zhilian-network/zhilian/x/ledger/keeper"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

func fundedFixture(t *testing.T) fixture {
	f := newFixture(t)
	require.NoError(t, f.keeper.Post(f.ctx, issue(alice, deposit, math.NewInt(100))))
	require.NoError(t, f.keeper.Post(f.ctx, issue(alice, reserve, math.NewInt(7))))
	require.NoError(t, f.keeper.Post(f.ctx, issue(bob, deposit, math.NewInt(5))))
	return f
}

func requireCode(t *testing.T, err error, want codes.Code) {
	t.Helper()
	require.Equal(t, want, status.Code(err), "%v", err)
}

func TestTheLedgerAnswersAboutAccountsAndDenoms(t *testing.T) {
	f := fundedFixture(t)
	q := keeper.NewQueryServer(f.keeper)

	balance, err := q.Balance(f.ctx, &types.QueryBalanceRequest{Address: text(t, alice), Denom: deposit})
	require.NoError(t, err)
	require.Equal(t, "100BQDQ/CNY", balance.Balance.String())
	nothing, err := q.Balance(f.ctx, &types.QueryBalanceRequest{Address: text(t, carol), Denom: deposit})
	require.NoError(t, err)
	require.Equal(t, "0BQDQ/CNY", nothing.Balance.String())
	balances, err := q.Balances(f.ctx, &types.QueryBalancesRequest{Address: text(t, alice)})
	require.NoError(t, err)
	require.Equal(t, "100BQDQ/CNY,7reserve/CNY", sdk.Coins(balances.Balances).String())
	supply, err := q.Supply(f.ctx, &types.QuerySupplyRequest{Denom: deposit})
	require.NoError(t, err)
	require.Equal(t, "105BQDQ/CNY", supply.Supply.String())
	denoms, err := q.Denoms(f.ctx, &types.QueryDenomsRequest{})
	require.NoError(t, err)
	require.Len(t, denoms.Denoms, 3)
	require.Equal(t, other, denoms.Denoms[1].Denom.Denom)
	require.Equal(t, "0", denoms.Denoms[1].Supply.String())
}

func TestQueriesTellBalanceFromWhatIsAvailable(t *testing.T) {
	f := fundedFixture(t)
	q, wallets := keeper.NewQueryServer(f.keeper), keeper.NewBankQueryServer(f.keeper)
	account := text(t, alice)
	require.NoError(t, f.keeper.Hold(f.ctx, ref(alice, deposit, "a"), math.NewInt(60)))
	require.NoError(t, f.keeper.Hold(f.ctx, ref(alice, reserve, "b"), math.NewInt(7)))
	require.NoError(t, f.keeper.Hold(f.ctx, ref(bob, deposit, "c"), math.NewInt(1)))

	balance, err := q.Balance(f.ctx, &types.QueryBalanceRequest{Address: account, Denom: deposit})
	require.NoError(t, err)
	require.Equal(t, "100BQDQ/CNY", balance.Balance.String())
	require.Equal(t, "40BQDQ/CNY", balance.Available.String())
	balances, err := q.Balances(f.ctx, &types.QueryBalancesRequest{Address: account})
	require.NoError(t, err)
	require.Equal(t, "100BQDQ/CNY,7reserve/CNY", sdk.Coins(balances.Balances).String())
	require.Equal(t, "40BQDQ/CNY,0reserve/CNY", sdk.Coins(balances.Available).String())
	holds, err := q.Holds(f.ctx, &types.QueryHoldsRequest{Address: account})
	require.NoError(t, err)
	require.Equal(t, []types.AccountHold{
		{Address: account, Denom: deposit, Module: "m", Id: "a", Amount: math.NewInt(60)},
		{Address: account, Denom: reserve, Module: "m", Id: "b", Amount: math.NewInt(7)},
	}, holds.Holds)
	_, err = q.Holds(f.ctx, nil)
	requireCode(t, err, codes.InvalidArgument)

	all, err := wallets.AllBalances(f.ctx, &banktypes.QueryAllBalancesRequest{Address: account})
	require.NoError(t, err)
	require.Equal(t, "100BQDQ/CNY,7reserve/CNY", all.Balances.String())
	spendable, err := wallets.SpendableBalances(f.ctx, &banktypes.QuerySpendableBalancesRequest{Address: account})
	require.NoError(t, err)
	require.Equal(t, "40BQDQ/CNY,0reserve/CNY", spendable.Balances.String())
	one, err := wallets.SpendableBalanceByDenom(f.ctx, &banktypes.QuerySpendableBalanceByDenomRequest{Address: account, Denom: deposit})
	require.NoError(t, err)
	require.Equal(t, "40BQDQ/CNY", one.Balance.String())
}

func TestWrongQuestionsGetACodeAndNoPanic(t *testing.T) {
	f := fundedFixture(t)
	q := keeper.NewQueryServer(f.keeper)
	account := text(t, alice)

	_, err := q.Balance(f.ctx, nil)
	requireCode(t, err, codes.InvalidArgument)
	_, err = q.Balance(f.ctx, &types.QueryBalanceRequest{Address: "cosmos1nothere", Denom: deposit})
	requireCode(t, err, codes.InvalidArgument)
	_, err = q.Balance(f.ctx, &types.QueryBalanceRequest{Address: account, Denom: "XXXX/CNY"})
	requireCode(t, err, codes.NotFound)
	_, err = q.Balances(f.ctx, nil)
	requireCode(t, err, codes.InvalidArgument)
	_, err = q.Balances(f.ctx, &types.QueryBalancesRequest{Address: account, Pagination: &query.PageRequest{Key: []byte("x"), Offset: 1}})
	requireCode(t, err, codes.InvalidArgument)
	_, err = q.Supply(f.ctx, nil)
	requireCode(t, err, codes.NotFound)
	_, err = q.Denoms(f.ctx, nil)
	require.NoError(t, err)
}

func TestAPageHas200RowsAtMostAndTheNextGoesOn(t *testing.T) {
	f := newFixture(t)
	for i := range 250 {
		denom := types.Denom{Denom: fmt.Sprintf("B%03d/CNY", i), Exponent: 2, Currency: "CNY"}
		require.NoError(t, f.keeper.RegisterDenom(f.ctx, denom))
		require.NoError(t, f.keeper.Post(f.ctx, issue(alice, denom.Denom, math.OneInt())))
	}
	q := keeper.NewQueryServer(f.keeper)
	_, err := q.Balances(f.ctx, &types.QueryBalancesRequest{Address: text(t, alice), Pagination: &query.PageRequest{Limit: 201}})
	requireCode(t, err, codes.InvalidArgument)
	first, err := q.Balances(f.ctx, &types.QueryBalancesRequest{Address: text(t, alice), Pagination: &query.PageRequest{Limit: 200}})
	require.NoError(t, err)
	require.Len(t, first.Balances, 200)
	second, err := q.Balances(f.ctx, &types.QueryBalancesRequest{Address: text(t, alice), Pagination: &query.PageRequest{Key: first.Pagination.NextKey}})
	require.NoError(t, err)
	require.Len(t, second.Balances, 50)
	require.Equal(t, "B249/CNY", second.Balances[49].Denom)

	wallet, err := keeper.NewBankQueryServer(f.keeper).AllBalances(f.ctx, &banktypes.QueryAllBalancesRequest{
		Address: text(t, alice), Pagination: &query.PageRequest{Limit: 1000},
	})
	require.NoError(t, err, "wallets ask for 1,000 rows")
	require.Len(t, wallet.Balances, 250)
	denoms, err := q.Denoms(f.ctx, &types.QueryDenomsRequest{})
	require.NoError(t, err)
	require.Len(t, denoms.Denoms, 200)
	supplies, err := keeper.NewBankQueryServer(f.keeper).TotalSupply(f.ctx, &banktypes.QueryTotalSupplyRequest{})
	require.NoError(t, err)
	require.Len(t, supplies.Supply, 200)
	require.Zero(t, supplies.Pagination.Total, "nobody asked to count")
}

func TestWalletsReadTheLedgerAsABank(t *testing.T) {
	f := fundedFixture(t)
	q := keeper.NewBankQueryServer(f.keeper)
	account := text(t, alice)

	balance, err := q.Balance(f.ctx, banktypes.NewQueryBalanceRequest(alice, deposit))
	requireCode(t, err, codes.InvalidArgument) // that constructor writes the global prefix
	require.Nil(t, balance)
	balance, err = q.Balance(f.ctx, &banktypes.QueryBalanceRequest{Address: account, Denom: deposit})
	require.NoError(t, err)
	require.Equal(t, "100BQDQ/CNY", balance.Balance.String())
	unknown, err := q.Balance(f.ctx, &banktypes.QueryBalanceRequest{Address: account, Denom: "uatom"})
	require.NoError(t, err)
	require.Equal(t, "0uatom", unknown.Balance.String())
	all, err := q.AllBalances(f.ctx, &banktypes.QueryAllBalancesRequest{Address: account})
	require.NoError(t, err)
	require.Equal(t, "100BQDQ/CNY,7reserve/CNY", all.Balances.String())
	spendable, err := q.SpendableBalances(f.ctx, &banktypes.QuerySpendableBalancesRequest{Address: account})
	require.NoError(t, err)
	require.Equal(t, all.Balances, spendable.Balances)
	one, err := q.SpendableBalanceByDenom(f.ctx, &banktypes.QuerySpendableBalanceByDenomRequest{Address: account, Denom: reserve})
	require.NoError(t, err)
	require.Equal(t, "7reserve/CNY", one.Balance.String())
	total, err := q.TotalSupply(f.ctx, &banktypes.QueryTotalSupplyRequest{})
	require.NoError(t, err)
	require.Equal(t, "105BQDQ/CNY,7reserve/CNY", total.Supply.String())
	supply, err := q.SupplyOf(f.ctx, &banktypes.QuerySupplyOfRequest{Denom: deposit})
	require.NoError(t, err)
	require.Equal(t, "105BQDQ/CNY", supply.Amount.String())
	params, err := q.Params(f.ctx, &banktypes.QueryParamsRequest{})
	require.NoError(t, err)
	require.False(t, params.Params.DefaultSendEnabled, "MsgSend does not exist here")
	sends, err := q.SendEnabled(f.ctx, &banktypes.QuerySendEnabledRequest{})
	require.NoError(t, err)
	require.Empty(t, sends.SendEnabled)
}

func TestBankQueriesThatTheLedgerDoesNotServeSaySo(t *testing.T) {
	f := fundedFixture(t)
	q := keeper.NewBankQueryServer(f.keeper)

	_, err := q.DenomOwners(f.ctx, &banktypes.QueryDenomOwnersRequest{Denom: deposit})
	requireCode(t, err, codes.Unimplemented)
	require.ErrorContains(t, err, "an index by denom would cost every payment a write")
	_, err = q.DenomOwnersByQuery(f.ctx, &banktypes.QueryDenomOwnersByQueryRequest{Denom: deposit})
	requireCode(t, err, codes.Unimplemented)
	_, err = q.AllBalances(f.ctx, &banktypes.QueryAllBalancesRequest{Address: text(t, alice), ResolveDenom: true})
	requireCode(t, err, codes.InvalidArgument)
	for _, denom := range []string{"", "1", strings.Repeat("x", 200)} {
		_, err = q.Balance(f.ctx, &banktypes.QueryBalanceRequest{Address: text(t, alice), Denom: denom})
		requireCode(t, err, codes.InvalidArgument)
		_, err = q.SupplyOf(f.ctx, &banktypes.QuerySupplyOfRequest{Denom: denom})
		requireCode(t, err, codes.InvalidArgument)
	}
	_, err = q.DenomMetadata(f.ctx, &banktypes.QueryDenomMetadataRequest{Denom: "XXXX/CNY"})
	requireCode(t, err, codes.NotFound)
}

func TestWalletsLearnHowToShowADenom(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.keeper.RegisterDenom(f.ctx, types.Denom{Denom: "BQDQ/JPY", Exponent: 0, Currency: "JPY"}))
	q := keeper.NewBankQueryServer(f.keeper)

	list, err := q.DenomsMetadata(f.ctx, &banktypes.QueryDenomsMetadataRequest{})
	require.NoError(t, err)
	require.Len(t, list.Metadatas, 4)
	for _, metadata := range list.Metadatas {
		require.NoError(t, metadata.Validate())
		alone, err := q.DenomMetadata(f.ctx, &banktypes.QueryDenomMetadataRequest{Denom: metadata.Base})
		require.NoError(t, err)
		require.Equal(t, metadata, alone.Metadata)
		byQuery, err := q.DenomMetadataByQueryString(f.ctx, &banktypes.QueryDenomMetadataByQueryStringRequest{Denom: metadata.Base})
		require.NoError(t, err)
		require.Equal(t, metadata, byQuery.Metadata)
	}
	yuan, yen := list.Metadatas[0], list.Metadatas[1]
	require.Equal(t, "CNY", yuan.Display)
	require.Equal(t, uint32(2), yuan.DenomUnits[1].Exponent)
	require.Equal(t, "BQDQ/JPY", yen.Display, "a currency without decimals is shown in its base unit")
}

func TestBankQueriesWithoutARequestAreRefused(t *testing.T) {
	f := newFixture(t)
	q := keeper.NewBankQueryServer(f.keeper)
	refusals := map[string]func() error{
		"Balance":                    func() error { _, err := q.Balance(f.ctx, nil); return err },
		"AllBalances":                func() error { _, err := q.AllBalances(f.ctx, nil); return err },
		"SpendableBalances":          func() error { _, err := q.SpendableBalances(f.ctx, nil); return err },
		"SpendableBalanceByDenom":    func() error { _, err := q.SpendableBalanceByDenom(f.ctx, nil); return err },
		"TotalSupply":                func() error { _, err := q.TotalSupply(f.ctx, nil); return err },
		"SupplyOf":                   func() error { _, err := q.SupplyOf(f.ctx, nil); return err },
		"DenomMetadata":              func() error { _, err := q.DenomMetadata(f.ctx, nil); return err },
		"DenomMetadataByQueryString": func() error { _, err := q.DenomMetadataByQueryString(f.ctx, nil); return err },
		"DenomsMetadata":             func() error { _, err := q.DenomsMetadata(f.ctx, nil); return err },
	}
	for name, ask := range refusals {
		t.Run(name, func(t *testing.T) { requireCode(t, ask(), codes.InvalidArgument) })
	}
}
