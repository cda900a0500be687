// Package keeper stores who is who and answers who may do what.
//
// Require is the question that every handler asks; AdmitSigner the one before a transaction is
// executed at all. Both deny by default. Everything else registers, grants and changes standing.
package keeper
