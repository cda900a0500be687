// Package arrivals remembers for a while which transactions came to this node, when, and what the
// node said: so that a question for a transaction that is in no block yet has an answer, and so that
// the time from arrival to settlement can be measured.
//
// It is told by CheckTx, which holds CometBFT's mempool lock: each call is a look into a bounded map,
// and calls nothing else. Nothing of it is consensus; a restart forgets it, as it does the mempool.
package arrivals
