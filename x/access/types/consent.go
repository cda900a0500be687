package types

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	errorsmod "cosmossdk.io/errors"
)

// Grant is what consents and legal bases have in common: whose data, to whom, what for.
type Grant struct {
	ID          uint64
	Subject     Scope
	Grantee     Scope
	Purposes    []Purpose
	Level       uint32
	CrossBorder bool
	From        time.Time
	ExpiresAt   time.Time
	// Ended is true once it was withdrawn or revoked.
	Ended bool
}

// Grant is what the consent gives.
func (c Consent) Grant() Grant {
	return Grant{
		ID: c.Id, Subject: c.Subject.Scope(), Grantee: c.Grantee.Scope(), Purposes: c.Purposes, Level: c.Level,
		CrossBorder: c.CrossBorder, From: c.GivenAt, ExpiresAt: c.ExpiresAt, Ended: c.Withdrawn,
	}
}

// Grant is what the legal basis gives.
func (b LegalBasis) Grant() Grant {
	return Grant{
		ID: b.Id, Subject: b.Subject.Scope(), Grantee: b.Grantee.Scope(), Purposes: b.Purposes, Level: b.Level,
		CrossBorder: b.CrossBorder, From: b.RecordedAt, ExpiresAt: b.ExpiresAt, Ended: b.Revoked,
	}
}

// Validate checks a consent's form.
func (c Consent) Validate() error { return c.Grant().validate(ErrInvalidConsent) }

// Validate checks a legal basis's form.
func (b LegalBasis) Validate() error {
	if b.Operator == "" {
		return ErrInvalidLegalBasis.Wrap("the operator who recorded it is needed")
	}
	if err := validateReference(b.Reference); err != nil {
		return ErrInvalidLegalBasis.Wrap(err.Error())
	}
	return b.Grant().validate(ErrInvalidLegalBasis)
}

// validate refuses with the error of the kind that the grant is of.
func (g Grant) validate(invalid *errorsmod.Error) error {
	if err := validateMembers(g.Subject, g.Grantee); err != nil {
		return err
	}
	if Own(g.Subject, g.Grantee) {
		return invalid.Wrap("the grantee needs none: the data are its own or its customer's")
	}
	if !IsSharingLevel(g.Level) {
		return invalid.Wrapf("level %d: %d to %d is needed", g.Level, MinSharingLevel, MaxSharingLevel)
	}
	if !slices.IsSorted(g.Purposes) {
		return invalid.Wrap("purposes are not sorted")
	}
	if err := validatePurposes(g.Purposes); err != nil {
		return invalid.Wrap(err.Error())
	}
	if !g.From.Before(g.ExpiresAt) {
		return invalid.Wrap("it must end later than it begins")
	}
	if g.ExpiresAt.After(g.From.AddDate(MaxConsentYears, 0, 0)) {
		return invalid.Wrapf("it may last %d years at most; ask again then", MaxConsentYears)
	}
	return nil
}

func validateMembers(scopes ...Scope) error {
	for _, scope := range scopes {
		if err := MemberOf(scope).Validate(); err != nil {
			return err
		}
	}
	return nil
}

// Validate checks the form of the ids.
func (m Member) Validate() error {
	if err := validateInstitutionID(m.InstitutionId); err != nil {
		return err
	}
	if m.PartyId == "" {
		return nil
	}
	return validatePartyID(m.PartyId)
}

// IsSet reports whether a purpose is one of those that are known.
func (p Purpose) IsSet() bool {
	_, known := Purpose_name[int32(p)]
	return known && p != Purpose_PURPOSE_UNSPECIFIED
}

// IsSharingLevel reports whether data of a level are shared one by one.
func IsSharingLevel(level uint32) bool { return level >= MinSharingLevel && level <= MaxSharingLevel }

func validatePurposes(purposes []Purpose) error {
	if n := len(purposes); n == 0 || n > MaxPurposes {
		return formError("1 to 8 purposes are needed")
	}
	for i, purpose := range purposes {
		if !purpose.IsSet() {
			return formError("a purpose is unknown")
		}
		if slices.Contains(purposes[:i], purpose) {
			return formError("a purpose is repeated")
		}
	}
	return nil
}

func validateReference(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return formError("the law or order is needed")
	case !utf8.ValidString(text):
		return formError("the reference is not UTF-8")
	case utf8.RuneCountInString(text) > MaxReferenceLength:
		return formError("the reference is longer than 140 characters")
	case strings.ContainsFunc(text, unicode.IsControl):
		return formError("the reference has control characters")
	}
	return nil
}

// NewConsent is the consent that the message asks for, without number.
func (m *MsgGiveConsent) NewConsent(now time.Time) Consent {
	return Consent{
		Subject: m.Subject, Grantee: m.Grantee, Purposes: slices.Sorted(slices.Values(m.Purposes)), Level: m.Level,
		CrossBorder: m.CrossBorder, GivenAt: now, ExpiresAt: m.ExpiresAt,
	}
}

// NewLegalBasis is the legal basis that the message asks for, without number.
func (m *MsgRecordLegalBasis) NewLegalBasis(now time.Time) LegalBasis {
	return LegalBasis{
		Subject: m.Subject, Grantee: m.Grantee, Purposes: slices.Sorted(slices.Values(m.Purposes)), Level: m.Level,
		CrossBorder: m.CrossBorder, Reference: m.Reference, Operator: m.Operator, RecordedAt: now, ExpiresAt: m.ExpiresAt,
	}
}

// Validate checks a wish to share. ErrInvalidSharing.
func (s Sharing) Validate() error {
	if !IsSharingLevel(s.Level) {
		return ErrInvalidSharing.Wrapf("level %d: %d to %d is needed", s.Level, MinSharingLevel, MaxSharingLevel)
	}
	if !s.Purpose.IsSet() {
		return ErrInvalidSharing.Wrapf("purpose %d is unknown", s.Purpose)
	}
	return nil
}

// Own reports whether a reader reads its own data: it is the subject, or the institution that serves the
// subject. A party does not read its institution's data.
func Own(subject, reader Scope) bool { return reader.Covers(subject) }
