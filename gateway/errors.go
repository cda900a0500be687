package gateway

import "errors"

// UsageError marks a command line that cannot be carried out as it stands: exit code 2.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }
func (e *UsageError) Unwrap() error { return e.Err }

// ErrNotSettled says that a command worked and that not everything settled: exit code 1.
var ErrNotSettled = errors.New("not everything settled")

// ErrFileFaulty says that a checked file would not be paid in full: exit code 1.
var ErrFileFaulty = errors.New("not everything in the file can be paid")

func usage(text string) error { return &UsageError{errors.New(text)} }
