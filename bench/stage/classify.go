package stage

import (
	"strings"

	"github.com/google/pprof/profile"
)

// Stage is a part of a node's work.
type Stage string

// Stages, in the order of a transaction's way.
const (
	// Check is CheckTx, also the check of what is left after each block.
	Check Stage = "check"
	// Propose is making a proposal and judging one.
	Propose Stage = "propose"
	// Finalise is executing a block, with the hash of the state after it.
	Finalise Stage = "finalise"
	// Commit is writing the state.
	Commit Stage = "commit"
	// Storage is what databases do behind: flushing, compacting, pruning.
	Storage Stage = "storage"
	// Collector is Go's garbage collector.
	Collector Stage = "collector"
	// Serve is RPC, gRPC and the events that clients follow.
	Serve Stage = "serve"
	// Index is what is written for queries: CometBFT's index of transactions, and our read model.
	Index Stage = "index"
	// Consensus is agreeing on blocks, storing them, and talking to peers.
	Consensus Stage = "consensus"
	// Other is the rest, the scheduler of Go above all.
	Other Stage = "other"
)

// All are the stages in the order in which they are shown.
func All() []Stage {
	return []Stage{Check, Propose, Finalise, Commit, Storage, Collector, Serve, Index, Consensus, Other}
}

// marks say by which functions a stage is known; the first stage with a mark in the stack has it. The
// order decides where stages lie inside each other: the collector helps inside all of them; CheckTx
// runs inside an RPC request, and again inside consensus after a block; execution runs inside consensus.
var marks = []struct {
	stage    Stage
	contains []string
}{
	{Collector, []string{
		"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.gcAssistAlloc1", "runtime.bgsweep",
		"runtime.bgscavenge", "runtime.gcStart", "runtime.gcMarkDone", "runtime.gcMarkTermination",
		"runtime.wbBufFlush", "runtime.deductSweepCredit", "runtime.runFinalizers", "runtime.runCleanups",
	}},
	{Storage, []string{
		"leveldb.(*DB).mCompaction", "leveldb.(*DB).tCompaction", "leveldb.(*DB).memCompaction",
		"leveldb.(*DB).compaction", "leveldb.(*DB).jWriter", "leveldb.(*DB).mpoolDrain",
		"leveldb.(*session).refLoop", "leveldb.(*tableCompactionBuilder)",
		"pebble.(*DB).compact", "pebble.(*DB).flush", "pebble.(*DB).runCompaction",
		"pebble.(*tableCacheShard).releaseLoop", "pebble.(*fileCacheShard).releaseLoop", "pebble/record.(*LogWriter).flushLoop",
		"iavl.(*nodeDB).startPruning", "iavl.(*nodeDB).deleteVersion", "iavl.(*nodeDB).DeleteVersionsTo",
		"rootmulti.(*Store).PruneStores",
	}},
	{Check, []string{
		".(*BaseApp).CheckTx", ".(*BaseApp).InsertTx", "mempool.(*CListMempool).CheckTx",
		"mempool.(*CListMempool).recheckTxs", "mempool.(*CListMempool).Update", "mempool.(*AppMempool)",
	}},
	{Propose, []string{
		".(*BaseApp).PrepareProposal", ".(*BaseApp).ProcessProposal",
		"state.(*BlockExecutor).CreateProposalBlock", "state.(*BlockExecutor).ProcessProposal",
	}},
	{Commit, []string{".(*BaseApp).Commit", "rootmulti.(*Store).Commit", "state.(*BlockExecutor).Commit"}},
	{Finalise, []string{
		".(*BaseApp).FinalizeBlock", ".(*BaseApp).internalFinalizeBlock", "blockexec.", "blockstm.", "txnrunner.",
	}},
	{Index, []string{
		"txindex.(*IndexerService)", "cometbft/state/indexer/", "cometbft/state/txindex/", "zhilian/gateway/index.",
		"zhilian/gateway.(*Follower)", "modernc.org/sqlite",
	}},
	{Serve, []string{
		"net/http.(*conn).serve", "net/http.(*connReader)", "rpc/jsonrpc/server.", "grpc.(*Server)", "grpc/internal/transport.",
		"pubsub.(*Server).loop", "eventbus.", "zhilian/gateway", "net/http/pprof", "runtime/pprof.",
	}},
	{Consensus, []string{
		"cometbft/consensus.", "cometbft/p2p", "cometbft/mempool.", "cometbft/internal/", "cometbft/libs/autofile",
		"cometbft/state.", "cometbft/store.", "cometbft/blocksync.", "cometbft/statesync.", "cometbft/evidence.",
	}},
}

// Of gives the stage of a stack, the names of its functions in any order.
func Of(functions []string) Stage {
	for _, mark := range marks {
		for _, part := range mark.contains {
			for _, function := range functions {
				if strings.Contains(function, part) {
					return mark.stage
				}
			}
		}
	}
	return Other
}

// Shares says which share of the samples (0 to 1) each stage has, over all profiles together. It is
// empty if no profile has a sample.
func Shares(profiles ...*profile.Profile) map[Stage]float64 {
	weights := map[Stage]int64{}
	var total int64
	for _, p := range profiles {
		each(p, func(functions []string, weight int64) {
			weights[Of(functions)] += weight
			total += weight
		})
	}
	shares := map[Stage]float64{}
	if total == 0 {
		return shares
	}
	for _, stage := range All() {
		shares[stage] = float64(weights[stage]) / float64(total)
	}
	return shares
}

// each visits the samples of a CPU profile with the names of their functions, the innermost first, and
// their weight in nanoseconds.
func each(p *profile.Profile, visit func(functions []string, weight int64)) {
	place := len(p.SampleType) - 1 // the last is CPU time; the first counts samples
	for _, sample := range p.Sample {
		var functions []string
		for _, location := range sample.Location {
			for _, line := range location.Line {
				if line.Function != nil {
					functions = append(functions, line.Function.Name)
				}
			}
		}
		visit(functions, sample.Value[place])
	}
}
