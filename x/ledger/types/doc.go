// Package types is the vocabulary of the ledger: denoms, balances, postings, errors and genesis.
package types
