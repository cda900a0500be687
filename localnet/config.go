package localnet

import (
	"path/filepath"
	"strings"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"
)

// Timing of consensus. A payment is in a block a quarter of a second after the last block at the
// latest; with nothing to do a block is made every idleBlockInterval, which also is what a node
// needs after a restart before it takes transactions again.
const (
	timeoutPropose    = time.Second
	timeoutCommit     = 250 * time.Millisecond
	idleBlockInterval = 5 * time.Second
	gossipSleep       = 10 * time.Millisecond
)

// Sizes. A batch of 1,000 transfers has some 200 kB; JSON-RPC carries a transaction in base64.
const (
	mempoolSize      = 20_000
	mempoolCacheSize = 40_000
	mempoolBytes     = 256 << 20
	transactionBytes = 2 << 20
	requestBytes     = 8 << 20
	blockBytes       = 8 << 20
)

// noGasPrices is a price of zero: there are no fees, and the SDK refuses an empty setting.
const noGasPrices = "0reserve"

// cometConfig is config.toml of one node.
func cometConfig(home string, node Node, peers []Node) *cmtcfg.Config {
	config := cmtcfg.DefaultConfig()
	config.SetRoot(home)
	config.Moniker = node.Name

	config.RPC.ListenAddress = "tcp://" + address(node.Ports.RPC)
	config.RPC.MaxBodyBytes = requestBytes
	config.RPC.PprofListenAddress = ""

	config.P2P.ListenAddress = "tcp://" + address(node.Ports.P2P)
	config.P2P.PersistentPeers = strings.Join(otherPeers(node, peers), ",")
	config.P2P.AddrBookStrict = false
	config.P2P.AllowDuplicateIP = true
	config.P2P.PexReactor = false // all peers are known
	config.P2P.FlushThrottleTimeout = gossipSleep

	config.Mempool.Size = mempoolSize
	config.Mempool.CacheSize = mempoolCacheSize
	config.Mempool.MaxTxsBytes = mempoolBytes
	config.Mempool.MaxTxBytes = transactionBytes
	config.Mempool.Recheck = true

	config.Consensus.TimeoutPropose = timeoutPropose
	config.Consensus.TimeoutCommit = timeoutCommit
	config.Consensus.CreateEmptyBlocks = false
	config.Consensus.CreateEmptyBlocksInterval = idleBlockInterval
	config.Consensus.PeerGossipSleepDuration = gossipSleep

	config.Instrumentation.Prometheus = false
	return config
}

func otherPeers(node Node, nodes []Node) []string {
	peers := make([]string, 0, len(nodes))
	for _, other := range nodes {
		if other.ID != node.ID {
			peers = append(peers, other.Peer())
		}
	}
	return peers
}

// appConfig is app.toml of one node.
func appConfig(node Node) *serverconfig.Config {
	config := serverconfig.DefaultConfig()
	config.MinGasPrices = noGasPrices
	config.API.Enable = true
	config.API.Address = "tcp://" + address(node.Ports.API)
	config.API.RPCMaxBodyBytes = requestBytes
	config.GRPC.Enable = true
	config.GRPC.Address = address(node.Ports.GRPC)
	config.GRPCWeb.Enable = false
	return config
}

func writeNodeConfig(home string, node Node, peers []Node) {
	// Both writers panic if the file cannot be written; Prepare turns that into an error.
	cmtcfg.WriteConfigFile(filepath.Join(home, "config", "config.toml"), cometConfig(home, node, peers))
	serverconfig.WriteConfigFile(filepath.Join(home, "config", "app.toml"), appConfig(node))
}

// clientConfig is client.toml in the directory of the keys, so that a command needs only
// --home HOME/keys to know chain, node and keyring.
func clientConfig(chainID string, node Node) string {
	return `# Written by zhiliand localnet.
chain-id = "` + chainID + `"
keyring-backend = "test"
keyring-default-keyname = ""
output = "text"
node = "tcp://` + address(node.Ports.RPC) + `"
broadcast-mode = "sync"
`
}
