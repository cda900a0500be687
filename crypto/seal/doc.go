// Package seal encrypts records and payment details for their readers, outside the ledger. The ledger keeps
// what it makes and checks its form only: PublicKey.Validate, Envelope.ValidateBasic, GroupKeys.ValidateBasic
// and InsertKey are pure functions of bounded cost and meant for consensus. All else draws randomness or
// holds keys and must never run there.
//
// # What it protects against
//
//   - Reading, by anyone who holds neither a reader's key nor the content: validators, operators of nodes,
//     holders of files. Hybrid keys keep that up if ML-KEM-768 or X25519 falls, so what is recorded today
//     does not fall to a quantum computer alone. SM2 keys have no such second leg.
//   - Altering, moving, cutting: sealed keys are bound to reader, binding, cipher and digest, the ciphertext
//     to binding and digest. All that ends in ErrBroken.
//   - A sealer who shows readers different contents: all check the one digest (ErrDigest).
//   - Guessing content from its digest: 32 random bytes of salt are hashed first.
//   - A disclosure that lies: CheckOpening needs digest, salt and content only, so an arbitrator needs no key.
//
// # What it does not protect against
//
//   - Readers copy what they read. Taking a sealed key out of state stops nobody who had it.
//   - What was in a block stays in copies of that block. Erasing deletes from state; it cannot recall.
//   - A stolen private key opens all that was ever sealed for it. There is no forward secrecy in a message
//     at rest: rotate keys, and destroy old ones when what they open may be forgotten.
//   - A stolen root of groups opens all that was sealed for them, and a stolen group key what was sealed for
//     that group. Another epoch, and another set of readers, makes another group key.
//   - Who sealed: nothing here is signed. Whoever knows a public key can seal for it; the transaction that
//     carries the envelope has the signature. ErrBroken can be the sealer's fault too, who put junk.
//   - Whether a sealed key on the ledger opens: no validator can tell. Its reader can.
//   - Lengths, times, number of readers and their key ids, which link what one key reads. Pad content whose
//     length tells something.
//   - Memory of this process: what can be zeroed is zeroed; the libraries and the runtime keep copies.
//
// # Formats
//
// Hash(use, parts...) is SHA-256("zhilian/seal/v1/" || use || 0x00 || parts...); all parts but the last
// have a fixed length. Derive(secret, use, context) is HKDF-Expand with SHA-256 and info
// "zhilian/seal/v1/" || use || 0x00 || context. Integers are big-endian; || joins bytes.
//
//	public key   hybrid 1,216: ML-KEM-768 encapsulation key 1,184, X25519 key 32 (X-Wing)
//	             SM2 65: 0x04, x, y
//	private key  32: hybrid seed (X-Wing) or SM2 scalar
//	key id       32: Hash("key-id", suite 4, public key)
//	digest       32: Hash("content", salt 32, content)
//	info         32: Hash("sealed-key", key id 32, Hash("binding", binding) 32, cipher 1, digest 32)
//	sealed key   hybrid 1,168: HPKE base mode, single shot, KEM 0x647a, HKDF-SHA256, AES-256-GCM, empty aad:
//	             ML-KEM ciphertext 1,088, X25519 share 32, encrypted content key 32, tag 16
//	             SM2 161: GB/T 32918.4 over content key 32 || info 32, as C1 65 (0x04, x, y), C3 32, C2 64
//	             group 48: encrypted content key 32, tag 16, under the envelope's cipher; no aad, a nonce of zeros;
//	             key id: the group's commitment; key Derive(Derive(group key, "group-item", Hash("group-item",
//	             commitment 32, Hash("binding", binding) 32, cipher 1, digest 32)), "group-item", cipher 1)
//	             first group 0: its readers make the content key
//	content key  32: with groups Derive(group key of the first, "group-content", Hash("group-content",
//	             commitment 32, Hash("binding", binding) 32, cipher 1, digest 32)); else random
//	ciphertext   nonce 12, encrypted (salt 32 || content), tag 16: 60 bytes more than the content
//	             key Derive(content key, "inline", cipher 1): 32 bytes for AES-256, 16 for SM4
//	             aad digest 32 || length of binding 8 || binding
//	file         "ZLSEAL" 0x00 0x01, then salt || content in chunks of 65,536 bytes, the last shorter or full,
//	             each with a tag of 16; key Derive(content key, "file", cipher 1); no aad
//	             nonce: counter 11 from 0, then 0x01 for the last chunk or 0x00
//	group        commitment 32: Hash("group-commitment", group key 32); group key sealed as content keys are,
//	             info Hash("sealed-group-key", key id 32, Hash("binding", binding) 32, commitment 32)
//	group key    Derive(root 32, "group-root", Hash("group-root", Hash("binding", binding) 32, epoch 8, sorted
//	             key ids 32 each)); only who has the root needs to know how it came about
//	key file     JSON: version 1, suite, key_id (hex), public_key, protection ("none" or
//	             "argon2id+aes256gcm"), argon2id {time, memory_kib, threads, salt 16}, private_key: the 32
//	             bytes, or nonce 12, encrypted key 32, tag 16 with aad
//	             Hash("keyfile", version 1, suite 1, public key). Bytes are in base64
//
// The files of testdata hold one of each; a change that cannot open them is a new version, not a fix.
package seal
