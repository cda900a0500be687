package run

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/google/pprof/profile"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"

	"github.com/zhilian-network/zhilian/bench/load"
	"github.com/zhilian-network/zhilian/bench/node"
	"github.com/zhilian-network/zhilian/bench/report"
	"github.com/zhilian-network/zhilian/bench/stage"
	"github.com/zhilian-network/zhilian/bench/target"
)

// measurement is one measurement on its way.
type measurement struct {
	Settings
	network   *target.Network
	processes []*node.Process
	payers    *load.Payers
	sender    *load.Sender
	watch     *node.Watch
	window    atomic.Pointer[window]

	diskBefore  map[string]int64 // of all nodes
	diskAfter   map[string]int64
	stateHeight int64 // before the load
	profiles    []*profile.Profile
	peakMemory  int64
	halfLoad    float64 // payments per second
	halfLoadCPU time.Duration
	halfLoadTxs int
	balances    map[uint32]int64
	book        *Book

	nodeSettings map[string]string
}

// Result is what a measurement gives.
type Result struct {
	Round *report.Round
	// NodeSettings are those of the first node, by key.
	NodeSettings map[string]string
}

// Measure makes one measurement. Whatever comes of it, its nodes have ended and its homes are gone
// when it returns.
func Measure(ctx context.Context, settings Settings) (result *Result, err error) {
	m := &measurement{Settings: settings}
	defer func() { err = errors.Join(err, os.RemoveAll(m.Dir)) }()
	defer m.end()
	took := map[string]float64{}
	for _, step := range m.steps() {
		begun := time.Now()
		if err := step.do(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w%s", step.name, err, m.lastWords(err))
		}
		took[step.name] = time.Since(begun).Seconds()
	}
	round, err := m.round()
	if err != nil {
		return nil, err
	}
	round.StepSeconds = took
	return &Result{Round: round, NodeSettings: m.nodeSettings}, nil
}

// namedStep is a part of a measurement.
type namedStep struct {
	name string
	do   func(context.Context) error
}

func (m *measurement) steps() []namedStep {
	return []namedStep{
		{"prepare", m.prepare},
		{"start", m.start},
		{"saturate", m.saturate},
		{"measure latency", m.pace},
		{"ask for the money", m.ask},
		{"stop", m.stop},
		{"read the blocks", m.read},
		{"check the money", m.check},
	}
}

// end ends what still runs, at once.
func (m *measurement) end() {
	if m.watch != nil {
		m.watch.Close()
	}
	for _, process := range m.processes {
		process.Kill()
	}
}

// lastWords are what the nodes printed last, unless the user has ended the run or the error has them.
func (m *measurement) lastWords(err error) string {
	if errors.Is(err, context.Canceled) || len(m.processes) == 0 {
		return ""
	}
	return m.processes[0].LastWords()
}

func (m *measurement) prepare(context.Context) error {
	network, err := target.Prepare(target.Options{
		Kind: m.Kind, Dir: m.Dir, Validators: m.Validators, Accounts: m.Accounts, Payers: m.Payers,
		ZhilianCommand: m.ZhilianCommand, PlainCommand: m.PlainCommand, PlainFee: m.PlainFee, Seed: m.Seed,
	})
	if err != nil {
		return err
	}
	m.network = network
	m.payers = load.NewPayers(network, m.Payers)
	m.nodeSettings, err = node.Settings(network.Homes[0])
	return err
}

