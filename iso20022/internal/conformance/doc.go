// Package conformance holds the content models of package iso20022 against
// the published XML schemas. It has tests only, and is apart from the package
// so that the validator they need is no dependency of it.
//
// The schemas are not part of the repository. The tests read them from
// shared/data/iso20022/xsd beside it, and from the folder that
// ZHILIAN_ISO_XSD names, and are skipped where there are none.
package conformance
