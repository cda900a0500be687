package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/zhilian-network/zhilian/gateway"
)

// Exit codes that scripts rely on.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// usageError marks a command line that could not be understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// markUsage makes wrong flags and arguments of a command and its children usage errors.
func markUsage(command *cobra.Command) {
	command.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	if check := command.Args; check != nil {
		command.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	for _, child := range command.Commands() {
		markUsage(child)
	}
}

func exitCode(err error) int {
	var usage usageError
	var gatewayUsage *gateway.UsageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage), errors.As(err, &gatewayUsage),
		// Cobra has no types for these two.
		strings.HasPrefix(err.Error(), "unknown command"),
		strings.HasPrefix(err.Error(), "required flag"):
		return exitUsage
	default:
		return exitFailed
	}
}
