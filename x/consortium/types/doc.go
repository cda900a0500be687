// Package types holds the vocabulary of the consortium: validators, proposals, votes, their messages,
// events and errors. Everything here is stateless.
package types
