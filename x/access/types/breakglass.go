package types

import "slices"

// Statuses of emergency accesses, for short.
const (
	BreakGlassOpen     = BreakGlassStatus_BREAK_GLASS_STATUS_OPEN
	BreakGlassDue      = BreakGlassStatus_BREAK_GLASS_STATUS_DUE
	BreakGlassReviewed = BreakGlassStatus_BREAK_GLASS_STATUS_REVIEWED
)

// Regulator is the scope of the regulator.
func (b BreakGlass) Regulator() Scope { return Scope{InstitutionID: b.RegulatorId} }

// Validate checks an emergency access's form.
func (b BreakGlass) Validate() error {
	if err := validateMembers(b.Regulator(), b.Subject.Scope()); err != nil {
		return err
	}
	if err := b.validateWish(); err != nil {
		return err
	}
	if b.OpenedBy == "" || len(b.Holders) < 2 || !slices.IsSorted(b.Holders) || firstRepeated(b.Holders) != "" {
		return ErrInvalidBreakGlass.Wrap("who opened it and two or more different holders, sorted, are needed")
	}
	if b.ExpiresAt.Before(b.OpenedAt) || b.ReviewBy.Before(b.ExpiresAt) {
		return ErrInvalidBreakGlass.Wrap("its opening, end and review are out of order")
	}
	return b.validateReview()
}

// validateWish checks what the maker says.
func (b BreakGlass) validateWish() error {
	if Own(b.Subject.Scope(), b.Regulator()) {
		return ErrInvalidBreakGlass.Wrap("a regulator needs none for its own data")
	}
	if !IsSharingLevel(b.Level) {
		return ErrInvalidBreakGlass.Wrapf("level %d: %d to %d is needed", b.Level, MinSharingLevel, MaxSharingLevel)
	}
	if err := validateReference(b.LegalReference); err != nil {
		return ErrInvalidBreakGlass.Wrap(err.Error())
	}
	return nil
}

func (b BreakGlass) validateReview() error {
	reviewed := b.Status == BreakGlassReviewed
	switch {
	case b.Status != BreakGlassOpen && b.Status != BreakGlassDue && !reviewed:
		return ErrInvalidBreakGlass.Wrapf("status %d is unknown", b.Status)
	case reviewed != (b.ReviewedBy != ""), reviewed != (len(b.ReportDigest) != 0):
		return ErrInvalidBreakGlass.Wrap("reviewer and report are those of a reviewed one")
	case reviewed && len(b.ReportDigest) != ReportDigestLength:
		return ErrInvalidBreakGlass.Wrapf("report digest has %d bytes: %d are needed", len(b.ReportDigest), ReportDigestLength)
	}
	return nil
}

// Validate checks the message alone; whether its regulator is one is for the keeper.
func (m *MsgOpenBreakGlass) Validate() error {
	if err := m.Subject.Validate(); err != nil {
		return err
	}
	return BreakGlass{Subject: m.Subject, Level: m.Level, LegalReference: m.LegalReference}.validateWish()
}

// Validate checks the message alone.
func (m *MsgReviewBreakGlass) Validate() error {
	if n := len(m.ReportDigest); n != ReportDigestLength {
		return ErrInvalidBreakGlass.Wrapf("report digest has %d bytes: %d are needed", n, ReportDigestLength)
	}
	return nil
}
