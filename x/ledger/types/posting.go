package types

import (
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

const (
	// MaxEntries bounds one posting. A batch of 1,000 transfers between banks has 4 entries for
	// each (two customers, two reserves); the rest is room for a charge or two.
	MaxEntries = 4_100
	// MaxSupplyChanges bounds one posting: 2 for each such transfer (burnt here, minted there).
	MaxSupplyChanges = 2_050
	// MaxAccountBytes bounds an account's address: 20 bytes for keys and settlement accounts,
	// 32 for other derived addresses.
	MaxAccountBytes = 32
)

// Entry changes one balance.
type Entry struct {
	Account sdk.AccAddress
	Denom   string
	Delta   math.Int // minor units; + credit, − debit
}

// SupplyChange changes how much of a denom exists.
type SupplyChange struct {
	Denom string
	Delta math.Int // minor units; + issue, − redeem
}

// Posting is a set of entries that happen together or not at all. For each denom the entries
// add up to the change of its supply; without one they add up to zero.
type Posting struct {
	Entries []Entry        // at most MaxEntries
	Supply  []SupplyChange // at most MaxSupplyChanges
}
