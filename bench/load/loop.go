package load

import (
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// Sender sends the transactions of payers to the nodes of a network. A payer always uses the same
// node: another might see its transactions in another order.
type Sender struct {
	clients []*Client
	payers  *Payers
	slots   chan struct{} // one for each transaction that is on its way

	mutex    sync.Mutex
	accepted []*Tx
	refusals map[string]int64
	words    string // of the last refusal
	problem  error
}

// NewSender makes a sender. onTheWay bounds the transactions that the nodes have taken and not yet
// committed in the closed loop.
func NewSender(clients []*Client, payers *Payers, onTheWay int) *Sender {
	return &Sender{clients: clients, payers: payers, slots: make(chan struct{}, onTheWay), refusals: map[string]int64{}}
}

// postponement is the pause before a transaction is sent again for which a node had no room.
const postponement = 20 * time.Millisecond

// Committed makes room for as many transactions as a block held.
func (s *Sender) Committed(n int) {
	for range n {
		select {
		case <-s.slots:
		default:
			return // those of the open loop take no room
		}
	}
}

// Saturate keeps as many transactions on their way as NewSender allows, with so many calls at once,
// until ctx is done. It returns the first error of a connection.
func (s *Sender) Saturate(ctx context.Context, calls int) error {
	var wait sync.WaitGroup
	for range calls {
		wait.Go(func() {
			for s.saturateOne(ctx) {
			}
		})
	}
	wait.Wait()
	return s.Problem()
}

func (s *Sender) saturateOne(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case s.slots <- struct{}{}:
	}
	accepted, err := s.sendNext(ctx, time.Time{})
	if !accepted {
		s.Committed(1) // gives the room back
	}
	return err == nil && s.Problem() == nil
}

// sendNext sends the next transaction of a payer that is free.
func (s *Sender) sendNext(ctx context.Context, planned time.Time) (accepted bool, err error) {
	payer, tx, err := s.payers.take(ctx)
	if err != nil {
		s.note(err)
		return false, err
	}
	tx.Planned = planned
	// Not ctx: a transaction that was half sent when the time is over may be committed or not.
	answer, err := s.clients[payer.index%len(s.clients)].Send(context.WithoutCancel(ctx), tx.Raw)
	switch {
	case err != nil:
		s.note(err)
		return false, err
	case answer.Accepted:
		s.mutex.Lock()
		s.accepted = append(s.accepted, tx)
		s.mutex.Unlock()
		s.payers.accepted(payer)
		return true, nil
	case answer.Checked:
		s.payers.refusedByCheck(payer)
	default:
		time.Sleep(postponement)
		s.payers.postponed(payer)
	}
	s.mutex.Lock()
	s.refusals[answer.Reason]++
	s.words = answer.Words
	s.mutex.Unlock()
	return false, nil
}

// note keeps the first error that is not the end of the time.
func (s *Sender) note(err error) {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.problem == nil {
		s.problem = err
	}
}

// Problem is the first error of a connection.
func (s *Sender) Problem() error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.problem
}

// Accepted are the transactions that nodes have taken so far.
func (s *Sender) Accepted() []*Tx {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.accepted[:len(s.accepted):len(s.accepted)]
}

// Refusals says how often transactions were refused, by reason. Each was sent again.
func (s *Sender) Refusals() map[string]int64 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return maps.Clone(s.refusals)
}

// Retries is how often a transaction was sent again since its connection had broken.
func (s *Sender) Retries() int64 {
	var sum int64
	for _, client := range s.clients {
		sum += client.Retries()
	}
	return sum
}

// LastRefusal is what a node said to the last transaction that it refused.
func (s *Sender) LastRefusal() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.words
}

// Pace sends perSecond transactions in each second for a time, at moments that are fixed before. A
// transaction that is refused is sent again with its first moment.
func (s *Sender) Pace(ctx context.Context, perSecond float64, length time.Duration, calls int) error {
	Schedule(ctx, perSecond, length, calls, func(planned time.Time) {
		for ctx.Err() == nil {
			accepted, err := s.sendNext(ctx, planned)
			if accepted || err != nil {
				return
			}
		}
	})
	return s.Problem()
}

// Schedule calls send once for each moment of a fixed plan: perSecond moments in each second of
// length, evenly. At most workers calls run at once; a moment whose call has to wait for one of them
// keeps its place in the plan, and send is told that place, not when it was called.
func Schedule(ctx context.Context, perSecond float64, length time.Duration, workers int, send func(planned time.Time)) {
	total := int64(perSecond * length.Seconds())
	start := time.Now()
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < total; i = next.Add(1) - 1 {
				planned := start.Add(time.Duration(float64(i) / perSecond * float64(time.Second)))
				select {
				case <-ctx.Done():
					return
				case <-time.After(time.Until(planned)):
				}
				send(planned)
			}
		})
	}
	wait.Wait()
}
