// Package types holds the records, messages, refusals and bounds of x/financing.
package types
