// Package iso20022 reads payment files: pain.001 from customers and pacs.008
// from banks, of every version in use, into one model.
//
// Parse either gives a Message or refuses the whole file with a *Rejection
// that carries an ISO reason code, a sentence and a place. A transfer that the
// file alone shows can not be settled, such as one with a wrong account check
// digit, stays in the Message with a Refusal, and the others go on. README.md
// says which fault is which.
//
// The content models are Go tables (model*.go), not schemas: they hold the
// elements that this package reads, in order, with occurrence and type, for
// all versions at once. Parts that are not read, such as postal addresses and
// structured remittance, are checked for namespace and size only. Tests hold
// the tables against the published schemas.
//
// Nothing is ever written back: a message that was signed is kept as the bytes
// that came, and Message.Digest names them.
package iso20022
