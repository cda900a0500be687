package types

import "cosmossdk.io/collections"

const (
	// ModuleName names the module and its error codespace.
	ModuleName = "settlement"
	// StoreKey is the key of the Merklised store.
	StoreKey = ModuleName
	// TransientStoreKey is the key of the store that lives for one block.
	TransientStoreKey = "transient_" + ModuleName
)

// Prefixes of the Merklised store.
var (
	ParamsPrefix        = collections.NewPrefix(1)
	CurrenciesPrefix    = collections.NewPrefix(2)
	ParticipantsPrefix  = collections.NewPrefix(3)
	AccountsPrefix      = collections.NewPrefix(4)
	AccountCountsPrefix = collections.NewPrefix(5)
	ReferencesPrefix    = collections.NewPrefix(6)
	OutstandingsPrefix  = collections.NewPrefix(7)
	PaymentsPrefix      = collections.NewPrefix(8)
	PaymentNamesPrefix  = collections.NewPrefix(9)
	InstructionsPrefix  = collections.NewPrefix(10)
	RetirementsPrefix   = collections.NewPrefix(11)
	PaymentLogPrefix    = collections.NewPrefix(12)
	ReturnsPrefix       = collections.NewPrefix(13)
	HoldsPrefix         = collections.NewPrefix(14)
	HoldsDuePrefix      = collections.NewPrefix(15)
	KeptReturnsPrefix   = collections.NewPrefix(16)
)

// Prefixes of the transient store: what the current block has decided, in order.
var (
	DecidedPrefix      = collections.NewPrefix(1)
	DecidedCountPrefix = collections.NewPrefix(2)
)
