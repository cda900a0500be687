package keeper_test

import (
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

const stepsVariable = "ZHILIAN_FINANCING_STEPS"

// reference is a slow and obvious book of receivables: one entry for each unit, with its holder, and each fen
// with its owner. It is told what was done, and asked who has what.
type reference struct {
	money map[string]int64
	units map[uint64][]string // holder of each unit
	taken map[string]int64    // of an invoice
}

func (r *reference) has(id uint64, party string) (count int64) {
	for _, holder := range r.units[id] {
		if holder == party {
			count++
		}
	}
	return count
}

func (r *reference) move(id uint64, from, to string, units int64) {
	for i, holder := range r.units[id] {
		if holder == from && units > 0 {
			r.units[id][i] = to
			units--
		}
	}
}

// pay hands out fen after fen: in the order of addresses, each where the running total of units reaches it.
func (r *reference) pay(id uint64, fen int64) {
	holders := slices.Clone(parties)
	slices.SortFunc(holders, func(a, b string) int {
		return slices.Compare(settlementtypes.AccountAddress(a, 0), settlementtypes.AccountAddress(b, 0))
	})
	total := int64(len(r.units[id]))
	running, given := int64(0), int64(0)
	for _, holder := range holders {
		had := r.has(id, holder)
		running += had
		for (given+1)*total <= running*fen {
			given++
			r.money["core"]--
			r.money[holder]++
			at := slices.Index(r.units[id], holder)
			r.units[id] = slices.Delete(r.units[id], at, at+1)
		}
	}
}

var parties = []string{"core", "acme", "beta", "gamma", "delta"}

// Random issues, confirmations, splits, payments and days, half of them senseless. After each block everybody has
// what the reference says, to the last fen and unit.
func TestRandomOperationsLeaveWhatASlowReferenceSays(t *testing.T) {
	steps := 180
	if text := os.Getenv(stepsVariable); text != "" {
		var err error
		steps, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	for seed := range int64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { playReference(t, seed, steps) })
	}
}

func playReference(t *testing.T, seed int64, steps int) {
	f := newFixture(t, func(params *types.Params) { params.RetentionDays, params.InvoiceRetentionDays = 10_000, 10_000 })
	random := rand.New(rand.NewSource(seed))
	book := &reference{money: map[string]int64{}, units: map[uint64][]string{}, taken: map[string]int64{}}
	for _, party := range parties {
		book.money[party] = f.money(party)[0]
	}
	done, next := map[string]int{}, uint64(1)
	for range steps {
		id := max(1, next-min(next-1, 1+uint64(random.Intn(3)))) // a recent one
		from, receiver := parties[random.Intn(5)], parties[random.Intn(5)]
		amount := 1 + random.Int63n(120)
		var sender string
		var msg sdk.Msg
		var applied func()
		switch random.Intn(7) {
		case 0:
			number := fmt.Sprint("invoice ", random.Intn(12))
			sender, msg = "acme", f.issueMsg(15+random.Intn(20), partOf(number, 500, amount))
			applied = func() { book.taken[number] += amount; next++ }
		case 1, 2:
			sender, msg = "core", &types.MsgConfirmReceivable{Operator: operator("core"), ReceivableId: id}
			applied = func() {
				for range f.receivable(id).Receivable.Amount.Int64() {
					book.units[id] = append(book.units[id], "acme")
				}
			}
		case 3, 4:
			from, amount = []string{"acme", from}[random.Intn(2)], 1+amount/4
			sender, msg = from, transfer(id, from, random.Intn(2) == 0, to(receiver, amount))
			applied = func() { book.move(id, from, receiver, amount) }
		case 5:
			sender, msg = "core", payReceivable(id, amount)
			applied = func() { book.pay(id, amount) }
		default:
			sender, msg = from, pay(from, receiver, amount, fmt.Sprint(random.Int63()))
			applied = func() { book.money[from] -= amount; book.money[receiver] += amount }
		}
		before := statuses(f, next)
		result := f.Send(key(sender), msg)
		if result.Code == 0 {
			applied()
			done[sdk.MsgTypeURL(msg)]++
		}
		collected(f, book, before, next)
		requireAsReference(t, f, book, next)
	}
	t.Log(done)
	require.Len(t, done, 5, "every kind of operation succeeds")
	f.requireSameAfterExport()
}

// statuses are where the receivables stand.
func statuses(f *fixture, next uint64) map[uint64]types.ReceivableStatus {
	all := map[uint64]types.ReceivableStatus{}
	for id := uint64(1); id < next; id++ {
		if answer, err := f.query().Receivable(f.Context(), &types.QueryReceivableRequest{ReceivableId: id}); err == nil {
			all[id] = answer.Receivable.Status
		}
	}
	return all
}

// collected tells the reference of what the end of the block took from the debtor, as events say, in their order.
func collected(f *fixture, book *reference, before map[uint64]types.ReceivableStatus, next uint64) {
	f.Helper()
	order := make([]uint64, 0, next)
	for id := uint64(1); id < next; id++ {
		order = append(order, id)
	}
	for _, id := range order {
		answer, err := f.query().Receivable(f.Context(), &types.QueryReceivableRequest{ReceivableId: id})
		if err != nil {
			continue // forgotten
		}
		unpaid := answer.Receivable.Unpaid.Int64()
		if paid := int64(len(book.units[id])) - unpaid; paid > 0 {
			book.pay(id, paid)
		}
		if s := answer.Receivable.Status; s == types.ReceivableCancelled && before[id] == types.ReceivableIssued {
			for _, part := range answer.Receivable.Parts {
				for number := range book.taken {
					if string(digest(number)) == string(part.Digest) {
						book.taken[number] -= part.Amount.Int64()
					}
				}
			}
		}
	}
}

func requireAsReference(t *testing.T, f *fixture, book *reference, next uint64) {
	t.Helper()
	f.sound()
	for _, party := range parties {
		require.Equal(t, book.money[party], f.money(party)[0], party)
	}
	for id := uint64(1); id < next; id++ {
		answer, err := f.query().Receivable(f.Context(), &types.QueryReceivableRequest{ReceivableId: id})
		if err != nil {
			require.Empty(t, book.units[id])
			continue
		}
		sum := math.ZeroInt()
		for _, holding := range answer.Holdings {
			sum = sum.Add(holding.Units)
		}
		require.Equal(t, int64(len(book.units[id])), sum.Int64(), "receivable %d", id)
		for _, party := range parties {
			require.Equal(t, book.has(id, party), f.units(id, party)[0], "receivable %d, %s", id, party)
		}
	}
	for number, taken := range book.taken {
		require.LessOrEqual(t, taken, int64(500), number)
		require.Equal(t, uint32(taken*2_000), f.invoice(number).TakenPpm, number)
	}
}
