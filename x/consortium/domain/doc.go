// Package domain decides about validators and proposals: which status follows, who may leave the
// validator set, when a proposal has passed. Its functions are pure: state, time and settings come
// in as values, and nothing is changed but the returned copies.
package domain
