package types

// Validate checks the policies of one scope: their form, their order and that ids differ.
func (p ApprovalPolicies) Validate() error {
	if err := p.Scope().Validate(); err != nil {
		return err
	}
	if n := len(p.Policies); n > MaxPolicies {
		return ErrInvalidPolicy.Wrapf("%d policies, at most %d", n, MaxPolicies)
	}
	for at, policy := range p.Policies {
		if err := policy.Validate(); err != nil {
			return err
		}
		if at > 0 && p.Policies[at-1].Id >= policy.Id {
			return ErrInvalidPolicy.Wrapf("policies are sorted by id, each once: %s", policy.Id)
		}
	}
	return nil
}

// Scope is the scope that the policies bind.
func (p ApprovalPolicies) Scope() Scope {
	return Scope{InstitutionID: p.InstitutionId, PartyID: p.PartyId}
}

// Validate checks a policy's form.
func (p ApprovalPolicy) Validate() error {
	if validateRoleID(p.Id) != nil {
		return ErrInvalidPolicy.Wrapf("id %.40q: 1 to %d of a-z, 0-9 and - are needed", p.Id, MaxRoleIDLength)
	}
	if !isPermission(p.Permission) || PermissionName(p.Permission) != p.Permission {
		return ErrInvalidPolicy.Wrapf("%s: %.70q is not a permission without level such as settlement.pay", p.Id, p.Permission)
	}
	if p.Currency != "" && !IsCurrency(p.Currency) {
		return ErrInvalidPolicy.Wrapf("%s: currency %.10q is not an ISO 4217 code", p.Id, p.Currency)
	}
	if !isAmount(p.FromAmount) {
		return ErrInvalidPolicy.Wrapf("%s: from_amount of 0 to %d bits is needed, 0 for every amount", p.Id, MaxAmountBits)
	}
	if p.PerDay && p.FromAmount.IsZero() {
		return ErrInvalidPolicy.Wrapf("%s: a policy for the total of a day needs a from_amount above 0", p.Id)
	}
	if p.Approvals < 1 || p.Approvals > MaxApprovals {
		return ErrInvalidPolicy.Wrapf("%s: %d approvals, 1 to %d are needed", p.Id, p.Approvals, MaxApprovals)
	}
	if n := len(p.Roles); n < 1 || n > MaxRolesPerPolicy {
		return ErrInvalidPolicy.Wrapf("%s: %d roles, 1 to %d are needed", p.Id, n, MaxRolesPerPolicy)
	}
	for at, role := range p.Roles {
		if validateRoleID(role) != nil {
			return ErrInvalidPolicy.Wrapf("%s: role %.40q cannot exist", p.Id, role)
		}
		if at > 0 && p.Roles[at-1] >= role {
			return ErrInvalidPolicy.Wrapf("%s: roles are sorted, each once: %s", p.Id, role)
		}
	}
	return nil
}
