// Package xsd checks messages against the ISO 20022 schemas.
//
// The schemas are not part of this module; an operator downloads them from the
// registration authority and names the folder. A schema is read once, when the
// first message of its kind arrives. Use it in the gateway, never in consensus:
// what a schema library accepts may change with its version.
//
// The schema processor is github.com/lestrrat-go/helium, which agreed with
// libxml2 on every message of our corpus. What we found in v0.8.0, and guard
// against before a document reaches it:
//
//   - Attributes and namespace declarations of one element take time in the
//     square of their number: 40,000 in 400 kB took four to seven seconds. So do
//     comments between pieces of one text. admit counts all of them first.
//   - The tree takes about 110 times the size of a dense document, so elements
//     are counted too, and no more validations run than there are processors.
//   - A compiler with a file system makes each later validation obey the
//     xsi:schemaLocation of the document: it opens the named files and adds what
//     they declare to the schema. We give it none, where hints are ignored (a
//     test plants one). A schema that includes another does not compile then;
//     no schema of ISO 20022 does.
//   - A DOCTYPE with internal entities is accepted and its entities are expanded
//     within a limit. No ISO 20022 message has a DOCTYPE, so any is refused.
//   - XML 1.1, and with it control characters, is accepted; it is refused here.
//   - Validation does not look at the context, only parsing does. Its time is
//     bounded by the input alone.
//   - Only a whole document can be checked: a Document inside an envelope is
//     moved to the root of its tree first. Its line numbers stay those of the file.
//   - An encoding named by the XML declaration is obeyed or refused. Messages
//     arrive here as UTF-8, decoded earlier, so a declaration of UTF-8 or of a
//     Chinese encoding is ignored and any other refused: parser and validator
//     must read the same characters.
package xsd
