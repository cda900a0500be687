package payments

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"cosmossdk.io/core/address"

	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/gateway/reference"
	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/iso20022/report"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Chain is where files become payments. PayBatch returns *client.Refused for a definite no.
type Chain interface {
	Operator(ctx context.Context) (access.Operator, error)
	Institutions(ctx context.Context) ([]access.Institution, error)
	// Resolve takes at most settlement.ResolveReferencesMax digests; nil stands for an unknown one.
	Resolve(ctx context.Context, digests [][]byte) ([]*settlement.Account, error)
	PayBatch(ctx context.Context, batch *settlement.MsgPayBatch) (client.BatchReceipt, error)
	// Payment returns nil if the chain's state has no payment of this UETR.
	Payment(ctx context.Context, uetr string) (*settlement.Payment, error)
	BlockTime(ctx context.Context, height int64) (time.Time, error)
}

// Gateway handles the files of one operator.
type Gateway struct {
	chain     Chain
	key       reference.Key
	addresses address.Codec
	now       func() time.Time
	parsing   []iso20022.Option
	sealing   *Sealing // nil: payments travel without details
}

// Option changes a gateway.
type Option func(*Gateway)

// WithClock replaces the machine's clock.
func WithClock(now func() time.Time) Option { return func(g *Gateway) { g.now = now } }

// WithSchemas has files validated against their schemas before anything is sent.
func WithSchemas(schemas iso20022.Schemas) Option {
	return func(g *Gateway) { g.parsing = append(g.parsing, iso20022.WithSchemas(schemas)) }
}

// New returns a gateway that signs nothing and keeps nothing: the chain does both.
func New(chain Chain, key reference.Key, addresses address.Codec, options ...Option) *Gateway {
	g := &Gateway{chain: chain, key: key, addresses: addresses, now: time.Now}
	for _, apply := range options {
		apply(g)
	}
	return g
}

// Options of one file.
type Options struct {
	// AllOrNothing settles all transfers of a debtor account and currency, or none of them.
	AllOrNothing bool
	// RequireDetails sends nothing if not all details reach their payee.
	RequireDetails bool
	// WithoutDetails seals nothing.
	WithoutDetails bool
}

func (o Options) mode() settlement.BatchMode {
	if o.AllOrNothing {
		return settlement.AllOrNothing
	}
	return settlement.BestEffort
}

// Submit pays what a file orders and says what became of it. The error is nil whenever there is an
// outcome to report, also for a refused file; Outcome.Incomplete says if the chain could not be
// asked for all of it. Handing the same bytes in again is always safe.
func (g *Gateway) Submit(ctx context.Context, file []byte, options Options) (*Outcome, error) {
	receivedAt := g.now()
	outcome, p, err := g.open(ctx, file, options.mode(), receivedAt)
	if p == nil || err != nil {
		return outcome, err
	}
	if outcome.Details, err = g.sealDetails(ctx, p, options); err != nil {
		return nil, err
	}
	outcome.Batches = len(p.batches)
	at := 0
	position := map[*planned]int{}
	for i, t := range p.transfers {
		position[t] = i
	}
	for ; at < len(p.batches) && outcome.Incomplete == nil; at++ {
		b := p.batches[at]
		started := g.now()
		receipt, err := g.chain.PayBatch(ctx, p.messageOf(b, options.mode()))
		var refused *client.Refused
		switch {
		case errors.As(err, &refused):
			for _, t := range b.transfers {
				outcome.Transfers[position[t]].reject(refused.Reason(), explain(refused))
			}
		case err != nil:
			outcome.Incomplete = fmt.Errorf("batch %d of %d: %w", at+1, len(p.batches), err)
		default:
			latency := g.now().Sub(started).Milliseconds()
			for i, t := range b.transfers {
				to := &outcome.Transfers[position[t]]
				to.take(receipt.Results[i], t.doubt)
				to.sent, to.TxHash, to.LatencyMillis = true, receipt.TxHash, latency
				if to.Height == 0 {
					to.Height = receipt.Height
				}
			}
		}
	}
	outcome.conclude()
	return outcome, nil
}

// ErrNotPayable says that a file cannot be prepared for others' approval.
var ErrNotPayable = errors.New("nothing was prepared")

// Prepare returns the batches that Submit would send, with their details sealed, and sends none of them: they are
// for others to approve. All of the file must be payable, so that what is approved is what the file says.
func (g *Gateway) Prepare(ctx context.Context, file []byte, options Options) ([]*settlement.MsgPayBatch, *DetailsReport, error) {
	outcome, p, err := g.open(ctx, file, options.mode(), g.now())
	if err != nil {
		return nil, nil, err
	}
	if p == nil {
		return nil, nil, fmt.Errorf("%w: %s %s", ErrNotPayable, outcome.Reason, outcome.Explanation)
	}
	for i, t := range p.transfers {
		because := t.refusal
		if because == nil {
			because = t.doubt
		}
		if because != nil {
			return nil, nil, fmt.Errorf("%w: payment %d (%s): %s %s", ErrNotPayable, i+1, t.transfer.EndToEndID, because.reason, because.text)
		}
	}
	details, err := g.sealDetails(ctx, p, options)
	if err != nil {
		return nil, nil, err
	}
	batches := make([]*settlement.MsgPayBatch, len(p.batches))
	for i, b := range p.batches {
		batches[i] = p.messageOf(b, options.mode())
	}
	return batches, details, nil
}

// open reads a file and plans it. Without a plan the outcome is a rejection.
func (g *Gateway) open(ctx context.Context, file []byte, mode settlement.BatchMode, now time.Time) (*Outcome, *plan, error) {
	message, err := iso20022.Parse(file, append(g.parsing, iso20022.WithNow(now))...)
	var rejection *iso20022.Rejection
	if errors.As(err, &rejection) {
		return &Outcome{
			Rejection: rejection, Status: report.Rejected, Reason: rejection.Reason, Explanation: rejection.Text,
			ReceivedAt: now, contentDigest: sha256.Sum256(file),
		}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	p, err := g.plan(ctx, message, mode)
	if err != nil {
		return nil, nil, err
	}
	return newOutcome(p, now), p, nil
}

// executionPrefix is what baseapp puts before a module's sentence.
const executionPrefix = "failed to execute message; message index: 0: "

// explain is what a sender is told of a refusal: the module's sentence, and its code for support.
func explain(refused *client.Refused) string {
	return fmt.Sprintf("%s (%s/%d)", strings.TrimPrefix(refused.Log, executionPrefix), refused.Codespace, refused.Code)
}
