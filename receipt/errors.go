package receipt

import "fmt"

// Part names what of a receipt is wrong.
type Part string

// The parts, in the order in which Verify checks them.
const (
	PartForm       Part = "form"
	PartChainID    Part = "chain id"
	PartPayment    Part = "payment"
	PartLog        Part = "log"
	PartProof      Part = "membership proof"
	PartHeader     Part = "header"
	PartValidators Part = "validator set"
	PartCommit     Part = "commit"
	PartTrust      Part = "trust"
	// PartDetails is the disclosed details beside a receipt that holds.
	PartDetails Part = "details"
	// PartTrustPeriod is the reader's: the trust file is older than the reader allows.
	PartTrustPeriod Part = "trust period"
)

// Error says which part of a receipt does not hold and why.
type Error struct {
	Part Part
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Part, e.Err) }

// Unwrap gives the reason.
func (e *Error) Unwrap() error { return e.Err }

// wrong makes an Error of a reason in words.
func wrong(part Part, format string, args ...any) error {
	return &Error{Part: part, Err: fmt.Errorf(format, args...)}
}
