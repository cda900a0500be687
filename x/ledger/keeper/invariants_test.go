package keeper_test

import (
	"context"
	"testing"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// Each case writes past the keeper, as a bug or a bad migration would.
func TestEveryBrokenRecordIsReported(t *testing.T) {
	key := func(account sdk.AccAddress, denom string) collections.Pair[[]byte, string] {
		return collections.Join([]byte(account), denom)
	}
	cases := []struct {
		name  string
		spoil func(f fixture, w rawRecords)
		want  string
	}{
		{"a balance that nobody issued", func(f fixture, w rawRecords) {
			require.NoError(t, w.balances.Set(f.ctx, key(bob, deposit), types.Balance{Amount: math.NewInt(5)}))
		}, "supply of BQDQ/CNY is 10, its balances add up to 15"},
		{"a supply that nobody holds", func(f fixture, w rawRecords) {
			require.NoError(t, w.supplies.Set(f.ctx, other, math.NewInt(5)))
		}, "supply of HZHZ/CNY is 5, its balances add up to 0"},
		{"a negative balance", func(f fixture, w rawRecords) {
			require.NoError(t, w.balances.Set(f.ctx, key(bob, deposit), types.Balance{Amount: math.NewInt(-5)}))
		}, "balance of 626F622D2D2D2D2D2D2D2D2D2D2D2D2D2D2D2D2D in BQDQ/CNY is not above zero"},
		{"a balance of zero that was not deleted", func(f fixture, w rawRecords) {
			require.NoError(t, w.balances.Set(f.ctx, key(bob, deposit), types.Balance{Amount: math.ZeroInt()}))
		}, "balance of 626F622D2D2D2D2D2D2D2D2D2D2D2D2D2D2D2D2D in BQDQ/CNY is not above zero"},
		{"a balance above the ceiling", func(f fixture, w rawRecords) {
			require.NoError(t, w.balances.Set(f.ctx, key(bob, deposit), types.Balance{Amount: ceiling.AddRaw(1)}))
		}, "balance of 626F622D2D2D2D2D2D2D2D2D2D2D2D2D2D2D2D2D in BQDQ/CNY is above 2^128-1"},
		{"a balance in an unregistered denom", func(f fixture, w rawRecords) {
			require.NoError(t, w.balances.Set(f.ctx, key(bob, "XXXX/CNY"), types.Balance{Amount: math.OneInt()}))
		}, "balance of 626F622D2D2D2D2D2D2D2D2D2D2D2D2D2D2D2D2D in XXXX/CNY: denom is not registered"},
		{"a supply of an unregistered denom", func(f fixture, w rawRecords) {
			require.NoError(t, w.supplies.Set(f.ctx, "XXXX/CNY", math.OneInt()))
		}, "supply of XXXX/CNY: denom is not registered"},
		{"a balance that says more is held than its holds", func(f fixture, w rawRecords) {
			held := math.NewInt(4)
			require.NoError(t, w.balances.Set(f.ctx, key(alice, deposit), types.Balance{Amount: math.NewInt(10), Held: &held}))
		}, "balance of 616C6963652D2D2D2D2D2D2D2D2D2D2D2D2D2D2D in BQDQ/CNY: 4 are held, its holds add up to 0"},
		{"a balance of which more is held than it has", func(f fixture, w rawRecords) {
			held := math.NewInt(11)
			require.NoError(t, w.balances.Set(f.ctx, key(alice, deposit), types.Balance{Amount: math.NewInt(10), Held: &held}))
		}, "balance of 616C6963652D2D2D2D2D2D2D2D2D2D2D2D2D2D2D in BQDQ/CNY: 11 are held of 10"},
		{"a balance that writes down that nothing is held", func(f fixture, w rawRecords) {
			held := math.ZeroInt()
			require.NoError(t, w.balances.Set(f.ctx, key(alice, deposit), types.Balance{Amount: math.NewInt(10), Held: &held}))
		}, "balance of 616C6963652D2D2D2D2D2D2D2D2D2D2D2D2D2D2D in BQDQ/CNY: it says that nothing is held, and should say nothing"},
		{"a hold that the balance does not know", func(f fixture, w rawRecords) {
			require.NoError(t, w.holds.Set(f.ctx, holdKey(alice, deposit, "x"), math.NewInt(3)))
		}, "balance of 616C6963652D2D2D2D2D2D2D2D2D2D2D2D2D2D2D in BQDQ/CNY: 0 are held, its holds add up to 3"},
		{"a hold before all balances", func(f fixture, w rawRecords) {
			require.NoError(t, w.holds.Set(f.ctx, holdKey(sdk.AccAddress{1}, deposit, "x"), math.NewInt(3)))
		}, "hold m x of 01 in BQDQ/CNY has no balance"},
		{"a hold behind all balances", func(f fixture, w rawRecords) {
			require.NoError(t, w.holds.Set(f.ctx, holdKey(alice, other, "x"), math.NewInt(3)))
		}, "hold m x of 616C6963652D2D2D2D2D2D2D2D2D2D2D2D2D2D2D in HZHZ/CNY has no balance"},
		{"a hold of nothing", func(f fixture, w rawRecords) {
			require.NoError(t, w.holds.Set(f.ctx, holdKey(alice, deposit, "x"), math.ZeroInt()))
		}, "hold m x of 616C6963652D2D2D2D2D2D2D2D2D2D2D2D2D2D2D in BQDQ/CNY is not above zero"},
		{"a negative supply", func(f fixture, w rawRecords) {
			require.NoError(t, w.supplies.Set(f.ctx, other, math.NewInt(-1)))
		}, "supply of HZHZ/CNY is not above zero"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			require.NoError(t, f.keeper.Post(f.ctx, issue(alice, deposit, math.NewInt(10))))
			f.requireSound(t)
			c.spoil(f, newRawRecords(f))
			violations, err := f.keeper.CheckInvariants(f.ctx)
			require.NoError(t, err)
			require.Contains(t, violations, c.want)
		})
	}
}

