package keeper_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/runtime"

	"github.com/zhilian-network/zhilian/x/access/keeper"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// moves is a payment by an operator of acme, by its name.
type moves struct {
	by     string
	amount int64
}

// spend asks and, if allowed, moves.
func (f fixture) spend(by string, money types.Money) error {
	actor, err := f.pays(by, money)
	if err != nil {
		return err
	}
	return f.keeper.Spend(f.ctx, actor, money)
}

func (f fixture) setHolder(by, target, holder string) error {
	_, err := f.messages.SetOperatorHolder(f.ctx, &types.MsgSetOperatorHolder{Operator: address(by), Address: address(target), Holder: holder})
	return err
}

func TestADayIsAPersonsWithHoweverManyKeys(t *testing.T) {
	limits := func(of map[string]int64) func(*testing.T, fixture) {
		return func(t *testing.T, f fixture) {
			for name, perDay := range of {
				require.NoError(t, f.setLimits("second director", name, limit("CNY", 0, perDay)))
			}
		}
	}
	both := limits(map[string]int64{"director": 100, "director's other key": 100})
	policyForTheDay := func(t *testing.T, f fixture) {
		require.NoError(t, f.setPolicies("director", "acme", forTheDay(policy("large", "settlement.pay", "CNY", 1_000, 1, "director"))))
	}
	cases := []struct {
		name  string
		given func(*testing.T, fixture)
		moves []moves
		want  error // of the last; those before are allowed
	}{
		{"a limit is not split over two keys", both, []moves{{"director", 60}, {"director's other key", 41}}, types.ErrLimitExceeded},
		{"up to the limit", both, []moves{{"director", 60}, {"director's other key", 40}}, nil},
		{"to and fro", both, []moves{{"director", 50}, {"director's other key", 49}, {"director", 2}}, types.ErrLimitExceeded},
		{"what moves nothing, after the other key reached the limit", both, []moves{{"director", 100}, {"director's other key", 0}}, nil},
		{"the smaller limit of the second key bounds the total", limits(map[string]int64{"director": 100, "director's other key": 50}), []moves{{"director", 50}, {"director's other key", 1}}, types.ErrLimitExceeded},
		{"the greater one leaves what it has more", limits(map[string]int64{"director": 100, "director's other key": 50}), []moves{{"director's other key", 50}, {"director", 50}}, nil},
		{"and not a bit more", limits(map[string]int64{"director": 100, "director's other key": 50}), []moves{{"director's other key", 50}, {"director", 51}}, types.ErrLimitExceeded},
		{"what a key without bound has moved is not known", limits(map[string]int64{"director": 100}), []moves{{"director's other key", 5_000}, {"director", 100}}, nil},
		{"another person's key", limits(map[string]int64{"accountant": 100, "director": 100}), []moves{{"director", 100}, {"accountant", 100}}, nil},
		{"a machine's key is alone", limits(map[string]int64{"machine": 100, "director": 100}), []moves{{"director", 100}, {"machine", 100}}, nil},
		{"a policy for the day", policyForTheDay, []moves{{"director", 500}, {"director's other key", 500}}, types.ErrApprovalNeeded},
		{"a policy for the day, together below it", policyForTheDay, []moves{{"director", 500}, {"director's other key", 499}}, nil},
		{"a policy for the day, of two persons", policyForTheDay, []moves{{"director", 500}, {"accountant", 500}}, nil},
		{"a key that gets its holder brings what it has moved", func(t *testing.T, f fixture) {
			limits(map[string]int64{"machine": 100, "director": 100})(t, f)
			require.NoError(t, f.spend("machine", cny(30)))
			require.NoError(t, f.spend("director", cny(30)))
			require.NoError(t, f.setHolder("second director", "machine", "p2"))
		}, []moves{{"director", 40}, {"machine", 1}}, types.ErrLimitExceeded},
		{"a key that gets a holder who has moved nothing", func(t *testing.T, f fixture) {
			limits(map[string]int64{"machine": 100})(t, f)
			require.NoError(t, f.spend("machine", cny(30)))
			require.NoError(t, f.setHolder("second director", "machine", "p9"))
		}, []moves{{"machine", 71}}, types.ErrLimitExceeded},
	}
	base := newOffice(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			c.given(t, f)
			for at, move := range c.moves {
				err := f.spend(move.by, cny(move.amount))
				if at == len(c.moves)-1 && c.want != nil {
					require.ErrorIs(t, err, c.want)
					return
				}
				require.NoError(t, err)
			}
		})
	}
}

