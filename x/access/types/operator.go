package types

// Validate checks an operator's form, but for the bech32 prefix of its addresses, which the keeper
// knows.
func (o Operator) Validate() error {
	if o.Address == "" {
		return ErrInvalidAddress.Wrap("an operator's address is needed")
	}
	if err := o.Scope().Validate(); err != nil {
		return err
	}
	if !o.Status.IsSet() {
		return ErrInvalidOperator.Wrapf("status %d is unknown", o.Status)
	}
	if o.QuotaPerBlock > MaxQuotaPerBlock {
		return ErrInvalidOperator.Wrapf("quota %d: at most %d units per block", o.QuotaPerBlock, MaxQuotaPerBlock)
	}
	if o.Holder != "" {
		if err := validateHolder(o.Holder); err != nil {
			return err
		}
	}
	if err := validateRoleIDs(o.Roles); err != nil {
		return err
	}
	if err := validateAccountRoles(o.AccountRoles); err != nil {
		return err
	}
	return validateLimits(o.Limits)
}

// RolesFor are the ids of the roles that an operator holds for one account only; account is bech32 in lower
// case. Lists have at most MaxAccountRoles.
func (o Operator) RolesFor(account string) []string {
	for at := range o.AccountRoles {
		if o.AccountRoles[at].Account == account {
			return o.AccountRoles[at].Roles
		}
	}
	return nil
}

// Validate checks a scope's form.
func (s Scope) Validate() error {
	if err := validateInstitutionID(s.InstitutionID); err != nil {
		return err
	}
	if s.PartyID == "" {
		return nil
	}
	return validatePartyID(s.PartyID)
}

// validateHolder checks the form of a person's pseudonymous id. That it says nothing to others is the
// institution's duty.
func validateHolder(holder string) error {
	allowed := func(c byte) bool {
		return isUpper(c) || isLower(c) || isDigit(c) || c == '-' || c == '_' || c == '.'
	}
	if holder == "" || len(holder) > MaxHolderLength || !consistsOf(holder, allowed) {
		return ErrInvalidOperator.Wrapf("holder %.70q: 1 to %d of A-Z, a-z, 0-9 and -_. are needed", holder, MaxHolderLength)
	}
	return nil
}

// validateAccountRoles checks roles for single accounts; their order is the keeper's matter.
func validateAccountRoles(all []AccountRoles) error {
	if n := len(all); n > MaxAccountRoles {
		return ErrInvalidOperator.Wrapf("roles for %d accounts, at most %d", n, MaxAccountRoles)
	}
	accounts := make([]string, 0, len(all))
	for _, roles := range all {
		if roles.Account == "" || len(roles.Account) > MaxAddressLength {
			return ErrInvalidAddress.Wrapf("account %.40q", roles.Account)
		}
		if len(roles.Roles) == 0 {
			return ErrInvalidOperator.Wrapf("no role for account %s: leave it out", roles.Account)
		}
		if err := validateRoleIDs(roles.Roles); err != nil {
			return err
		}
		accounts = append(accounts, roles.Account)
	}
	if repeated := firstRepeated(accounts); repeated != "" {
		return ErrInvalidOperator.Wrapf("account %s is repeated", repeated)
	}
	return nil
}
