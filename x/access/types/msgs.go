package types

import (
	"slices"
	"strings"
	"time"
)

// Validate checks the message alone. Addresses are decoded by the keeper, which knows the prefix.
func (m *MsgRegisterInstitution) Validate() error {
	if err := m.Institution.Validate(); err != nil {
		return err
	}
	if m.Institution.Status != MemberStatus_MEMBER_STATUS_ACTIVE {
		return ErrInvalidStatus.Wrap("a new institution must be active")
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgSetInstitutionStatus) Validate() error {
	if err := validateInstitutionID(m.InstitutionId); err != nil {
		return err
	}
	return validateStatus(m.Status)
}

// Validate checks the message alone.
func (m *MsgDefineRole) Validate() error { return m.Role.Validate() }

// Validate checks the message alone.
func (m *MsgUpdateParams) Validate() error { return m.Params.Validate() }

// Validate checks the message alone.
func (m *MsgRegisterParty) Validate() error {
	if err := m.Party.Validate(); err != nil {
		return err
	}
	if m.Party.Status != MemberStatus_MEMBER_STATUS_ACTIVE {
		return ErrInvalidStatus.Wrap("a new party must be active")
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgSetPartyStatus) Validate() error {
	if err := validatePartyID(m.PartyId); err != nil {
		return err
	}
	return validateStatus(m.Status)
}

// Validate checks the message alone.
func (m *MsgRegisterOperator) Validate() error { return m.NewOperator().Validate() }

// NewOperator is the operator that the message asks for; it starts active.
func (m *MsgRegisterOperator) NewOperator() Operator {
	return Operator{
		Address:       m.Address,
		InstitutionId: m.InstitutionId,
		PartyId:       m.PartyId,
		Roles:         m.Roles,
		Status:        MemberStatus_MEMBER_STATUS_ACTIVE,
		QuotaPerBlock: m.QuotaPerBlock,
		Holder:        m.Holder,
		Limits:        SortedLimits(m.Limits),
		AccountRoles:  m.AccountRoles,
	}
}

// Validate checks the message alone.
func (m *MsgSetOperatorRoles) Validate() error {
	if err := validateRoleIDs(m.Roles); err != nil {
		return err
	}
	return validateAccountRoles(m.AccountRoles)
}

// Validate checks the message alone.
func (m *MsgSetPartyKyc) Validate() error {
	if err := validatePartyID(m.PartyId); err != nil {
		return err
	}
	return validateKyc(m.PartyId, m.KycLevel, m.IdentityCommitment)
}

// Validate checks the message alone; limits may come in any order.
func (m *MsgSetOperatorLimits) Validate() error { return validateLimits(SortedLimits(m.Limits)) }

// Validate checks the message alone.
func (m *MsgSetOperatorHolder) Validate() error { return validateHolder(m.Holder) }

// Validate checks the message alone; policies, and roles in them, may come in any order.
func (m *MsgSetPolicies) Validate() error { return m.NewPolicies().Validate() }

// NewPolicies are the policies that the message asks for, in the order in which they are stored.
func (m *MsgSetPolicies) NewPolicies() ApprovalPolicies {
	policies := slices.Clone(m.Policies)
	for at := range policies {
		policies[at].Roles = slices.Sorted(slices.Values(policies[at].Roles))
	}
	slices.SortStableFunc(policies, func(a, b ApprovalPolicy) int { return strings.Compare(a.Id, b.Id) })
	return ApprovalPolicies{InstitutionId: m.InstitutionId, PartyId: m.PartyId, Policies: policies}
}

// NewDelegation is the delegation that the message asks for at a block's time.
func (m *MsgDelegate) NewDelegation(now time.Time) Delegation {
	starts := m.StartsAt
	if starts.Before(now) {
		starts = now
	}
	return Delegation{
		Delegator: m.Operator,
		Delegate:  m.Delegate,
		RoleId:    m.RoleId,
		Limits:    SortedLimits(m.Limits),
		StartsAt:  starts,
		ExpiresAt: m.ExpiresAt,
	}
}

// Validate checks the message alone.
func (m *MsgRevokeDelegation) Validate() error { return validateRoleID(m.RoleId) }

// Validate checks the message alone.
func (m *MsgSetOperatorStatus) Validate() error { return validateStatus(m.Status) }

func validateStatus(status MemberStatus) error {
	if !status.IsSet() {
		return ErrInvalidStatus.Wrapf("status %d is unknown", status)
	}
	return nil
}