func TestADayIsOfOneScope(t *testing.T) {
	f := newEmptyFixture(t)
	state := network()
	payer := func(name, party string) types.Operator {
		return types.Operator{
			Address: address(name), InstitutionId: "BQDQ", PartyId: party, Roles: []string{"payer"}, Status: active, Holder: "liu",
			Limits: []types.Limit{limit("CNY", 0, 100)},
		}
	}
	state.Operators = append(state.Operators, payer("liu of acme", "acme"), payer("liu of zeta", "zeta"), payer("liu of the bank", ""))
	require.NoError(t, f.keeper.InitGenesis(f.ctx, state))
	for _, name := range []string{"liu of acme", "liu of zeta", "liu of the bank"} {
		money := cny(100)
		actor, err := f.keeper.Require(f.ctx, types.Ask{Operator: address(name), Permission: "settlement.pay", Scope: types.OwnScope, Money: money})
		require.NoError(t, err, "a customer who calls a person like another customer's learns and bounds nothing of the other: %s", name)
		require.NoError(t, f.keeper.Spend(f.ctx, actor, money))
	}
}

func TestTheRefusalSaysWhoseDayItIsWithoutAName(t *testing.T) {
	f := newOffice(t)
	require.NoError(t, f.setLimits("second director", "director's other key", limit("CNY", 0, 100)))
	require.NoError(t, f.setLimits("second director", "director", limit("CNY", 0, 100)))
	require.NoError(t, f.setLimits("second director", "machine", limit("CNY", 0, 100)))
	require.NoError(t, f.spend("director", cny(60)))
	err := f.spend("director's other key", cny(41))
	require.ErrorContains(t, err, "41 after 60 today by all keys of its holder, at most 100 CNY in a day")
	require.NotContains(t, err.Error(), "p2")
	require.ErrorContains(t, f.spend("machine", cny(101)), "101 after 0 today, at most")
	answer := f.explain(t, func(r *types.QueryExplainRequest) { r.Operator, r.Amount = address("director's other key"), "41" })
	require.False(t, answer.Allowed)
	require.Contains(t, answer.String(), "after 60 today by all keys of its holder")
}

// The hot path: a person's day costs what a key's does, one record read to judge, and one read and written to charge.
func TestADayCostsOneRecordWithHoweverManyKeys(t *testing.T) {
	f := newEmptyFixture(t)
	store := &readCountingService{inner: runtime.NewKVStoreService(f.store)}
	f.keeper = keeper.NewKeeper(f.codec, store, runtime.NewTransientStoreService(f.counters), addresses, f.accounts, authority, f.actions)
	f.messages = keeper.NewMsgServer(f.keeper)
	office, err := newOffice(t).exported()
	require.NoError(t, err)
	require.NoError(t, f.keeper.InitGenesis(f.ctx, office))
	f.ctx = f.ctx.WithBlockTime(now)
	require.NoError(t, f.setLimits("second director", "machine", limit("CNY", 0, 100)))
	require.NoError(t, f.setLimits("second director", "director's other key", limit("CNY", 0, 100)))
	require.NoError(t, f.setLimits("second director", "director", limit("CNY", 0, 100)))
	before := len(f.contents(t))
	reads := map[string][2]int{}
	for name, amount := range map[string]int64{"director": 60, "director's other key": 40, "machine": 100} {
		store.reads = 0
		actor, err := f.pays(name, cny(amount))
		require.NoError(t, err)
		judged := store.reads
		require.NoError(t, f.keeper.Spend(f.ctx, actor, cny(amount)))
		reads[name] = [2]int{judged, store.reads - judged}
	}
	require.Equal(t, [2]int{7, 1}, reads["director"], "operator, institution, party, role, policies, settings, day; day")
	require.Equal(t, reads["director"], reads["director's other key"])
	require.Equal(t, reads["director"], reads["machine"])
	require.Len(t, f.contents(t), before+2, "a day of the director, and one of the machine")
}

