// Package compact makes the text that is sealed of a payment short. Each byte of it is gossiped, hashed and kept by
// every node, and most of what a payment says is the names of ISO 20022's elements: those are in a dictionary.
//
// A packed text is one byte for its form; then for form 1 a DEFLATE stream (RFC 1951) that was primed with the
// dictionary; then zeros up to a multiple of 128 bytes, so that the length tells less of names and texts. A text that
// begins with "{" is not packed. The dictionary is part of form 1 for ever: better words are another form.
package compact
