package types

import "cosmossdk.io/collections"

const (
	// ModuleName names the module and its error codespace.
	ModuleName = "ledger"
	// StoreKey names the module's store.
	StoreKey = ModuleName
)

// Prefixes of the store. A prefix is never reused.
var (
	DenomsPrefix   = collections.NewPrefix(1)
	BalancesPrefix = collections.NewPrefix(2)
	SuppliesPrefix = collections.NewPrefix(3)
	HoldsPrefix    = collections.NewPrefix(4)
)
