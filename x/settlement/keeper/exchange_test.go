package keeper_test

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

const receivable = "receivable/7d1f0e"

// withReceivable gives a party an asset, as the module would that issues it.
func (f *fixture) withReceivable(party string, amount int64) {
	f.must(nil, f.ledger.RegisterDenom(f.ctx, ledgertypes.Denom{Denom: receivable, Exponent: 2, Currency: "CNY"}))
	delta := math.NewInt(amount)
	f.must(nil, f.ledger.Post(f.ctx, ledgertypes.Posting{
		Entries: []ledgertypes.Entry{{Account: types.AccountAddress(party, 0), Denom: receivable, Delta: delta}},
		Supply:  []ledgertypes.SupplyChange{{Denom: receivable, Delta: delta}},
	}))
}

func (f *fixture) asset(party string) int64 {
	amount, err := f.ledger.Balance(f.ctx, types.AccountAddress(party, 0), receivable)
	require.NoError(f.t, err)
	return amount.Int64()
}

// delivery is acme's receivable against money of carol, who is at another bank.
func delivery(assets, fen int64) [2]types.Leg {
	return [2]types.Leg{
		{Payer: account("acme"), Payee: account("carol"), Denom: receivable, Amount: math.NewInt(assets)},
		{Payer: account("carol"), Payee: account("acme"), Denom: "HXNB/CNY", Amount: math.NewInt(fen), EndToEndDigest: digest("purchase")},
	}
}

func TestAReceivableIsDeliveredAgainstMoneyOfAnotherBank(t *testing.T) {
	f := newFixture(t)
	f.withReceivable("acme", 500)
	uetrs, err := f.keeper.Exchange(f.ctx, "", delivery(200, 190))
	require.NoError(t, err)
	require.Equal(t, [2]string{"", uetrOf("carol", "purchase")}, uetrs)
	require.Equal(t, int64(300), f.asset("acme"))
	require.Equal(t, int64(200), f.asset("carol"))
	require.Equal(t, int64(1_190), f.balance("acme"))
	require.Equal(t, int64(810), f.balance("carol"))
	reserves, err := f.query.Reserves(f.ctx, &types.QueryReservesRequest{InstitutionId: "BQDQ"})
	require.NoError(t, err)
	require.Equal(t, "1190", reserves.Reserves[0].Reserves.String(), "reserves move with the money")
	require.Equal(t, 1, f.events("EventExchangeSettled"))
	require.Equal(t, 1, f.events("EventPaymentSettled"))
	f.soundBooks()
	f.next(time.Second)
	require.EqualValues(t, 1, f.export().PaymentLog.Size_, "the leg in money is logged as a payment")
	_, err = f.keeper.Exchange(f.ctx, "", delivery(200, 190))
	require.ErrorIs(t, err, types.ErrDuplicateEndToEnd, "a repetition moves no asset either")
	require.Equal(t, int64(300), f.asset("acme"))
}

func TestALegMaySpendWhatItsModuleHolds(t *testing.T) {
	f := newFixture(t)
	f.withReceivable("acme", 200)
	assets := ledgertypes.HoldKey{Account: types.AccountAddress("acme", 0), Denom: receivable, Module: "financing", ID: "offer-1"}
	money := ledgertypes.HoldKey{Account: types.AccountAddress("carol", 0), Denom: "HXNB/CNY", Module: "financing", ID: "offer-1"}
	require.NoError(t, f.ledger.Hold(f.ctx, assets, math.NewInt(200)))
	require.NoError(t, f.ledger.Hold(f.ctx, money, math.NewInt(1_000)))
	_, err := f.keeper.Exchange(f.ctx, "", delivery(200, 1_000))
	require.ErrorIs(t, err, types.ErrInsufficientBalance, "what is held is not available")
	legs := delivery(200, 1_000)
	legs[0].Hold = &ledgertypes.Capture{Hold: assets, Amount: math.NewInt(200)}
	legs[1].Hold = &ledgertypes.Capture{Hold: money, Amount: math.NewInt(1_000)}
	f.must(f.keeper.Exchange(f.ctx, "", legs))
	require.Equal(t, int64(200), f.asset("carol"))
	require.Zero(t, f.balance("carol"))
	require.Empty(t, f.ledger.holds)
	f.soundBooks()
}

