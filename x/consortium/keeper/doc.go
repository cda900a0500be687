// Package keeper loads, asks the domain to decide, stores, and emits: the validator set that
// CometBFT is told about, and the proposals by which the institutions decide together.
package keeper
