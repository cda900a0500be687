package nodeconfig

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// gcPercentMax lets the heap grow to five times what is live before it is collected. A node's caches
	// are large and seldom change: with Go's 100 a payment cost 12 % more CPU than with 200, and 21 %
	// more than with 400, which takes twice the memory.
	gcPercentMax = 400
	// gcPercentMin is for a node with more live memory than it can have room beside.
	gcPercentMin = 50
	gcEnv        = "GOGC"

	// gcRoomShare is the part of the machine's memory, in percent, that may be garbage. With the
	// percentage alone a node of a million accounts, 3 GB live, grew to 15 GB.
	gcRoomShare  = 20
	gcRoomPeriod = 5 * time.Second

	// memoryShare is the part of the machine's memory, in percent, from which on garbage is collected
	// as often as it takes to stay below.
	memoryShare = 60
	memoryEnv   = "GOMEMLIMIT"

	liveHeap = "/gc/heap/live:bytes"
)

// TuneMemory sets how eagerly a node collects garbage, unless the operator has. It goes on until the
// process ends, and is called once.
func TuneMemory() {
	memory := machineMemory()
	if os.Getenv(gcEnv) == "" {
		debug.SetGCPercent(gcPercentMax)
		if memory > 0 {
			go keepRoom(memory / 100 * gcRoomShare)
		}
	}
	if memory > 0 && os.Getenv(memoryEnv) == "" {
		debug.SetMemoryLimit(memory / 100 * memoryShare)
	}
}

// keepRoom follows what is live, so that garbage beside it takes no more than room, in bytes.
func keepRoom(room int64) {
	sample := []metrics.Sample{{Name: liveHeap}}
	current := gcPercentMax
	for range time.Tick(gcRoomPeriod) {
		metrics.Read(sample)
		if sample[0].Value.Kind() != metrics.KindUint64 {
			return // a Go that no longer tells
		}
		if percent := gcPercent(int64(sample[0].Value.Uint64()), room); percent != current {
			debug.SetGCPercent(percent)
			current = percent
		}
	}
}

// gcPercent is how much garbage, in percent of the live heap, fits into the room, both in bytes. Steps
// of a tenth keep it from changing with every collection, since a change stops the node for a moment.
func gcPercent(live, room int64) int {
	const step = 10
	if live <= 0 {
		return gcPercentMax
	}
	percent := int64(gcPercentMax)
	if live > room/(gcPercentMax/100) {
		percent = room / max(live/100, 1) / step * step
	}
	return int(min(max(percent, gcPercentMin), gcPercentMax))
}