func (f fixture) exported() (*types.GenesisState, error) { return f.keeper.ExportGenesis(f.ctx) }

func TestAGenesisWithADayForEachKeyIsImportedAsTheHolders(t *testing.T) {
	f := newOffice(t)
	require.NoError(t, f.setLimits("second director", "director", limit("CNY", 0, 100)))
	require.NoError(t, f.setLimits("second director", "director's other key", limit("CNY", 0, 100)))
	require.NoError(t, f.spend("director", cny(30)))
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	today := state.Spending[0].Day
	of := func(name string, day, amount int64) types.DailySpending {
		return types.DailySpending{Operator: address(name), Currency: "CNY", Day: day, Amount: math.NewInt(amount)}
	}
	for name, c := range map[string]struct {
		spending []types.DailySpending
		left     int64
	}{
		"both of today":           {[]types.DailySpending{of("director", today, 30), of("director's other key", today, 50)}, 20},
		"one of yesterday":        {[]types.DailySpending{of("director", today-1, 90), of("director's other key", today, 50)}, 50},
		"the other of yesterday":  {[]types.DailySpending{of("director", today, 30), of("director's other key", today-1, 90)}, 70},
		"both of yesterday":       {[]types.DailySpending{of("director", today-1, 90), of("director's other key", today-1, 90)}, 100},
		"that of a key that left": {[]types.DailySpending{of("left", today, 25)}, 75},
	} {
		t.Run(name, func(t *testing.T) {
			state.Spending = c.spending
			old := *state
			old.Operators = append(old.Operators[:len(old.Operators):len(old.Operators)], types.Operator{
				Address: address("left"), InstitutionId: "BQDQ", PartyId: "acme", Status: closed, Holder: "p2", Successor: address("director"),
			})
			imported := newEmptyFixture(t)
			require.NoError(t, imported.keeper.InitGenesis(imported.ctx, &old))
			imported.ctx = imported.ctx.WithBlockTime(now)
			require.ErrorIs(t, imported.spend("director", cny(c.left+1)), types.ErrLimitExceeded)
			require.NoError(t, imported.spend("director", cny(c.left)))
		})
	}
	state.Spending = []types.DailySpending{of("director", today, 1), {Operator: address("director's other key"), Currency: "CNY", Day: today, Amount: greatest()}}
	imported := newEmptyFixture(t)
	require.ErrorIs(t, imported.keeper.InitGenesis(imported.ctx, state), types.ErrInvalidMoney, "together more than an amount can be")
}

// dayWalk is a network where people pay with several keys, and what the test itself has seen of it.
type dayWalk struct {
	*desk
	t      *testing.T
	random *rand.Rand
	keys   []*walkedKey
	log    []walkedPayment
	named  int // new keys
}

// walkedKey is an operator through all its keys.
type walkedKey struct {
	address, party, holder string
	perDay                 int64
}

type walkedPayment struct {
	by     *walkedKey
	day    int64
	amount int64
}

// spent is the slow way: every payment of the day by a key of the same person in the same scope.
func (w *dayWalk) spent(key *walkedKey) int64 {
	params, sum := types.DefaultParams(), int64(0)
	for _, paid := range w.log {
		same := paid.by == key || key.holder != "" && paid.by.holder == key.holder && paid.by.party == key.party
		if same && paid.day == params.Day(w.ctx.BlockTime()) {
			sum += paid.amount
		}
	}
	return sum
}

func TestNobodyMovesMoreInADayThanTheKeyAllows(t *testing.T) {
	allowed, refused, exports := 0, 0, 0
	for seed := range uint64(8) {
		w := newDayWalk(t, seed)
		for range 400 {
			switch dice := w.random.IntN(40); {
			case dice < 34:
				if w.pay() {
					allowed++
				} else {
					refused++
				}
			case dice < 36:
				w.rotateSome()
			case dice < 37:
				w.holdSome()
			case dice < 39:
				w.ctx = w.ctx.WithBlockTime(w.ctx.BlockTime().Add(time.Duration(w.random.IntN(12)) * time.Hour))
			default:
				w.exportAndImport()
				exports++
			}
		}
	}
	require.Greater(t, allowed, 500, "the walk must get somewhere")
	require.Greater(t, refused, 500, "and be stopped often")
	require.Greater(t, exports, 10)
}

