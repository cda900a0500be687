package observer

import (
	"fmt"
	"reflect"
	"sync"
	"time"
)

// Book is the observer's own record. It may be written from several goroutines.
type Book struct {
	opening Opening

	mu       sync.Mutex
	asked    map[string]Payment // by UETR
	order    []string           // UETRs as they were asked for
	answers  map[string][]Answer
	blocks   map[int64]Block
	source   map[int64]string // the node that a block was read from first
	newest   int64
	read     map[string]int64 // by node: its blocks from 1 to here were read
	advances []time.Time      // when a block was first seen, in the order of heights
	forks    []string
}

// NewBook begins a book with what every account holds before the first block.
func NewBook(opening Opening) *Book {
	return &Book{
		opening: opening,
		asked:   map[string]Payment{}, answers: map[string][]Answer{},
		blocks: map[int64]Block{}, source: map[int64]string{}, read: map[string]int64{},
	}
}

// Ask notes a payment before it is sent. Asking for the same again, as a client does that was not
// answered, changes nothing.
func (b *Book) Ask(payment Payment) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.asked[payment.UETR]; known {
		return
	}
	b.asked[payment.UETR] = payment
	b.order = append(b.order, payment.UETR)
}

// Hear notes what a client was told about a payment.
func (b *Book) Hear(uetr string, answer Answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers[uetr] = append(b.answers[uetr], answer)
}

// Answers of a payment, in the order in which they came.
func (b *Book) Answers(uetr string) []Answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Answer(nil), b.answers[uetr]...)
}

// Read notes a block of a node. A node's blocks come in order of height, without gaps; a block that
// was read before is compared again.
func (b *Book) Read(node string, block Block) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read[node] = max(b.read[node], block.Height)
	known, seen := b.blocks[block.Height]
	if !seen {
		b.blocks[block.Height], b.source[block.Height] = block, node
		if block.Height > b.newest {
			b.newest = block.Height
			b.advances = append(b.advances, time.Now())
		}
		return
	}
	b.compareIDs(node, block.Height, block.Hash, block.AppHash)
	if !reflect.DeepEqual(known.Decisions, block.Decisions) || !reflect.DeepEqual(known.Supplies, block.Supplies) {
		b.forks = append(b.forks, fmt.Sprintf("results of block %d differ: %s has %d decisions %v %v, %s has %d %v %v", block.Height,
			b.source[block.Height], len(known.Decisions), known.Decisions, known.Supplies, node, len(block.Decisions), block.Decisions, block.Supplies))
	}
}

// ReadHeader compares the ids of a block that was read in full from another node.
func (b *Book) ReadHeader(node string, height int64, hash, appHash string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.compareIDs(node, height, hash, appHash)
}

func (b *Book) compareIDs(node string, height int64, hash, appHash string) {
	known, seen := b.blocks[height]
	switch {
	case !seen:
		b.forks = append(b.forks, fmt.Sprintf("%s has a block %d that was read from no node", node, height))
	case known.Hash != hash:
		b.forks = append(b.forks, fmt.Sprintf("fork: block %d is %s at %s, and %s at %s", height, known.Hash, b.source[height], hash, node))
	case known.AppHash != appHash:
		b.forks = append(b.forks, fmt.Sprintf("fork: the state before block %d is %s at %s, and %s at %s", height, known.AppHash, b.source[height], appHash, node))
	}
}

// Position is the height up to which a node's blocks were read.
func (b *Book) Position(node string) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read[node]
}

// Newest is the highest height that was read from any node.
func (b *Book) Newest() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.newest
}

// LongestPause is the longest time without a new block from one moment to another.
func (b *Book) LongestPause(from, to time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	longest, last := time.Duration(0), from
	for _, advance := range b.advances {
		if advance.Before(from) || advance.After(to) {
			continue
		}
		longest, last = max(longest, advance.Sub(last)), advance
	}
	return max(longest, to.Sub(last))
}

// Settlements is how many payments have settled.
func (b *Book) Settlements() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	count := 0
	for _, block := range b.blocks {
		for _, decision := range block.Decisions {
			if decision.Status == Settled {
				count++
			}
		}
	}
	return count
}

// Asked is how many payments were asked for.
func (b *Book) Asked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.order)
}
