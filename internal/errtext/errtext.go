// Package errtext makes the texts of errors fit for people.
package errtext

import "regexp"

// position is where an error was made, which the SDK's errors say when they are formatted into another.
var position = regexp.MustCompile(` ?\[[^][]*\.go:\d+\]`)

// WithoutPosition leaves out where in the code an error was made.
func WithoutPosition(message string) string { return position.ReplaceAllString(message, "") }
