// Package access knows who is who and who may do what; README.md is the specification.
package access
