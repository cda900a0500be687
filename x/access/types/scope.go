package types

// Scope is what an operator acts for, or what an action is about: an institution itself (PartyID
// empty) or one of its parties.
type Scope struct {
	InstitutionID string
	PartyID       string

	// own marks OwnScope. A scope left empty by mistake has no such mark and is denied.
	own bool
}

// OwnScope asks about whatever the operator itself acts for. Who asks so looks at the Actor that
// comes back: it may be a party's operator.
var OwnScope = Scope{own: true}

// Actor is an operator whose standing and permission were checked.
type Actor struct {
	Address       string // bech32
	InstitutionID string
	PartyID       string // empty: acts for the institution itself
	Kind          InstitutionKind

	// DailyCurrency is the currency of the question if a limit bounds what the operator moves in a day of
	// it; empty otherwise. Spend charges Day, on the network's clock.
	DailyCurrency string
	Day           int64
}

// Scope is what the operator acts for.
func (o Operator) Scope() Scope { return Scope{InstitutionID: o.InstitutionId, PartyID: o.PartyId} }

// Scope is what the actor acts for.
func (a Actor) Scope() Scope { return Scope{InstitutionID: a.InstitutionID, PartyID: a.PartyID} }

// Covers reports whether an operator of scope s may act on the asked scope: an institution's
// operator on the institution and all its parties, a party's operator on that party only.
func (s Scope) Covers(asked Scope) bool {
	if s.InstitutionID == "" || s.InstitutionID != asked.InstitutionID {
		return false
	}
	return s.PartyID == "" || s.PartyID == asked.PartyID
}
