// Package xmltree reads XML from strangers into a small element tree.
//
// It takes the part of XML 1.0 that business messages use and refuses the
// rest by position: document type declarations (and with them every entity
// but the five predefined ones), processing instructions other than the XML
// declaration and an xml-stylesheet before the root, comments inside a value,
// two roots, data after the root. Nothing is ever fetched; schemaLocation,
// stylesheets and XInclude are text.
//
// It does not use encoding/xml, which lets duplicate attributes, undeclared
// prefixes and missing white space through and turns a reference to a
// surrogate into U+FFFD. Every parser on a payment's way must read the same
// number, so a document that is not well-formed has no meaning here. A fuzz
// test holds the two against each other: what this package accepts,
// encoding/xml reads the same.
//
// Size, depth, number of elements and length of a value are bounded, and a
// document is refused at the first byte that breaks a rule.
package xmltree
