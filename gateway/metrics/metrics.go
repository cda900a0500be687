package metrics

import (
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/zhilian-network/zhilian/gateway/index"
	"github.com/zhilian-network/zhilian/gateway/live"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Stages at which a transaction is refused.
const (
	StageCheck   = "check"   // at this node's door, before its mempool
	StageRecheck = "recheck" // thrown out of this node's mempool after a block
	StageBlock   = "block"   // in a block
)

// Other is the label of what is outside of a bounded set.
const Other = "other"

// Bounds of label sets.
const (
	maxCode       = 255
	maxCurrencies = 32
)

// codespaces are those of registered errors that can answer a transaction.
var codespaces = []string{"access", "consortium", "ledger", "settlement", "zhiliand", "sdk", "upgrade"}

// Metrics are the collectors of a node, on a registry of their own. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry

	payments      *prometheus.CounterVec
	retired       prometheus.Counter
	admitted      prometheus.Counter
	refused       *prometheus.CounterVec
	perBlock      prometheus.Histogram
	interval      prometheus.Histogram
	latency       prometheus.Histogram
	followerFails prometheus.Counter
	unread        prometheus.Counter
	sampleFails   *prometheus.CounterVec
	subscribers   prometheus.Gauge
	dropped       *prometheus.CounterVec
	notTaken      *prometheus.CounterVec

	gauges     gauges
	liveness   *liveness
	currencies atomic.Pointer[[]string] // admitted
	lastBlock  time.Time                // of the block before; the follower's alone
	lastHeight int64
	running    atomic.Bool // a block was indexed
}

// New returns metrics with nothing measured.
func New() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), liveness: newLiveness()}
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
		m.registry.MustRegister(c)
		return c
	}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
		m.registry.MustRegister(c)
		return c
	}
	histogram := func(name, help string, buckets ...float64) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
		m.registry.MustRegister(h)
		return h
	}
	m.payments = counters("zhilian_payments_total", "Payments decided in indexed blocks, by ISO 20022 status and currency.", "status", "currency")
	m.retired = counter("zhilian_payments_retired_total", "Payments that left the chain's state after the retention period, in indexed blocks.")
	m.admitted = counter("zhilian_transactions_admitted_total", "Transactions that this node let into its mempool.")
	m.refused = counters("zhilian_transactions_refused_total",
		"Transactions refused, by stage (check: at this node's door; recheck: thrown out of its mempool; block: in an indexed block) and error.",
		"stage", "codespace", "code")
	m.perBlock = histogram("zhilian_block_payments", "Payments decided in a block.", 0, 1, 10, 50, 100, 250, 500, 1000, 2500, 5000, 10000)
	m.interval = histogram("zhilian_block_interval_seconds", "Time between the headers of two indexed blocks.", .1, .25, .5, .75, 1, 1.5, 2, 3, 5, 10, 30, 60)
	m.latency = histogram("zhilian_settlement_latency_seconds",
		"Time from a transaction's admission to this node's mempool until its block is indexed here.", .05, .1, .2, .3, .5, .75, 1, 1.5, 2, 3, 5, 10)
	m.followerFails = counter("zhilian_index_follower_errors_total", "Failed attempts to index the next block.")
	m.unread = counter("zhilian_index_unread_events_total", "Events that should be indexed and could not be read.")
	m.sampleFails = counters("zhilian_sample_errors_total", "Questions of the sampler that the node did not answer; the gauges of that source are old then.", "source")
	m.subscribers = prometheus.NewGauge(prometheus.GaugeOpts{Name: "zhilian_subscribers", Help: "Connections that watch an account."})
	m.dropped = counters("zhilian_subscribers_dropped_total", "Subscribers that the node cut off, by reason.", "reason")
	m.notTaken = counters("zhilian_subscriptions_refused_total", "Subscriptions refused for want of room: in total, or for one client address.", "reason")
	m.registry.MustRegister(m.subscribers, &m.gauges, m.liveness)
	m.beginAtZero()
	return m
}

