package metrics

import (
	"context"
	"time"

	coretypes "github.com/cometbft/cometbft/rpc/core/types"

	"github.com/zhilian-network/zhilian/gateway/index"
)

// SampleInterval is the time between two samples; sampleTimeout bounds one question.
const (
	SampleInterval = 5 * time.Second
	sampleTimeout  = 3 * time.Second
)

// Sources of samples.
const (
	sourceNode       = "node"
	sourcePeers      = "peers"
	sourceMempool    = "mempool"
	sourceValidators = "validators"
	sourceCurrencies = "currencies"
	sourceSets       = "validator_sets"
	sourceIndex      = "index"
)

// Node is a part of CometBFT's RPC client.
type Node interface {
	Status(ctx context.Context) (*coretypes.ResultStatus, error)
	NetInfo(ctx context.Context) (*coretypes.ResultNetInfo, error)
	NumUnconfirmedTxs(ctx context.Context) (*coretypes.ResultUnconfirmedTxs, error)
}

// Validator is a validator of the consortium.
type Validator struct {
	Institution string
	Address     string // consensus address, upper-case hexadecimal
	Status      string // "active", "jailed", "removed" or "expelled"
}

// State is what is read of the chain's state.
type State interface {
	Validators(ctx context.Context) ([]Validator, error)
	Currencies(ctx context.Context) ([]string, error)
}

// Position tells how far the index knows the chain.
type Position interface {
	Position(ctx context.Context) (index.Position, error)
}

// Sample asks node, index and, after the first block, state until ctx ends. node and state may be nil:
// their gauges are missing then. A question that fails is counted, and the gauge keeps its last value.
func (m *Metrics) Sample(ctx context.Context, position Position, node Node, state State) {
	ticker := time.NewTicker(SampleInterval)
	defer ticker.Stop()
	for {
		m.sampleOnce(ctx, position, node, state)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (m *Metrics) sampleOnce(ctx context.Context, position Position, node Node, state State) {
	ask := func(source string, question func(context.Context) error) {
		ctx, cancel := context.WithTimeout(ctx, sampleTimeout)
		defer cancel()
		// A node with half of its services stopped may panic inside of a call.
		defer func() {
			if recover() != nil {
				m.sampleFails.WithLabelValues(source).Inc()
			}
		}()
		if err := question(ctx); err != nil && ctx.Err() != context.Canceled {
			m.sampleFails.WithLabelValues(source).Inc()
		}
	}
	if node != nil {
		ask(sourceNode, func(ctx context.Context) error { return m.sampleNode(ctx, node) })
		ask(sourcePeers, func(ctx context.Context) error { return m.samplePeers(ctx, node) })
		ask(sourceMempool, func(ctx context.Context) error { return m.sampleMempool(ctx, node) })
	}
	ask(sourceIndex, func(ctx context.Context) error { return m.sampleIndex(ctx, position) })
	// A node that was just started answers no question about its state before its first block.
	if state != nil && m.running.Load() {
		ask(sourceValidators, func(ctx context.Context) error { return m.sampleValidators(ctx, state) })
		ask(sourceCurrencies, func(ctx context.Context) error {
			codes, err := state.Currencies(ctx)
			m.AdmitCurrencies(codes...)
			return err
		})
	}
}

func (m *Metrics) sampleNode(ctx context.Context, node Node) error {
	status, err := node.Status(ctx)
	if err != nil {
		return err
	}
	m.gauges.node.Store(&NodeSample{
		Height: status.SyncInfo.LatestBlockHeight, BlockTime: status.SyncInfo.LatestBlockTime, CatchingUp: status.SyncInfo.CatchingUp,
	})
	return nil
}

func (m *Metrics) samplePeers(ctx context.Context, node Node) error {
	network, err := node.NetInfo(ctx)
	if err != nil {
		return err
	}
	m.gauges.peers.Store(&network.NPeers)
	return nil
}

func (m *Metrics) sampleMempool(ctx context.Context, node Node) error {
	waiting, err := node.NumUnconfirmedTxs(ctx)
	if err != nil {
		return err
	}
	m.gauges.mempool.Store(&MempoolSample{Transactions: int64(waiting.Total), Bytes: waiting.TotalBytes})
	return nil
}

func (m *Metrics) sampleIndex(ctx context.Context, position Position) error {
	known, err := position.Position(ctx)
	if err != nil {
		return err
	}
	m.gauges.index.Store(&IndexSample{Height: known.Height, CompleteFrom: known.CompleteFrom})
	return nil
}

func (m *Metrics) sampleValidators(ctx context.Context, state State) error {
	list, err := state.Validators(ctx)
	if err != nil {
		return err
	}
	// Every status is exported: one that nobody has is 0, not absent.
	byStatus := map[string]int{"active": 0, "jailed": 0, "removed": 0, "expelled": 0}
	names := make(map[string]string, len(list))
	for _, validator := range list {
		if _, known := byStatus[validator.Status]; known {
			byStatus[validator.Status]++
		}
		names[validator.Address] = validator.Institution
	}
	m.gauges.validators.Store(&byStatus)
	m.liveness.names.Store(&names)
	return nil
}
