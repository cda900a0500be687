// Package terminal shows text of strangers on a terminal: made inert, and aligned although Chinese
// characters take two columns.
package terminal