// newDayWalk has two customers and the bank itself, each with keys of the same-named persons, and machines.
func newDayWalk(t *testing.T, seed uint64) *dayWalk {
	w := &dayWalk{desk: newEmptyDesk(t), t: t, random: rand.New(rand.NewPCG(seed, 7))}
	state := deskState()
	state.Parties = append(state.Parties, types.Party{Id: "zeta", InstitutionId: "BQDQ", Kind: 1, Status: active, KycLevel: 2})
	state.Roles = append(state.Roles, types.Role{Id: "payer", Permissions: []string{"settlement.pay"}})
	for _, party := range []string{"acme", "zeta", ""} {
		for at, holder := range []string{"liu", "liu", "liu", "wang", "wang", "", "", ""} {
			key := &walkedKey{address: address(fmt.Sprint(party, " key ", at)), party: party, holder: holder, perDay: 50 * int64(1+w.random.IntN(6))}
			w.keys = append(w.keys, key)
			state.Operators = append(state.Operators, types.Operator{
				Address: key.address, InstitutionId: "BQDQ", PartyId: party, Roles: []string{"payer"}, Status: active, Holder: holder,
				Limits: []types.Limit{limit("CNY", 0, key.perDay)},
			})
		}
	}
	require.NoError(t, w.keeper.InitGenesis(w.ctx, state))
	return w
}

func (w *dayWalk) key() *walkedKey { return w.keys[w.random.IntN(len(w.keys))] }

func (w *dayWalk) pay() bool {
	key, amount := w.key(), int64(w.random.IntN(60))
	before := w.spent(key)
	params, money := types.DefaultParams(), cny(amount)
	actor, err := w.keeper.Require(w.ctx, types.Ask{Operator: key.address, Permission: "settlement.pay", Scope: types.OwnScope, Money: money})
	if amount > 0 && before+amount > key.perDay {
		require.ErrorIs(w.t, err, types.ErrLimitExceeded, "%d after %d of %d", amount, before, key.perDay)
		return false
	}
	require.NoError(w.t, err, "%d after %d of %d", amount, before, key.perDay)
	require.NoError(w.t, w.keeper.Spend(w.ctx, actor, money))
	w.log = append(w.log, walkedPayment{key, params.Day(w.ctx.BlockTime()), amount})
	return true
}

func (w *dayWalk) rotateSome() {
	w.named++
	key, fresh := w.key(), keyNamed(fmt.Sprint("fresh ", w.named))
	proof, err := fresh.private.Sign(types.KeyRotationBytes("zhilian-test", mustDecode(key.address), fresh.raw()))
	require.NoError(w.t, err)
	_, err = w.messages.RotateKey(w.ctx, &types.MsgRotateKey{Operator: key.address, PublicKey: fresh.packed(w.t), Proof: proof})
	require.NoError(w.t, err)
	key.address = fresh.address()
}

func (w *dayWalk) holdSome() {
	key, holder := w.key(), []string{"liu", "wang", "zhao"}[w.random.IntN(3)]
	_, err := w.messages.SetOperatorHolder(w.ctx, &types.MsgSetOperatorHolder{Operator: address("Ada admin"), Address: key.address, Holder: holder})
	if key.holder != "" {
		require.ErrorIs(w.t, err, types.ErrHolderSet)
		return
	}
	require.NoError(w.t, err)
	key.holder = holder
}

// exportAndImport goes on with what was imported, which is what was there.
func (w *dayWalk) exportAndImport() {
	state, err := w.keeper.ExportGenesis(w.ctx)
	require.NoError(w.t, err)
	require.NoError(w.t, state.Validate())
	next := newEmptyDesk(w.t)
	next.ctx = next.ctx.WithBlockTime(w.ctx.BlockTime())
	require.NoError(w.t, next.keeper.InitGenesis(next.ctx, state))
	require.Equal(w.t, w.contents(w.t), next.contents(w.t))
	w.desk = next
}
