package types

import (
	"strconv"
	"time"
)

// Sharing is one wish to give data of a subject to a reader.
type Sharing struct {
	Subject Scope
	Reader  Scope
	Purpose Purpose
	Level   uint32 // 2 to 4
}

// BasisKind says what a sharing rests on.
type BasisKind int

// What a sharing may rest on.
const (
	BasisNone BasisKind = iota
	// BasisOwn: the reader is the subject, or the institution that serves it.
	BasisOwn
	BasisConsent
	BasisLaw
	BasisBreakGlass
)

// Basis is what a sharing rests on.
type Basis struct {
	Kind BasisKind
	ID   uint64 // of the consent, legal basis or emergency access
	// ExpiresAt is when it ends; the zero time if never.
	ExpiresAt time.Time
}

// String is the text of a basis in a trail: "own", "consent 7", "law 3", "break-glass 2".
func (b Basis) String() string {
	number := " " + strconv.FormatUint(b.ID, 10)
	switch b.Kind {
	case BasisOwn:
		return "own"
	case BasisConsent:
		return "consent" + number
	case BasisLaw:
		return "law" + number
	case BasisBreakGlass:
		return "break-glass" + number
	}
	return ""
}

// Scope is the scope of a member.
func (m Member) Scope() Scope { return Scope{InstitutionID: m.InstitutionId, PartyID: m.PartyId} }

// MemberOf is the member of a scope.
func MemberOf(scope Scope) Member {
	return Member{InstitutionId: scope.InstitutionID, PartyId: scope.PartyID}
}