// start starts the nodes and signs transactions meanwhile.
func (m *measurement) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startBound)
	defer cancel()
	clients := make([]*load.Client, len(m.network.Homes))
	for i, home := range m.network.Homes {
		process, err := node.Start(home)
		if err != nil {
			return err
		}
		m.processes = append(m.processes, process)
		if clients[i], err = load.NewClient(node.Address(home.GRPC), m.Connections); err != nil {
			return err
		}
	}
	m.sender = load.NewSender(clients, m.payers, m.OnTheWay)
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error { return m.payers.SignAhead(groupCtx, m.toSign(m.WarmUp+m.Window)+m.OnTheWay) })
	for _, process := range m.processes {
		group.Go(func() error { return process.AwaitRPC(groupCtx) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return m.follow(ctx)
}

// toSign is how many transactions a time takes at the expected rate.
func (m *measurement) toSign(length time.Duration) int {
	return int(m.Expected * length.Seconds() / float64(m.Kind.Payments()))
}

// follow waits for the first block: before it, nodes refuse transactions.
func (m *measurement) follow(ctx context.Context) (err error) {
	// Not the step's context: the watch goes on.
	m.watch, err = node.NewWatch(context.WithoutCancel(ctx), m.network.Homes[0].RPCURL(), func(block node.Block) {
		m.sender.Committed(block.Txs)
		if w := m.window.Load(); w != nil {
			w.see(block)
		}
	})
	if err != nil {
		return err
	}
	return m.watch.Until(ctx, startBound, func(blocks []node.Block) (bool, error) {
		return len(blocks) > 0, m.alive()
	})
}

// alive is an error if a node has ended or a connection has failed.
func (m *measurement) alive() error {
	for _, process := range m.processes {
		if err := process.Check(); err != nil {
			return err
		}
	}
	if err := m.sender.Problem(); err != nil {
		return fmt.Errorf("send a transaction: %w", err)
	}
	if out := m.payers.OutOfStep(); out > int64(m.Payers/outOfStepShare) {
		return fmt.Errorf("%d of %d payers were refused again and again: %v; the last time: %s", out, m.Payers, m.sender.Refusals(), m.sender.LastRefusal())
	}
	return nil
}

// outOfStepShare is which part of the payers may be out of step before the load is no longer the one
// that was planned.
const outOfStepShare = 100

// saturate measures the window of the closed loop.
func (m *measurement) saturate(ctx context.Context) error {
	var err error
	if m.diskBefore, err = m.disk(); err != nil {
		return err
	}
	blocks := m.watch.Blocks()
	m.stateHeight = blocks[len(blocks)-1].Height
	for _, process := range m.processes {
		if err := node.ForgetPeakMemory(process.PID); err != nil {
			return err
		}
	}
	w := newWindow(m.WarmUp, m.Window, m.MinBlocks, m.sample)
	m.window.Store(w)

	loadCtx, stopLoad := context.WithCancel(ctx)
	defer stopLoad()
	var work sync.WaitGroup
	work.Go(func() { _ = m.sender.Saturate(loadCtx, m.Connections*callsPerConnection) }) // alive finds its error
	profiled := make(chan error, 1)
	work.Go(func() {
		select {
		case <-w.started:
			profiled <- m.profile(loadCtx, w.ended)
		case <-loadCtx.Done():
			profiled <- loadCtx.Err()
		}
	})
	deadline := time.Now().Add(m.WarmUp + windowBound*m.Window + blockBound)
	err = m.watch.Until(ctx, blockBound, func([]node.Block) (bool, error) {
		if time.Now().After(deadline) {
			return false, fmt.Errorf("the window did not end; accepted %d transactions, refused %v; the last time: %s", len(m.sender.Accepted()), m.sender.Refusals(), m.sender.LastRefusal())
		}
		_, _, ready, err := w.result()
		return ready, errors.Join(err, m.alive())
	})
	if err == nil {
		err = <-profiled // it may be a little later than the window
	}
	stopLoad()
	work.Wait()
	if err != nil {
		return err
	}
	return m.drain(ctx)
}

func (m *measurement) sample(block node.Block) (sample, error) {
	nodes, err := m.nodesCPU()
	if err != nil {
		return sample{}, err
	}
	own, err := node.OwnCPU()
	return sample{block: block, nodes: nodes, own: own}, err
}

func (m *measurement) nodesCPU() (time.Duration, error) {
	var total time.Duration
	for _, process := range m.processes {
		used, err := node.CPU(process.PID)
		if err != nil {
			return 0, err
		}
		total += used
	}
	return total, nil
}

// profileLength is how long one CPU profile takes. A window is covered by one after the other, since
// nobody knows before with which block it will end.
const profileLength = 3 * time.Second

// profile takes the CPU profiles of all nodes while the window lasts.
func (m *measurement) profile(ctx context.Context, ended <-chan struct{}) error {
	taken := make([][]*profile.Profile, len(m.processes))
	group, ctx := errgroup.WithContext(ctx)
	for i, process := range m.processes {
		group.Go(func() error {
			for {
				one, err := stage.Take(ctx, process.Home.ProfileURL(), min(profileLength, m.Window))
				if err != nil {
					return err
				}
				taken[i] = append(taken[i], one)
				select {
				case <-ended:
					return nil
				default:
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, ofNode := range taken {
		merged, err := profile.Merge(ofNode)
		if err != nil {
			return err
		}
		m.profiles = append(m.profiles, merged)
	}
	return nil
}

// drain waits until all that was accepted is in blocks.
func (m *measurement) drain(ctx context.Context) error {
	accepted := len(m.sender.Accepted())
	last, moved := 0, time.Now()
	return m.watch.Until(ctx, blockBound, func(blocks []node.Block) (bool, error) {
		committed := 0
		for _, block := range blocks {
			committed += block.Txs
		}
		if committed > last {
			last, moved = committed, time.Now()
		}
		if committed >= accepted {
			return true, nil
		}
		if time.Since(moved) > drainBound {
			return false, fmt.Errorf("%d transactions that a node had accepted were not committed within %s", accepted-committed, drainBound)
		}
		return false, m.alive()
	})
}

// pace sends half of the measured rate and waits for it.
func (m *measurement) pace(ctx context.Context) error {
	begin, end, _, err := m.window.Load().result()
	if err != nil {
		return err
	}
	committed := 0
	for _, block := range m.watch.Blocks() {
		if block.Height > begin.block.Height && block.Height <= end.block.Height {
			committed += block.Txs
		}
	}
	perSecond := float64(committed) / end.block.Seen.Sub(begin.block.Seen).Seconds() / 2
	m.halfLoad = perSecond * float64(m.Kind.Payments())
	if err := m.payers.SignAhead(ctx, int(perSecond*m.Latency.Seconds())+1); err != nil {
		return err
	}
	before, err := m.nodesCPU()
	if err != nil {
		return err
	}
	sent := len(m.sender.Accepted())
	if err := m.sender.Pace(ctx, perSecond, m.Latency, paceWorkers); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := m.drain(ctx); err != nil {
		return err
	}
	after, err := m.nodesCPU()
	m.halfLoadCPU, m.halfLoadTxs = after-before, len(m.sender.Accepted())-sent
	return err
}

// callsPerConnection is how many transactions are being checked at once over each connection of the closed loop.
const callsPerConnection = 8

// paceWorkers is how many transactions may wait for a node's answer at once in the open loop.
const paceWorkers = 128

// ask asks a node for the money, after the last payment.
func (m *measurement) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, queryBound)
	defer cancel()
	conn, err := grpc.NewClient(node.Address(m.network.Homes[0].GRPC),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(codec.NewProtoCodec(codectypes.NewInterfaceRegistry()).GRPCCodec())))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // the answers are there by then
	if err := m.network.Conserved(ctx, conn); err != nil {
		return err
	}
	m.balances = map[uint32]int64{}
	for _, account := range m.toCompare() {
		if m.balances[account], err = m.network.Balance(ctx, conn, account); err != nil {
			return err
		}
	}
	for _, process := range m.processes {
		peak, err := node.PeakMemory(process.PID)
		if err != nil {
			return err
		}
		m.peakMemory = max(m.peakMemory, peak)
	}
	return nil
}

// toCompare draws accounts that have paid or were paid.
func (m *measurement) toCompare() []uint32 {
	accepted := m.sender.Accepted()
	chosen := map[uint32]bool{}
	var accounts []uint32
	for tries := 0; len(accounts) < m.Balances && tries < 10*m.Balances && len(accepted) > 0; tries++ {
		tx := accepted[rand.IntN(len(accepted))]   //nolint:gosec // nothing is secret here
		move := tx.Moves[rand.IntN(len(tx.Moves))] //nolint:gosec // nothing is secret here
		for _, account := range []uint32{move.From, move.To} {
			if !chosen[account] {
				chosen[account] = true
				accounts = append(accounts, account)
			}
		}
	}
	return accounts
}

// stop ends the nodes as an operator would, so that what lies on their disks is complete.
func (m *measurement) stop(context.Context) error {
	m.watch.Close()
	if err := node.StopAll(m.processes); err != nil {
		return err
	}
	m.processes = nil
	var err error
	m.diskAfter, err = m.disk()
	return err
}

// disk is what lies on the disks of all nodes, by part.
func (m *measurement) disk() (map[string]int64, error) {
	sum := map[string]int64{}
	for _, home := range m.network.Homes {
		_, parts, err := node.DiskUse(home.Data())
		if err != nil {
			return nil, err
		}
		for part, size := range parts {
			sum[part] += size
		}
	}
	return sum, nil
}

// read enters into the book what the blocks hold.
func (m *measurement) read(context.Context) error {
	history, err := node.OpenHistory(m.network.Homes[0])
	if err != nil {
		return err
	}
	defer history.Close()
	m.book = NewBook(m.network.Opening, m.sender.Accepted())
	return history.Each(func(height int64, hash [sha256.Size]byte, result *abci.ExecTxResult) error {
		return m.book.Enter(height, hash, result, m.network.Settled)
	})
}

// check compares the book with what the node has said.
func (m *measurement) check(context.Context) error {
	if err := m.book.Complete(); err != nil {
		return err
	}
	if len(m.balances) == 0 || m.book.Settled == 0 {
		return errors.New("no payment has settled")
	}
	return m.book.Compare(m.balances)
}

// keepProfiles saves the profiles for whoever wants to look closer.
func (m *measurement) keepProfiles() error {
	if m.ProfileDir == "" {
		return nil
	}
	if err := os.MkdirAll(m.ProfileDir, 0o755); err != nil {
		return err
	}
	for i, taken := range m.profiles {
		name := fmt.Sprintf("%s-%d-validators-%d-accounts-node%d.pprof", m.Kind, m.Validators, m.Accounts, i)
		file, err := os.Create(filepath.Join(m.ProfileDir, name))
		if err != nil {
			return err
		}
		if err := errors.Join(taken.Write(file), file.Close()); err != nil {
			return err
		}
	}
	return nil
}
