// Package types is the vocabulary of access: institutions, parties, operators, roles, their
// bounds and the refusals about them.
package types
