package types

import "time"

// Bounds of cases and settings.
const (
	// MaxClaimants bounds a collective case: its ruling pays all of them in one block.
	MaxClaimants = 25
	// MaxRepresentatives is how many may act for all claimants (CBIRC 2020 No. 3: five at most).
	MaxRepresentatives = 5
	// MaxRemediesPerClaimant and MaxRemedies bound what is asked for.
	MaxRemediesPerClaimant = 4
	MaxRemedies            = MaxClaimants * MaxRemediesPerClaimant
	MaxEvidence            = 50
	MaxFiledEvidence       = 10
	MaxRequests            = 20
	// MaxOffers bounds the offers of one case, so that mediation ends.
	MaxOffers = 5
	// MaxTrailEntries is how many of the newest entries of a record's trail are attached.
	MaxTrailEntries  = 20
	MaxServiceLength = 32
	MaxReasonsLength = 2000 // characters
	MaxApologyLength = 280  // characters
	CommitmentLength = 32   // bytes
	MinSaltLength    = 16   // bytes
	MaxSaltLength    = 64   // bytes
	// MaxPublicDigits is the longest number in a published text: account, identity and phone numbers are longer.
	MaxPublicDigits = 4

	// MaxArbitrators bounds a draw: each of them is looked at.
	MaxArbitrators               = 200
	MaxArbitratorsPerInstitution = 10
	MaxInterestsPerArbitrator    = 100
	// MaxReserves is how many can replace silent members.
	MaxReserves  = 20
	MaxPanelSize = 9
	// MaxSeats bounds a panel with those who were replaced.
	MaxSeats = MaxPanelSize + MaxReserves

	// MaxDuePerBlock bounds the cases whose time runs out in one block; the rest waits, and nobody can act in
	// them meanwhile.
	MaxDuePerBlock = 20
	// MaxDrawsPerBlock bounds the panels that a block draws.
	MaxDrawsPerBlock = 3
	// MaxPayersPerBlock and MaxClaimsPerPayer bound the claims that a block serves.
	MaxPayersPerBlock = 10
	MaxClaimsPerPayer = 5
	// TickEvery is how often the clock of cases is written: a write in each block would keep an idle network
	// awake.
	TickEvery = time.Minute
	// StepUnits is the work of a message that may execute a ruling, FileUnits that of filing, in units of
	// app/work.go.
	StepUnits = 10
	FileUnits = 5

	MaxBusinessDaySeconds = 10 * 24 * 60 * 60
	MinHaltGap            = 2 * TickEvery
	MaxHaltGap            = 24 * time.Hour
	MaxCurrencyAmounts    = 32
	MaxInterestPpm        = 1_000_000
	MaxOpenCases          = 100
	MaxHolds              = 100
	MaxFrivolousFree      = 100
	MaxDrawDelayBlocks    = 100
	MaxDraws              = 10
	MaxLimitationDays     = 3660
	// MaxStepDays is more than the business days from a filing to what is final, with both panels.
	MaxStepDays = 365

	// MinGroup is the least number of cases that anyone may know of.
	MinGroup = 5
	// StatisticsDays is a period of the statistics in business days: they are public when it is over, for whoever
	// watched them change would see each case.
	StatisticsDays = 90
	// MaxRecountCases bounds what a query counts again.
	MaxRecountCases       = 100_000
	MaxScore              = 5
	MaxFeedbackTextLength = 280 // characters
	MaxChangesPerFeedback = 5
	MaxFeedbackPerChange  = 50
)
