package types

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
