package metrics

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// NodeSample is how the node was when it was asked.
type NodeSample struct {
	Height     int64
	BlockTime  time.Time
	CatchingUp bool
}

// MempoolSample is what waited in the node's mempool.
type MempoolSample struct{ Transactions, Bytes int64 }

// IndexSample is how far the index knew the chain.
type IndexSample struct{ Height, CompleteFrom int64 }

// gauges are the values of the moment. What was never sampled is not exported.
type gauges struct {
	node       atomic.Pointer[NodeSample]
	mempool    atomic.Pointer[MempoolSample]
	index      atomic.Pointer[IndexSample]
	peers      atomic.Pointer[int]
	validators atomic.Pointer[map[string]int] // by status
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

var (
	blockHeight   = describe("zhilian_block_height", "Height of the node's newest block.")
	blockTime     = describe("zhilian_block_timestamp_seconds", "Time of the node's newest block, in seconds since 1970.")
	catchingUp    = describe("zhilian_node_catching_up", "1 while the node is behind its network.")
	peerCount     = describe("zhilian_peers", "Peers that the node is connected to.")
	mempoolCount  = describe("zhilian_mempool_transactions", "Transactions that wait in the node's mempool.")
	mempoolBytes  = describe("zhilian_mempool_bytes", "Bytes of the transactions that wait in the node's mempool.")
	indexHeight   = describe("zhilian_index_height", "Height of the newest indexed block.")
	indexLag      = describe("zhilian_index_lag_blocks", "Blocks that the node has and the index has not.")
	indexComplete = describe("zhilian_index_complete_from_height", "Lowest height from which on the index misses no block.")
	validators    = describe("zhilian_validators", "Validators of the consortium by status.", "status")

	allGauges = []*prometheus.Desc{
		blockHeight, blockTime, catchingUp, peerCount, mempoolCount, mempoolBytes, indexHeight, indexLag, indexComplete, validators,
	}
)

// Describe implements prometheus.Collector.
func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	for _, description := range allGauges {
		out <- description
	}
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	set := func(description *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(description, prometheus.GaugeValue, value, labels...)
	}
	node, index := g.node.Load(), g.index.Load()
	if node != nil {
		set(blockHeight, float64(node.Height))
		set(blockTime, float64(node.BlockTime.UnixMilli())/1000)
		set(catchingUp, float64(boolean(node.CatchingUp)))
	}
	if index != nil {
		set(indexHeight, float64(index.Height))
		set(indexComplete, float64(index.CompleteFrom))
	}
	if node != nil && index != nil {
		// Both are read a moment apart; the index may have moved on in between.
		set(indexLag, float64(max(node.Height-index.Height, 0)))
	}
	if peers := g.peers.Load(); peers != nil {
		set(peerCount, float64(*peers))
	}
	if waiting := g.mempool.Load(); waiting != nil {
		set(mempoolCount, float64(waiting.Transactions))
		set(mempoolBytes, float64(waiting.Bytes))
	}
	if byStatus := g.validators.Load(); byStatus != nil {
		for status, count := range *byStatus {
			set(validators, float64(count), status)
		}
	}
}

func boolean(value bool) int {
	if value {
		return 1
	}
	return 0
}
