package live

import (
	"errors"
	"sync"
	"time"

	"github.com/zhilian-network/zhilian/gateway/index"
)

// Refusals of a subscription.
var (
	errClosed          = errors.New("the node is stopping: connect again in a moment, or to another node")
	errTooMany         = errors.New("the node has as many subscriptions as it takes: try again later, or connect to another node")
	errTooManyOfClient = errors.New("this client address has as many subscriptions as it may have: close one first")
)

// Why a subscriber was dropped, or a subscription refused: the labels of metrics.
const (
	DroppedSlow   = "slow"   // its queue ran over, or it read nothing for the time of a write
	DroppedSilent = "silent" // it did not answer pings
	DroppedTalked = "talked" // it sent a message
	DroppedDenied = "denied" // it may not watch any more
	DroppedFailed = "failed" // the index could not be read

	RefusedTotal  = "total"
	RefusedClient = "client"
)

// Meter counts. Its calls must return at once.
type Meter interface {
	Subscribers(now int)
	SubscriberDropped(why string)
	SubscriptionRefused(why string)
}

// Hub knows who watches which account. It is safe for concurrent use.
type Hub struct {
	limits Limits
	meter  Meter

	mu        sync.Mutex
	closed    bool
	total     int
	perClient map[string]int
	watchers  map[string]map[*subscriber]struct{} // by account
	attached  map[*subscriber]struct{}            // every connection
	queued    int                                 // bytes that wait for all subscribers
	open      sync.WaitGroup                      // one for each slot that is taken
	closing   chan struct{}
}

// NewHub returns a hub without watchers. meter may be nil.
func NewHub(limits Limits, meter Meter) *Hub {
	if meter == nil {
		meter = unmetered{}
	}
	return &Hub{
		limits: limits, meter: meter, closing: make(chan struct{}),
		perClient: map[string]int{}, watchers: map[string]map[*subscriber]struct{}{},
		attached: map[*subscriber]struct{}{},
	}
}

type unmetered struct{}

func (unmetered) Subscribers(int)            {}
func (unmetered) SubscriberDropped(string)   {}
func (unmetered) SubscriptionRefused(string) {}

// acquire takes a slot for a client; the client "" has no limit of its own.
func (h *Hub) acquire(client string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return errClosed
	case h.total >= h.limits.Subscribers:
		return errTooMany
	case client != "" && h.perClient[client] >= h.limits.PerClient:
		return errTooManyOfClient
	}
	h.total++
	h.perClient[client]++
	h.open.Add(1)
	h.meter.Subscribers(h.total)
	return nil
}

func (h *Hub) release(client string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.total--
	if h.perClient[client]--; h.perClient[client] == 0 {
		delete(h.perClient, client)
	}
	h.meter.Subscribers(h.total)
	h.open.Done()
}

func (h *Hub) attach(s *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.attached[s] = struct{}{}
}

func (h *Hub) detach(s *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.attached, s)
}

// register lets a subscriber have what blocks bring from now on.
func (h *Hub) register(s *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.watchers[s.account] == nil {
		h.watchers[s.account] = map[*subscriber]struct{}{}
	}
	h.watchers[s.account][s] = struct{}{}
}

func (h *Hub) unregister(s *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watchers[s.account], s)
	if len(h.watchers[s.account]) == 0 {
		delete(h.watchers, s.account)
	}
	h.queued -= s.queuedBytes
	s.queue, s.queuedBytes = nil, 0
}

// Publish gives the events of a block to those who watch its accounts. Call it after the block is in
// the index, block by block. It waits for nobody.
func (h *Hub) Publish(block index.Block) {
	watched := h.watched(block)
	if len(watched) == 0 {
		return
	}
	// Encoded outside of the lock. Who registers meanwhile reads the block from the index.
	events := encodeFor(watched, block)
	h.mu.Lock()
	defer h.mu.Unlock()
	for account, batch := range events {
		for s := range h.watchers[account] {
			h.enqueue(s, batch)
		}
	}
}

// batch is what a block did to one account, in the order of cursors.
type batch struct {
	events []encoded
	bytes  int
	failed bool // an event could not be written down: the subscriber must not believe it saw all
}

// watched returns which accounts of a block are watched.
func (h *Hub) watched(block index.Block) map[string]*batch {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.watchers) == 0 {
		return nil
	}
	watched := map[string]*batch{}
	look := func(account string) {
		if len(h.watchers[account]) > 0 {
			watched[account] = &batch{}
		}
	}
	for i := range block.Payments {
		look(block.Payments[i].Debtor)
		look(block.Payments[i].Creditor)
	}
	for i := range block.Entries {
		look(block.Entries[i].Account)
	}
	return watched
}

func encodeFor(watched map[string]*batch, block index.Block) map[string]*batch {
	for i := range block.Payments {
		payment := &block.Payments[i]
		debtor, creditor := watched[payment.Debtor], watched[payment.Creditor]
		if creditor == debtor {
			creditor = nil // an account that pays itself is told once
		}
		add(index.PaymentEvent(payment), debtor, creditor)
	}
	for i := range block.Entries {
		entry := &block.Entries[i]
		add(index.EntryEvent(&entry.Entry), watched[entry.Account])
	}
	return watched
}

// add writes an event down once for all accounts that it concerns.
func add(event index.Event, batches ...*batch) {
	var text encoded
	var err error
	for _, b := range batches {
		if b == nil {
			continue
		}
		if text.text == nil && err == nil {
			text, err = encode(event)
		}
		if err != nil {
			b.failed = true
			continue
		}
		b.events = append(b.events, text)
		b.bytes += len(text.text)
	}
}

// enqueue is called with the hub's lock.
func (h *Hub) enqueue(s *subscriber, b *batch) {
	switch {
	case s.dropped != "":
		return
	case b.failed:
		s.dropped = DroppedFailed
	case s.queuedBytes+b.bytes > h.limits.QueueBytes, h.queued+b.bytes > h.limits.TotalQueueBytes:
		s.dropped = DroppedSlow
	default:
		s.queue = append(s.queue, b.events...)
		s.queuedBytes += b.bytes
		h.queued += b.bytes
	}
	if s.dropped != "" {
		// It resumes from its cursor out of the index; what waits here is not needed any more.
		h.queued -= s.queuedBytes
		s.queue, s.queuedBytes = nil, 0
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// take empties a subscriber's queue. dropped says why the subscriber must go; it is empty otherwise.
func (h *Hub) take(s *subscriber) (events []encoded, dropped string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	events = s.queue
	h.queued -= s.queuedBytes
	s.queue, s.queuedBytes = nil, 0
	return events, s.dropped
}

// Close tells every subscriber that the node stops, and returns when all are gone. Who does not take
// the goodbye in time is cut off.
func (h *Hub) Close() {
	h.mu.Lock()
	if !h.closed {
		h.closed = true
		close(h.closing)
	}
	h.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		h.open.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return
	case <-time.After(2 * h.limits.Goodbye):
	}
	h.cutOff()
	<-gone
}

// cutOff ends reads and writes that still wait for a client.
func (h *Hub) cutOff() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.attached {
		_ = s.conn.NetConn().Close()
	}
}
