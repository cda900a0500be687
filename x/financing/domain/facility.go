package domain

import (
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// FacilityEvent is what happens to a facility.
type FacilityEvent int

// The events of a facility's life.
const (
	// Promise: the lender offers it.
	Promise FacilityEvent = iota + 1
	// TakeUp: the borrower accepts it.
	TakeUp
	// Suspend: it cannot be drawn.
	Suspend
	// Resume: it can be drawn again.
	Resume
	// Close: it cannot be drawn any more.
	Close
)

// facilityTransitions is the state machine of a facility. What is not in the table is illegal.
var facilityTransitions = map[types.FacilityStatus]map[FacilityEvent]types.FacilityStatus{
	types.FacilityNone:      {Promise: types.FacilityOffered},
	types.FacilityOffered:   {TakeUp: types.FacilityActive, Close: types.FacilityClosed},
	types.FacilityActive:    {Suspend: types.FacilitySuspended, Close: types.FacilityClosed},
	types.FacilitySuspended: {Resume: types.FacilityActive, Close: types.FacilityClosed},
}

// NextFacilityStatus is the status after an event, or ErrFacilityTransition.
func NextFacilityStatus(from types.FacilityStatus, event FacilityEvent) (types.FacilityStatus, error) {
	to, legal := facilityTransitions[from][event]
	if !legal {
		return from, types.ErrFacilityTransition.Wrapf("%s does not take %s", from, event)
	}
	return to, nil
}

// String names the event in messages.
func (e FacilityEvent) String() string {
	names := map[FacilityEvent]string{Promise: "promise", TakeUp: "accept", Suspend: "suspend", Resume: "resume", Close: "close"}
	if name, known := names[e]; known {
		return name
	}
	return "unknown event"
}

// Promised is what of a facility is promised and not drawn.
func Promised(facility types.Facility) math.Int {
	if facility.Status == types.FacilityClosed || facility.Status == types.FacilityNone {
		return math.ZeroInt()
	}
	return facility.Limit.Sub(facility.Drawn)
}

// CheckDraw refuses a draw of today.
func CheckDraw(facility types.Facility, amount math.Int, today int64) error {
	if facility.Status != types.FacilityActive || today > facility.LastDay {
		return types.ErrNotDrawable.Wrapf("%s, until day %d", facility.Status, facility.LastDay)
	}
	for i, covenant := range facility.Covenants {
		if covenant.Status == types.CovenantBroken && covenant.Terms.Action == types.ActionSuspend {
			return types.ErrCovenantBroken.Wrapf("%d, since day %d", i+1, covenant.SinceDay)
		}
	}
	if left := Promised(facility); amount.GT(left) {
		return types.ErrFacilityLimit.Wrapf("%s of %s are left", left, facility.Limit)
	}
	return nil
}

// FollowLoan is a facility after one of its loans changed. What is repaid of a revolving one can be drawn again.
func FollowLoan(facility types.Facility, before, after types.Loan) types.Facility {
	if facility.Terms.Schedule == types.Revolving {
		facility.Drawn = facility.Drawn.Add(after.Outstanding()).Sub(before.Outstanding())
		return facility
	}
	facility.Drawn = facility.Drawn.Add(after.Drawn).Sub(before.Drawn)
	return facility
}
