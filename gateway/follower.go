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
	// announcedPollInterval is for a node that says when it has a block: asked in between, it may have a
	// block without its results, and complains in its log.
	announcedPollInterval = 2 * time.Second
	maxBackoff            = 10 * time.Second
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

// Finished is a block that stands in the index.
type Finished struct {
	Block   *coretypes.ResultBlock
	Results *coretypes.ResultBlockResults
	Rows    index.Block
}

// Observer is told of what the follower does. Its calls come one after the other, and hold the follower
// up for as long as they take.
type Observer interface {
	// Indexed tells of a block right after it was written to the index.
	Indexed(ctx context.Context, block Finished)
	// Failed tells that the next block could not be indexed; it will be tried again.
	Failed(err error)
}

// announcer is a node that says when it has finished a block: CometBFT's local client.
type announcer interface {
	Subscribe(ctx context.Context, subscriber, query string, outCapacity ...int) (out <-chan coretypes.ResultEvent, err error)
	Unsubscribe(ctx context.Context, subscriber, query string) error
}

const (
	announcedTo    = "zhilian-index"
	announcedQuery = "tm.event='NewBlockHeader'"
	// announcedCapacity is more than a node finishes before an announcement is taken.
	announcedCapacity = 100
)

// Follower copies finished blocks into the index.
type Follower struct {
	blocks    Blocks
	store     *index.Store
	addresses address.Codec
	logger    log.Logger
	poll      time.Duration
	observers []Observer
	warned    bool // of a problem with the log of payments
}

// NewFollower returns a follower; it does nothing until Run.
func NewFollower(blocks Blocks, store *index.Store, addresses address.Codec, logger log.Logger, observers ...Observer) *Follower {
	return &Follower{
		blocks: blocks, store: store, addresses: addresses,
		logger: logger.With("module", "gateway"), poll: DefaultPollInterval, observers: observers,
	}
}

// Run follows the chain until ctx ends, and returns the reason why it ended. Whatever goes wrong is
// logged and tried again, ever more slowly: the index must not take the node down.
func (f *Follower) Run(ctx context.Context) error {
	finished, stop := f.announcements(ctx)
	defer stop()
	poll := f.poll
	if finished != nil {
		poll = max(poll, announcedPollInterval)
	}
	failures := 0
	for {
		wait, wake := poll, finished
		if err := f.catchUp(ctx); err != nil && ctx.Err() == nil {
			failures++
			for _, observer := range f.observers {
				observer.Failed(err)
			}
			if failures == quietAttempts || failures > quietAttempts && backoff(f.poll, failures) == maxBackoff {
				f.logger.Error("index does not advance", "err", err.Error(), "attempts", failures)
			}
			// New blocks are no reason to try an old one sooner.
			wait, wake = backoff(f.poll, failures), nil
		} else {
			failures = 0
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wake:
		case <-time.After(wait):
		}
	}
}

// announcements returns a channel that has a value when the node has finished blocks. The node is asked
// at intervals as well: if it announces nothing, the index is a moment later, and that is all.
func (f *Follower) announcements(ctx context.Context) (finished <-chan struct{}, stop func()) {
	node, ok := f.blocks.(announcer)
	if !ok {
		return nil, func() {}
	}
	announced, err := node.Subscribe(ctx, announcedTo, announcedQuery, announcedCapacity)
	if err != nil {
		f.logger.Info("the node does not announce its blocks; the index asks at intervals", "err", err.Error())
		return nil, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	out := make(chan struct{}, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		gather(ctx, announced, out)
	}()
	return out, func() {
		cancel()
		<-done
		// A node that stops has forgotten its subscribers already.
		_ = node.Unsubscribe(context.WithoutCancel(ctx), announcedTo, announcedQuery)
	}
}

// gather makes several announcements one, so that the node's side is never kept waiting.
func gather(ctx context.Context, announced <-chan coretypes.ResultEvent, out chan<- struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-announced:
			if !open {
				return
			}
			select {
			case out <- struct{}{}:
			default:
			}
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
	if err := f.store.Append(ctx, block, earliest); err != nil {
		return err
	}
	for _, observer := range f.observers {
		observer.Indexed(ctx, Finished{Block: raw, Results: results, Rows: block})
	}
	if block.Logged == nil {
		return nil
	}
	return f.warnOfLog(ctx)
}

// warnOfLog says once that the index has stopped to prove payments.
func (f *Follower) warnOfLog(ctx context.Context) error {
	problem, err := f.store.LogProblem(ctx)
	if err != nil || problem == "" || f.warned {
		return err
	}
	f.warned = true
	f.logger.Error("payments are not proven any more: the index disagrees with the chain about the log; delete the index file to build it anew", "problem", problem)
	return nil
}
