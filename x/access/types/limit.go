package types

import (
	"slices"
	"strings"

	"cosmossdk.io/math"
)

// IsCurrency reports whether a text has the form of an ISO 4217 code. Whether the network settles it is
// not for this module to know: a limit in a currency that is not settled bounds nothing.
func IsCurrency(code string) bool {
	return len(code) == 3 && consistsOf(code, isUpper)
}

// Validate checks a limit's form. One that bounds nothing is refused: it is left out.
func (l Limit) Validate() error {
	if !IsCurrency(l.Currency) {
		return ErrInvalidLimit.Wrapf("currency %.10q is not an ISO 4217 code", l.Currency)
	}
	if !isAmount(l.PerPayment) || !isAmount(l.PerDay) {
		return ErrInvalidLimit.Wrapf("%s: amounts of 0 to %d bits are needed, 0 for no bound", l.Currency, MaxAmountBits)
	}
	if l.PerPayment.IsZero() && l.PerDay.IsZero() {
		return ErrInvalidLimit.Wrapf("%s: it bounds nothing, leave it out", l.Currency)
	}
	return nil
}

// isAmount accepts what can be added to another such amount without overflow.
func isAmount(amount math.Int) bool {
	return !amount.IsNil() && !amount.IsNegative() && amount.BigIntMut().BitLen() <= MaxAmountBits
}

// validateLimits checks a list of limits: sorted by currency, one for each.
func validateLimits(limits []Limit) error {
	if n := len(limits); n > MaxLimits {
		return ErrInvalidLimit.Wrapf("%d limits, at most %d", n, MaxLimits)
	}
	for at, limit := range limits {
		if err := limit.Validate(); err != nil {
			return err
		}
		if at > 0 && limits[at-1].Currency >= limit.Currency {
			return ErrInvalidLimit.Wrapf("limits are sorted by currency, one for each: %s", limit.Currency)
		}
	}
	return nil
}

// SortedLimits returns a sorted copy: limits are stored in one order, whatever the order in a message.
func SortedLimits(limits []Limit) []Limit {
	sorted := slices.Clone(limits)
	slices.SortStableFunc(sorted, func(a, b Limit) int { return strings.Compare(a.Currency, b.Currency) })
	return sorted
}

// LimitIn finds the limit in a currency, nil if there is none. Lists have at most MaxLimits.
func LimitIn(limits []Limit, currency string) *Limit {
	for at := range limits {
		if limits[at].Currency == currency {
			return &limits[at]
		}
	}
	return nil
}

// Validate checks a rule's form.
func (r KycRule) Validate() error {
	if r.Level < MinKYCLevel || r.Level > MaxKYCLevel {
		return ErrInvalidParams.Wrapf("KYC level %d: %d to %d is needed", r.Level, MinKYCLevel, MaxKYCLevel)
	}
	if n := len(r.Permissions); n > MaxPermissionsPerRole {
		return ErrInvalidParams.Wrapf("KYC level %d: %d permissions, at most %d", r.Level, n, MaxPermissionsPerRole)
	}
	for at, permission := range r.Permissions {
		if !isPermission(permission) && (permission != AnyPermission || len(r.Permissions) != 1) {
			return ErrInvalidParams.Wrapf("KYC level %d: %.70q is neither a permission nor %q alone", r.Level, permission, AnyPermission)
		}
		if at > 0 && r.Permissions[at-1] >= permission {
			return ErrInvalidParams.Wrapf("KYC level %d: permissions are sorted and different: %s", r.Level, permission)
		}
	}
	return validateLimits(r.Limits)
}
