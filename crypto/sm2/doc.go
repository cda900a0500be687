// Package sm2 is the SM2 signature key (GB/T 32918.2-2016, GM/T 0003.2) as an account key: a Cosmos SDK
// public and private key, and the algorithm by which a keyring makes one.
//
// The curve is the recommended one (GB/T 32918.5), the hash SM3, the user id "1234567812345678", which
// GM/T 0009 names for whoever has agreed on no other. What is signed is therefore
// SM3(SM3(16 || user id || curve || public key) || message). Any SM2 device that follows the standards makes
// such signatures; it gives R and S in DER, of which the two numbers go on the ledger.
//
// One key and one signature have one form each:
//
//	public key   33 bytes, a compressed point: 02 or 03, and X
//	private key  32 bytes, a number from 1 to n-2, big-endian
//	signature    64 bytes, R and S, each a number from 1 to n-1, big-endian
//
// The address is ADR-28's, SHA-256 of the type's name and the key: 32 bytes, where secp256k1 has 20.
package sm2
