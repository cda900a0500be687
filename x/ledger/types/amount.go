package types

import "cosmossdk.io/math"

// MaxAmountBits bounds every balance, supply and single entry: 2^128-1 minor units. No real
// amount comes near, sums of MaxEntries such amounts stay far inside the 256 bits of math.Int,
// and a record fits a fixed-width field wherever the ledger is mirrored.
const MaxAmountBits = 128

// ExceedsMaxAmount reports whether the magnitude of an amount is above 2^128-1.
func ExceedsMaxAmount(amount math.Int) bool {
	return amount.BigIntMut().BitLen() > MaxAmountBits
}
