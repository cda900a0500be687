package run

import (
	"fmt"
	"time"

	"github.com/zhilian-network/zhilian/bench/target"
)

// Options say what a whole run measures.
type Options struct {
	// Short makes the windows small and leaves the growth out.
	Short bool
	// Kinds to measure; empty stands for target.Kinds.
	Kinds []target.Kind
	// Validators to measure with; empty stands for 1 and 4.
	Validators []int
	// Rounds of one validator, Window, Accounts: 0 stands for what Short says.
	Rounds   int
	Window   time.Duration
	Accounts int
	// Limit is how long the run may take: what would take longer is left out, and said to be. 0
	// stands for no limit, or for a short run's.
	Limit time.Duration
	// NoGrowth leaves out the measurements with more accounts.
	NoGrowth bool
	// Connections to each node. Each carries eight calls at once in the closed loop. 0 stands for the
	// usual number.
	Connections int

	ZhilianCommand, PlainCommand []string
	PlainFee                     int64
	Seed                         uint64
	// WorkDir is where the homes are made.
	WorkDir string
	// ProfileDir keeps CPU profiles if it is not empty.
	ProfileDir string
}

// Sizes of the load. OnTheWay is as much as the mempool of the SDK's defaults holds, so that the
// plain chain is neither refused nor kept waiting; four validators on one machine gossip all of it,
// and get less.
const (
	payers           = 2_500
	baseAccounts     = 10_000
	usualConnections = 8
	onTheWay         = 5_000
	onTheWayOfFour   = 1_000
	batchesOnTheWay  = 10
	batchesOfFour    = 4
	shortLimit       = 172 * time.Second
	balancesCompared = 400
	// logicalStateMax is the most accounts for which keys and values are summed up one by one.
	logicalStateMax = 100_000
	manyValidators  = 4
	// latencyOfLargeBatches lets the open loop send some batches of nearly a megabyte, of which few fit into a second.
	latencyOfLargeBatches = 10 * time.Second
	// The short run has less time for four validators, which need longer to start.
	shortWindowOfFour  = 3 * time.Second
	shortLatencyOfFour = 1500 * time.Millisecond
)

// growthAccounts are the sizes of the rows that show the growth, beside baseAccounts.
func growthAccounts() []int { return []int{100_000, 1_000_000} }

// growthKinds are measured with more accounts.
func growthKinds() []target.Kind {
	return []target.Kind{target.PayInside, target.PlainTuned, target.Plain}
}

// rates are guesses to sign ahead for before a kind was measured, in payments per second. They are above what nodes
// reach: signing and sealing while nodes are measured takes cores and caches that they share, and the kind that is
// dearest to prepare would pay for it.
var rates = map[target.Kind]float64{
	target.PayInside: 2600, target.PayBetween: 2200, target.Batch: 12_000, target.PlainTuned: 1400, target.Plain: 1600,
	target.PayInsideDetails: 2400, target.PayInsideFirst: 1700, target.BatchDetails: 7500,
}

// timing is how long things take.
type timing struct {
	rounds, roundsOfFour    int
	warmUp, window, latency time.Duration
	minBlocks               int
}

func (o Options) timing() timing {
	t := timing{rounds: 3, roundsOfFour: 2, warmUp: 5 * time.Second, window: 30 * time.Second, latency: 10 * time.Second, minBlocks: 3}
	if o.Short {
		t = timing{rounds: 1, roundsOfFour: 1, warmUp: time.Second, window: 5 * time.Second, latency: 2 * time.Second, minBlocks: 1}
	}
	if o.Rounds > 0 {
		t.rounds, t.roundsOfFour = o.Rounds, min(o.Rounds, t.roundsOfFour)
	}
	if o.Window > 0 {
		t.window = o.Window
	}
	return t
}

// step is one measurement of the plan.
type step struct {
	settings Settings
	round    int // from 1
	rounds   int
}

func (s step) String() string {
	validators := "1 validator"
	if s.settings.Validators > 1 {
		validators = fmt.Sprintf("%d validators", s.settings.Validators)
	}
	return fmt.Sprintf("%s, %s, %d accounts, round %d of %d",
		s.settings.Kind.Label(), validators, s.settings.Accounts, s.round, s.rounds)
}

// plan lists the measurements in the order in which they are made: the kinds interleaved in each
// round, so that they meet the machine in the same moods.
func (o Options) plan() []step {
	t := o.timing()
	kinds, sizes, accounts := o.Kinds, o.Validators, o.Accounts
	if len(kinds) == 0 {
		kinds = target.Kinds()
	}
	if len(sizes) == 0 {
		sizes = []int{1, manyValidators}
	}
	if accounts == 0 {
		accounts = baseAccounts
	}
	var steps []step
	add := func(kinds []target.Kind, validators, accounts, rounds int) {
		for round := range rounds {
			for _, kind := range kinds {
				steps = append(steps, step{settings: o.settings(kind, validators, accounts), round: round + 1, rounds: rounds})
			}
		}
	}
	for _, validators := range sizes {
		rounds := t.rounds
		if validators > 1 {
			rounds = t.roundsOfFour
		}
		add(kinds, validators, accounts, rounds)
	}
	if !o.Short && !o.NoGrowth && o.Accounts == 0 {
		for _, more := range growthAccounts() {
			add(growthKinds(), 1, more, 1)
		}
	}
	return steps
}

func (o Options) settings(kind target.Kind, validators, accounts int) Settings {
	t := o.timing()
	s := Settings{
		Kind: kind, Validators: validators, Accounts: accounts, Payers: payers,
		WarmUp: t.warmUp, Window: t.window, MinBlocks: t.minBlocks, Latency: t.latency,
		Connections: o.connections(), OnTheWay: onTheWay, Expected: rates[kind], Balances: balancesCompared,
		WithLogicalState: accounts <= logicalStateMax,
		ZhilianCommand:   o.ZhilianCommand, PlainCommand: o.PlainCommand, PlainFee: o.PlainFee, Seed: o.Seed,
		ProfileDir: o.ProfileDir,
	}
	if o.Short && o.Window == 0 && validators > 1 {
		s.Window, s.Latency = shortWindowOfFour, shortLatencyOfFour
	}
	if kind == target.BatchDetails {
		s.Latency = max(s.Latency, latencyOfLargeBatches)
	}
	switch {
	case kind.IsBatch() && validators > 1:
		s.OnTheWay = batchesOfFour
	case kind.IsBatch():
		s.OnTheWay = batchesOnTheWay
	case validators > 1:
		s.OnTheWay = onTheWayOfFour
	}
	return s
}

func (o Options) connections() int {
	if o.Connections > 0 {
		return o.Connections
	}
	return usualConnections
}

func (o Options) limit() time.Duration {
	if o.Limit == 0 && o.Short {
		return shortLimit
	}
	return o.Limit
}

// leftOut says in words what the plan does not hold.
func (o Options) leftOut() []string {
	if !o.Short && !o.NoGrowth && o.Accounts == 0 {
		return []string{}
	}
	return []string{"growth with the number of accounts (100,000 and 1,000,000): it takes some twenty minutes and is part of the full run only"}
}
