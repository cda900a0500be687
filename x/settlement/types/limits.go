package types

import (
	"math"
	"math/big"
	"time"

	sdkmath "cosmossdk.io/math"
)

// Bounds of what one message, account or query may hold. Every loop in a block runs under one of them.
const (
	// TransfersPerBatchMax is the most transfers of one MsgPayBatch.
	TransfersPerBatchMax = 1_000
	// CurrenciesMax is the most currencies of an account or a participant.
	CurrenciesMax = 32
	// ReferencesPerOpeningMax is the most account numbers given when an account is opened.
	ReferencesPerOpeningMax = 8
	// AccountsPerPartyMax is the most accounts of one party over all time.
	AccountsPerPartyMax = 1_000
	// ResolveReferencesMax is the most digests of one ResolveReferences query.
	ResolveReferencesMax = 1_000
	// PageRowsMax is the most rows of one page of a list.
	PageRowsMax = 200
	// MinorUnitsMax is the most decimals of a currency in ISO 4217.
	MinorUnitsMax = 4
	// RetirementsPerBlockLimit is the highest value that params may set for the work of one block.
	RetirementsPerBlockLimit = 100_000
	// DetailsBytesMax is the most bytes of the sealed details of one transfer, keys included, encoded.
	DetailsBytesMax = 8 << 10
	// DetailsKeysMax is the most keys of the details of one transfer, and of a group of readers.
	DetailsKeysMax = 8
	// DetailsGroupsMax is the most groups whose keys a single payment tells: as many as its details may have keys.
	// The payer's side and the payee's are two, each regulator that reads is one more. A batch may tell so
	// many more than it has transfers.
	DetailsGroupsMax = DetailsKeysMax
	// DetailsReadersMax is the most regulators that read details: each is a key more in a payment's.
	DetailsReadersMax = 4
	// StoredPaymentBytesMax is the most bytes of a stored payment: two addresses, four digests and ids, an amount.
	StoredPaymentBytesMax = 1_024
	// ProofPathMax is the most hashes of a way through the log: a log of 2^63 payments has no longer one.
	ProofPathMax = 63
	// ReturnsKeptFor is how long it is known, from its settlement, what was paid back of a payment that has left
	// state: longer than anybody may complain of one and wait for what is ruled.
	ReturnsKeptFor = 15 * 365 * 24 * time.Hour
	// KeptReturnsPerBlockMax is the most such records that a block lets go of.
	KeptReturnsPerBlockMax = 500
	// DigestLength is the length of every digest, in bytes: SHA-256 and HMAC-SHA256.
	DigestLength = 32
	// AddressLength is the length of a settlement account's address, in bytes.
	AddressLength = 20
	// IDLengthMax is the longest id of an institution or party that a message may carry.
	IDLengthMax = 64

	outstandingBits = 127
)

// AmountMax is the most that one transfer or issuance moves, in minor units. Clients hold amounts in
// an int64, and so does pain.001 in practice (18 digits).
func AmountMax() sdkmath.Int { return sdkmath.NewInt(math.MaxInt64) }

// OutstandingMax is the most deposit money, and the most reserves, that may exist of one currency. It
// lies below what the ledger holds in one balance (2^128-1), and no balance exceeds what is
// outstanding: so a payment can never overflow a balance, whatever its creditor holds already.
func OutstandingMax() sdkmath.Int {
	one := big.NewInt(1)
	return sdkmath.NewIntFromBigInt(new(big.Int).Sub(new(big.Int).Lsh(one, outstandingBits), one))
}
