package domain

import (
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// covenantTransitions is where a covenant goes when a test finds it kept, or not: first without, then with its
// days to cure over.
var covenantTransitions = map[types.CovenantStatus]struct{ kept, early, late types.CovenantStatus }{
	types.CovenantMet:    {kept: types.CovenantMet, early: types.CovenantCuring, late: types.CovenantBroken},
	types.CovenantCuring: {kept: types.CovenantMet, early: types.CovenantCuring, late: types.CovenantBroken},
	types.CovenantBroken: {kept: types.CovenantMet, early: types.CovenantBroken, late: types.CovenantBroken},
}

// TestCovenant is a covenant after a test of today, and whether it was broken by it: then its action is taken,
// once until it has been kept again.
func TestCovenant(covenant types.Covenant, kept bool, today int64) (after types.Covenant, breaks bool) {
	row := covenantTransitions[covenant.Status]
	since := covenant.SinceDay
	if covenant.Status == types.CovenantMet {
		since = today
	}
	to := row.early
	switch {
	case kept:
		to = row.kept
	case today >= since+int64(covenant.Terms.CureDays):
		to = row.late
	}
	after = covenant
	if to != covenant.Status || covenant.SinceDay == 0 {
		after.Status, after.SinceDay = to, today
	}
	return after, to == types.CovenantBroken && covenant.Status != types.CovenantBroken
}

// KeepsFigure compares an attested figure with a covenant's threshold, whatever decimals they are written with.
func KeepsFigure(terms types.CovenantTerms, value int64, decimals uint32) bool {
	figure := math.NewInt(value).Mul(tenTo(terms.Decimals))
	threshold := math.NewInt(terms.Threshold).Mul(tenTo(decimals))
	if terms.Kind == types.CovenantFigureAtMost {
		return figure.LTE(threshold)
	}
	return figure.GTE(threshold)
}

func tenTo(exponent uint32) math.Int {
	power := math.OneInt()
	for range exponent {
		power = power.MulRaw(10)
	}
	return power
}

// NextTestDay is when the covenants of a facility are tested after a test of today: when they are due, or when the
// days to cure one of them are over, if that comes first. 0 if there are none, or nothing is lent or promised any more.
func NextTestDay(facility types.Facility, today int64) int64 {
	if len(facility.Covenants) == 0 || facility.Status == types.FacilityClosed && facility.OpenLoans == 0 {
		return 0
	}
	next := today + int64(facility.TestDays)
	for _, covenant := range facility.Covenants {
		if ends := covenant.SinceDay + int64(covenant.Terms.CureDays); covenant.Status == types.CovenantCuring && ends > today {
			next = min(next, ends)
		}
	}
	return next
}

// MarginPpm is what broken covenants of a facility add to the interest of its loans.
func MarginPpm(facility types.Facility) uint32 {
	var margin uint32
	for _, covenant := range facility.Covenants {
		if covenant.Status == types.CovenantBroken {
			margin += covenant.Terms.MarginPpm
		}
	}
	return margin
}
