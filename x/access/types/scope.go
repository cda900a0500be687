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
	Holder        string // of the key; empty for a machine's

	// DailyCurrency is the currency of the question if a limit bounds what the operator moves in a day of
	// it; empty otherwise. Spend charges Day, on the network's clock.
	DailyCurrency string
	Day           int64
}

// Scope is what the operator acts for.
func (o Operator) Scope() Scope { return Scope{InstitutionID: o.InstitutionId, PartyID: o.PartyId} }

// Spender is whose day an operator's payments count for: the holder's in the operator's scope, with whatever
// key, or its own if nobody holds it. A party's administrator names the holders of its keys itself: the same
// name elsewhere in the institution may be another person.
type Spender struct {
	Scope   Scope
	Holder  string
	Address string // empty if there is a holder
}

// Spender is whose day the operator's payments count for.
func (o Operator) Spender() Spender {
	if o.Holder == "" {
		return Spender{Scope: o.Scope(), Address: o.Address}
	}
	return Spender{Scope: o.Scope(), Holder: o.Holder}
}

// Scope is what the actor acts for.
func (a Actor) Scope() Scope { return Scope{InstitutionID: a.InstitutionID, PartyID: a.PartyID} }

// Spender is whose day the actor's payments count for.
func (a Actor) Spender() Spender {
	return Operator{Address: a.Address, InstitutionId: a.InstitutionID, PartyId: a.PartyID, Holder: a.Holder}.Spender()
}

// Covers reports whether an operator of scope s may act on the asked scope: an institution's
// operator on the institution and all its parties, a party's operator on that party only.
func (s Scope) Covers(asked Scope) bool {
	if s.InstitutionID == "" || s.InstitutionID != asked.InstitutionID {
		return false
	}
	return s.PartyID == "" || s.PartyID == asked.PartyID
}
