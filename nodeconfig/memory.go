package nodeconfig

import (
	"os"
	"runtime/debug"
)

const (
	// gcPercent lets the heap grow to five times what is live before it is collected. A node's caches
	// are large and seldom change: with Go's 100 a payment cost 12 % more CPU than with 200, and 21 %
	// more than with 400, which takes twice the memory.
	gcPercent = 400
	gcEnv     = "GOGC"

	// memoryShare is the part of the machine's memory, in percent, from which on garbage is collected
	// as often as it takes to stay below.
	memoryShare = 60
	memoryEnv   = "GOMEMLIMIT"
)

// TuneMemory sets how eagerly a node collects garbage, unless the operator has.
func TuneMemory() {
	if os.Getenv(gcEnv) == "" {
		debug.SetGCPercent(gcPercent)
	}
	if memory := machineMemory(); memory > 0 && os.Getenv(memoryEnv) == "" {
		debug.SetMemoryLimit(memory / 100 * memoryShare)
	}
}
