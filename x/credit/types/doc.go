// Package types holds what other modules and the commands may know of x/credit: its name and its refusals.
package types

// ModuleName is the module's codespace.
const ModuleName = "credit"
