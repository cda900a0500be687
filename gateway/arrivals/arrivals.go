package arrivals

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Bounds of the memory; the oldest are forgotten first. CometBFT's mempool holds 5,000 transactions
// by default.
const (
	MaxWaiting = 20_000
	MaxRefused = 2_000
	// MaxLogBytes is how much is kept of a refusal's words.
	MaxLogBytes = 500
)

// Hash is the SHA-256 of a transaction, as CometBFT names it.
type Hash = [32]byte

// Refusal is why this node did not admit a transaction.
type Refusal struct {
	Codespace string
	Code      uint32
	Log       string // at most MaxLogBytes; may hold anything a sender wrote
}

// Arrival is a transaction that came to this node and is in no block that was indexed.
type Arrival struct {
	At      time.Time
	Refusal *Refusal // nil: admitted
}

// Book is the memory. It is safe for concurrent use.
type Book struct {
	waiting *lru.Cache[Hash, time.Time]
	refused *lru.Cache[Hash, Arrival]
}

// NewBook returns an empty memory.
func NewBook() *Book {
	// A cache fails for a size below 1 only.
	waiting, _ := lru.New[Hash, time.Time](MaxWaiting)
	refused, _ := lru.New[Hash, Arrival](MaxRefused)
	return &Book{waiting: waiting, refused: refused}
}

// Admitted notes that a transaction waits in the node's mempool since a time. The first time counts.
func (b *Book) Admitted(hash Hash, now time.Time) {
	b.waiting.ContainsOrAdd(hash, now)
	b.refused.Remove(hash)
}

// Refused notes that the node refused a transaction, or threw it out of its mempool.
func (b *Book) Refused(hash Hash, refusal Refusal, now time.Time) {
	if len(refusal.Log) > MaxLogBytes {
		// A copy: the rest of a long text is not kept alive.
		refusal.Log = string([]byte(refusal.Log[:MaxLogBytes]))
	}
	b.waiting.Remove(hash)
	b.refused.Add(hash, Arrival{At: now, Refusal: &refusal})
}

// Decided takes a transaction that a block holds out of the memory. It returns since when it waited,
// and false if it did not come to this node first.
func (b *Book) Decided(hash Hash) (since time.Time, known bool) {
	since, known = b.waiting.Peek(hash)
	b.waiting.Remove(hash)
	b.refused.Remove(hash)
	return since, known
}

// Find returns what is known of a transaction.
func (b *Book) Find(hash Hash) (Arrival, bool) {
	if since, known := b.waiting.Peek(hash); known {
		return Arrival{At: since}, true
	}
	return b.refused.Peek(hash)
}
