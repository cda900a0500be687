//go:build !pebbledb

package nodeconfig

import dbm "github.com/cometbft/cometbft-db"

// cometStore is the database below CometBFT's blocks and results, in a program that was built without the
// better one (make build has it).
const cometStore = dbm.GoLevelDBBackend
