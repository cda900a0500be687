package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	coretypes "github.com/cometbft/cometbft/rpc/core/types"

	"cosmossdk.io/core/address"
	"cosmossdk.io/log/v2"

	"github.com/zhilian-network/zhilian/gateway/index"
)

// Pace of the follower.
const (
	DefaultPollInterval = 200 * time.Millisecond
	maxBackoff          = 10 * time.Second
	// quietAttempts is how often a block may be asked for before its absence is worth a log line: a
	// node stores a block a moment before it stores the block's results.
	quietAttempts = 5
)

// Blocks is what the follower reads of a node: a part of CometBFT's RPC client, local or remote.
type Blocks interface {
	Status(ctx context.Context) (*coretypes.ResultStatus, error)
	Block(ctx context.Context, height *int64) (*coretypes.ResultBlock, error)
	BlockResults(ctx context.Context, height *int64) (*coretypes.ResultBlockResults, error)
}

var errNodeNotUp = errors.New("the node is not up yet")

// ErrIndexAhead says that the index knows blocks that the node does not have.
var ErrIndexAhead = errors.New("index is newer than the node's blocks (the node's data was reset?): wait until the node has caught up, or delete the index file to build it anew")

// Follower copies finished blocks into the index.
type Follower struct {
	blocks    Blocks
	store     *index.Store
	addresses address.Codec
	logger    log.Logger
	poll      time.Duration
}

// NewFollower returns a follower; it does nothing until Run.
func NewFollower(blocks Blocks, store *index.Store, addresses address.Codec, logger log.Logger) *Follower {
	return &Follower{
		blocks: blocks, store: store, addresses: addresses,
		logger: logger.With("module", "gateway"), poll: DefaultPollInterval,
	}
}

// Run follows the chain until ctx ends, and returns the reason why it ended. Whatever goes wrong is
// logged and tried again, ever more slowly: the index must not take the node down.
func (f *Follower) Run(ctx context.Context) error {
	failures := 0
	for {
		wait := f.poll
		if err := f.catchUp(ctx); err != nil && ctx.Err() == nil {
			failures++
			if failures == quietAttempts || failures > quietAttempts && backoff(f.poll, failures) == maxBackoff {
				f.logger.Error("index does not advance", "err", err.Error(), "attempts", failures)
			}
			wait = backoff(f.poll, failures)
		} else {
			failures = 0
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// backoff doubles the wait with every failure after the quiet ones.
func backoff(poll time.Duration, failures int) time.Duration {
	wait := poll
	for range max(failures-quietAttempts, 0) {
		wait *= 2
		if wait >= maxBackoff {
			return maxBackoff
		}
	}
	return wait
}

// catchUp indexes every block that the node has finished and the index lacks.
func (f *Follower) catchUp(ctx context.Context) (err error) {
	// A node with half of its services stopped may panic inside of a call.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic while indexing: %v", r)
		}
	}()
	status, err := f.blocks.Status(ctx)
	if err != nil {
		return fmt.Errorf("status: %w", err)
	}
	position, err := f.store.Position(ctx)
	if err != nil {
		return fmt.Errorf("position: %w", err)
	}
	chainID, newest := status.NodeInfo.Network, status.SyncInfo.LatestBlockHeight
	if position.ChainID != "" && position.ChainID != chainID {
		return fmt.Errorf("%w: index of %q, node of %q", index.ErrOtherChain, position.ChainID, chainID)
	}
	if newest > 0 && position.Height > newest {
		return fmt.Errorf("%w: index at %d, node at %d", ErrIndexAhead, position.Height, newest)
	}
	earliest := max(status.SyncInfo.EarliestBlockHeight, 1)
	for height := max(position.Height+1, earliest); height <= newest; height++ {
		if err := f.indexBlock(ctx, height, earliest); err != nil {
			return fmt.Errorf("block %d: %w", height, err)
		}
	}
	return nil
}

func (f *Follower) indexBlock(ctx context.Context, height, earliest int64) error {
	raw, err := f.blocks.Block(ctx, &height)
	if err != nil {
		return err
	}
	results, err := f.blocks.BlockResults(ctx, &height)
	if err != nil {
		return err
	}
	block, err := index.Decode(raw, results, f.addresses)
	if err != nil {
		return err
	}
	for _, unread := range block.Unread {
		f.logger.Error("event cannot be indexed", "height", height, "tx", unread.TxIndex, "event", unread.EventIndex,
			"type", unread.Type, "err", unread.Problem)
	}
	return f.store.Append(ctx, block, earliest)
}
