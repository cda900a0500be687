package types

import "cosmossdk.io/collections"

// StoreKey names the store.
const StoreKey = ModuleName

// Prefixes of the store. A prefix is never reused.
var (
	ParamsPrefix                = collections.NewPrefix(1)
	AttestationsPrefix          = collections.NewPrefix(2)
	NextAttestationPrefix       = collections.NewPrefix(3)
	AttestationsOfSubjectPrefix = collections.NewPrefix(4)
	ActiveAttestationsPrefix    = collections.NewPrefix(5)
	AttestationQueuePrefix      = collections.NewPrefix(6)
	ModelsPrefix                = collections.NewPrefix(7)
	NextModelPrefix             = collections.NewPrefix(8)
	ModelObjectsPrefix          = collections.NewPrefix(9)
	ModelsOfProductPrefix       = collections.NewPrefix(10)
	EnrolmentsPrefix            = collections.NewPrefix(16)
	EnrolmentQueuePrefix        = collections.NewPrefix(17)
	FlowsPrefix                 = collections.NewPrefix(18)
	DisputesPrefix              = collections.NewPrefix(19)
	ChampionsPrefix             = collections.NewPrefix(11)
	ModelCountsPrefix           = collections.NewPrefix(12)
	RatingsPrefix               = collections.NewPrefix(13)
	NextRatingPrefix            = collections.NewPrefix(14)
	RatingsOfSubjectPrefix      = collections.NewPrefix(15)
)
