// Package types holds dispute's contract: cases, panels, claims, their bounds and errors.
package types

// ModuleName names the module and its error codespace.
const ModuleName = "dispute"
