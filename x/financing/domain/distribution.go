package domain

import (
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// Stake is what a holder has of a receivable when money comes for it.
type Stake struct {
	Holder string
	Units  math.Int
	// Securities bind units of the holder: each loan its own, pledges all the same ones.
	Securities []types.Security
	// Owed is what would settle each loan that is secured, by its number.
	Owed map[uint64]math.Int
}

// Payout is money for one payee.
type Payout struct {
	Payee  string
	Amount math.Int
	Units  math.Int // that this redeems; as much, the money is for nothing else
	LoanID uint64   // that is repaid; 0 if none
}

// SetAside is what of a holder's own payout is kept for a pledgee.
type SetAside struct {
	Pledgee    string
	Amount     math.Int
	SecurityID uint64
}

// Distribution is who gets the money for a holder's units, and what is bound after it.
type Distribution struct {
	Payouts    []Payout // they add up to the money; lenders first, the holder last
	SetAsides  []SetAside
	Securities []types.Security // those that changed, without units if they ended
}

// Distribute divides the money for a holder's units: by what is bound, each loan's part to its lender up to what
// is owed, the rest to the holder; of that what is for pledged units is set aside for pledgees, by their priority.
// The money is at most the units, and redeems as many.
func Distribute(stake Stake, money math.Int) Distribution {
	loans, pledges := stake.split()
	sizes := make([]math.Int, 0, len(loans)+2)
	bound := math.ZeroInt()
	for _, security := range append(loans, largest(pledges)...) {
		sizes = append(sizes, security.Units)
		bound = bound.Add(security.Units)
	}
	shares := Shares(money, append(sizes, stake.Units.Sub(bound)))

	d := Distribution{}
	own := money
	repaidOf := map[uint64]math.Int{} // two securities of one loan repay it once
	for i, security := range loans {
		before := orZero(repaidOf[security.LoanId])
		repaid := math.MinInt(shares[i], orZero(stake.Owed[security.LoanId]).Sub(before))
		repaidOf[security.LoanId] = before.Add(repaid)
		if repaid.IsPositive() {
			d.Payouts = append(d.Payouts, Payout{Payee: security.Secured, Amount: repaid, Units: repaid, LoanID: security.LoanId})
		}
		own = own.Sub(repaid)
		security.Units = security.Units.Sub(shares[i])
		d.note(security, shares[i])
	}
	if own.IsPositive() {
		d.Payouts = append(d.Payouts, Payout{Payee: stake.Holder, Amount: own, Units: own})
	}
	if len(pledges) > 0 {
		d.setAside(pledges, shares[len(loans)])
	}
	return d
}

// setAside divides what is for pledged units among pledgees. What one of them does not get stays bound to it, as
// far as there are units.
func (d *Distribution) setAside(pledges []types.Security, money math.Int) {
	claims := make([]Claim, len(pledges))
	for i, pledge := range pledges {
		claims[i] = Claim{Amount: pledge.Units, RegisteredAt: pledge.RegisteredAt, NoticedAt: pledge.NoticedAt}
	}
	left := largest(pledges)[0].Units.Sub(money)
	for i, amount := range Priority(claims, money) {
		pledge := pledges[i]
		if amount.IsPositive() {
			d.SetAsides = append(d.SetAsides, SetAside{Pledgee: pledge.Secured, Amount: amount, SecurityID: pledge.Id})
		}
		before := pledge.Units
		pledge.Units = math.MinInt(pledge.Units.Sub(amount), left)
		d.note(pledge, before.Sub(pledge.Units))
	}
}

func (d *Distribution) note(security types.Security, change math.Int) {
	if change.IsPositive() {
		d.Securities = append(d.Securities, security)
	}
}

// split parts securities of loans from pledges, each in their order.
func (s Stake) split() (loans, pledges []types.Security) {
	for _, security := range s.Securities {
		if security.LoanId == 0 {
			pledges = append(pledges, security)
		} else {
			loans = append(loans, security)
		}
	}
	return loans, pledges
}

// largest is the pledge with the most units, none of none: pledges bind the same units.
func largest(pledges []types.Security) []types.Security {
	if len(pledges) == 0 {
		return nil
	}
	most := pledges[0]
	for _, pledge := range pledges[1:] {
		if pledge.Units.GT(most.Units) {
			most = pledge
		}
	}
	return []types.Security{most}
}

// BoundUnits is how many units of a holder its securities bind.
func BoundUnits(securities []types.Security) math.Int {
	loans, pledges := Stake{Securities: securities}.split()
	bound := math.ZeroInt()
	for _, security := range append(loans, largest(pledges)...) {
		bound = bound.Add(security.Units)
	}
	return bound
}

func orZero(amount math.Int) math.Int {
	if amount.IsNil() {
		return math.ZeroInt()
	}
	return amount
}
