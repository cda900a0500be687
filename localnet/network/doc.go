// Package network reads the network file: a YAML description of a network before its first block —
// its members, their customers, accounts and opening money.
//
// Reading is strict. A key that the format does not know is refused with its path, since a silently
// ignored "reservs" would start a network in which nobody can settle; text that YAML would turn
// into a number or a truth value is refused as well, since an account number of 19 digits does not
// survive as a floating point number. The format is described for people in docs/network-file.md
// and for machines in docs/network.schema.json; a test keeps both equal to this package.
//
// Names of parties may stand in the file, to make it readable. They never go to the genesis.
package network
