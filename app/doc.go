// Package app is where the modules meet: it builds the keepers in the order of the tiers, sets the
// order in which modules run, and decides which transactions get in. It is the only importer of
// keepers.
package app
