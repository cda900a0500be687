// Package credit keeps what enterprises are rated on; README.md is the specification.
package credit
