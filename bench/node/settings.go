package node

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/viper"
)

// settingKeys are the settings of a node that make it faster or slower.
var settingKeys = map[string][]string{
	"config.toml": {
		"db_backend", "log_level",
		"consensus.timeout_propose", "consensus.timeout_commit", "consensus.skip_timeout_commit",
		"consensus.create_empty_blocks", "consensus.create_empty_blocks_interval", "consensus.peer_gossip_sleep_duration",
		"mempool.type", "mempool.size", "mempool.cache_size", "mempool.recheck", "mempool.max_txs_bytes", "mempool.max_tx_bytes",
		"p2p.flush_throttle_timeout", "p2p.send_rate", "p2p.recv_rate",
		"storage.discard_abci_responses", "tx_index.indexer",
	},
	"app.toml": {
		"app-db-backend", "pruning", "pruning-keep-recent", "pruning-interval", "min-retain-blocks",
		"inter-block-cache", "iavl-cache-size", "iavl-disable-fastnode", "iavl-sync-pruning",
		"index-events", "minimum-gas-prices", "mempool.max-txs", "api.enable", "grpc.enable",
		"state-sync.snapshot-interval", "telemetry.enabled",
	},
}

// Settings reads what matters from the configuration of a home, by key.
func Settings(home Home) (map[string]string, error) {
	settings := map[string]string{}
	for file, keys := range settingKeys {
		reader := viper.New()
		reader.SetConfigFile(filepath.Join(home.Dir, "config", file))
		if err := reader.ReadInConfig(); err != nil {
			return nil, err
		}
		for _, key := range keys {
			if reader.IsSet(key) {
				settings[key] = fmt.Sprint(reader.Get(key))
			}
		}
	}
	return settings, nil
}
