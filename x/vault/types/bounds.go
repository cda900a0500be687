package types

import "time"

// Bounds of records and lists.
const (
	// MaxInlineBytes is the longest ciphertext in state: nonce, encrypted salt and content, tag.
	MaxInlineBytes = 64 << 10
	// SealedOverhead is what an inline ciphertext has beyond its content: nonce 12, salt 32, tag 16.
	SealedOverhead = 60
	// MaxOutsideBytes bounds the size that a record may name for a ciphertext that is kept outside: 1 TiB.
	MaxOutsideBytes = 1 << 40
	DigestLength    = 32 // bytes
	KeyIDLength     = 32 // bytes
	// MaxKeysPerReader bounds the sealed keys of one share: one for each suite, and for keys that rotate.
	MaxKeysPerReader = 4
	// MaxReadersPerRecord bounds the shares of a record: erasing deletes them all in one transaction.
	MaxReadersPerRecord = 64
	// MaxKeysPerMember bounds the encryption keys of one member, rotated and revoked ones included.
	MaxKeysPerMember   = 200
	MaxMediaTypeLength = 64
	// MaxPendingPerReader bounds the requests of one reader that wait for an answer, or were refused
	// within the lifetime of a request: each leaves an entry in somebody's trail.
	MaxPendingPerReader = 100
	// MaxRecordsPerSubject bounds the records about one member, erased ones included: they stay with their trails.
	MaxRecordsPerSubject = 100_000
	// MaxTrailEntries is how long a trail grows by what is asked, shared and opened. Denials, revocations and the
	// erasure come on top: at most one for each open request and each share.
	MaxTrailEntries = 4_000
	// MaxExpiriesPerBlock bounds the requests that expire, or leave state, in one block; the rest waits for the next.
	MaxExpiriesPerBlock = 100

	// MinRequestLifetime and MaxRequestLifetime bound the time to answer a request.
	MinRequestLifetime = time.Minute
	MaxRequestLifetime = 366 * 24 * time.Hour
)
