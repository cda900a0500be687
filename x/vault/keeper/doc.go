// Package keeper stores sealed records, keys, shares and their trail, and asks access who may do what. It
// sees no plaintext and no private key, and puts nothing sealed into errors, events or logs.
package keeper
