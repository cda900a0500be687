// Package index is the node's read model: what the payments and accounts of the network did, in
// SQL tables, so that lists and statements cost nothing to the chain's state.
//
// It is derived from finished blocks and from nothing else. Deleting the file and following the
// chain again gives the same rows, as long as the node still has the blocks.
//
//	decode.go    a block and its results in, rows out; pure
//	store.go     the SQLite file: migrations, one transaction per block
//	write.go     the rows of a block: payments in order, entries that do not follow from them
//	accounts.go  numbers in place of addresses
//	columns.go   what a column holds, and how it is given back
//	details.go   sealed details of payments, as ciphertext
//	log.go       the log of payments: a copy of its tree, checked against the chain's; proofs
//	queries.go   pages with cursors that new rows do not shift
//	find.go      payments by any reference
//	events.go    what happened to an account, in one order
//
// What a payment costs is mostly the pages that it changes, so each fact is written once. Rows lie in the
// order of decision, and only the indexes (by UETR, by account, by digest, by transaction) are written in
// random places. The entries of a payment are not stored: they are read off its row, which knows the number
// of the first of them. An entry that says anything else than its payment is stored as it is. A payment that
// is decided about again makes way: its receipt goes to replaced_payments and its entries become rows.
//
// Sealed details are kept as their event gave them: ciphertext and sealed keys, nothing in clear, beside the
// payments that have some. They leave with the row when a payment is decided about again, and otherwise stay
// as long as the file: details are put out of reach by destroying their readers' keys. Whoever must not keep
// even the ciphertext deletes the file and has the node fill it again from the blocks that it still has.
//
// Opening balances of genesis are not events, so entries alone are no balance: a statement takes
// its opening balance as closing balance less entries.
package index
