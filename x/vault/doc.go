// Package vault keeps sealed records and says who reads them; README.md is the specification.
package vault
