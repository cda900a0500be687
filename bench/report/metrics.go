package report

import "github.com/zhilian-network/zhilian/bench/stage"

// Metric is one figure of a row.
type Metric struct {
	// Key is its name in the JSON.
	Key string
	// Unit is "1/s", "ms", "µs", "bytes", "cores", or "" for a plain number.
	Unit string
	// Title heads its line in the table.
	Title string
}

// StageKey is the key of the CPU time that a payment costs in a stage.
func StageKey(s stage.Stage) string { return "cpu_" + string(s) + "_us_per_payment" }

var stageTitles = map[stage.Stage]string{
	stage.Check:     "check",
	stage.Propose:   "propose and process",
	stage.Finalise:  "finalise",
	stage.Commit:    "commit",
	stage.Storage:   "storage in the background",
	stage.Collector: "garbage collector",
	stage.Serve:     "RPC and events",
	stage.Index:     "indexing for queries",
	stage.Consensus: "consensus and p2p",
	stage.Other:     "other",
}

// Keys of the figures.
const (
	PaymentsPerSecond = "payments_per_second"
	PaymentsPerBlock  = "payments_per_block"
	BlockIntervalP50  = "block_interval_p50_ms"
	BlockIntervalP99  = "block_interval_p99_ms"
	CPU               = "cpu_us_per_payment"
	CPUPerNode        = "cpu_per_node_us_per_payment"
	CPUAtHalfLoad     = "cpu_at_half_load_us_per_payment"
	NodeCores         = "node_cores"
	GeneratorCores    = "generator_cores"
	HalfLoad          = "half_load_payments_per_second"
	LatencyP50        = "latency_p50_ms"
	LatencyP90        = "latency_p90_ms"
	LatencyP99        = "latency_p99_ms"
	LatencyMax        = "latency_max_ms"
	DiskBytes         = "disk_bytes_per_payment"
	StateBytes        = "state_bytes_per_payment"
	StateLogicalBytes = "state_logical_bytes_per_payment"
	TransactionBytes  = "transaction_bytes_per_payment"
	PeakMemory        = "peak_memory_bytes"
)

// Metrics are all figures in the order of the table.
func Metrics() []Metric {
	metrics := []Metric{
		{PaymentsPerSecond, "1/s", "committed payments per second"},
		{LatencyP50, "ms", "latency at half load, median"},
		{LatencyP90, "ms", "latency at half load, 90 %"},
		{LatencyP99, "ms", "latency at half load, 99 %"},
		{LatencyMax, "ms", "latency at half load, longest"},
		{HalfLoad, "1/s", "half load: payments per second offered"},
		{CPU, "µs", "node CPU per payment, all nodes"},
		{CPUPerNode, "µs", "node CPU per payment, one node"},
	}
	for _, s := range stage.All() {
		metrics = append(metrics, Metric{StageKey(s), "µs", "of it: " + stageTitles[s]})
	}
	return append(metrics,
		Metric{CPUAtHalfLoad, "µs", "node CPU per payment at half load, all nodes"},
		Metric{BlockIntervalP50, "ms", "block interval, median"},
		Metric{BlockIntervalP99, "ms", "block interval, 99 %"},
		Metric{PaymentsPerBlock, "", "payments per block"},
		Metric{TransactionBytes, "bytes", "transaction size per payment"},
		Metric{DiskBytes, "bytes", "disk per payment, one node"},
		Metric{StateBytes, "bytes", "of it: application database"},
		Metric{StateLogicalBytes, "bytes", "state per payment, keys and values alone"},
		Metric{PeakMemory, "bytes", "peak memory of a node"},
		Metric{NodeCores, "cores", "cores that the nodes kept busy"},
		Metric{GeneratorCores, "cores", "cores that the load generator kept busy"},
	)
}
