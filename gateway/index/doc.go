// Package index is the node's read model: what the payments and accounts of the network did, in
// SQL tables, so that lists and statements cost nothing to the chain's state.
//
// It is derived from finished blocks and from nothing else. Deleting the file and following the
// chain again gives the same rows, as long as the node still has the blocks.
//
//	decode.go    a block and its results in, rows out; pure
//	store.go     the SQLite file: migrations, one transaction per block
//	log.go       the log of payments: a copy of its tree, checked against the chain's; proofs
//	queries.go   pages with cursors that new rows do not shift
//	find.go      payments by any reference
//	events.go    what happened to an account, in one order
//
// Opening balances of genesis are not events, so entries alone are no balance: a statement takes
// its opening balance as closing balance less entries.
package index
