package domain

import (
	"time"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// IsDue tells that what was decided at a time has been in state for the retention period.
func IsDue(decidedAt time.Time, retention time.Duration, now time.Time) bool {
	return !decidedAt.Add(retention).After(now)
}

// Retirable is a key that may leave state, with the height of the block that decided it.
type Retirable struct {
	Key    []byte
	Height int64
}

// RetirementPlan is the work of one block.
type RetirementPlan struct {
	// Take holds the keys to retire, in order of decision.
	Take []Retirable
	// Emptied holds the heights of lists that are used up.
	Emptied []int64
	// Rest is what is left of the list in which the work stopped; nil if it stopped between lists.
	Rest *types.Retirement
}

// PlanRetirement takes up to max keys from due lists, oldest first.
func PlanRetirement(due []types.Retirement, max int) RetirementPlan {
	var plan RetirementPlan
	for _, list := range due {
		room := max - len(plan.Take)
		if room == 0 {
			break
		}
		taken := min(room, len(list.Keys))
		for _, key := range list.Keys[:taken] {
			plan.Take = append(plan.Take, Retirable{key, list.Height})
		}
		if taken < len(list.Keys) {
			rest := list
			rest.Keys = list.Keys[taken:]
			plan.Rest = &rest
			break
		}
		plan.Emptied = append(plan.Emptied, list.Height)
	}
	return plan
}
