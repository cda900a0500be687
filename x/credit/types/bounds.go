package types

import "time"

// Bounds of attestations and settings.
const (
	// MaxValues bounds the values of an attestation: as many as a model has inputs.
	MaxValues = 128
	// MaxInputNameLength, MaxCodeLength, MaxDecimals and MaxValue are the engine's: what can be attested
	// can be rated with.
	MaxInputNameLength = 64
	MaxCodeLength      = 64
	MaxDecimals        = 9
	MaxValue           = 1_000_000_000_000_000
	CommitmentLength   = 32 // bytes
	MinSaltLength      = 16 // bytes
	MaxSaltLength      = 64 // bytes
	// MaxPeriodMonths bounds a period: ten years of accounts.
	MaxPeriodMonths = 120
	// MaxActivePerSubject bounds the attestations about a subject that are in force: a rating and each new
	// attestation read them all.
	MaxActivePerSubject = 64
	// MaxActivePerProvider bounds those of one provider among them, so that no provider shuts out the others.
	MaxActivePerProvider = 16
	// MaxEndsPerBlock bounds the attestations that a block ends or forgets; the rest waits for the next
	// block, and none of them is in force while it waits.
	MaxEndsPerBlock = 100
	// AttestationUnits is the work of attesting and revoking, in units of app/work.go: as many attestations
	// as can be in force are read, and those that are contradicted written.
	AttestationUnits = 10
	// OpenLevel is the level of open values: pseudonymous, as amounts are.
	OpenLevel = 2

	// MaxModelBytes, MaxCalibrationBytes and MaxScaleBytes bound canonical bytes.
	MaxModelBytes       = 512 << 10
	MaxCalibrationBytes = 2 << 10
	MaxScaleBytes       = 8 << 10
	DigestLength        = 32 // bytes
	MaxProductLength    = 32
	// MaxModelsPerInstitution bounds what one institution may ever register: nothing of it is deleted.
	MaxModelsPerInstitution = 100
	MaxDataTextLength       = 140
	MaxGrades               = 64
	// MaxEndorsementsNeeded bounds the endorsements that an entry holds for a step.
	MaxEndorsementsNeeded = 20
	MaxBadRowsMin         = 1_000_000
	MaxTolerancePpm       = 100_000
	MaxPsiPpm             = 10_000_000
	// RegistrationUnits is the work of a registration, in units of app/work.go: it reads, checks and writes
	// up to MaxModelBytes.
	RegistrationUnits = 40

	// MaxReasons is how many reasons a rating has.
	MaxReasons = 4
	// MaxSources bounds the attestations that a rating rests on: all that can be in force.
	MaxSources     = MaxActivePerSubject
	MinRatingsKept = 2
	MaxRatingsKept = 100
	// RatingUnits is the work of a rating, in units of app/work.go: the largest model is read, checked and run
	// on what is attested. It is the same for all models, so that what a block holds can be counted without
	// its state.
	RatingUnits       = 45
	MinRatingLifetime = 24 * time.Hour
	MaxRatingLifetime = 5 * 366 * 24 * time.Hour

	// MaxBehaviourCurrencies bounds the currencies of an enrolment.
	MaxBehaviourCurrencies = 8
	// MaxCounterparties bounds each of the two lists of a flow: those that were paid, and those that paid only.
	MaxCounterparties = 32
	// BehaviourMonths are kept: twelve whole ones, the one before them, and the running one.
	BehaviourMonths = 14
	// MaxEnrolmentYears bounds an enrolment, as that of a consent is.
	MaxEnrolmentYears = 5
	// MaxEnrolmentEndsPerBlock bounds the enrolments that a block ends because their time is over, and
	// MaxSweptPerBlock the records that it forgets because their month is; the rest waits, and none of it is read.
	MaxEnrolmentEndsPerBlock = 5
	MaxSweptPerBlock         = 100
	// MaxFlowMinor is where sums stop.
	MaxFlowMinor = 1 << 62
	// BehaviourUnits is the work of enrolling and of ending that, in units of app/work.go: all that is kept of a
	// subject is erased, and its ratings are read.
	BehaviourUnits = 10
	currencyLength = 3

	MaxProtectedInputs       = 200
	MinAttestationLifetime   = 24 * time.Hour
	MaxAttestationLifetime   = 5 * 366 * 24 * time.Hour
	MinRetention             = 24 * time.Hour
	MaxRetention             = 10 * 366 * 24 * time.Hour
	firstYear, lastYear      = 1900, 9999
	monthsPerYear, yearDigit = 12, 100
)
