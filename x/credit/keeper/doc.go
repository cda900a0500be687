// Package keeper stores attestations and asks access who may do what and which consent holds.
package keeper
