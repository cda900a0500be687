package run

import (
	"errors"
	"time"

	"github.com/zhilian-network/zhilian/bench/load"
	"github.com/zhilian-network/zhilian/bench/node"
	"github.com/zhilian-network/zhilian/bench/report"
	"github.com/zhilian-network/zhilian/bench/stage"
)

// round makes the figures of a measurement whose money is right.
func (m *measurement) round() (*report.Round, error) {
	if err := m.keepProfiles(); err != nil {
		return nil, err
	}
	begin, end, _, err := m.window.Load().result()
	if err != nil {
		return nil, err
	}
	r := &report.Round{
		Figures: map[string]float64{}, DiskParts: map[string]float64{},
		WindowSeconds: end.block.Seen.Sub(begin.block.Seen).Seconds(),
		Committed:     m.book.Settled, NotSettled: m.book.NotSettled,
		Refusals: m.sender.Refusals(), SignedLate: m.payers.SignedLate(), Retries: m.sender.Retries(), BalancesChecked: len(m.balances),
	}
	if err := m.windowFigures(r, begin, end); err != nil {
		return nil, err
	}
	if err := m.latencyFigures(r); err != nil {
		return nil, err
	}
	return r, m.storeFigures(r)
}

// windowFigures are those of the saturated network.
func (m *measurement) windowFigures(r *report.Round, begin, end sample) error {
	var intervals []float64
	var last node.Block
	for _, block := range m.watch.Blocks() {
		if block.Height > begin.block.Height && block.Height <= end.block.Height {
			r.WindowCommitted += m.book.SettledAt[block.Height]
			intervals = append(intervals, milliseconds(block.Seen.Sub(last.Seen)))
		}
		last = block
	}
	r.WindowBlocks = len(intervals)
	if r.WindowCommitted == 0 {
		return errors.New("no payment has settled in the window")
	}
	payments := float64(r.WindowCommitted)
	cpu := microseconds(end.nodes-begin.nodes) / payments
	r.Figures[report.PaymentsPerSecond] = payments / r.WindowSeconds
	r.Figures[report.PaymentsPerBlock] = payments / float64(r.WindowBlocks)
	r.Figures[report.BlockIntervalP50] = load.Quantile(intervals, 0.50)
	r.Figures[report.BlockIntervalP99] = load.Quantile(intervals, 0.99)
	r.Figures[report.CPU] = cpu
	r.Figures[report.CPUPerNode] = cpu / float64(m.Validators)
	r.Figures[report.NodeCores] = (end.nodes - begin.nodes).Seconds() / r.WindowSeconds
	r.Figures[report.GeneratorCores] = (end.own - begin.own).Seconds() / r.WindowSeconds
	shares := stage.Shares(m.profiles...)
	if len(shares) == 0 {
		return errors.New("the CPU profile of the window is empty")
	}
	for s, share := range shares {
		r.Figures[report.StageKey(s)] = share * cpu
	}
	return nil
}

// latencyFigures are those of the network at half load.
func (m *measurement) latencyFigures(r *report.Round) error {
	seen := map[int64]time.Time{}
	for _, block := range m.watch.Blocks() {
		seen[block.Height] = block.Seen
	}
	var latencies []float64
	for _, tx := range m.sender.Accepted() {
		if tx.Planned.IsZero() {
			continue
		}
		height, _ := m.book.Height(tx) // all are in blocks: check has seen to it
		moment, found := seen[height]
		if !found {
			return errors.New("a block was committed and not seen")
		}
		latencies = append(latencies, milliseconds(moment.Sub(tx.Planned)))
	}
	if len(latencies) == 0 {
		return errors.New("no payment was sent at half load")
	}
	r.Figures[report.HalfLoad] = m.halfLoad
	r.Figures[report.CPUAtHalfLoad] = microseconds(m.halfLoadCPU) / float64(m.halfLoadTxs*m.Kind.Payments())
	r.Figures[report.LatencyP50] = load.Quantile(latencies, 0.50)
	r.Figures[report.LatencyP90] = load.Quantile(latencies, 0.90)
	r.Figures[report.LatencyP99] = load.Quantile(latencies, 0.99)
	r.Figures[report.LatencyMax] = load.Quantile(latencies, 1)
	return nil
}

// storeFigures are what the payments of the whole run have left behind.
func (m *measurement) storeFigures(r *report.Round) error {
	const applicationDB = "application.db"
	payments := float64(m.book.Settled)
	perNode := payments * float64(m.Validators)
	var total float64
	for part, after := range m.diskAfter {
		grown := float64(after-m.diskBefore[part]) / perNode
		r.DiskParts[part] = grown
		total += grown
	}
	r.Figures[report.DiskBytes] = total
	r.Figures[report.StateBytes] = r.DiskParts[applicationDB]
	r.Figures[report.PeakMemory] = float64(m.peakMemory)
	var sent int64
	for _, tx := range m.sender.Accepted() {
		sent += int64(len(tx.Raw))
	}
	r.Figures[report.TransactionBytes] = float64(sent) / payments
	if !m.WithLogicalState {
		return nil
	}
	grown, err := node.StateGrowth(m.network.Homes[0], m.stateHeight)
	if err != nil {
		return err
	}
	r.Figures[report.StateLogicalBytes] = float64(grown) / payments
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
