package types

import (
	"cosmossdk.io/math"

	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Normal has zero where nothing was said: a message may leave the price of a loan out.
func (t OfferTerms) Normal() OfferTerms {
	if t.Price.IsNil() {
		t.Price = math.ZeroInt()
	}
	return t
}

// ValidateFor checks normal terms alone. ErrInvalidOffer.
func (t OfferTerms) ValidateFor(kind FinanceKind) error {
	if len(t.WorstGrade) > MaxGradeLength {
		return ErrInvalidOffer.Wrapf("grade of %d characters, at most %d", len(t.WorstGrade), MaxGradeLength)
	}
	if kind.IsLoan() {
		if !t.Price.IsZero() || t.RatePpm > MaxRatePpm {
			return ErrInvalidOffer.Wrapf("a loan has a rate of at most %d ppm, and no price", MaxRatePpm)
		}
		return nil
	}
	if t.RatePpm != 0 || t.FacilityId != 0 {
		return ErrInvalidOffer.Wrap("a purchase has a price, and neither rate nor facility")
	}
	if err := settlementtypes.CheckAmount(t.Price); err != nil {
		return ErrInvalidOffer.Wrapf("price: %s", err)
	}
	return nil
}
