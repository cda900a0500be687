// Package document is the text form of models, calibrations and scales: strict JSON, with a digest of each.
//
// A document is read only if it is, apart from white space, exactly what Write makes of it: an unknown or repeated
// field, a number with a point, fields in another order or a wrong digest are refused. So two documents with the
// same content have the same text, and nobody approves a file that means something else to another reader.
package document
