// Package types is the contract of vault: messages, events, errors and bounds.
package types
