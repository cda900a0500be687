package domain

import (
	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// refusals are what a limit that is reached says.
var refusals = map[types.LimitKind]*errorsmod.Error{
	types.LimitBorrower: types.ErrBorrowerLimit,
	types.LimitGroup:    types.ErrGroupLimit,
	types.LimitLender:   types.ErrLenderLimit,
}

// Exposure is a change of what a lender has lent and promised, in minor units.
type Exposure struct {
	Drawn    math.Int
	Reserved math.Int
}

// Count enters a change into the limits that it counts against, or refuses what would exceed one of them. What
// only makes a promise a loan, or less of both, exceeds nothing.
func Count(limits []types.Limit, change Exposure) ([]types.Limit, error) {
	counted := make([]types.Limit, len(limits))
	for i, limit := range limits {
		counted[i] = limit
		counted[i].Drawn, counted[i].Reserved = limit.Drawn.Add(change.Drawn), limit.Reserved.Add(change.Reserved)
		if counted[i].Drawn.IsNegative() || counted[i].Reserved.IsNegative() {
			return nil, types.ErrInvalidLimit.Wrapf("%s: %s would be lent and %s promised", limit.Subject(), counted[i].Drawn, counted[i].Reserved)
		}
		if limit.Bounded && counted[i].Used().GT(limit.Amount) {
			return nil, refusals[limit.Kind].Wrapf("%s of %s are left", limit.Amount.Sub(limit.Used()), limit.Amount)
		}
	}
	return counted, nil
}

// SetLimit changes what a lender allows. What is lent and promised is not taken back: the limit is not below it.
func SetLimit(limit types.Limit, bounded bool, amount math.Int) (types.Limit, error) {
	if bounded && amount.LT(limit.Used()) {
		return limit, types.ErrLimitBelowUse.Wrapf("%s are lent and %s promised", limit.Drawn, limit.Reserved)
	}
	limit.Bounded, limit.Amount = bounded, amount
	return limit, nil
}
