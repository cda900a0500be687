package types

import "time"

// Validate checks a delegation's form, but for the bech32 prefix of its addresses, which the keeper knows.
func (d Delegation) Validate() error {
	if d.Delegator == "" || d.Delegate == "" {
		return ErrInvalidAddress.Wrap("a delegation needs the addresses of lender and delegate")
	}
	if d.Delegator == d.Delegate {
		return ErrInvalidDelegation.Wrap("nobody lends a role to themselves")
	}
	if err := validateRoleID(d.RoleId); err != nil {
		return err
	}
	if !d.ExpiresAt.After(d.StartsAt) {
		return ErrInvalidDelegation.Wrap("it must expire after its start")
	}
	if d.ExpiresAt.Sub(d.StartsAt) > MaxDelegationTime {
		return ErrInvalidDelegation.Wrapf("it may last %d days at most", int(MaxDelegationTime/(24*time.Hour)))
	}
	return validateLimits(d.Limits)
}

// ValidAt reports whether a time lies within the delegation's: its start does, its end does not.
func (d Delegation) ValidAt(now time.Time) bool {
	return !now.Before(d.StartsAt) && now.Before(d.ExpiresAt)
}
