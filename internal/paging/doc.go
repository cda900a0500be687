// Package paging reads one page of a stored list. All lists of all modules are read by it, so that
// they take the same pages, refuse the same ones, and a caller learns paging once.
//
// A page is named by a cursor: the key of its first row. Rows that come and go between two pages
// neither shift a page nor hide a row. Offsets and counts would do both, and walk over every row.
package paging
