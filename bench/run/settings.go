package run

import (
	"time"

	"github.com/zhilian-network/zhilian/bench/target"
)

// Settings say how one measurement is made.
type Settings struct {
	Kind       target.Kind
	Validators int
	Accounts   int
	Payers     int

	WarmUp, Window time.Duration // of the closed loop
	MinBlocks      int           // that the window holds at least
	Latency        time.Duration // of the open loop
	Connections    int
	OnTheWay       int // transactions that may be uncommitted in the closed loop
	// Expected is the rate to sign ahead for, in payments per second.
	Expected float64
	// Balances is how many accounts are compared with the book.
	Balances int
	// WithLogicalState also sums up keys and values of the state; it takes time on a large one.
	WithLogicalState bool

	ZhilianCommand, PlainCommand []string
	PlainFee                     int64
	Seed                         uint64
	// Dir is where the homes are made; it is removed afterwards.
	Dir string
	// ProfileDir keeps the nodes' CPU profiles if it is not empty.
	ProfileDir string
}

// Patience.
const (
	// startBound is how long nodes may take to their first block: a genesis of a million accounts is
	// read, checked and stored in that time.
	startBound = 20 * time.Minute
	// blockBound is how long a network under load may take for one block.
	blockBound = 90 * time.Second
	// windowBound is how many times its length a window may take to its last block.
	windowBound = 6
	// drainBound is how long no transaction may be committed while some are outstanding.
	drainBound = 60 * time.Second
	// queryBound is how long the check of the money may take.
	queryBound = 10 * time.Minute
)
