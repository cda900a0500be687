package domain

import "cosmossdk.io/math"

// Shares divides money among parts by their sizes, exactly: no minor unit is left over, none is made up, and no
// part gets more than its size as long as the money is no more than all sizes. Each part ends where the running
// total, rounded down, stands after it: of what does not divide, a unit goes to each part at which the running
// total reaches it, so the order of parts says who gets it.
func Shares(money math.Int, sizes []math.Int) []math.Int {
	total := math.ZeroInt()
	for _, size := range sizes {
		total = total.Add(size)
	}
	shares := make([]math.Int, len(sizes))
	running, given := math.ZeroInt(), math.ZeroInt()
	for i, size := range sizes {
		running = running.Add(size)
		until := proportionRoundedDown(money, running, total)
		shares[i] = until.Sub(given)
		given = until
	}
	return shares
}

// proportionRoundedDown is amount × part / whole; nothing of nothing. Amounts have 127 bits at most, so that
// their product fits an Int.
func proportionRoundedDown(amount, part, whole math.Int) math.Int {
	if !whole.IsPositive() {
		return math.ZeroInt()
	}
	return amount.Mul(part).Quo(whole)
}
