package types

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
	}
}

// Validate checks the message alone.
func (m *MsgSetOperatorRoles) Validate() error { return validateRoleIDs(m.Roles) }

// Validate checks the message alone.
func (m *MsgSetOperatorStatus) Validate() error { return validateStatus(m.Status) }

func validateStatus(status MemberStatus) error {
	if !status.IsSet() {
		return ErrInvalidStatus.Wrapf("status %d is unknown", status)
	}
	return nil
}
