package domain_test

import (
	"errors"
	"math/big"
	"slices"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/ledger/domain"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// ceiling is 2^128-1.
var ceiling = math.NewIntFromBigInt(new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1)))

// balances are balances of which nothing is held.
func balances(values ...math.Int) []domain.Balance {
	all := make([]domain.Balance, len(values))
	for i, v := range values {
		all[i] = domain.Balance{Amount: v, Held: math.ZeroInt()}
	}
	return all
}

func amounts(values ...int64) []math.Int {
	all := make([]math.Int, len(values))
	for i, v := range values {
		all[i] = math.NewInt(v)
	}
	return all
}

// Each posting breaks the rule of its line and, where it can, rules of later lines: the earlier
// line must be the reason given, in any order of entries.
func TestPostingsAreRefusedInOrderOfPrecedence(t *testing.T) {
	var nothing math.Int
	above := ceiling.AddRaw(1)
	tooLong := slices.Repeat([]types.Entry{{}}, types.MaxEntries+1)
	cases := []struct {
		name    string
		posting types.Posting
		want    *errorsmod.Error
	}{
		{
			"more entries than the bound, all of them malformed",
			types.Posting{Entries: tooLong},
			types.ErrTooManyEntries,
		},
		{
			"more supply changes than the bound, all of them malformed",
			types.Posting{Supply: slices.Repeat([]types.SupplyChange{{}}, types.MaxSupplyChanges+1)},
			types.ErrTooManyEntries,
		},
		{
			"no account, and another entry too great, and unbalanced",
			types.Posting{Entries: []types.Entry{{Account: bob, Denom: deposit, Delta: above}, entry(nil, deposit, 1)}},
			types.ErrInvalidEntry,
		},
		{
			"an account longer than an address",
			types.Posting{Entries: []types.Entry{entry(make(sdk.AccAddress, types.MaxAccountBytes+1), deposit, 0)}},
			types.ErrInvalidEntry,
		},
		{
			"no denom",
			types.Posting{Entries: []types.Entry{{Account: bob, Denom: deposit, Delta: above}, entry(alice, "", 1)}},
			types.ErrInvalidEntry,
		},
		{
			"no amount",
			types.Posting{Entries: []types.Entry{{Account: bob, Denom: deposit, Delta: above}, {Account: alice, Denom: deposit, Delta: nothing}}},
			types.ErrInvalidEntry,
		},
		{
			"a supply change without amount",
			types.Posting{Entries: []types.Entry{{Account: bob, Denom: deposit, Delta: above}}, Supply: []types.SupplyChange{{Denom: deposit}}},
			types.ErrInvalidEntry,
		},
		{
			"a supply change without denom",
			types.Posting{Supply: []types.SupplyChange{supply("", 1)}},
			types.ErrInvalidEntry,
		},
		{
			"a credit above 2^128-1, unbalanced",
			types.Posting{Entries: []types.Entry{entry(alice, deposit, 1), {Account: alice, Denom: deposit, Delta: above}}},
			types.ErrAmountOverflow,
		},
		{
			"a debit below -(2^128-1), unbalanced",
			types.Posting{Entries: []types.Entry{{Account: alice, Denom: deposit, Delta: above.Neg()}}},
			types.ErrAmountOverflow,
		},
		{
			"a supply change above 2^128-1",
			types.Posting{Supply: []types.SupplyChange{{Denom: deposit, Delta: above}}},
			types.ErrAmountOverflow,
		},
		{
			"a credit without a debit",
			types.Posting{Entries: []types.Entry{entry(alice, deposit, 1)}},
			types.ErrUnbalancedPosting,
		},
		{
			"balanced over all, not in each denom",
			types.Posting{Entries: []types.Entry{entry(alice, deposit, 1), entry(bob, other, -1)}},
			types.ErrUnbalancedPosting,
		},
		{
			"an issue that nobody receives",
			types.Posting{Supply: []types.SupplyChange{supply(deposit, 1)}},
			types.ErrUnbalancedPosting,
		},
		{
			"an issue that is received as another denom",
			types.Posting{Entries: []types.Entry{entry(alice, other, 1)}, Supply: []types.SupplyChange{supply(deposit, 1)}},
			types.ErrUnbalancedPosting,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := domain.Net(c.posting)
			require.ErrorIs(t, err, c.want)
			slices.Reverse(c.posting.Entries)
			slices.Reverse(c.posting.Supply)
			_, err = domain.Net(c.posting)
			require.ErrorIs(t, err, c.want)
			codespace, code, _ := errorsmod.ABCIInfo(err, false)
			require.Equal(t, types.ModuleName, codespace)
			require.Equal(t, c.want.ABCICode(), code)
		})
	}
}

