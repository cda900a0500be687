package types

import "cosmossdk.io/collections"

const (
	// ModuleName names the module, its account (the authority of the network), and its errors.
	ModuleName = "consortium"
	// StoreKey names the module's store.
	StoreKey = ModuleName
)

// Prefixes of the store, never reused.
var (
	ParamsPrefix         = collections.NewPrefix(1)
	ValidatorsPrefix     = collections.NewPrefix(2)
	ConsensusKeysPrefix  = collections.NewPrefix(3)
	DowntimesPrefix      = collections.NewPrefix(4)
	PendingUpdatesPrefix = collections.NewPrefix(5)
	NextProposalIDPrefix = collections.NewPrefix(6)
	ProposalsPrefix      = collections.NewPrefix(7)
	VotesPrefix          = collections.NewPrefix(8)
	OpenProposalsPrefix  = collections.NewPrefix(9)
	KeyTypesPrefix       = collections.NewPrefix(10)
)
