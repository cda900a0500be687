// Package keeper is the shell around the decisions of package domain: it loads facts, asks for a
// decision, stores what the plan says, and emits its events.
package keeper
