package domain

import (
	"slices"

	"github.com/zhilian-network/zhilian/x/access/types"
)

const (
	active    = types.MemberStatus_MEMBER_STATUS_ACTIVE
	suspended = types.MemberStatus_MEMBER_STATUS_SUSPENDED
	closed    = types.MemberStatus_MEMBER_STATUS_CLOSED
)

// transitions holds for institutions, parties and operators alike. Closed is final: what a closed
// member signed stays attributable to it, so its id and address are never given again.
var transitions = map[types.MemberStatus][]types.MemberStatus{
	active:    {suspended, closed},
	suspended: {active, closed},
	closed:    {},
}

// CheckTransition refuses a change of standing that the table does not have.
func CheckTransition(from, to types.MemberStatus) error {
	if !slices.Contains(transitions[from], to) {
		return types.ErrInvalidStatus.Wrapf("from %s to %s", from, to)
	}
	return nil
}

// CheckStanding refuses an operator that may not act: itself, its institution or its party, nil
// if it has none, is not active.
func CheckStanding(operator types.Operator, institution types.Institution, party *types.Party) error {
	if err := checkOperatorActive(operator); err != nil {
		return err
	}
	return CheckScopeActive(institution, party)
}

// CheckScopeActive refuses an institution, or a party of it, that is not active.
func CheckScopeActive(institution types.Institution, party *types.Party) error {
	if institution.Status != active {
		return types.ErrInstitutionInactive.Wrap(institution.Id)
	}
	return checkPartyActive(party)
}

func checkOperatorActive(operator types.Operator) error {
	if operator.Status != active {
		return types.ErrOperatorInactive.Wrap(operator.Address)
	}
	return nil
}

func checkPartyActive(party *types.Party) error {
	if party != nil && party.Status != active {
		return types.ErrPartyInactive.Wrap(party.Id)
	}
	return nil
}
