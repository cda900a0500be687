package gateway

import (
	"context"
	"crypto/sha256"
	"net/http"
	"sync/atomic"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"

	"cosmossdk.io/core/address"
	"cosmossdk.io/log/v2"

	"github.com/zhilian-network/zhilian/gateway/arrivals"
	"github.com/zhilian-network/zhilian/gateway/index"
	"github.com/zhilian-network/zhilian/gateway/live"
	"github.com/zhilian-network/zhilian/gateway/metrics"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// Service is what runs beside consensus in a node: the index with its queries and the follower that
// fills it, the stream of events, and the metrics.
// Queries are registered while the application is built, before there is a node to follow; until
// Follow they answer from what was indexed before, and Status says that the node is not up.
type Service struct {
	store     *index.Store
	addresses address.Codec
	version   string
	node      atomic.Pointer[nodeView]

	arrivals *arrivals.Book
	hub      *live.Hub
	metrics  *metrics.Metrics
}

type nodeView struct {
	blocks     Blocks
	validators ValidatorCounter
	state      State
}

// State is what is read of the chain's newest state outside of queries.
type State interface {
	metrics.State
	live.Accounts
}

// OpenService opens or creates the index file.
func OpenService(ctx context.Context, path string, addresses address.Codec, version string) (*Service, error) {
	store, err := index.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	measured := metrics.New()
	return &Service{
		store: store, addresses: addresses, version: version,
		arrivals: arrivals.NewBook(), metrics: measured, hub: live.NewHub(live.DefaultLimits(), measured),
	}, nil
}

// QueryServer answers zhilian.gateway.v1.Query. judge may be nil: then no policies are simulated.
func (s *Service) QueryServer(judge PolicyJudge) gatewaytypes.QueryServer {
	return NewQueryServer(s.store, s, s, s.arrivals, judge, s.addresses, s.version)
}

// EventsHandler serves live.Path: the events of an account over WebSocket. admit says who may watch; nil
// admits everyone.
func (s *Service) EventsHandler(admit func(r *http.Request, account string) (still func() error, err error)) http.Handler {
	return live.NewHandler(live.Config{Hub: s.hub, Index: s.store, Accounts: s, Addresses: s.addresses, Admit: admit})
}

// MetricsHandler serves metrics.Path.
func (s *Service) MetricsHandler() http.Handler { return s.metrics.Handler() }

// Checked notes how this node's door answered a transaction. CheckTx calls it, with what it was asked
// and what it answers; it does not fail and does not wait.
func (s *Service) Checked(request *abci.RequestCheckTx, answer *abci.ResponseCheckTx) {
	again := request.Type == abci.CheckTxType_Recheck
	admitted := answer.Code == abci.CodeTypeOK
	if again && admitted {
		return // it waits as before
	}
	hash, now := sha256.Sum256(request.Tx), time.Now()
	if admitted {
		s.arrivals.Admitted(hash, now)
		s.metrics.Admitted()
		return
	}
	s.arrivals.Refused(hash, arrivals.Refusal{Codespace: answer.Codespace, Code: answer.Code, Log: answer.Log}, now)
	stage := metrics.StageCheck
	if again {
		stage = metrics.StageRecheck
	}
	s.metrics.Refused(stage, answer.Codespace, answer.Code)
}

// Follow indexes finished blocks until ctx ends, and tells subscribers and metrics of them. It never
// fails for another reason. validators and state may be nil. When it returns, all subscribers are gone.
func (s *Service) Follow(ctx context.Context, blocks Blocks, validators ValidatorCounter, state State, logger log.Logger) error {
	s.node.Store(&nodeView{blocks: blocks, validators: validators, state: state})
	sampled := make(chan struct{})
	go func() {
		defer close(sampled)
		s.sample(ctx, blocks, state)
	}()
	stopped := context.AfterFunc(ctx, s.hub.Close)
	err := NewFollower(blocks, s.store, s.addresses, logger, observer{s}).Run(ctx)
	stopped()
	s.hub.Close()
	<-sampled
	return err
}

func (s *Service) sample(ctx context.Context, blocks Blocks, state State) {
	node, _ := blocks.(metrics.Node)
	s.metrics.Sample(ctx, s.store, node, state)
}

// observer passes on what the follower does.
type observer struct{ *Service }

func (o observer) Indexed(ctx context.Context, block Finished) {
	now := time.Now()
	o.hub.Publish(block.Rows)
	for _, hash := range block.Rows.Transactions {
		if since, known := o.arrivals.Decided(hash); known {
			o.metrics.Waited(now.Sub(since))
		}
	}
	o.metrics.Block(block.Block, block.Results, block.Rows)
	if sets, ok := o.node.Load().blocks.(metrics.ValidatorSets); ok {
		o.metrics.Signatures(ctx, sets, block.Block)
	}
}

func (o observer) Failed(error) { o.metrics.FollowerFailed() }

// Close releases the file. Call it after Follow has returned.
func (s *Service) Close() error {
	s.hub.Close()
	return s.store.Close()
}

// Status of the node.
func (s *Service) Status(ctx context.Context) (*coretypes.ResultStatus, error) {
	view := s.node.Load()
	if view == nil {
		return nil, errNodeNotUp
	}
	return view.blocks.Status(ctx)
}

// NetInfo of the node. A client without this call, such as a light one, counts as without peers.
func (s *Service) NetInfo(ctx context.Context) (*coretypes.ResultNetInfo, error) {
	view := s.node.Load()
	if view == nil {
		return nil, errNodeNotUp
	}
	network, ok := view.blocks.(interface {
		NetInfo(ctx context.Context) (*coretypes.ResultNetInfo, error)
	})
	if !ok {
		return &coretypes.ResultNetInfo{}, nil
	}
	return network.NetInfo(ctx)
}

// BlockResults are what the node's block did.
func (s *Service) BlockResults(ctx context.Context, height *int64) (*coretypes.ResultBlockResults, error) {
	view := s.node.Load()
	if view == nil {
		return nil, errNodeNotUp
	}
	return view.blocks.BlockResults(ctx, height)
}

// Tx is a transaction that the node has in a block.
func (s *Service) Tx(ctx context.Context, hash []byte, prove bool) (*coretypes.ResultTx, error) {
	view := s.node.Load()
	if view == nil {
		return nil, errNodeNotUp
	}
	node, ok := view.blocks.(transactions)
	if !ok {
		return nil, errNodeNotUp
	}
	return node.Tx(ctx, hash, prove)
}

// ActiveValidators of the consortium.
func (s *Service) ActiveValidators(ctx context.Context) (uint32, error) {
	view := s.node.Load()
	if view == nil || view.validators == nil {
		return 0, nil
	}
	return view.validators.ActiveValidators(ctx)
}

// AccountKnown tells whether the chain has an account at an address.
func (s *Service) AccountKnown(ctx context.Context, address string) (bool, error) {
	view := s.node.Load()
	if view == nil || view.state == nil {
		return false, errNodeNotUp
	}
	return view.state.AccountKnown(ctx, address)
}
