// Package simulation runs the whole application on random operations and checks the money after
// every block. The seed decides everything: a failure is repeated by giving it again.
package simulation
