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

	PoliciesPrefix    = collections.NewPrefix(9)
	DelegationsPrefix = collections.NewPrefix(10)
	// 11 had the day's spending by operator.

	ActionsPrefix        = collections.NewPrefix(12)
	NextActionPrefix     = collections.NewPrefix(13)
	ActionsOfScopePrefix = collections.NewPrefix(14)
	ActionQueuePrefix    = collections.NewPrefix(15)
	PendingCountsPrefix  = collections.NewPrefix(16)
	ActionContentsPrefix = collections.NewPrefix(17)

	ConsentsPrefix            = collections.NewPrefix(20)
	NextConsentPrefix         = collections.NewPrefix(21)
	ConsentsOfSubjectPrefix   = collections.NewPrefix(22)
	LegalBasesPrefix          = collections.NewPrefix(23)
	NextLegalBasisPrefix      = collections.NewPrefix(24)
	LegalBasesOfSubjectPrefix = collections.NewPrefix(25)
	BreakGlassesPrefix        = collections.NewPrefix(26)
	NextBreakGlassPrefix      = collections.NewPrefix(27)
	BreakGlassesOfPrefix      = collections.NewPrefix(28)
	BreakGlassQueuePrefix     = collections.NewPrefix(29)
	RetirementQueuePrefix     = collections.NewPrefix(30)
	ActiveConsentsPrefix      = collections.NewPrefix(31)
	ConsentCountsPrefix       = collections.NewPrefix(32)
	ActiveLegalBasesPrefix    = collections.NewPrefix(33)
	LegalBasisCountsPrefix    = collections.NewPrefix(34)
	OpenBreakGlassesPrefix    = collections.NewPrefix(35)
	UnreviewedPrefix          = collections.NewPrefix(36)

	SpendingPrefix = collections.NewPrefix(37)
)

// UnitsUsedPrefix is the prefix of the transient store.
var UnitsUsedPrefix = collections.NewPrefix(1)