func TestThePostingAtTheBoundIsAccepted(t *testing.T) {
	posting := types.Posting{
		Entries: slices.Repeat([]types.Entry{{Account: alice, Denom: deposit, Delta: ceiling}}, types.MaxEntries/2),
		Supply:  slices.Repeat([]types.SupplyChange{supply(other, 0)}, types.MaxSupplyChanges),
	}
	posting.Entries = append(posting.Entries,
		slices.Repeat([]types.Entry{{Account: bob, Denom: deposit, Delta: ceiling.Neg()}}, types.MaxEntries/2)...)
	net, err := domain.Net(posting)
	require.NoError(t, err)
	require.Len(t, net.Changes, 2)
	require.Equal(t, ceiling.MulRaw(types.MaxEntries/2).String(), net.Changes[0].Delta.String())
}

func TestAShortfallSaysWhoLacksHowMuchAndKeepsItsCode(t *testing.T) {
	net, err := domain.Net(types.Posting{Entries: []types.Entry{entry(bob, deposit, 70), entry(alice, deposit, -70)}})
	require.NoError(t, err)
	_, err = domain.Apply(net, domain.Amounts{Balances: balances(amounts(69, 0)...)})

	var shortfall *types.Shortfall
	require.True(t, errors.As(err, &shortfall))
	require.Equal(t, alice, shortfall.Account)
	require.Equal(t, deposit, shortfall.Denom)
	require.Equal(t, "69", shortfall.Available.String())
	require.Equal(t, "70", shortfall.Needed.String())
	require.ErrorIs(t, err, types.ErrInsufficientBalance)
	codespace, code, text := errorsmod.ABCIInfo(err, false)
	require.Equal(t, types.ModuleName, codespace)
	require.Equal(t, types.ErrInsufficientBalance.ABCICode(), code)
	require.Equal(t, "BQDQ/CNY: available 69, needed 70: balance is too small", text)
}

func TestLackOfCoverIsTheReasonEvenWhenACreditWouldOverflow(t *testing.T) {
	net, err := domain.Net(types.Posting{Entries: []types.Entry{entry(alice, deposit, 1), entry(bob, deposit, -1)}})
	require.NoError(t, err)
	_, err = domain.Apply(net, domain.Amounts{Balances: balances(ceiling, math.ZeroInt())})
	require.ErrorIs(t, err, types.ErrInsufficientBalance)
}

func TestAmountsReachTheCeilingAndNotBeyond(t *testing.T) {
	issue := func(delta int64) domain.NetPosting {
		net, err := domain.Net(types.Posting{
			Entries: []types.Entry{entry(alice, deposit, delta)},
			Supply:  []types.SupplyChange{supply(deposit, delta)},
		})
		require.NoError(t, err)
		return net
	}
	almost := ceiling.SubRaw(1)

	after, err := domain.Apply(issue(1), domain.Amounts{Balances: balances(almost), Supplies: []math.Int{almost}})
	require.NoError(t, err)
	require.Equal(t, ceiling.String(), after.Balances[0].Amount.String())
	require.Equal(t, ceiling.String(), after.Supplies[0].String())

	_, err = domain.Apply(issue(2), domain.Amounts{Balances: balances(almost), Supplies: []math.Int{almost}})
	require.ErrorIs(t, err, types.ErrAmountOverflow)
	_, err = domain.Apply(issue(2), domain.Amounts{Balances: balances(amounts(0)...), Supplies: []math.Int{almost}})
	require.ErrorIs(t, err, types.ErrAmountOverflow, "the supply alone is over the ceiling")
	_, err = domain.Apply(issue(2), domain.Amounts{Balances: balances(almost), Supplies: amounts(0)})
	require.ErrorIs(t, err, types.ErrAmountOverflow, "the balance alone is over the ceiling")
}

func TestABrokenSupplyStopsARedemption(t *testing.T) {
	net, err := domain.Net(types.Posting{
		Entries: []types.Entry{entry(alice, deposit, -5)},
		Supply:  []types.SupplyChange{supply(deposit, -5)},
	})
	require.NoError(t, err)
	_, err = domain.Apply(net, domain.Amounts{Balances: balances(amounts(10)...), Supplies: amounts(4)})
	require.ErrorIs(t, err, types.ErrInsufficientSupply)
}

func TestApplyRefusesAmountsThatDoNotFitTheChanges(t *testing.T) {
	net, err := domain.Net(types.Posting{Entries: []types.Entry{entry(bob, deposit, 1), entry(alice, deposit, -1)}})
	require.NoError(t, err)
	_, err = domain.Apply(net, domain.Amounts{Balances: balances(amounts(1)...)})
	require.ErrorIs(t, err, types.ErrInvalidEntry)
	_, err = domain.Apply(net, domain.Amounts{Balances: balances(amounts(1, 1)...), Supplies: amounts(1)})
	require.ErrorIs(t, err, types.ErrInvalidEntry)
}
