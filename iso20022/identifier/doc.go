// Package identifier checks the identifiers that a payment carries: IBAN, BIC,
// LEI, USCC, CNAPS bank number and UETR.
//
// Each CheckX answers one question: is this string, exactly as given, a valid
// identifier of that scheme? Nothing is normalised. In ISO 20022 XML and on
// the ledger an identifier has one spelling; accepting " DE89 3704 …" or lower
// case would give one account two names.
//
// The package is used by consensus code, so it is pure: no clock, no I/O, no
// iteration over maps. The same string gets the same answer on every node.
package identifier
