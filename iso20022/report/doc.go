// Package report writes the ISO 20022 messages the network sends: payment
// status reports (pain.002, pacs.002), account notifications (camt.054),
// account statements (camt.053) and message rejections (admi.002).
//
// Input types hold facts, not XML: amounts in minor units, times as time.Time.
// They import neither the chain nor the inbound parser, so that a statement can
// be written from a read model, a test, or a node alike. Account, Agent and
// Party have the fields of the inbound package's types of the same names.
//
// Three rules hold for every writer.
//
// References are exact, texts are tidy. An identifier (message id, end-to-end
// id, UETR, account) is matched by a machine at the other end: it is echoed
// byte for byte or the report is refused with ErrInvalid, never shortened. A
// name or an explanation is read by people: white space is collapsed, control
// and direction-changing characters go, and what exceeds the schema's maximum
// is cut between two characters.
//
// A report never claims more than its parts. A group is ACSC only if every
// transfer in it is settled; a statement is written only if opening + credits
// - debits = closing, otherwise the writer returns ErrUnbalanced.
//
// The same input gives the same bytes. Nothing reads a clock, a map's order or
// the environment, so a report can be signed, stored by its hash, and produced
// again.
package report
