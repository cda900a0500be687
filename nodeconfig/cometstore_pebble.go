//go:build pebbledb

package nodeconfig

import dbm "github.com/cometbft/cometbft-db"

// cometStore is the database below CometBFT's blocks and results, for which its library wants a build tag. Its
// usual one writes what it holds anew on every level that it sinks to, in pieces of 4 KiB: of a payment with
// sealed details that was a tenth. A home keeps the one that its config.toml says.
const cometStore = dbm.PebbleDBBackend
