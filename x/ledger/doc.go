// Package ledger keeps the money: balances, supplies, denoms. It has no messages; README.md is
// the specification.
package ledger
