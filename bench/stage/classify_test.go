package stage_test

import (
	"testing"

	"github.com/google/pprof/profile"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/bench/stage"
)

const (
	sdk   = "github.com/cosmos/cosmos-sdk/baseapp.(*BaseApp)."
	comet = "github.com/cometbft/cometbft/"
)

// stacks have the innermost function first, as in a profile, and go out to the goroutine's first.
var stacks = []struct {
	name  string
	stage stage.Stage
	stack []string
}{
	{"a signature that RPC has checked", stage.Check, []string{"secp256k1.Verify", sdk + "runTx", sdk + "CheckTx", comet + "mempool.(*CListMempool).CheckTx", comet + "rpc/core.(*Environment).BroadcastTxSync", comet + "rpc/jsonrpc/server.handler", "net/http.(*conn).serve"}},
	{"the check of what is left after a block", stage.Check, []string{sdk + "CheckTx", comet + "mempool.(*CListMempool).recheckTxs", comet + "mempool.(*CListMempool).Update", comet + "state.(*BlockExecutor).Commit", comet + "consensus.(*State).receiveRoutine"}},
	{"making a proposal", stage.Propose, []string{sdk + "PrepareProposal", comet + "state.(*BlockExecutor).CreateProposalBlock", comet + "consensus.(*State).receiveRoutine"}},
	{"judging a proposal", stage.Propose, []string{sdk + "runTx", sdk + "ProcessProposal", comet + "state.(*BlockExecutor).ProcessProposal", comet + "consensus.(*State).receiveRoutine"}},
	{"executing a block", stage.Finalise, []string{"iavl.(*MutableTree).Set", sdk + "internalFinalizeBlock", sdk + "FinalizeBlock", comet + "consensus.(*State).receiveRoutine"}},
	{"executing beside consensus", stage.Finalise, []string{sdk + "runTx", "github.com/cosmos/cosmos-sdk/baseapp/blockstm.(*Executor).Run"}},
	{"writing the state", stage.Commit, []string{"iavl.(*MutableTree).SaveVersion", "github.com/cosmos/cosmos-sdk/store/v2/rootmulti.(*Store).Commit", sdk + "Commit", comet + "state.(*BlockExecutor).Commit", comet + "consensus.(*State).receiveRoutine"}},
	{"a compaction of goleveldb", stage.Storage, []string{"leveldb/table.(*Writer).Append", "github.com/syndtr/goleveldb/leveldb.(*DB).tCompaction"}},
	{"a compaction of pebble", stage.Storage, []string{"x", "github.com/cockroachdb/pebble.(*DB).runCompaction", "github.com/cockroachdb/pebble.(*DB).compact"}},
	{"the collector at the back", stage.Collector, []string{"runtime.scanobject", "runtime.gcDrain", "runtime.gcBgMarkWorker"}},
	{"help for the collector inside an execution", stage.Collector, []string{"runtime.scanobject", "runtime.gcAssistAlloc", "runtime.mallocgc", sdk + "FinalizeBlock", comet + "consensus.(*State).receiveRoutine"}},
	{"reading a request", stage.Serve, []string{"encoding/json.Unmarshal", comet + "rpc/jsonrpc/server.handler", "net/http.(*conn).serve"}},
	{"a query of our index", stage.Index, []string{"modernc.org/sqlite/lib.Xsqlite3_step", "grpc.(*Server).processUnaryRPC"}},
	{"CometBFT's index", stage.Index, []string{"leveldb.(*DB).Write", comet + "state/txindex.(*IndexerService).OnStart.func1"}},
	{"our index", stage.Index, []string{"modernc.org/sqlite/lib.Xsqlite3_step", "github.com/zhilian-network/zhilian/gateway/index.(*Store).Add"}},
	{"storing a block", stage.Consensus, []string{"leveldb.(*DB).Put", comet + "store.(*BlockStore).SaveBlock", comet + "consensus.(*State).finalizeCommit"}},
	{"a peer", stage.Consensus, []string{"chacha20poly1305.Seal", comet + "p2p/conn.(*SecretConnection).Write"}},
	{"the scheduler", stage.Other, []string{"runtime.futex", "runtime.findRunnable", "runtime.schedule", "runtime.mcall"}},
}

func TestAStackBelongsToItsStage(t *testing.T) {
	for _, c := range stacks {
		require.Equal(t, c.stage, stage.Of(c.stack), c.name)
	}
}

// record makes a CPU profile as a node would give it: samples counted, and in nanoseconds.
func record(weights map[string]int64) *profile.Profile {
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		PeriodType: &profile.ValueType{Type: "cpu", Unit: "nanoseconds"}, Period: 10_000_000,
	}
	for _, c := range stacks {
		weight, ok := weights[c.name]
		if !ok {
			continue
		}
		sample := &profile.Sample{Value: []int64{1, weight}}
		for _, name := range c.stack {
			function := &profile.Function{ID: uint64(len(p.Function) + 1), Name: name}
			location := &profile.Location{ID: uint64(len(p.Location) + 1), Line: []profile.Line{{Function: function}}}
			p.Function, p.Location = append(p.Function, function), append(p.Location, location)
			sample.Location = append(sample.Location, location)
		}
		p.Sample = append(p.Sample, sample)
	}
	return p
}

func TestSharesAreOfTheTimeOfAllNodes(t *testing.T) {
	one := record(map[string]int64{"a signature that RPC has checked": 300, "executing a block": 100})
	two := record(map[string]int64{"executing a block": 500, "the scheduler": 100})
	require.NoError(t, one.CheckValid())
	shares := stage.Shares(one, two)
	require.InDelta(t, 0.3, shares[stage.Check], 1e-9)
	require.InDelta(t, 0.6, shares[stage.Finalise], 1e-9)
	require.InDelta(t, 0.1, shares[stage.Other], 1e-9)
	require.Len(t, shares, len(stage.All()), "a stage without a sample is zero, not absent")
	total := 0.0
	for _, share := range shares {
		total += share
	}
	require.InDelta(t, 1, total, 1e-9)
	require.Empty(t, stage.Shares(record(nil)))
}

func TestTheLargestFunctionsOfAStageAreFound(t *testing.T) {
	p := record(map[string]int64{"executing a block": 300, "the scheduler": 100})
	largest := stage.Largest(p, stage.Finalise, 2)
	require.Len(t, largest, 2)
	require.InDelta(t, 0.75, largest[0].Share, 1e-9)
}
