package types

import (
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

const (
	// MaxHoldIDBytes bounds a hold's id, and the name of its module: a UETR in text has 36.
	MaxHoldIDBytes = 64
	// MaxCaptures bounds the holds that one posting spends from. Two legs that settle together spend two.
	MaxCaptures = 100
)

// HoldKey names a hold: one module has one hold of a name in an account and denom. A module names itself
// and no other: the ledger takes its word, as it does for postings.
type HoldKey struct {
	Account sdk.AccAddress
	Denom   string
	Module  string
	ID      string
}

// Capture spends from a hold what the posting beside it debits.
type Capture struct {
	Hold   HoldKey
	Amount math.Int // minor units, above 0, at most what the hold has left
}

// Validate checks the form of the name. Module and id are visible ASCII, so that they order as they read
// and end nowhere inside a key.
func (k HoldKey) Validate() error {
	if len(k.Account) == 0 || len(k.Account) > MaxAccountBytes {
		return ErrInvalidHold.Wrapf("account of %d bytes", len(k.Account))
	}
	if k.Denom == "" {
		return ErrInvalidHold.Wrap("denom is needed")
	}
	if !isVisible(k.Module) || !isVisible(k.ID) {
		return ErrInvalidHold.Wrapf("module %.70q and id %.70q must be 1 to %d visible characters", k.Module, k.ID, MaxHoldIDBytes)
	}
	return nil
}

func isVisible(s string) bool {
	if s == "" || len(s) > MaxHoldIDBytes {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// CheckHoldAmount admits 1 to 2^128-1 minor units.
func CheckHoldAmount(amount math.Int) error {
	if amount.IsNil() || !amount.IsPositive() {
		return ErrInvalidHold.Wrap("an amount above zero is needed")
	}
	if ExceedsMaxAmount(amount) {
		return ErrAmountOverflow.Wrap("hold")
	}
	return nil
}

// HeldAmount is what is held of the balance; zero if nothing.
func (b Balance) HeldAmount() math.Int {
	if b.Held == nil || b.Held.IsNil() {
		return nothing
	}
	return *b.Held
}

// nothing is shared: an Int is never changed.
var nothing = math.ZeroInt()
