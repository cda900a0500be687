// Package domain decides about receivables and what they are financed with: facts in, plans out. It reads no
// store and no clock.
package domain