func TestTheReportOfViolationsIsBounded(t *testing.T) {
	f := newFixture(t)
	w := newRawRecords(f)
	for i := range 300 {
		account := []byte{byte(i), byte(i >> 8)}
		require.NoError(t, w.balances.Set(f.ctx, collections.Join(account, deposit), types.Balance{Amount: math.ZeroInt()}))
	}
	violations, err := f.keeper.CheckInvariants(f.ctx)
	require.NoError(t, err)
	require.Len(t, violations, 100)
}

type rawRecords struct {
	balances collections.Map[collections.Pair[[]byte, string], types.Balance]
	supplies collections.Map[string, math.Int]
	holds    collections.Map[rawHoldKey, math.Int]
}

type rawHoldKey = collections.Quad[[]byte, string, string, string]

func holdKey(account sdk.AccAddress, denom, id string) rawHoldKey {
	return collections.Join4([]byte(account), denom, "m", id)
}

func newRawRecords(f fixture) rawRecords {
	sb := collections.NewSchemaBuilder(f.store.inner)
	return rawRecords{
		balances: collections.NewMap(sb, types.BalancesPrefix, "balances",
			collections.PairKeyCodec(collections.BytesKey, collections.StringKey), codec.CollValue[types.Balance](f.codec)),
		supplies: collections.NewMap(sb, types.SuppliesPrefix, "supplies", collections.StringKey, sdk.IntValue),
		holds: collections.NewMap(sb, types.HoldsPrefix, "holds",
			collections.QuadKeyCodec(collections.BytesKey, collections.StringKey, collections.StringKey, collections.StringKey), sdk.IntValue),
	}
}

func TestHoldingsAreSummedBesideTheBalancesAndInTheOrderOfAddresses(t *testing.T) {
	f := newFixture(t)
	long := append(sdk.AccAddress{}, make([]byte, 32)...)
	for _, holder := range []sdk.AccAddress{carol, long, alice, bob} {
		require.NoError(t, f.keeper.Post(f.ctx, issue(holder, deposit, ceilingShare)))
	}
	require.NoError(t, f.keeper.Post(f.ctx, issue(alice, other, math.NewInt(7))))
	var asked []string
	found, held, err := f.keeper.CheckHoldings(f.ctx, func(holder []byte, denom string) (bool, error) {
		asked = append(asked, string(holder[:1])+" "+denom)
		return string(holder) == string(alice) || string(holder) == string(carol), nil
	}, func(types.HoldKey, math.Int) error { return nil })
	require.NoError(t, err)
	require.Empty(t, found)
	require.Equal(t, []string{"a BQDQ/CNY", "a HZHZ/CNY", "b BQDQ/CNY", "c BQDQ/CNY", "\x00 BQDQ/CNY"}, asked)
	require.Equal(t, ceilingShare.MulRaw(2).String(), held[deposit].String(), "words carry")
	require.Equal(t, "7", held[other].String())
	require.Equal(t, "0", held[reserve].String())
}

// ceilingShare is a quarter of the ceiling: two words, all their bits set but two.
var ceilingShare = ceiling.QuoRaw(4)

// Balances that add up to more than any amount must not wrap round to the supply.
func TestASumAboveTheCeilingIsNoSmallSum(t *testing.T) {
	f := newFixture(t)
	w := newRawRecords(f)
	for _, holder := range []sdk.AccAddress{alice, bob} {
		require.NoError(t, w.balances.Set(f.ctx, collections.Join([]byte(holder), deposit), types.Balance{Amount: ceiling}))
	}
	require.NoError(t, w.balances.Set(f.ctx, collections.Join([]byte(carol), deposit), types.Balance{Amount: math.NewInt(9)}))
	require.NoError(t, w.supplies.Set(f.ctx, deposit, math.NewInt(7)))
	violations, err := f.keeper.CheckInvariants(f.ctx)
	require.NoError(t, err)
	require.Equal(t, []string{"supply of BQDQ/CNY is 7, its balances add up to " + ceiling.MulRaw(2).AddRaw(9).String()}, violations)
}

func TestACheckEndsWithItsContext(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.keeper.Post(f.ctx, issue(alice, deposit, math.NewInt(10))))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := f.keeper.CheckInvariants(f.ctx.WithContext(gone))
	require.ErrorIs(t, err, context.Canceled)
}
