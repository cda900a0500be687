// Package types is the vocabulary of settlement: the generated messages, and what hangs off them.
// Everything that clients must compute exactly as the chain does (account addresses, denoms, derived
// UETRs, reasons) is a pure function here.
package types
