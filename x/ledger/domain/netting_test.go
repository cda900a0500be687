package domain_test

import (
	"slices"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/ledger/domain"
	"github.com/zhilian-network/zhilian/x/ledger/types"
)

var (
	alice = sdk.AccAddress("alice---------------")
	bob   = sdk.AccAddress("bob-----------------")
	carol = sdk.AccAddress("carol---------------")
)

const (
	deposit = "BQDQ/CNY"
	other   = "HZHZ/CNY"
	reserve = "reserve/CNY"
)

func entry(account sdk.AccAddress, denom string, delta int64) types.Entry {
	return types.Entry{Account: account, Denom: denom, Delta: math.NewInt(delta)}
}

func supply(denom string, delta int64) types.SupplyChange {
	return types.SupplyChange{Denom: denom, Delta: math.NewInt(delta)}
}

func TestManyEntriesOfOneAccountBecomeOneChange(t *testing.T) {
	net, err := domain.Net(types.Posting{Entries: []types.Entry{
		entry(carol, deposit, 30), entry(alice, deposit, -30),
		entry(bob, deposit, 20), entry(alice, deposit, -20),
	}})
	require.NoError(t, err)
	require.Equal(t, []string{deposit}, net.Denoms)
	require.Empty(t, net.Supply)
	require.Len(t, net.Changes, 3)
	require.Equal(t, alice, net.Changes[0].Account)
	require.Equal(t, "-50", net.Changes[0].Delta.String())
}

func TestWhatCancelsOutVanishesButItsDenomIsStillAskedFor(t *testing.T) {
	net, err := domain.Net(types.Posting{
		Entries: []types.Entry{entry(alice, deposit, 5), entry(alice, deposit, -5), entry(bob, other, 0)},
		Supply:  []types.SupplyChange{supply(reserve, 7), supply(reserve, -7)},
	})
	require.NoError(t, err)
	require.Empty(t, net.Changes)
	require.Empty(t, net.Supply)
	require.Equal(t, []string{deposit, other, reserve}, net.Denoms)
}

func TestNettingLeavesItsInputAlone(t *testing.T) {
	posting := types.Posting{
		Entries: []types.Entry{entry(bob, deposit, 1), entry(alice, deposit, 1), entry(alice, deposit, 1)},
		Supply:  []types.SupplyChange{supply(deposit, 2), supply(deposit, 1)},
	}
	copied := types.Posting{Entries: slices.Clone(posting.Entries), Supply: slices.Clone(posting.Supply)}
	_, err := domain.Net(posting)
	require.NoError(t, err)
	require.Equal(t, copied, posting)
}

// The slow way: for every pair that occurs, walk all entries and add up.
func TestNettingEqualsTheSlowSum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		posting := balancedPosting(rt)
		net, err := domain.Net(posting)
		require.NoError(rt, err)

		require.True(rt, slices.IsSortedFunc(net.Changes, func(a, b types.Entry) int {
			if a.Denom != b.Denom {
				if a.Denom < b.Denom {
					return -1
				}
				return 1
			}
			return slices.Compare(a.Account, b.Account)
		}))
		for i, change := range net.Changes {
			require.Equal(rt, slowSum(posting, change.Account, change.Denom).String(), change.Delta.String())
			require.False(rt, change.Delta.IsZero())
			if i > 0 {
				require.False(rt, change.Account.Equals(net.Changes[i-1].Account) && change.Denom == net.Changes[i-1].Denom)
			}
		}
		for _, e := range posting.Entries {
			found := slices.ContainsFunc(net.Changes, func(c types.Entry) bool {
				return c.Account.Equals(e.Account) && c.Denom == e.Denom
			})
			require.Equal(rt, !slowSum(posting, e.Account, e.Denom).IsZero(), found)
		}
	})
}

func TestTheOrderOfEntriesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		posting := balancedPosting(rt)
		shuffled := types.Posting{
			Entries: rapid.Permutation(posting.Entries).Draw(rt, "entries"),
			Supply:  rapid.Permutation(posting.Supply).Draw(rt, "supply"),
		}
		first, err := domain.Net(posting)
		require.NoError(rt, err)
		second, err := domain.Net(shuffled)
		require.NoError(rt, err)
		require.Equal(rt, first.Denoms, second.Denoms)
		requireSameEntries(rt, first.Changes, second.Changes)
		require.Equal(rt, len(first.Supply), len(second.Supply))
		for i := range first.Supply {
			require.Equal(rt, first.Supply[i].Denom, second.Supply[i].Denom)
			require.True(rt, first.Supply[i].Delta.Equal(second.Supply[i].Delta))
		}
	})
}

func requireSameEntries(t require.TestingT, a, b []types.Entry) {
	require.Equal(t, len(a), len(b))
	for i := range a {
		require.Equal(t, a[i].Account, b[i].Account)
		require.Equal(t, a[i].Denom, b[i].Denom)
		require.True(t, a[i].Delta.Equal(b[i].Delta))
	}
}

func slowSum(posting types.Posting, account sdk.AccAddress, denom string) math.Int {
	sum := math.ZeroInt()
	for _, e := range posting.Entries {
		if e.Account.Equals(account) && e.Denom == denom {
			sum = sum.Add(e.Delta)
		}
	}
	return sum
}

// balancedPosting draws entries and adds the supply changes that balance them.
func balancedPosting(rt *rapid.T) types.Posting {
	accounts := rapid.SampledFrom([]sdk.AccAddress{alice, bob, carol})
	denoms := rapid.SampledFrom([]string{deposit, other, reserve})
	var posting types.Posting
	for range rapid.IntRange(0, 30).Draw(rt, "entries") {
		e := entry(accounts.Draw(rt, "account"), denoms.Draw(rt, "denom"), rapid.Int64Range(-3, 3).Draw(rt, "delta"))
		posting.Entries = append(posting.Entries, e)
		posting.Supply = append(posting.Supply, types.SupplyChange{Denom: e.Denom, Delta: e.Delta})
	}
	return posting
}
