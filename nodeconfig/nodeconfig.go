package nodeconfig

import (
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"
)

// Timing of consensus. A payment is in a block a quarter of a second after the last block at the
// latest; with nothing to do a block is made every IdleBlockInterval, which also is what a node
// needs after a restart before it takes transactions again.
const (
	timeoutPropose    = time.Second
	timeoutCommit     = 250 * time.Millisecond
	IdleBlockInterval = 5 * time.Second
	gossipSleep       = 10 * time.Millisecond
)

// Sizes. A batch of 1,000 transfers has some 200 kB; JSON-RPC carries a transaction in base64.
const (
	mempoolSize      = 20_000
	mempoolCacheSize = 40_000
	mempoolBytes     = 256 << 20
	transactionBytes = 2 << 20
	RequestBytes     = 8 << 20
	BlockBytes       = 8 << 20
)

// The API server reads a body whole before any handler sees it, and answers what is above its limit
// with a text of its own. The REST door has narrower limits (gateway/rest); this one is wider so that
// callers with a body of some megabytes are told by the door what is wrong.
const (
	apiBodyBytes           = 12 << 20
	apiReadTimeoutSeconds  = 10 // of headers and body
	apiWriteTimeoutSeconds = 30 // above the door's deadline
)

// noGasPrices is a price of zero: there are no fees, and the SDK refuses an empty setting.
const noGasPrices = "0reserve"

// Comet is config.toml.
func Comet() *cmtcfg.Config {
	config := cmtcfg.DefaultConfig()

	config.DBBackend = string(cometStore)

	config.RPC.MaxBodyBytes = RequestBytes
	config.RPC.PprofListenAddress = ""

	config.P2P.FlushThrottleTimeout = gossipSleep

	config.Mempool.Size = mempoolSize
	config.Mempool.CacheSize = mempoolCacheSize
	config.Mempool.MaxTxsBytes = mempoolBytes
	config.Mempool.MaxTxBytes = transactionBytes
	config.Mempool.Recheck = true // an operator's later nonces stay valid from block to block

	config.Consensus.TimeoutPropose = timeoutPropose
	config.Consensus.TimeoutCommit = timeoutCommit
	config.Consensus.CreateEmptyBlocks = false
	config.Consensus.CreateEmptyBlocksInterval = IdleBlockInterval
	config.Consensus.PeerGossipSleepDuration = gossipSleep

	config.Instrumentation.Prometheus = false
	return config
}

// App is app.toml.
func App() *serverconfig.Config {
	config := serverconfig.DefaultConfig()
	config.MinGasPrices = noGasPrices
	config.AppDBBackend = string(stateStore)
	config.IndexEvents = indexedEvents()
	// The tree keeps its newest values in memory itself: a second cache above it only cost, up to a
	// tenth of a payment.
	config.InterBlockCache = false
	config.API.RPCMaxBodyBytes = apiBodyBytes
	config.API.RPCReadTimeout = apiReadTimeoutSeconds
	config.API.RPCWriteTimeout = apiWriteTimeoutSeconds
	return config
}

// indexedEvents are the attributes that CometBFT's own index of transactions holds beside their hash
// and height: who sent it, by key and nonce, as the SDK's commands ask. Payments are found by account,
// UETR and other references in the node's index of payments (gateway/index), so a second one, with a
// key for each attribute of each event, would only cost: it was a third of a payment's disk.
func indexedEvents() []string { return []string{"tx.acc_seq"} }
