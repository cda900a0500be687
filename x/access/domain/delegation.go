package domain

import (
	"slices"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// MayLend reports whether a lender still stands behind a role: it is active, of the same scope, and has the
// role itself for all of it. That its institution and party are active was asked of the delegate.
func MayLend(delegator, delegate types.Operator, role string) bool {
	return delegator.Status == active && delegator.Scope() == delegate.Scope() && slices.Contains(delegator.Roles, role)
}

// CheckDelegation refuses to lend to oneself, to another institution or party, to who may not act, and what
// the lender does not have itself.
func CheckDelegation(delegation types.Delegation, lender, delegate types.Operator) error {
	switch {
	case lender.Address == delegate.Address:
		return types.ErrInvalidDelegation.Wrap("nobody lends a role to themselves")
	case lender.Scope() != delegate.Scope():
		return types.ErrInvalidDelegation.Wrap("the delegate acts for another institution or party")
	case delegate.Status != active:
		return types.ErrInvalidDelegation.Wrap("the delegate is suspended or closed")
	case !slices.Contains(lender.Roles, delegation.RoleId):
		return types.ErrGrantDenied.Wrapf("%s does not hold role %s itself", lender.Address, delegation.RoleId)
	}
	return CheckLimitGrant(lender.Limits, delegation.Limits)
}
