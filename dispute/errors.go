package dispute

import (
	"errors"
	"fmt"

	"github.com/zhilian-network/zhilian/gateway"
)

// What a command says no to.
var (
	// ErrNotConfirmed says that the user did not want it after all.
	ErrNotConfirmed = errors.New("not confirmed; nothing was done")
	// ErrHasCase says that a matter has a case already.
	ErrHasCase = errors.New("this matter has a case already")
	// ErrNoVote says that there is no vote on this machine to reveal.
	ErrNoVote = errors.New("there is no vote on this machine for this case and key")
)

func usagef(format string, args ...any) error {
	return &gateway.UsageError{Err: fmt.Errorf(format, args...)}
}
