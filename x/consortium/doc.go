// Package consortium runs a permissioned validator set and the institutions' collective decisions.
// README.md is its specification.
package consortium
