package localnet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lock keeps two commands from starting or stopping one home at the same time. The kernel lets it
// go when the program ends, however it ends.
func lock(ctx context.Context, home string) (unlock func(), err error) {
	if _, err := Load(home); err != nil {
		return nil, err // no lock file in a directory that is not ours
	}
	file, err := os.OpenFile(filepath.Join(home, "localnet.lock"), os.O_CREATE|os.O_RDWR, privateMode)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { file.Close() }, nil
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, fmt.Errorf("another command is starting or stopping the network in %s: %w", home, ctx.Err())
		case <-time.After(pollInterval):
		}
	}
}
