package keeper_test

import (
	"slices"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

func TestMoneyMovesBetweenAccountsAndBanks(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.keeper.Post(f.ctx, issue(alice, deposit, math.NewInt(100))))
	require.NoError(t, f.keeper.Post(f.ctx, issue(bqdqR, reserve, math.NewInt(500))))
	require.NoError(t, f.keeper.Post(f.ctx, transfer(alice, bob, deposit, 30)))
	require.NoError(t, f.keeper.Post(f.ctx, interbank(bob, carol, 10)))

	require.Equal(t, "70", f.balance(t, alice, deposit))
	require.Equal(t, "20", f.balance(t, bob, deposit))
	require.Equal(t, "10", f.balance(t, carol, other))
	require.Equal(t, "490", f.balance(t, bqdqR, reserve))
	require.Equal(t, "10", f.balance(t, hzhzR, reserve))
	require.Equal(t, "90", f.supply(t, deposit))
	require.Equal(t, "10", f.supply(t, other))
	require.Equal(t, "500", f.supply(t, reserve))
	f.requireSound(t)
}

// A refused posting leaves every byte as it was. Later lines break later rules.
func TestARefusedPostingChangesNothing(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.keeper.Post(f.ctx, issue(alice, deposit, math.NewInt(100))))
	require.NoError(t, f.keeper.Post(f.ctx, issue(bqdqR, reserve, ceiling)))
	before := f.contents(t)
	f.store.reset()

	cases := []struct {
		name    string
		posting types.Posting
		want    *errorsmod.Error
	}{
		{"too many entries", types.Posting{Entries: make([]types.Entry, types.MaxEntries+1)}, types.ErrTooManyEntries},
		{"an entry without account", transfer(nil, bob, deposit, 1), types.ErrInvalidEntry},
		{"an entry above the ceiling", issue(alice, deposit, ceiling.AddRaw(1)), types.ErrAmountOverflow},
		{"unbalanced, in an unknown denom", types.Posting{Entries: []types.Entry{entry(alice, "XXXX/CNY", 1)}}, types.ErrUnbalancedPosting},
		{"an unknown denom, without cover", transfer(alice, bob, "XXXX/CNY", 1), types.ErrUnknownDenom},
		{"an unknown denom that cancels out", types.Posting{Entries: []types.Entry{entry(alice, "XXXX/CNY", 0)}}, types.ErrUnknownDenom},
		{"an unknown denom whose supply cancels out", types.Posting{Supply: []types.SupplyChange{{Denom: "XXXX/CNY", Delta: math.ZeroInt()}}}, types.ErrUnknownDenom},
		{"the last of many debits without cover", types.Posting{Entries: []types.Entry{
			entry(alice, deposit, -100), entry(carol, deposit, -1), entry(bob, deposit, 101),
		}}, types.ErrInsufficientBalance},
		{"a redemption beyond the balance", issue(alice, deposit, math.NewInt(-101)), types.ErrInsufficientBalance},
		{"reserves that are short between banks", with(interbank(alice, carol, 1), transfer(hzhzR, alice, reserve, 2)), types.ErrInsufficientBalance},
		{"a supply above the ceiling", issue(alice, reserve, math.OneInt()), types.ErrAmountOverflow},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := f.keeper.Post(f.ctx, c.posting)
			require.ErrorIs(t, err, c.want)
			codespace, code, _ := errorsmod.ABCIInfo(err, false)
			require.Equal(t, types.ModuleName, codespace)
			require.Equal(t, c.want.ABCICode(), code)
			require.Equal(t, before, f.contents(t))
		})
	}
	require.Zero(t, f.store.sets+f.store.removals)
}

func TestAShortfallNamesTheAccountInTheNetworksForm(t *testing.T) {
	f := newFixture(t)
	err := f.keeper.Post(f.ctx, transfer(alice, bob, deposit, 5))
	var shortfall *types.Shortfall
	require.ErrorAs(t, err, &shortfall)
	require.Equal(t, alice, shortfall.Account)
	require.EqualError(t, err, "account "+text(t, alice)+": BQDQ/CNY: available 0, needed 5: balance is too small")
}

