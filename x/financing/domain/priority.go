package domain

import (
	"cmp"
	"slices"
	"time"

	"cosmossdk.io/math"
)

// Claim is what an assignee or pledgee wants of a receivable that several have a claim to.
type Claim struct {
	Amount       math.Int
	RegisteredAt time.Time // in the movable-property financing register; zero if it is not
	NoticedAt    time.Time // when the debtor had notice; zero if it had none
}

// Priority divides money among claims on the same receivable as Art. 768 of the Civil Code has it: who is
// registered comes before who is not, by the time of registration; then who gave notice, by the time at which
// the debtor had it; then all others. Claims of one rank share by their amounts (Shares: in the order in which
// they are given). None gets more than its amount; what is left over is nobody's of them.
func Priority(claims []Claim, money math.Int) []math.Int {
	order := make([]int, len(claims))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return claims[a].compare(claims[b]) })

	got := make([]math.Int, len(claims))
	for len(order) > 0 {
		rank := 1
		for rank < len(order) && claims[order[0]].compare(claims[order[rank]]) == 0 {
			rank++
		}
		money = shareRank(claims, order[:rank], money, got)
		order = order[rank:]
	}
	return got
}

// shareRank gives claims of one rank what there is for them, and returns what is left.
func shareRank(claims []Claim, rank []int, money math.Int, got []math.Int) math.Int {
	sizes, total := make([]math.Int, len(rank)), math.ZeroInt()
	for i, at := range rank {
		sizes[i] = claims[at].Amount
		total = total.Add(sizes[i])
	}
	paid := math.MinInt(money, total)
	for i, share := range Shares(paid, sizes) {
		got[rank[i]] = share
	}
	return money.Sub(paid)
}

// compare is who comes first; 0 for one rank.
func (c Claim) compare(other Claim) int {
	return cmp.Or(
		compareTimes(c.RegisteredAt, other.RegisteredAt),
		compareNotices(c, other),
	)
}

// compareNotices counts only among those who are not registered.
func compareNotices(a, b Claim) int {
	if !a.RegisteredAt.IsZero() {
		return 0
	}
	return compareTimes(a.NoticedAt, b.NoticedAt)
}

// compareTimes puts the earlier first, and no time last.
func compareTimes(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}
