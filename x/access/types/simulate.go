package types

import (
	"time"

	"cosmossdk.io/math"
)

// PastUse is a use of a permission that lies behind, as a simulation of policies judges it.
type PastUse struct {
	Operator   string // bech32
	Permission string
	Account    string // settlement account that was acted on, bech32; empty if none was
	Money      Money  // all that was asked for
	// Moved is what of it has moved: the rest of the day of the operator's holder counts it.
	Moved math.Int
	At    time.Time
}

// Verdict is what a decision comes to.
type Verdict int

// Verdicts, the mildest first.
const (
	VerdictAllowed       Verdict = iota + 1
	VerdictNeedsApproval         // of others, who can be asked
	VerdictRefused               // whoever approves
)

// Judgement is what one set of policies makes of a use.
type Judgement struct {
	Verdict   Verdict
	Rule      string // that decided, or the policies that ask; empty if it is allowed
	Approvals uint32 // most that one of these policies asks for
	Err       error  // the refusal; nil if it is allowed
}

// JudgedUse is a past use under the policies in force and under the proposed ones.
type JudgedUse struct {
	SpentBefore       math.Int // that day, in that currency, by the uses of the same person before it
	Current, Proposed Judgement
}

// Lockout is a policy that nobody could meet.
type Lockout struct {
	Policy string
	Err    error
}

// Simulation is what policies would have made of past uses.
type Simulation struct {
	Lockouts []Lockout
	Uses     []JudgedUse // in the order of the uses
}
