package types

import "cosmossdk.io/math"

// Ask is one use of a permission, as Require judges it.
type Ask struct {
	Operator   string // bech32
	Permission string // with a level where one exists: "vault.read:3"
	Scope      Scope  // what is acted on
	Account    string // settlement account that is acted on, bech32; empty if none is
	Money      Money  // what moves; the zero value if nothing does
	// Quorum is what a message needs besides the policies of its scope; the zero value if nothing.
	Quorum Quorum
	// Fresh is what of Money does not repeat what has moved before, if some of it may: a retry gets its
	// first result, whatever limits and policies say of the amount today. It is asked last, when nothing but
	// limits or approvals refuse: who may not act at all learns nothing from it. nil if all is new.
	Fresh func() (Money, error)
}

// Money is what a message moves in one currency: a batch counts as a whole for approvals and for the day,
// and by its largest transfer for the bound of one payment.
type Money struct {
	Currency string   // ISO 4217
	Largest  math.Int // of its transfers; minor units
	Total    math.Int // of all of them; minor units
}

// MoneyOf is the money of a single payment.
func MoneyOf(currency string, amount math.Int) Money {
	return Money{Currency: currency, Largest: amount, Total: amount}
}

// Moves reports whether money moves at all.
func (m Money) Moves() bool { return m.Currency != "" }

// Quorum asks for approvals of active operators of a scope by their permission, whatever its policies say.
type Quorum struct {
	Name       string // what the refusal and Explain call it, e.g. "recovery"
	Scope      Scope
	Permission string // that each approver must have
	Approvals  uint32 // different persons besides the maker
}
