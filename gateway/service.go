package gateway

import (
	"context"
	"sync/atomic"

	coretypes "github.com/cometbft/cometbft/rpc/core/types"

	"cosmossdk.io/core/address"
	"cosmossdk.io/log/v2"

	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// Service is the index of one node: its file, the queries on it, and the follower that fills it.
// Queries are registered while the application is built, before there is a node to follow; until
// Follow they answer from what was indexed before, and Status says that the node is not up.
type Service struct {
	store     *index.Store
	addresses address.Codec
	version   string
	node      atomic.Pointer[nodeView]
}

type nodeView struct {
	blocks     Blocks
	validators ValidatorCounter
}

// OpenService opens or creates the index file.
func OpenService(ctx context.Context, path string, addresses address.Codec, version string) (*Service, error) {
	store, err := index.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	return &Service{store: store, addresses: addresses, version: version}, nil
}

// QueryServer answers zhilian.gateway.v1.Query.
func (s *Service) QueryServer() gatewaytypes.QueryServer {
	return NewQueryServer(s.store, s, s, s.addresses, s.version)
}

// Follow indexes finished blocks until ctx ends. It never fails for another reason. validators may be nil.
func (s *Service) Follow(ctx context.Context, blocks Blocks, validators ValidatorCounter, logger log.Logger) error {
	s.node.Store(&nodeView{blocks: blocks, validators: validators})
	return NewFollower(blocks, s.store, s.addresses, logger).Run(ctx)
}

// Close releases the file. Call it after Follow has returned.
func (s *Service) Close() error { return s.store.Close() }

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

// ActiveValidators of the consortium.
func (s *Service) ActiveValidators(ctx context.Context) (uint32, error) {
	view := s.node.Load()
	if view == nil || view.validators == nil {
		return 0, nil
	}
	return view.validators.ActiveValidators(ctx)
}
