// Package credit is the module that rates. Its specification is README.md; what exists is the pure engine and its
// file form.
package credit
