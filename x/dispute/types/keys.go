package types

import "cosmossdk.io/collections"

// StoreKey names the store.
const StoreKey = ModuleName

// Prefixes of the store. A prefix is never reused. 1 to 39 are those of cases; 40 to 79 are for feedback and
// statistics.
var (
	ParamsPrefix            = collections.NewPrefix(1)
	CasesPrefix             = collections.NewPrefix(2)
	NextCasePrefix          = collections.NewPrefix(3)
	CasesOfMemberPrefix     = collections.NewPrefix(4)
	OpenCasesPrefix         = collections.NewPrefix(5)
	FactsPrefix             = collections.NewPrefix(6)
	CaseOfFactsPrefix       = collections.NewPrefix(7)
	DuePrefix               = collections.NewPrefix(8)
	DrawsPrefix             = collections.NewPrefix(9)
	PanelsPrefix            = collections.NewPrefix(10)
	ClaimsPrefix            = collections.NewPrefix(11)
	NextClaimPrefix         = collections.NewPrefix(12)
	ClaimsOfPayerPrefix     = collections.NewPrefix(13)
	ClaimsOfCasePrefix      = collections.NewPrefix(14)
	ClaimCursorPrefix       = collections.NewPrefix(15)
	ArbitratorsPrefix       = collections.NewPrefix(16)
	ArbitratorsOfPrefix     = collections.NewPrefix(17)
	InterestsPrefix         = collections.NewPrefix(18)
	FrivolousPrefix         = collections.NewPrefix(19)
	DepositsDuePrefix       = collections.NewPrefix(20)
	HaltedPrefix            = collections.NewPrefix(21)
	LastTickPrefix          = collections.NewPrefix(22)
	SeatsOfArbitratorPrefix = collections.NewPrefix(23)
	SatPrefix               = collections.NewPrefix(24)

	FeedbackPrefix      = collections.NewPrefix(40)
	NextFeedbackPrefix  = collections.NewPrefix(41)
	FeedbackOfPrefix    = collections.NewPrefix(42)
	FeedbackAboutPrefix = collections.NewPrefix(43)
	FeedbackOnPrefix    = collections.NewPrefix(44)
	ScoresPrefix        = collections.NewPrefix(45)
	ChangesPrefix       = collections.NewPrefix(46)
	NextChangePrefix    = collections.NewPrefix(47)
	ChangesOfPrefix     = collections.NewPrefix(48)
	CellsPrefix         = collections.NewPrefix(49)
	CountedPrefix       = collections.NewPrefix(50)
)
