// Package vault is `zhiliand vault`: it seals records for their readers and opens them, on the machine of
// whoever does it. What goes to a node is ciphertext, sealed keys, digests and names; private keys and
// contents go to files of the user and nowhere else, not into a log, an event or an error's text.
//
//	cmd.go       the group, the flags that its commands share, one session for each command line
//	chain.go     what the commands need of the network, and the SDK's client context as that
//	seal.go      from members to keys: whom a record is sealed to, which private key opens it
//	cmd_*.go     the commands
//	files.go     files that are written whole or not at all, and never over others
//	words.go     members, purposes and ids as a user types and reads them
//
// Whoever seals believes the node about which keys are a reader's. The chain refuses a sealed key that is
// not for an active key of the reader, but by then the node has what was sent to it. Ask a node of your own
// institution, or compare the key ids that are printed with those that the reader tells you.
package vault
