package types

import "cosmossdk.io/collections"

const (
	// ModuleName names the module and its error codespace.
	ModuleName = "access"
	// StoreKey names the store. It is not "access": the SDK refuses two stores of which one name begins
	// with the other, and the store of accounts is "acc".
	StoreKey = "zhilian_access"
	// TransientStoreKey names the store of counters that live for one block.
	TransientStoreKey = "transient_access"
)

// Prefixes of the store. A prefix is never reused.
var (
	ParamsPrefix               = collections.NewPrefix(1)
	RolesPrefix                = collections.NewPrefix(2)
	InstitutionsPrefix         = collections.NewPrefix(3)
	PartiesPrefix              = collections.NewPrefix(4)
	OperatorsPrefix            = collections.NewPrefix(5)
	PartiesOfInstitutionPrefix = collections.NewPrefix(6)
	OperatorsOfScopePrefix     = collections.NewPrefix(7)
	OperatorCountsPrefix       = collections.NewPrefix(8)
)

// UnitsUsedPrefix is the prefix of the transient store.
var UnitsUsedPrefix = collections.NewPrefix(1)
