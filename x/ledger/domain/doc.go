// Package domain decides postings: facts in, new amounts out, no store and no clock.
//
// A posting is a set of entries (account, denom, signed amount) and of supply changes. Net folds
// it into one change per (account, denom) and one per supply, sorted, zero changes dropped, and
// refuses what does not add up. Apply adds the changes to the amounts that the keeper read and
// refuses what would go below zero or above 2^128-1. The result depends on the sums only, never
// on the order of the entries.
//
// A hold sets a part of a balance aside. It moves nothing: balance and supply stay, and what is left
// above the holds is available. Capture lets a posting spend from holds.
package domain
