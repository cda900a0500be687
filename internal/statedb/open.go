package statedb

import (
	"path/filepath"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/bloom"
	dbm "github.com/cosmos/cosmos-db"
)

const (
	// memTableBytes are collected in memory before they become a file: the more, the less often one
	// key is written again by compaction. Pebble's log keeps what is not yet in a file.
	memTableBytes = 64 << 20
	// memTablesMax may wait to be written before writers have to.
	memTablesMax = 4
	// baseLevelBytes is the size of the first level that is sorted as a whole.
	baseLevelBytes = 256 << 20
	// compactionsMax run at the same time, with the CPU that consensus leaves.
	compactionsMax = 2
	// filterBitsPerKey makes one of a hundred absent keys look as if it were there.
	filterBitsPerKey = 10
	blockBytes       = 8 << 10
	levels           = 7
)

// Open opens or makes the database of a name in a folder, with a cache of so many bytes. Errors are
// Pebble's: the folder cannot be written, another process has it open, its files are damaged.
func Open(name, folder string, cacheBytes int64) (dbm.DB, error) {
	cache := pebble.NewCache(cacheBytes)
	defer cache.Unref() // the database holds it from here on
	db, err := pebble.Open(filepath.Join(folder, name+dbm.DBFileSuffix), options(cache))
	if err != nil {
		return nil, err
	}
	return database{db}, nil
}

func options(cache *pebble.Cache) *pebble.Options {
	o := &pebble.Options{
		Cache:                       cache,
		Logger:                      quietLogger{},
		LBaseMaxBytes:               baseLevelBytes,
		MaxConcurrentCompactions:    func() int { return compactionsMax },
		MemTableSize:                memTableBytes,
		MemTableStopWritesThreshold: memTablesMax,
		Levels:                      make([]pebble.LevelOptions, levels),
	}
	for i := range o.Levels {
		o.Levels[i] = pebble.LevelOptions{
			BlockSize:    blockBytes,
			FilterPolicy: bloom.FilterPolicy(filterBitsPerKey),
			FilterType:   pebble.TableFilter,
		}
	}
	return o
}

// quietLogger passes on what ends the process, and not what Pebble is busy with.
type quietLogger struct{}

func (quietLogger) Infof(string, ...any) {}

func (quietLogger) Fatalf(format string, args ...any) { pebble.DefaultLogger.Fatalf(format, args...) }
