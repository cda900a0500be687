// Package reference computes the keyed digests by which the chain knows account numbers, end-to-end
// ids and message ids without ever seeing them.
//
// A plain hash of an account number is no secret: the numbers of a bank can be listed and hashed in
// minutes. The digests are therefore HMAC-SHA256 under a key that only the members' gateways hold.
// The chain never sees the key; it compares digests.
//
// Layout of what is authenticated, for every digest:
//
//	tag || 0x00 || for each part: length (8 bytes, big endian) || part
//
// The tag names the purpose, so that equal texts of two purposes have unrelated digests; lengths
// keep ("ab", "c") and ("a", "bc") apart.
package reference
