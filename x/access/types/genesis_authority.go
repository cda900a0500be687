package types

import "slices"

// validateAuthority checks policies, delegations and spending, and what they refer to. Whether policies can
// be met is not asked: operators may have left since they were set.
func (gs GenesisState) validateAuthority(roles map[string]Role, institutions map[string]Institution, parties map[string]Party) error {
	operators := make(map[string]Operator, len(gs.Operators))
	for _, operator := range gs.Operators {
		operators[operator.Address] = operator
	}
	if err := validatePolicies(gs.Policies, roles, institutions, parties); err != nil {
		return err
	}
	if err := validateDelegations(gs.Delegations, roles, operators); err != nil {
		return err
	}
	return validateSpending(gs.Spending, operators)
}

func validatePolicies(all []ApprovalPolicies, roles map[string]Role, institutions map[string]Institution, parties map[string]Party) error {
	seen := make(map[Scope]struct{}, len(all))
	for _, policies := range all {
		if err := policies.Validate(); err != nil {
			return err
		}
		if _, twice := seen[policies.Scope()]; twice {
			return ErrInvalidGenesis.Wrapf("policies of %s %s are listed twice", policies.InstitutionId, policies.PartyId)
		}
		seen[policies.Scope()] = struct{}{}
		if len(policies.Policies) == 0 {
			return ErrInvalidGenesis.Wrapf("%s %s is listed without policies", policies.InstitutionId, policies.PartyId)
		}
		if err := validateMember(policies.Scope(), institutions, parties); err != nil {
			return err
		}
		for _, policy := range policies.Policies {
			if err := validateRolesKnown(policy.Roles, roles, "policy "+policy.Id); err != nil {
				return err
			}
		}
	}
	return nil
}

// validateMember checks that a scope is registered.
func validateMember(scope Scope, institutions map[string]Institution, parties map[string]Party) error {
	if _, known := institutions[scope.InstitutionID]; !known {
		return ErrInstitutionNotFound.Wrap(scope.InstitutionID)
	}
	if party, known := parties[scope.PartyID]; scope.PartyID != "" && (!known || party.InstitutionId != scope.InstitutionID) {
		return ErrPartyNotFound.Wrapf("%s at %s", scope.PartyID, scope.InstitutionID)
	}
	return nil
}

func validateRolesKnown(ids []string, roles map[string]Role, of string) error {
	for _, id := range ids {
		if _, known := roles[id]; !known {
			return ErrRoleNotFound.Wrapf("%s, of %s", id, of)
		}
	}
	return nil
}

// validateDelegations checks that lender and delegate are of one scope. That the lender still has the role
// is asked when it is used.
func validateDelegations(delegations []Delegation, roles map[string]Role, operators map[string]Operator) error {
	type key struct{ delegate, delegator, role string }
	seen := make(map[key]struct{}, len(delegations))
	counts := map[string]int{}
	for _, delegation := range delegations {
		if err := delegation.Validate(); err != nil {
			return err
		}
		id := key{delegation.Delegate, delegation.Delegator, delegation.RoleId}
		if _, twice := seen[id]; twice {
			return ErrInvalidGenesis.Wrapf("role %s is lent twice by %s to %s", id.role, id.delegator, id.delegate)
		}
		seen[id] = struct{}{}
		lender, known := operators[delegation.Delegator]
		delegate, known2 := operators[delegation.Delegate]
		if !known || !known2 {
			return ErrOperatorNotFound.Wrapf("%s or %s, of a delegation", delegation.Delegator, delegation.Delegate)
		}
		if lender.Scope() != delegate.Scope() {
			return ErrInvalidGenesis.Wrapf("%s and %s are not of one scope", delegation.Delegator, delegation.Delegate)
		}
		if err := validateRolesKnown([]string{delegation.RoleId}, roles, "a delegation"); err != nil {
			return err
		}
		if counts[delegation.Delegate]++; counts[delegation.Delegate] > MaxDelegationsPerOperator {
			return ErrInvalidGenesis.Wrapf("%s was lent more than %d roles", delegation.Delegate, MaxDelegationsPerOperator)
		}
	}
	return nil
}

func validateSpending(all []DailySpending, operators map[string]Operator) error {
	type key struct{ operator, currency string }
	seen := make(map[key]struct{}, len(all))
	for _, spending := range all {
		id := key{spending.Operator, spending.Currency}
		if _, twice := seen[id]; twice {
			return ErrInvalidGenesis.Wrapf("spending of %s in %s is listed twice", id.operator, id.currency)
		}
		seen[id] = struct{}{}
		if _, known := operators[spending.Operator]; !known {
			return ErrOperatorNotFound.Wrapf("%.100q, of spending", spending.Operator)
		}
		if !IsCurrency(spending.Currency) || spending.Amount.IsNil() || spending.Amount.IsNegative() {
			return ErrInvalidGenesis.Wrapf("spending of %s: a currency and an amount of at least 0 are needed", spending.Operator)
		}
	}
	return nil
}

// validateAccountRoleLists checks the order in which an operator's roles for accounts are stored.
func validateAccountRoleLists(operator Operator, roles map[string]Role) error {
	for at, list := range operator.AccountRoles {
		if at > 0 && operator.AccountRoles[at-1].Account >= list.Account || !slices.IsSorted(list.Roles) {
			return ErrInvalidGenesis.Wrapf("account roles of operator %s are not sorted", operator.Address)
		}
		if err := validateRolesKnown(list.Roles, roles, "operator "+operator.Address); err != nil {
			return err
		}
	}
	return nil
}