func TestPostingsCostOneWritePerChangedRecord(t *testing.T) {
	const manyPayees = 1_000
	payees := make([]sdk.AccAddress, manyPayees)
	for i := range payees {
		payees[i] = sdk.AccAddress{byte(i), byte(i >> 8), 7}
	}
	payroll := types.Posting{}
	for i := range 2 * manyPayees {
		payroll.Entries = append(payroll.Entries, transfer(alice, payees[i%manyPayees], deposit, 1).Entries...)
	}
	circle := types.Posting{Entries: slices.Concat(
		transfer(alice, bob, deposit, 5).Entries, transfer(bob, carol, deposit, 5).Entries, transfer(carol, alice, deposit, 5).Entries)}

	cases := []struct {
		name                  string
		posting               types.Posting
		reads, sets, removals int // reads: the denoms, then each changed record
	}{
		{"a transfer: 2 balances", transfer(alice, bob, deposit, 1), 1 + 2, 2, 0},
		{"between banks: 2 balances, 2 reserves, 2 supplies", interbank(alice, carol, 1), 3 + 6, 6, 0},
		{"an issue: 1 balance, 1 supply", issue(alice, deposit, math.NewInt(1)), 1 + 2, 2, 0},
		{"2,000 transfers to 1,000 payees: 1,001 balances", payroll, 1 + manyPayees + 1, manyPayees + 1, 0},
		{"a circle that cancels out", circle, 1, 0, 0},
		{"a debit to zero deletes", transfer(hzhzR, alice, other, 10), 1 + 2, 1, 1},
		{"nothing", types.Posting{}, 0, 0, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			require.NoError(t, f.keeper.Post(f.ctx, issue(alice, deposit, math.NewInt(10_000))))
			require.NoError(t, f.keeper.Post(f.ctx, issue(bqdqR, reserve, math.NewInt(10_000))))
			require.NoError(t, f.keeper.Post(f.ctx, issue(hzhzR, other, math.NewInt(10))))
			f.store.reset()
			require.NoError(t, f.keeper.Post(f.ctx, c.posting))
			require.Equal(t, c.reads, f.store.reads, "reads")
			require.Equal(t, c.sets, f.store.sets, "sets")
			require.Equal(t, c.removals, f.store.removals, "removals")
			f.requireSound(t)
		})
	}
}

func TestAnEmptiedLedgerHoldsOnlyItsDenoms(t *testing.T) {
	f := newFixture(t)
	before := f.contents(t)
	require.NoError(t, f.keeper.Post(f.ctx, issue(alice, deposit, math.NewInt(10))))
	require.NoError(t, f.keeper.Post(f.ctx, transfer(alice, bob, deposit, 10)))
	require.NoError(t, f.keeper.Post(f.ctx, issue(bob, deposit, math.NewInt(-10))))
	require.Equal(t, before, f.contents(t))
}

func TestADenomIsRegisteredOnceWithOneMeaning(t *testing.T) {
	f := newFixture(t)
	known := types.Denom{Denom: deposit, Exponent: 2, Currency: "CNY"}
	f.store.reset()
	require.NoError(t, f.keeper.RegisterDenom(f.ctx, known))
	require.Zero(t, f.store.sets, "the same again writes nothing")

	finer := known
	finer.Exponent = 3
	require.ErrorIs(t, f.keeper.RegisterDenom(f.ctx, finer), types.ErrDenomConflict)
	foreign := known
	foreign.Currency = "USD"
	require.ErrorIs(t, f.keeper.RegisterDenom(f.ctx, foreign), types.ErrDenomConflict)
	require.ErrorIs(t, f.keeper.RegisterDenom(f.ctx, types.Denom{Denom: "x", Currency: "CNY"}), types.ErrInvalidDenom)
}

func with(a, b types.Posting) types.Posting {
	return types.Posting{Entries: slices.Concat(a.Entries, b.Entries), Supply: slices.Concat(a.Supply, b.Supply)}
}
