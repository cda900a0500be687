package types

import (
	"fmt"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"
	"google.golang.org/grpc/codes"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Refusals about denoms.
var (
	ErrInvalidDenom  = errorsmod.Register(ModuleName, 2, "denom is not valid")
	ErrDenomConflict = errorsmod.Register(ModuleName, 3, "denom is registered with another currency or exponent")
	ErrUnknownDenom  = errorsmod.RegisterWithGRPCCode(ModuleName, 4, codes.NotFound, "denom is not registered")
	ErrDenomInUse    = errorsmod.Register(ModuleName, 5, "denom still exists in accounts")
)

// Refusals of postings, in the order in which they are looked for (ErrUnknownDenom comes after
// ErrUnbalancedPosting).
var (
	ErrTooManyEntries      = errorsmod.Register(ModuleName, 10, "posting has too many entries")
	ErrInvalidEntry        = errorsmod.Register(ModuleName, 11, "posting has an entry without account, denom or amount")
	ErrUnbalancedPosting   = errorsmod.Register(ModuleName, 12, "entries do not add up to the change of supply")
	ErrInsufficientBalance = errorsmod.Register(ModuleName, 13, "balance is too small")
	ErrAmountOverflow      = errorsmod.Register(ModuleName, 14, "amount is greater than 2^128-1")
	ErrInsufficientSupply  = errorsmod.Register(ModuleName, 15, "more would be redeemed than exists")
)

// Refusals of holds. One that the account cannot cover is an ErrInsufficientBalance.
var (
	ErrInvalidHold    = errorsmod.Register(ModuleName, 16, "hold has no account, denom, module, id or amount")
	ErrHoldExists     = errorsmod.Register(ModuleName, 17, "hold exists already")
	ErrHoldNotFound   = errorsmod.RegisterWithGRPCCode(ModuleName, 18, codes.NotFound, "hold not found")
	ErrHoldTooSmall   = errorsmod.Register(ModuleName, 19, "hold is smaller than what is taken from it")
	ErrCaptureUnspent = errorsmod.Register(ModuleName, 21, "posting debits less than it takes from holds")
)

// ErrInvalidGenesis refuses a genesis state that contradicts itself.
var ErrInvalidGenesis = errorsmod.Register(ModuleName, 20, "genesis state is not valid")

// Shortfall is the refusal of a debit with its facts, for callers that must tell which account
// is short (a customer's, or a bank's reserve). It is an ErrInsufficientBalance, also on chain. What is held
// is not available.
type Shortfall struct {
	Account   sdk.AccAddress
	Denom     string
	Available math.Int // minor units
	Needed    math.Int // minor units
}

// Error gives the facts; the keeper puts the account's address before them.
func (s *Shortfall) Error() string {
	return fmt.Sprintf("%s: available %s, needed %s: %s", s.Denom, s.Available, s.Needed, ErrInsufficientBalance)
}

// Cause keeps code and codespace on chain; errorsmod looks for it, not for Unwrap.
func (s *Shortfall) Cause() error { return ErrInsufficientBalance }

// Unwrap makes errors.Is find ErrInsufficientBalance.
func (s *Shortfall) Unwrap() error { return ErrInsufficientBalance }
