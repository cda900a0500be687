// Package keeper stores balances, supplies and denoms, and is the only writer of money.
//
// Post is the one way in: it folds a posting, reads each record that changes once, lets domain
// decide, and writes each once. There are no messages; other modules are given the keeper.
package keeper