// beginAtZero makes series exist before the first event: an increase from nothing would not be seen.
func (m *Metrics) beginAtZero() {
	for _, source := range []string{sourceNode, sourcePeers, sourceMempool, sourceValidators, sourceCurrencies, sourceSets, sourceIndex} {
		m.sampleFails.WithLabelValues(source)
	}
	for _, why := range []string{live.DroppedSlow, live.DroppedSilent, live.DroppedTalked, live.DroppedDenied, live.DroppedFailed} {
		m.dropped.WithLabelValues(why)
	}
	for _, why := range []string{live.RefusedTotal, live.RefusedClient} {
		m.notTaken.WithLabelValues(why)
	}
}

// Admitted counts a transaction that this node let into its mempool.
func (m *Metrics) Admitted() { m.admitted.Inc() }

// Refused counts a transaction that was refused at a stage.
func (m *Metrics) Refused(stage, codespace string, code uint32) {
	if !slices.Contains(codespaces, codespace) || code > maxCode {
		m.refused.WithLabelValues(stage, Other, Other).Inc()
		return
	}
	m.refused.WithLabelValues(stage, codespace, strconv.FormatUint(uint64(code), 10)).Inc()
}

// Waited measures how long a transaction took from this node's mempool into its index.
func (m *Metrics) Waited(wait time.Duration) { m.latency.Observe(wait.Seconds()) }

// FollowerFailed counts a failed attempt to index.
func (m *Metrics) FollowerFailed() { m.followerFails.Inc() }

// Subscribers sets how many connections watch an account now.
func (m *Metrics) Subscribers(now int) { m.subscribers.Set(float64(now)) }

// SubscriberDropped counts a subscriber that was cut off.
func (m *Metrics) SubscriberDropped(why string) { m.dropped.WithLabelValues(why).Inc() }

// SubscriptionRefused counts a subscription for which there was no room.
func (m *Metrics) SubscriptionRefused(why string) { m.notTaken.WithLabelValues(why).Inc() }

// Block measures a block that was indexed. The follower calls it, block by block.
func (m *Metrics) Block(raw *coretypes.ResultBlock, results *coretypes.ResultBlockResults, rows index.Block) {
	for i := range rows.Payments {
		m.payments.WithLabelValues(rows.Payments[i].Status, m.currency(&rows.Payments[i])).Inc()
	}
	m.perBlock.Observe(float64(len(rows.Payments)))
	m.unread.Add(float64(len(rows.Unread)))
	for _, refused := range rows.Refused {
		m.Refused(StageBlock, refused.Codespace, refused.Code)
	}
	m.retired.Add(float64(retired(results.FinalizeBlockEvents)))
	header := raw.Block.Header
	if m.lastHeight+1 == header.Height && !m.lastBlock.IsZero() {
		m.interval.Observe(header.Time.Sub(m.lastBlock).Seconds())
	}
	m.lastHeight, m.lastBlock = header.Height, header.Time
	m.running.Store(true)
}

// currency is the label of a payment's currency. What settled, is admitted; a rejected payment may name
// any three letters.
func (m *Metrics) currency(payment *index.Payment) string {
	admitted := m.currencies.Load()
	if admitted != nil && slices.Contains(*admitted, payment.Currency) {
		return payment.Currency
	}
	if payment.Status == index.StatusSettled && (admitted == nil || len(*admitted) < maxCurrencies) {
		m.AdmitCurrencies(payment.Currency)
		return payment.Currency
	}
	return Other
}

// AdmitCurrencies adds to the currencies that have a label of their own, up to a bound.
func (m *Metrics) AdmitCurrencies(codes ...string) {
	for {
		before := m.currencies.Load()
		var after []string
		if before != nil {
			after = slices.Clone(*before)
		}
		for _, code := range codes {
			if len(after) < maxCurrencies && !slices.Contains(after, code) {
				after = append(after, strings.Clone(code))
			}
		}
		if m.currencies.CompareAndSwap(before, &after) {
			return
		}
	}
}

var retiredType = proto.MessageName(&settlement.EventPaymentsRetired{})

// retired counts what left the state with a block. The event's number is JSON: "payments":5.
func retired(events []abci.Event) uint64 {
	var sum uint64
	for _, event := range events {
		if event.Type != retiredType {
			continue
		}
		for _, attribute := range event.Attributes {
			if attribute.Key != "payments" {
				continue
			}
			// An event that cannot be read is not worth a fault here.
			n, _ := strconv.ParseUint(strings.Trim(attribute.Value, `"`), 10, 32)
			sum += n
		}
	}
	return sum
}
