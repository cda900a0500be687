// Package x holds the modules of the chain, one folder each. Its test keeps their tiers apart.
package x
