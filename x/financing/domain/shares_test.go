package domain_test

import (
	"math/rand"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/financing/domain"
)

func ints(values ...int64) []math.Int {
	all := make([]math.Int, len(values))
	for i, value := range values {
		all[i] = math.NewInt(value)
	}
	return all
}

func int64s(values []math.Int) []int64 {
	all := make([]int64, len(values))
	for i, value := range values {
		all[i] = value.Int64()
	}
	return all
}

func TestWhatDoesNotDivideGoesToWhomTheRunningTotalReaches(t *testing.T) {
	for _, c := range []struct {
		name  string
		money int64
		sizes []int64
		want  []int64
	}{
		{"all of it", 30, []int64{10, 20}, []int64{10, 20}},
		{"half of it", 15, []int64{10, 20}, []int64{5, 10}},
		{"a unit among three", 1, []int64{1, 1, 1}, []int64{0, 0, 1}},
		{"two units among three", 2, []int64{1, 1, 1}, []int64{0, 1, 1}},
		{"a part of nothing", 3, []int64{3, 0, 3}, []int64{1, 0, 2}},
		{"no money", 0, []int64{3, 3}, []int64{0, 0}},
		{"nobody", 0, nil, []int64{}},
		{"only parts of nothing", 0, []int64{0, 0}, []int64{0, 0}},
	} {
		require.Equal(t, c.want, int64s(domain.Shares(math.NewInt(c.money), ints(c.sizes...))), c.name)
	}
}

// The reference hands out unit after unit, each to the part that its place among all sizes is in: unit n of
// money is the one at which the total of sizes times money reaches n times all sizes.
func slowShares(money int64, sizes []int64) []int64 {
	total := int64(0)
	for _, size := range sizes {
		total += size
	}
	shares := make([]int64, len(sizes))
	for unit := int64(1); unit <= money; unit++ {
		running := int64(0)
		for i, size := range sizes {
			running += size
			if running*money >= unit*total {
				shares[i]++
				break
			}
		}
	}
	return shares
}

func TestSharesAreThoseOfASlowReferenceAndAddUp(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for range 2_000 {
		sizes := make([]int64, 1+random.Intn(6))
		total := int64(0)
		for i := range sizes {
			sizes[i] = random.Int63n(12)
			total += sizes[i]
		}
		money := random.Int63n(total + 1)
		shares := int64s(domain.Shares(math.NewInt(money), ints(sizes...)))
		require.Equal(t, slowShares(money, sizes), shares, "%d among %v", money, sizes)
		sum := int64(0)
		for i, share := range shares {
			require.LessOrEqual(t, share, sizes[i], "%d among %v", money, sizes)
			sum += share
		}
		require.Equal(t, money, sum)
	}
}

func TestTheLargestAmountsAreShared(t *testing.T) {
	most := math.NewInt(2).ToLegacyDec().Power(126).TruncateInt()
	shares := domain.Shares(most, []math.Int{most.SubRaw(1), math.OneInt()})
	require.Equal(t, []math.Int{most.SubRaw(1), math.OneInt()}, shares)
}