func TestMoneyIsPaidAgainstMoney(t *testing.T) {
	f := newFixture(t)
	f.must(f.msg.OpenAccount(f.ctx, &types.MsgOpenAccount{Operator: signer("hxnb"), PartyId: "carol", Currencies: []string{"CNY", "EUR"}}))
	f.must(f.msg.OpenAccount(f.ctx, &types.MsgOpenAccount{Operator: signer("bqdq"), PartyId: "acme", Currencies: []string{"CNY", "EUR"}}))
	acme, carol := mustText(types.AccountAddress("acme", 1)), mustText(types.AccountAddress("carol", 1))
	f.must(f.msg.IssueReserve(f.ctx, &types.MsgIssueReserve{Operator: signer("central"), InstitutionId: "HXNB", Currency: "EUR", Amount: math.NewInt(50)}))
	f.must(f.msg.IssueDeposit(f.ctx, &types.MsgIssueDeposit{Operator: signer("bqdq"), Account: acme, Currency: "CNY", Amount: math.NewInt(400)}))
	f.must(f.msg.IssueDeposit(f.ctx, &types.MsgIssueDeposit{Operator: signer("hxnb"), Account: carol, Currency: "EUR", Amount: math.NewInt(50)}))
	uetrs, err := f.keeper.Exchange(f.ctx, "", [2]types.Leg{
		{Payer: acme, Payee: carol, Denom: "BQDQ/CNY", Amount: math.NewInt(390), EndToEndDigest: digest("yuan")},
		{Payer: carol, Payee: acme, Denom: "HXNB/EUR", Amount: math.NewInt(50), EndToEndDigest: digest("euro")},
	})
	require.NoError(t, err)
	require.NotEqual(t, uetrs[0], uetrs[1])
	require.Equal(t, 2, f.events("EventPaymentSettled"))
	f.soundBooks()
}

func TestARefusedExchangeMovesNeitherLeg(t *testing.T) {
	f := newFixture(t)
	f.withReceivable("acme", 200)
	with := func(change func(*[2]types.Leg)) [2]types.Leg {
		legs := delivery(200, 190)
		change(&legs)
		return legs
	}
	for _, c := range []struct {
		name string
		legs [2]types.Leg
		want *errorsmod.Error
	}{
		{"more of the asset than there is", delivery(201, 190), ledgertypes.ErrInsufficientBalance},
		{"more money than there is", delivery(200, 1_001), types.ErrInsufficientBalance},
		{"nothing for the money", delivery(0, 190), types.ErrAmountZero},
		{"no name for the payment", with(func(l *[2]types.Leg) { l[1].EndToEndDigest = nil }), types.ErrDigestInvalid},
		{"to a third account", with(func(l *[2]types.Leg) { l[1].Payee = account("bob") }), types.ErrLegsInvalid},
		{"to an account that nobody knows", with(func(l *[2]types.Leg) { l[0].Payee = account("nobody") }), types.ErrCreditorUnknown},
		{"the same thing both ways", with(func(l *[2]types.Leg) { l[1].Denom = receivable }), types.ErrLegsInvalid},
		{"the same currency both ways", with(func(l *[2]types.Leg) { l[0].Denom = "BQDQ/CNY" }), types.ErrLegsInvalid},
		{"money of a bank that is not the payer's", with(func(l *[2]types.Leg) { l[1].Denom = "BQDQ/CNY" }), types.ErrLegsInvalid},
		{"reserves", with(func(l *[2]types.Leg) { l[1].Denom = "reserve/CNY" }), types.ErrLegsInvalid},
		{"an asset that does not exist", with(func(l *[2]types.Leg) { l[0].Denom = "receivable/none" }), ledgertypes.ErrUnknownDenom},
	} {
		before, balances := f.export(), maps.Clone(f.ledger.balances)
		_, err := f.keeper.Exchange(f.ctx, "", c.legs)
		require.ErrorIs(t, err, c.want, c.name)
		require.Equal(t, before, f.export(), c.name)
		require.Equal(t, balances, f.ledger.balances, c.name)
	}
	f.setStatus("carol", types.AccountBlocked)
	_, err := f.keeper.Exchange(f.ctx, "", delivery(200, 190))
	require.ErrorIs(t, err, types.ErrAccountBlocked)
}
