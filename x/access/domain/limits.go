package domain

import (
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// CheckMoney refuses money that cannot be judged: modules ask about amounts that they have checked.
func CheckMoney(money types.Money) error {
	if !money.Moves() {
		return nil
	}
	if !types.IsCurrency(money.Currency) {
		return types.ErrInvalidMoney.Wrapf("currency %.10q", money.Currency)
	}
	if money.Largest.IsNil() || money.Total.IsNil() || money.Largest.IsNegative() || money.Total.LT(money.Largest) {
		return types.ErrInvalidMoney.Wrap("amounts of at least 0 are needed, the largest within the total")
	}
	return nil
}

// CheckPerPayment refuses a payment above a limit.
func CheckPerPayment(limits []types.Limit, money types.Money, whose string) error {
	limit := limitOn(limits, money)
	if limit == nil || !limit.PerPayment.IsPositive() || money.Largest.LTE(limit.PerPayment) {
		return nil
	}
	return types.ErrLimitExceeded.Wrapf("%s: %s in one payment, at most %s %s", whose, money.Largest, limit.PerPayment, limit.Currency)
}

// CheckPerDay refuses what, with all that was spent on the day before, is above a limit. It subtracts: a
// sum might be greater than an amount can be. What adds nothing is not refused, even on a day that is above a
// limit which was lowered since, or is another key's of the same holder. whose limit it is and what spent is
// (today) are for the refusal.
func CheckPerDay(limits []types.Limit, money types.Money, spent math.Int, whose, today string) error {
	limit := limitOn(limits, money)
	if limit == nil || money.Total.IsZero() || !limit.PerDay.IsPositive() || money.Total.LTE(limit.PerDay.Sub(spent)) {
		return nil
	}
	return types.ErrLimitExceeded.Wrapf("%s: %s after %s %s, at most %s %s in a day", whose, money.Total, spent, today, limit.PerDay, limit.Currency)
}

func limitOn(limits []types.Limit, money types.Money) *types.Limit {
	if !money.Moves() {
		return nil
	}
	return types.LimitIn(limits, money.Currency)
}

// Lent picks the delegation that a question is judged by: the first whose limits allow the money, or the
// first of all. nil if nothing was lent.
func (f *Facts) lent(money types.Money) *types.Delegation {
	for at := range f.Lent {
		limits := f.Lent[at].Limits
		if CheckPerPayment(limits, money, "") == nil && CheckPerDay(limits, money, f.Spent, "", "") == nil {
			return &f.Lent[at]
		}
	}
	if len(f.Lent) == 0 {
		return nil
	}
	return &f.Lent[0]
}

// CheckLimitGrant refuses limits wider than the giver's own, who has one in a currency: else it would make
// a key that moves what it may not. It compares bound by bound; no bound is the widest.
func CheckLimitGrant(giver, given []types.Limit) error {
	for _, own := range giver {
		limit := types.LimitIn(given, own.Currency)
		if limit == nil || wider(limit.PerPayment, own.PerPayment) || wider(limit.PerDay, own.PerDay) {
			return types.ErrGrantDenied.Wrapf("limits in %s are wider than the giver's own: at most %s a payment and %s a day, 0 for no bound",
				own.Currency, own.PerPayment, own.PerDay)
		}
	}
	return nil
}

// wider compares two bounds of which 0 stands for none.
func wider(given, own math.Int) bool {
	return own.IsPositive() && (given.IsZero() || given.GT(own))
}
