package node

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cometbft/cometbft/libs/log"
	cmthttp "github.com/cometbft/cometbft/rpc/client/http"
	cmttypes "github.com/cometbft/cometbft/types"
)

// Block is a committed block, as seen from outside.
type Block struct {
	Height int64
	// Txs is how many transactions it holds.
	Txs int
	// Seen is when the node told that it was committed.
	Seen time.Time
}

// Watch follows the blocks of a node by its WebSocket. The node pushes one small event for each
// block after it was committed, so watching costs it next to nothing.
type Watch struct {
	client *cmthttp.HTTP
	onSeen func(Block)

	mutex  sync.Mutex
	blocks []Block
	more   chan struct{} // closed when a block comes
}

const eventBuffer = 1000

// NewWatch starts to follow. onSeen is called for each block, one after the other.
func NewWatch(ctx context.Context, rpc string, onSeen func(Block)) (*Watch, error) {
	client, err := cmthttp.New(rpc, "/websocket")
	if err != nil {
		return nil, err
	}
	client.SetLogger(log.NewNopLogger())
	if err := client.Start(); err != nil {
		return nil, fmt.Errorf("follow the blocks: %w", err)
	}
	events, err := client.Subscribe(ctx, "bench", cmttypes.EventQueryNewBlockEvents.String(), eventBuffer)
	if err != nil {
		_ = client.Stop()
		return nil, fmt.Errorf("follow the blocks: %w", err)
	}
	w := &Watch{client: client, onSeen: onSeen, more: make(chan struct{})}
	go func() {
		for {
			select {
			case <-client.Quit():
				return
			case event := <-events:
				seen := time.Now()
				if data, ok := event.Data.(cmttypes.EventDataNewBlockEvents); ok {
					w.add(Block{Height: data.Height, Txs: int(data.NumTxs), Seen: seen})
				}
			}
		}
	}()
	return w, nil
}

func (w *Watch) add(block Block) {
	w.onSeen(block)
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.blocks = append(w.blocks, block)
	close(w.more)
	w.more = make(chan struct{})
}

// Close ends the watch.
func (w *Watch) Close() { _ = w.client.Stop() } // stopped twice is no harm

// Blocks are those seen so far.
func (w *Watch) Blocks() []Block {
	blocks, _ := w.look()
	return blocks
}

func (w *Watch) look() ([]Block, <-chan struct{}) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.blocks[:len(w.blocks):len(w.blocks)], w.more
}

// Until waits until the blocks seen satisfy a condition, which is asked after each block and every
// quarter of a second. patience bounds the wait for the next block: a network that has stopped is an
// error, not a long measurement.
func (w *Watch) Until(ctx context.Context, patience time.Duration, done func([]Block) (bool, error)) error {
	const look = 250 * time.Millisecond
	last, seen := time.Now(), 0
	for {
		blocks, more := w.look()
		if len(blocks) > seen {
			last, seen = time.Now(), len(blocks)
		}
		if ok, err := done(blocks); ok || err != nil {
			return err
		}
		if time.Since(last) > patience {
			return fmt.Errorf("no block for %s", patience)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-more:
		case <-time.After(look):
		}
	}
}
