package load

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Maker makes a payer's next transaction. It is called for different payers at the same time.
type Maker interface {
	// Make signs the transaction that payer sends with sequence. Equal arguments give an equal
	// transaction.
	Make(payer int, sequence uint64) (*Tx, error)
}

// Payer is a key that sends transactions one after the other.
type Payer struct {
	index    int
	sequence uint64 // of the transaction after those in signed
	signed   []*Tx
	refused  int // times in a row that its next transaction was refused by a check
}

// Payers hand out transactions. Each payer has at most one at a time between being taken and being
// answered, so that its sequences arrive in order.
type Payers struct {
	maker Maker
	all   []*Payer
	ready chan *Payer
	late  atomic.Int64
	out   atomic.Int64
}

// refusalsMax is how often in a row a payer is refused by a check before it stops: its sequence is
// out of step then, and stays so.
const refusalsMax = 20

// NewPayers starts n payers at sequence 0.
func NewPayers(maker Maker, n int) *Payers {
	p := &Payers{maker: maker, ready: make(chan *Payer, n)}
	for i := range n {
		payer := &Payer{index: i}
		p.all = append(p.all, payer)
		p.ready <- payer
	}
	return p
}

// SignAhead signs as many transactions as it takes for total of them to be ready, evenly for those
// whose turn comes next, on all cores. Nobody may take transactions meanwhile.
func (p *Payers) SignAhead(ctx context.Context, total int) error {
	turn := make([]*Payer, 0, len(p.all))
	for len(p.ready) > 0 {
		turn = append(turn, <-p.ready)
	}
	defer func() {
		for _, payer := range turn {
			p.ready <- payer
		}
	}()
	var next atomic.Int64
	var wait sync.WaitGroup
	problems := make(chan error, runtime.GOMAXPROCS(0))
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(turn); i = int(next.Add(1)) - 1 {
				share := (total - i + len(turn) - 1) / len(turn) // 0 or less for those whose turn does not come
				if err := p.signFor(ctx, turn[i], share); err != nil {
					problems <- err
					return
				}
			}
		})
	}
	wait.Wait()
	close(problems)
	return <-problems
}

func (p *Payers) signFor(ctx context.Context, payer *Payer, n int) error {
	for len(payer.signed) < n {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.sign(payer); err != nil {
			return err
		}
	}
	return nil
}

func (p *Payers) sign(payer *Payer) error {
	tx, err := p.maker.Make(payer.index, payer.sequence)
	if err != nil {
		return err
	}
	payer.signed = append(payer.signed, tx)
	payer.sequence++
	return nil
}

// take waits for a payer and gives its next transaction.
func (p *Payers) take(ctx context.Context) (*Payer, *Tx, error) {
	var payer *Payer
	select {
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	case payer = <-p.ready:
	}
	if len(payer.signed) == 0 {
		p.late.Add(1)
		if err := p.sign(payer); err != nil {
			return nil, nil, err
		}
	}
	return payer, payer.signed[0], nil
}

// accepted says that a node took the transaction: the payer goes on to its next one.
func (p *Payers) accepted(payer *Payer) {
	payer.signed = payer.signed[1:]
	payer.refused = 0
	p.ready <- payer
}

// refusedByCheck says that a node refused it: the payer tries again, unless it is out of step.
func (p *Payers) refusedByCheck(payer *Payer) {
	payer.refused++
	if payer.refused >= refusalsMax {
		p.out.Add(1)
		return
	}
	p.ready <- payer
}

// postponed says that no node judged it: the payer tries again.
func (p *Payers) postponed(payer *Payer) { p.ready <- payer }

// SignedLate is how many transactions were signed while the load ran, since too few were signed ahead.
func (p *Payers) SignedLate() int64 { return p.late.Load() }

// OutOfStep is how many payers stopped, since their transactions were refused again and again.
func (p *Payers) OutOfStep() int64 { return p.out.Load() }
