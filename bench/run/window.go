package run

import (
	"sync"
	"time"

	"github.com/zhilian-network/zhilian/bench/node"
)

// sample is what was used up to a moment.
type sample struct {
	block node.Block
	nodes time.Duration // CPU of all nodes
	own   time.Duration // CPU of this process
}

// window is the part of the closed loop that is measured. It begins and ends with a block that holds
// transactions: so it has whole blocks, and the time between them.
type window struct {
	notBefore time.Time
	length    time.Duration
	minBlocks int
	take      func(node.Block) (sample, error)

	mutex          sync.Mutex
	begin, end     *sample
	blocks         int
	problem        error
	started, ended chan struct{}
}

func newWindow(warmUp, length time.Duration, minBlocks int, take func(node.Block) (sample, error)) *window {
	return &window{
		notBefore: time.Now().Add(warmUp), length: length, minBlocks: minBlocks, take: take,
		started: make(chan struct{}), ended: make(chan struct{}),
	}
}

// see is told of each block as it comes, so that the samples are taken with it.
func (w *window) see(block node.Block) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	switch {
	case w.end != nil || w.problem != nil || block.Txs == 0 && w.begin == nil:
	case w.begin == nil:
		if block.Seen.Before(w.notBefore) {
			return
		}
		w.begin = w.sample(block)
		close(w.started)
	default:
		w.blocks++
		if block.Txs > 0 && w.blocks >= w.minBlocks && block.Seen.Sub(w.begin.block.Seen) >= w.length {
			w.end = w.sample(block)
			close(w.ended)
		}
	}
}

func (w *window) sample(block node.Block) *sample {
	taken, err := w.take(block)
	if err != nil {
		w.problem = err
	}
	return &taken
}

// result gives both ends; ready is false before the last.
func (w *window) result() (begin, end sample, ready bool, err error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.problem != nil || w.end == nil {
		return sample{}, sample{}, false, w.problem
	}
	return *w.begin, *w.end, true, nil
}
