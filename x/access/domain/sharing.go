package domain

import (
	"slices"
	"time"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// Wish is a wish to share, with what else decides on it.
type Wish struct {
	types.Sharing
	// Abroad is true unless subject and reader are known to be in one country.
	Abroad bool
	Now    time.Time
}

// Covers reports whether a consent or legal basis allows a wish. It allows its grantee only: an
// institution's consent says nothing of its parties, and a party's nothing of its institution.
func Covers(grant types.Grant, wish Wish) bool {
	return IsInForce(grant, wish.Now) && allows(grant, wish)
}

// Covered reports whether a consent that has ended would allow the wish, if it had not.
func Covered(grant types.Grant, wish Wish) bool {
	return !IsInForce(grant, wish.Now) && allows(grant, wish)
}

func allows(grant types.Grant, wish Wish) bool {
	return grant.Subject == wish.Subject &&
		grant.Grantee == wish.Reader &&
		grant.Level >= wish.Level &&
		slices.Contains(grant.Purposes, wish.Purpose) &&
		(grant.CrossBorder || !wish.Abroad)
}

// IsInForce reports whether a consent or legal basis holds at a time. It ends at the moment that it
// names: that moment is outside.
func IsInForce(grant types.Grant, now time.Time) bool {
	return !grant.Ended && now.Before(grant.ExpiresAt)
}

// BreaksGlassFor reports whether an emergency access allows a wish. It is for supervision only, and knows
// no borders: the regulator's law decides on them.
func BreaksGlassFor(access types.BreakGlass, wish Wish) bool {
	return access.Status == types.BreakGlassOpen &&
		wish.Now.Before(access.ExpiresAt) &&
		access.Regulator() == wish.Reader &&
		access.Subject.Scope() == wish.Subject &&
		access.Level >= wish.Level &&
		wish.Purpose == types.Purpose_PURPOSE_SUPERVISION
}

// Longer is the basis that ends last; of two that end together the one that was found first.
func Longer(found, other types.Basis) types.Basis {
	if found.Kind == types.BasisNone || other.ExpiresAt.After(found.ExpiresAt) {
		return other
	}
	return found
}

// SameCountry reports whether two institutions are known to be in one country.
func SameCountry(a, b types.Institution) bool {
	country := CountryOf(a)
	return country != "" && country == CountryOf(b)
}

// CountryOf is the country of an institution's seat, ISO 3166-1 alpha-2: the one it names, else the one in
// its BIC, letters 5 and 6; empty if neither is known.
func CountryOf(institution types.Institution) string {
	if institution.Country != "" {
		return institution.Country
	}
	if len(institution.Bic) >= 6 {
		return institution.Bic[4:6]
	}
	return ""
}

// CheckReviewer refuses a reviewer who had a part in an emergency access, by whatever key.
func CheckReviewer(access types.BreakGlass, reviewer types.Operator) error {
	if reviewer.Holder == "" {
		return types.ErrHolderMissing.Wrap(reviewer.Address)
	}
	if slices.Contains(access.Holders, reviewer.Holder) {
		return types.ErrReviewerInvolved.Wrapf("%s, in emergency access %d", reviewer.Address, access.Id)
	}
	return nil
}

// breakGlassTransitions: nothing is reviewed that is not over, and nothing opens twice.
var breakGlassTransitions = map[types.BreakGlassStatus]types.BreakGlassStatus{
	types.BreakGlassOpen: types.BreakGlassDue,
	types.BreakGlassDue:  types.BreakGlassReviewed,
}

// CheckBreakGlassTransition refuses a change that the table does not have.
func CheckBreakGlassTransition(from, to types.BreakGlassStatus) error {
	if next, known := breakGlassTransitions[from]; !known || next != to {
		return types.ErrBreakGlassStatus.Wrapf("from %s to %s", from, to)
	}
	return nil
}
