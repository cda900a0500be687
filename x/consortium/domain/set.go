package domain

import (
	"cmp"
	"slices"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// concentrationMembersMin is the size from which no validator may hold a third of the power. Below
// it the rule cannot be met: of three equal validators each holds exactly a third.
const concentrationMembersMin = 4

// Member is a validator that the institutions let in and that did not leave: active or jailed.
type Member struct {
	InstitutionID string
	Power         int64
	Active        bool
}

// Set is all the members, by institution id.
type Set []Member

// NewSet picks the members out of the validators.
func NewSet(validators []types.Validator) Set {
	var set Set
	for _, validator := range validators {
		if validator.Status == active || validator.Status == jailed {
			set = append(set, Member{
				InstitutionID: validator.InstitutionId,
				Power:         validator.Power,
				Active:        validator.Status == active,
			})
		}
	}
	slices.SortFunc(set, func(a, b Member) int { return cmp.Compare(a.InstitutionID, b.InstitutionID) })
	return set
}

// AdmittedPower is the power that the institutions let in, in consensus or in jail.
func (s Set) AdmittedPower() int64 {
	var power int64
	for _, member := range s {
		power += member.Power
	}
	return power
}

// JailedPower is the part of the admitted power that is in jail.
func (s Set) JailedPower() int64 {
	var power int64
	for _, member := range s {
		if !member.Active {
			power += member.Power
		}
	}
	return power
}

// CheckDeparture refuses to let the last active validator go: CometBFT stops for ever at an empty
// set. A validator that is not active takes no power with it and may always go.
func (s Set) CheckDeparture(institutionID string) error {
	others, leaves := 0, false
	for _, member := range s {
		switch {
		case !member.Active:
		case member.InstitutionID == institutionID:
			leaves = true
		default:
			others++
		}
	}
	if leaves && others == 0 {
		return types.ErrSetWouldBeEmpty.Wrapf("%s runs it; admit another validator first", institutionID)
	}
	return nil
}

// SplitJailings says which of the candidates go to jail now, and which must stay for the present.
// One goes only if the jailed power, with it, stays below a third of the admitted power. So at least
// two thirds of what the institutions admitted stays in charge, however long validators fail one
// after another, and the set is never empty. The strongest silent validator goes first, since its
// silence costs the most. A candidate that is too strong does not keep a weaker one from going.
func (s Set) SplitJailings(candidates []string) (now, delayed []string) {
	admitted, power := s.AdmittedPower(), s.JailedPower()
	var silent []Member
	for _, member := range s {
		if member.Active && slices.Contains(candidates, member.InstitutionID) {
			silent = append(silent, member)
		}
	}
	slices.SortStableFunc(silent, func(a, b Member) int { return cmp.Compare(b.Power, a.Power) })
	for _, member := range silent {
		if !belowThird(power+member.Power, admitted) {
			delayed = append(delayed, member.InstitutionID)
			continue
		}
		power += member.Power
		now = append(now, member.InstitutionID)
	}
	return now, delayed
}

// CheckAdmission refuses a newcomer that makes the set too large, or leaves any member with a third
// of the power or more: a member of that size could stop the network alone. Jailed members count,
// since they may come back without being asked again.
func (s Set) CheckAdmission(newcomer Member) error {
	if len(s)+1 > types.ValidatorsMax {
		return types.ErrTooManyValidators.Wrapf("want at most %d in consensus or jail", types.ValidatorsMax)
	}
	grown := append(slices.Clone(s), newcomer)
	if len(grown) < concentrationMembersMin {
		return nil
	}
	total := grown.AdmittedPower()
	for _, member := range grown {
		if !belowThird(member.Power, total) {
			return types.ErrPowerTooConcentrated.Wrapf("%s would hold %d of %d", member.InstitutionID, member.Power, total)
		}
	}
	return nil
}

func belowThird(part, whole int64) bool {
	return part*3 < whole
}
