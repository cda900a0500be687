package types

import "time"

// Bounds of records and lists.
const (
	MinInstitutionIDLength   = 4
	MaxInstitutionIDLength   = 32
	MaxInstitutionNameLength = 140 // characters
	MaxClearingMembers       = 8
	MaxClearingMemberLength  = 64
	MaxPartyIDLength         = 64
	MaxRoleIDLength          = 32
	MaxPermissionLength      = 64
	MaxPermissionsPerRole    = 64
	MaxRolesPerOperator      = 16
	IdentityCommitmentLength = 32 // bytes
	MinKYCLevel              = 1
	MaxKYCLevel              = 3

	// MaxInstitutions bounds the walks over all members: a vote's tally, a registration.
	MaxInstitutions = 500
	// MaxOperatorsPerScope bounds the operators of one institution, and of one party: the search
	// for another administrator walks them.
	MaxOperatorsPerScope = 200
	// MaxQuotaPerBlock bounds every quota: more units than a block can hold.
	MaxQuotaPerBlock = 1_000_000
	// DefaultQuotaPerBlock lets an operator send one full batch (1,000 transfers) in a block, and
	// as much again in single messages.
	DefaultQuotaPerBlock = 2_000
)

// Bounds of limits, policies and delegations.
const (
	// MaxLimits bounds the currencies of a list of limits.
	MaxLimits = 8
	// MaxAmountBits bounds an amount in a limit or policy: two of them add up without overflow.
	MaxAmountBits = 200
	// MaxAccountRoles bounds the accounts for which an operator holds roles of their own.
	MaxAccountRoles = 16
	// MaxHolderLength bounds the pseudonymous id of a person.
	MaxHolderLength = 64
	// MaxAddressLength bounds the text of an address of an account.
	MaxAddressLength = 128
	// MaxPolicies bounds the approval policies of one scope: each use of a permission walks them.
	MaxPolicies = 32
	// MaxApprovals bounds what one policy may ask for.
	MaxApprovals = 5
	// MaxRolesPerPolicy bounds the roles of which an approver must hold one.
	MaxRolesPerPolicy = 8
	// MaxDelegationsPerOperator bounds what was lent to one operator.
	MaxDelegationsPerOperator = 16
	// MaxDelegationTime is the longest delegation.
	MaxDelegationTime = 366 * 24 * time.Hour
	// MaxExplainApprovers bounds the approvers of a question to Explain.
	MaxExplainApprovers = 16
	// MaxUTCOffsetMinutes bounds the network's clock, both ways.
	MaxUTCOffsetMinutes = 14 * 60
)

// Bounds of the times in the settings.
const (
	MinActionLifetime   = time.Minute
	MaxActionLifetime   = 90 * 24 * time.Hour
	MinRetention        = 24 * time.Hour
	MaxRetention        = 10 * 366 * 24 * time.Hour
	MinBreakGlass       = time.Hour
	MaxBreakGlass       = 30 * 24 * time.Hour
	MinBreakGlassReview = 24 * time.Hour
	MaxBreakGlassReview = 90 * 24 * time.Hour

	// MinSharingLevel and MaxSharingLevel are the levels of data that are shared one by one: level 1 is
	// public, level 5 is not shared.
	MinSharingLevel = 2
	MaxSharingLevel = 4
	MaxPurposes     = 8
	// MaxReferenceLength is in characters: a law with its article, or an order with its number.
	MaxReferenceLength = 140
	// MaxConsentYears bounds consents and legal bases: who wants more asks again.
	MaxConsentYears = 5
	// MaxConsentsPerSubject bounds the consents of one subject that are in force, and its legal bases:
	// the search for a basis walks those of one grantee.
	MaxConsentsPerSubject = 1_000
	// MaxEndedConsentsRead bounds the search for a consent that has ended: the newest of the subject.
	MaxEndedConsentsRead = 100
	// MaxOpenBreakGlasses bounds the open emergency accesses of one regulator: the search walks them.
	MaxOpenBreakGlasses = 100
	ReportDigestLength  = 32 // bytes
	// MaxSharingEndsPerBlock bounds the ended consents, legal bases and emergency accesses that one block
	// takes note of, each of the two queues for itself; the rest waits for the next block. None of
	// them is in force while it waits.
	MaxSharingEndsPerBlock = 200
)
