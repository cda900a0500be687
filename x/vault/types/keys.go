package types

import "cosmossdk.io/collections"

const (
	// ModuleName names the module and its error codespace.
	ModuleName = "vault"
	// StoreKey names the store.
	StoreKey = ModuleName
)

// Prefixes of the store. A prefix is never reused. What erasing deletes stands alone, below 5 and 6.
var (
	ParamsPrefix            = collections.NewPrefix(1)
	EncryptionKeysPrefix    = collections.NewPrefix(2)
	RecordsPrefix           = collections.NewPrefix(3)
	NextRecordPrefix        = collections.NewPrefix(4)
	CiphertextsPrefix       = collections.NewPrefix(5)
	SharesPrefix            = collections.NewPrefix(6)
	RequestsPrefix          = collections.NewPrefix(7)
	NextRequestPrefix       = collections.NewPrefix(8)
	TrailPrefix             = collections.NewPrefix(9)
	TrailLengthsPrefix      = collections.NewPrefix(10)
	KeysOfMemberPrefix      = collections.NewPrefix(11)
	ActiveKeysPrefix        = collections.NewPrefix(12)
	RecordsOfSubjectPrefix  = collections.NewPrefix(13)
	RequestsOfSubjectPrefix = collections.NewPrefix(14)
	PendingRequestsPrefix   = collections.NewPrefix(15)
	RequestQueuePrefix      = collections.NewPrefix(16)
	InlineBytesPrefix       = collections.NewPrefix(17)
	RecordCountsPrefix      = collections.NewPrefix(18)
)
