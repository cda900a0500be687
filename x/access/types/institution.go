package types

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zhilian-network/zhilian/iso20022/identifier"
)

// Validate checks an institution's form and the check digits of its identifiers.
func (i Institution) Validate() error {
	if err := validateInstitutionID(i.Id); err != nil {
		return err
	}
	if err := validateName(i.Name); err != nil {
		return ErrInvalidInstitution.Wrapf("%s: %s", i.Id, err)
	}
	switch i.Kind {
	case InstitutionKind_INSTITUTION_KIND_BANK, InstitutionKind_INSTITUTION_KIND_CENTRAL_BANK, InstitutionKind_INSTITUTION_KIND_REGULATOR, InstitutionKind_INSTITUTION_KIND_MEMBER,
		InstitutionKind_INSTITUTION_KIND_DATA_PROVIDER:
	default:
		return ErrInvalidInstitution.Wrapf("%s: kind %d is unknown", i.Id, i.Kind)
	}
	if !i.Status.IsSet() {
		return ErrInvalidInstitution.Wrapf("%s: status %d is unknown", i.Id, i.Status)
	}
	for _, code := range i.identifiers() {
		if code.value == "" {
			continue
		}
		if err := code.check(code.value); err != nil {
			return ErrInvalidInstitution.Wrapf("%s: %s", i.Id, err)
		}
	}
	return i.validateClearingMembers()
}

func (i Institution) validateClearingMembers() error {
	if len(i.ClearingMembers) > MaxClearingMembers {
		return ErrInvalidInstitution.Wrapf("%s: %d clearing memberships, at most %d", i.Id, len(i.ClearingMembers), MaxClearingMembers)
	}
	for at, member := range i.ClearingMembers {
		code, number, found := strings.Cut(member, ":")
		if !found || code == "" || number == "" || len(member) > MaxClearingMemberLength || !consistsOf(member, isVisible) {
			return ErrInvalidInstitution.Wrapf("%s: clearing membership %.70q is not CODE:MEMBER", i.Id, member)
		}
		if at > 0 && i.ClearingMembers[at-1] >= member {
			return ErrInvalidInstitution.Wrapf("%s: clearing memberships are not sorted and different", i.Id)
		}
	}
	return nil
}

func isVisible(c byte) bool { return c > ' ' && c <= '~' }

// SharesIdentifier names an identifier that two institutions have in common, or is empty.
// Messages are routed by these identifiers, so each belongs to one institution.
func (i Institution) SharesIdentifier(other Institution) string {
	mine, others := i.identifiers(), other.identifiers()
	for at, code := range mine {
		if code.value != "" && others[at].value != "" && code.same(code.value, others[at].value) {
			return code.name
		}
	}
	for _, member := range i.ClearingMembers {
		if slices.Contains(other.ClearingMembers, member) {
			return "clearing membership"
		}
	}
	return ""
}

// Votes reports whether institutions of this kind take part in collective decisions.
func (k InstitutionKind) Votes() bool {
	return k == InstitutionKind_INSTITUTION_KIND_BANK || k == InstitutionKind_INSTITUTION_KIND_CENTRAL_BANK || k == InstitutionKind_INSTITUTION_KIND_MEMBER
}

// ServesParties reports whether institutions of this kind have customers.
func (k InstitutionKind) ServesParties() bool {
	return k == InstitutionKind_INSTITUTION_KIND_BANK || k == InstitutionKind_INSTITUTION_KIND_CENTRAL_BANK
}

// IsSet reports whether a status is one of the three.
func (s MemberStatus) IsSet() bool {
	return s == MemberStatus_MEMBER_STATUS_ACTIVE || s == MemberStatus_MEMBER_STATUS_SUSPENDED || s == MemberStatus_MEMBER_STATUS_CLOSED
}

type identifierField struct {
	name, value string
	check       func(string) error
	same        func(a, b string) bool
}

func (i Institution) identifiers() [4]identifierField {
	equal := func(a, b string) bool { return a == b }
	return [4]identifierField{
		{"BIC", i.Bic, identifier.CheckBIC, identifier.SameBIC},
		{"LEI", i.Lei, identifier.CheckLEI, equal},
		{"USCC", i.Uscc, identifier.CheckUSCC, equal},
		{"CNAPS", i.Cnaps, identifier.CheckCNAPS, equal},
	}
}

func validateInstitutionID(id string) error {
	if len(id) < MinInstitutionIDLength || len(id) > MaxInstitutionIDLength ||
		!isUpper(id[0]) || !consistsOf(id, func(c byte) bool { return isUpper(c) || isDigit(c) }) {
		return ErrInvalidInstitution.Wrapf("id %.40q: %d to %d of A-Z and 0-9 are needed, first a letter",
			id, MinInstitutionIDLength, MaxInstitutionIDLength)
	}
	return nil
}

type formError string

func (e formError) Error() string { return string(e) }

func validateName(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return formError("a name is needed")
	case !utf8.ValidString(name):
		return formError("the name is not UTF-8")
	case utf8.RuneCountInString(name) > MaxInstitutionNameLength:
		return formError("the name is longer than 140 characters")
	case strings.ContainsFunc(name, unicode.IsControl):
		return formError("the name has control characters")
	}
	return nil
}

func consistsOf(s string, allowed func(byte) bool) bool {
	for i := range len(s) {
		if !allowed(s[i]) {
			return false
		}
	}
	return true
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
