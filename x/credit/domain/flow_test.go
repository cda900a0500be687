package domain_test

import (
	"fmt"
	"math/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// dealing is a payment of a subject, or to it, as a plain list has it.
type dealing struct {
	month  uint32
	other  uint64
	amount uint64
	out    bool // the subject paid
	back   bool // a return
}

// ledgerOf puts dealings into flows, by month.
func ledgerOf(dealings []dealing) []types.Flow {
	var flows []types.Flow
	at := map[uint32]int{}
	for _, d := range dealings {
		if _, known := at[d.month]; !known {
			at[d.month] = len(flows)
			flows = append(flows, types.Flow{Month: d.month, Currency: "CNY"})
		}
		flow := &flows[at[d.month]]
		switch {
		case d.out && d.back:
			domain.ReturnOut(flow, d.amount)
		case d.back:
			domain.ReturnIn(flow, d.amount)
		case d.out:
			domain.Pay(flow, d.other, d.amount)
		default:
			domain.Receive(flow, d.other, d.amount)
		}
	}
	return flows
}

// recount is the reference: it goes over the whole list for each question.
type recount struct{ inflow, outflow, payers, payees, payerTop, payeeTop int64 }

func recountOf(dealings []dealing, first, last, around uint32) (r recount) {
	in, out, inAround, outAround := map[uint64]int64{}, map[uint64]int64{}, map[uint64]int64{}, map[uint64]int64{}
	returnedOut, returnedIn := int64(0), int64(0)
	for _, d := range dealings {
		inside := d.month >= first && d.month <= last
		amount := int64(d.amount)
		switch {
		case d.month < around:
		case d.back && inside && d.out:
			returnedOut += amount
		case d.back && inside:
			returnedIn += amount
		case d.back:
		case d.out:
			outAround[d.other] += amount
			if inside {
				out[d.other] += amount
			}
		default:
			inAround[d.other] += amount
			if inside {
				in[d.other] += amount
			}
		}
	}
	side := func(mine, theirs map[uint64]int64, returned int64) (net, parties, top int64) {
		for other, amount := range mine {
			if left := amount - theirs[other]; left > 0 {
				net, parties, top = net+left, parties+1, max(top, left)
			}
		}
		net = max(net-returned, 0)
		if net == 0 {
			return 0, parties, -1
		}
		return net, parties, min(top, net) * 10_000 / net
	}
	r.inflow, r.payers, r.payerTop = side(in, outAround, returnedOut)
	r.outflow, r.payees, r.payeeTop = side(out, inAround, returnedIn)
	return r
}

var now = time.Date(2028, 2, 17, 9, 30, 0, 0, time.UTC)

// behaviour is that of somebody who enrolled long ago.
func behaviour(flows []types.Flow) domain.Behaviour {
	return domain.Behaviour{Enrolment: types.Enrolment{Since: now.AddDate(-3, 0, 0)}, Currencies: []string{"CNY"}, Flows: flows}
}

// figure is a value, -1 if it is missing.
func figure(t *testing.T, b domain.Behaviour, name string) int64 {
	t.Helper()
	for _, f := range domain.Figures(b, now) {
		if f.Name == name {
			if f.Missing {
				return -1
			}
			return f.Value
		}
	}
	t.Fatalf("no figure %s", name)
	return 0
}

func randomDealings(random *rand.Rand, count, others, months int) []dealing {
	var dealings []dealing
	for range count {
		dealings = append(dealings, dealing{
			month: types.AddMonths(202802, -random.Intn(months)), other: uint64(1 + random.Intn(others)), amount: uint64(1 + random.Intn(1_000)),
			out: random.Intn(2) == 0, back: random.Intn(9) == 0,
		})
	}
	return dealings
}

func TestFiguresAreARecountOfThePayments(t *testing.T) {
	random := rand.New(rand.NewSource(3))
	for range 200 {
		dealings := randomDealings(random, 1+random.Intn(300), 1+random.Intn(types.MaxCounterparties), types.BehaviourMonths)
		b := behaviour(ledgerOf(dealings))
		for _, months := range types.BehaviourWindows {
			first := types.AddMonths(202802, -int(months))
			want := recountOf(dealings, first, 202801, types.AddMonths(first, -1))
			got := recount{}
			for name, value := range map[string]*int64{
				types.FigureInflow: &got.inflow, types.FigureOutflow: &got.outflow, types.FigurePayers: &got.payers,
				types.FigurePayees: &got.payees, types.FigurePayerTop: &got.payerTop, types.FigurePayeeTop: &got.payeeTop,
			} {
				*value = figure(t, b, types.WindowInput("CNY", name, months))
			}
			require.Equal(t, want, got, "%d months", months)
		}
	}
}

// With more counterparties than are listed the sums stay exact, and what is not known of each is within its error.
func TestWhatIsNotListedIsWithinTheNamedError(t *testing.T) {
	random := rand.New(rand.NewSource(4))
	pushedOut := 0
	for range 60 {
		dealings := randomDealings(random, 1_500, 40+random.Intn(400), 1)
		flow := ledgerOf(dealings)[0]
		in, out := map[uint64]uint64{}, map[uint64]uint64{}
		inflow, outflow := uint64(0), uint64(0)
		for _, d := range dealings {
			switch {
			case d.back:
			case d.out:
				out[d.other], outflow = out[d.other]+d.amount, outflow+d.amount
			default:
				in[d.other], inflow = in[d.other]+d.amount, inflow+d.amount
			}
		}
		require.Equal(t, [2]uint64{inflow, outflow}, [2]uint64{flow.InflowMinor, flow.OutflowMinor})
		require.LessOrEqual(t, len(flow.Payees), types.MaxCounterparties)
		require.LessOrEqual(t, len(flow.Payers), types.MaxCounterparties)
		circled, counted := uint64(0), flow.CirculatedMinor
		for _, c := range append(append([]types.Counterparty{}, flow.Payees...), flow.Payers...) {
			require.LessOrEqual(t, c.InMinor, in[c.Digest])
			require.LessOrEqual(t, c.OutMinor, out[c.Digest])
			require.GreaterOrEqual(t, c.InMinor+c.OutMinor+c.ErrorMinor, in[c.Digest]+out[c.Digest])
			require.LessOrEqual(t, c.ErrorMinor, flow.FloorMinor)
			counted += min(c.InMinor, c.OutMinor)
			delete(in, c.Digest)
			delete(out, c.Digest)
		}
		for other := uint64(1); other < 500; other++ {
			require.LessOrEqual(t, in[other]+out[other], flow.FloorMinor, "nobody larger was pushed out")
			if in[other]+out[other] > 0 {
				pushedOut++
			}
		}
		for other := uint64(1); other < 500; other++ {
			trueIn, trueOut := uint64(0), uint64(0)
			for _, d := range dealings {
				if d.other == other && !d.back && d.out {
					trueOut += d.amount
				} else if d.other == other && !d.back {
					trueIn += d.amount
				}
			}
			circled += min(trueIn, trueOut)
		}
		require.LessOrEqual(t, counted, circled, "nothing is called a circle that is none")
	}
	require.Greater(t, pushedOut, 100)
}

// Customers, of whom there are many, push out no supplier.
func TestCustomersPushOutNoSupplier(t *testing.T) {
	var dealings []dealing
	for supplier := uint64(1); supplier <= types.MaxCounterparties; supplier++ {
		dealings = append(dealings, dealing{month: 202801, other: supplier, amount: 10, out: true})
	}
	for customer := uint64(1_000); customer < 2_000; customer++ {
		dealings = append(dealings, dealing{month: 202801, other: customer, amount: 500})
	}
	for supplier := uint64(1); supplier <= types.MaxCounterparties; supplier++ {
		dealings = append(dealings, dealing{month: 202801, other: supplier, amount: 10})
	}
	b := behaviour(ledgerOf(dealings))
	require.EqualValues(t, 500_000, figure(t, b, "behaviour.CNY.inflow_minor_3m"), "what suppliers sent back is no income")
	require.EqualValues(t, 0, figure(t, b, "behaviour.CNY.outflow_minor_3m"))
}

func TestMoneyThatGoesInCirclesRaisesNothing(t *testing.T) {
	honest := []dealing{{month: 202711, other: 1, amount: 700}, {month: 202712, other: 2, amount: 300}, {month: 202801, other: 3, amount: 200, out: true}}
	circle := func(months ...uint32) []dealing {
		var dealings []dealing
		for i, month := range months {
			dealings = append(dealings, dealing{month: month, other: 9, amount: 100_000, out: i%2 == 0})
		}
		return dealings
	}
	many := func() []dealing {
		var dealings []dealing
		for other := uint64(100); other < 100+types.MaxCounterparties-1; other++ {
			dealings = append(dealings, dealing{month: 202801, other: other, amount: 5_000}, dealing{month: 202801, other: other, amount: 5_000, out: true})
		}
		return dealings
	}
	oneByOne := func() []dealing {
		var dealings []dealing
		for other := uint64(100); other < 100+3*types.MaxCounterparties; other++ {
			dealings = append(dealings, dealing{month: 202801, other: other, amount: 5_000, out: true}, dealing{month: 202801, other: other, amount: 5_000})
		}
		return dealings
	}
	for name, added := range map[string][]dealing{
		"there and back":                               circle(202801, 202801),
		"again and again":                              circle(202711, 202711, 202712, 202712, 202801, 202801),
		"with a month between":                         circle(202711, 202801),
		"over the edge at which the window begins":     circle(202710, 202711),
		"over the edge at which it ends":               {{month: 202801, other: 9, amount: 100_000}, {month: 202802, other: 9, amount: 100_000, out: true}},
		"with many, each a little":                     many(),
		"one after another, with more than are listed": oneByOne(),
		"paid, and returned":                           {{month: 202801, other: 9, amount: 50_000}, {month: 202801, other: 9, amount: 50_000, out: true, back: true}},
	} {
		t.Run(name, func(t *testing.T) {
			before, after := behaviour(ledgerOf(honest)), behaviour(ledgerOf(append(append([]dealing{}, honest...), added...)))
			for _, name := range []string{"inflow_minor_3m", "inflow_minor_12m"} {
				name = "behaviour.CNY." + name
				require.Equal(t, figure(t, before, name), figure(t, after, name), name)
			}
			if name != "paid, and returned" {
				require.Equal(t, figure(t, before, "behaviour.CNY.payers_3m"), figure(t, after, "behaviour.CNY.payers_3m"))
			}
		})
	}
	// What one party's payments cannot tell: a ring through a third one looks like a purchase and a sale.
	ring := append(append([]dealing{}, honest...), dealing{month: 202801, other: 8, amount: 100, out: true}, dealing{month: 202801, other: 9, amount: 100})
	require.EqualValues(t, 1_100, figure(t, behaviour(ledgerOf(ring)), "behaviour.CNY.inflow_minor_3m"))
	require.False(t, domain.Counts(accesstypes.Member{InstitutionId: "BQDQ", PartyId: "acme"}, accesstypes.Member{InstitutionId: "BQDQ", PartyId: "acme"}))
}

func TestSumsStopAndDoNotWrap(t *testing.T) {
	var flow types.Flow
	for range 5 {
		domain.Receive(&flow, 1, domain.Minor(math.NewIntFromUint64(1<<63)))
		domain.Pay(&flow, 2, types.MaxFlowMinor)
	}
	require.EqualValues(t, types.MaxFlowMinor, flow.InflowMinor)
	require.EqualValues(t, types.MaxFlowMinor, flow.OutflowMinor)
	require.Zero(t, domain.Minor(math.NewInt(-1)))
	flow.Month, flow.Currency = 202801, "CNY"
	require.EqualValues(t, types.MaxFlowMinor, figure(t, behaviour([]types.Flow{flow}), "behaviour.CNY.inflow_minor_3m"))
}

func TestWindowsAreWholeMonthsThatWereObserved(t *testing.T) {
	flows := ledgerOf([]dealing{
		{month: 202701, other: 1, amount: 1}, {month: 202702, other: 1, amount: 10}, {month: 202710, other: 1, amount: 100},
		{month: 202711, other: 1, amount: 1_000}, {month: 202801, other: 1, amount: 10_000}, {month: 202802, other: 1, amount: 100_000},
	})
	for since, want := range map[string][3]int64{ // months observed, 3 months, 12 months
		"2028-02-03": {0, -1, -1}, "2028-01-31": {0, -1, -1}, "2027-12-31": {1, -1, -1}, "2027-11-01": {2, -1, -1},
		"2027-10-31": {3, 11_000, -1}, "2027-02-01": {11, 11_000, -1}, "2027-01-31": {12, 11_000, 11_110}, "2024-01-01": {12, 11_000, 11_110},
	} {
		b := behaviour(flows)
		var err error
		b.Enrolment.Since, err = time.Parse(time.DateOnly, since)
		require.NoError(t, err)
		require.Equal(t, want, [3]int64{
			figure(t, b, "behaviour.months_observed"), figure(t, b, "behaviour.CNY.inflow_minor_3m"), figure(t, b, "behaviour.CNY.inflow_minor_12m"),
		}, since)
	}
	for _, f := range domain.Figures(behaviour(flows), now) {
		require.Equal(t, time.Date(2028, 4, 1, 0, 0, 0, 0, time.UTC), f.StaleAt)
		if f.Name == "behaviour.CNY.inflow_minor_3m" {
			require.Equal(t, [2]uint32{202711, 202801}, [2]uint32{f.FirstMonth, f.LastMonth})
		}
	}
}

func TestWhatWasOwedAndDisputesCountInTheRunningMonthToo(t *testing.T) {
	obligation := func(kind types.ObligationKind, amount, due, end int64, givenUp bool) types.Obligation {
		return types.Obligation{Kind: kind, Currency: "CNY", Amount: math.NewInt(amount), DueDay: due, EndDay: end, GivenUp: givenUp}
	}
	flows := []types.Flow{{Month: 202701, Currency: "CNY"}, {Month: 202702, Currency: "CNY"}, {Month: 202802, Currency: "CNY"}, {Month: 202802, Currency: "EUR"}}
	domain.Settle(&flows[0], obligation(types.ObligationReceivable, 1_000_000, 1, 99, false)) // too long ago
	domain.Settle(&flows[1], obligation(types.ObligationReceivable, 600, 10, 9, false))
	domain.Settle(&flows[1], obligation(types.ObligationReceivable, 300, 10, 10, false))
	domain.Settle(&flows[2], obligation(types.ObligationReceivable, 100, 10, 17, false))
	domain.Settle(&flows[2], obligation(types.ObligationLoan, 50, 10, 10, true))
	domain.Settle(&flows[3], obligation(types.ObligationLoan, 50, 10, 10, false)) // of another currency
	b := behaviour(flows)
	b.Disputes = []types.DisputeCount{{Month: 202701, Lost: 40}, {Month: 202702, Lost: 2}, {Month: 202802, Lost: 1}}
	want := map[string]int64{
		"behaviour.CNY.receivables_count_12m": 3, "behaviour.CNY.receivables_on_time_bps_12m": 9_000, "behaviour.CNY.receivables_days_late_max_12m": 7,
		"behaviour.CNY.loans_count_12m": 1, "behaviour.CNY.loans_on_time_bps_12m": 0, "behaviour.CNY.loans_days_late_max_12m": 1,
		"behaviour.disputes_lost_12m": 3,
	}
	for name, value := range want {
		require.Equal(t, value, figure(t, b, name), name)
	}
	b.Flows = nil
	require.EqualValues(t, 0, figure(t, b, "behaviour.CNY.loans_count_12m"))
	require.EqualValues(t, -1, figure(t, b, "behaviour.CNY.loans_on_time_bps_12m"), "who owed nothing was not late")
	b.Enrolment.Since = now.AddDate(0, -1, 0)
	require.EqualValues(t, -1, figure(t, b, "behaviour.disputes_lost_12m"), "nothing is known before a whole month is")
}

func TestEveryFigureHasANameThatModelsMayUseAndNoOtherHas(t *testing.T) {
	figures := domain.Figures(behaviour(nil), now)
	require.Len(t, figures, 20)
	for _, f := range figures {
		currency, err := types.CurrencyOfInput(f.Name)
		require.NoError(t, err, f.Name)
		require.Contains(t, []string{"", "CNY"}, currency)
		require.LessOrEqual(t, len(f.Name), types.MaxInputNameLength)
	}
	for _, name := range []string{
		"behaviour.", "behaviour.CNY", "behaviour.CNY.", "behaviour.cny.inflow_minor_3m", "behaviour.CNY.inflow_minor", "behaviour.CNY.inflow_minor_6m",
		"behaviour.inflow_minor_3m", "behaviour.CNY.disputes_lost_12m", "behaviour.disputes_lost", "behaviour.CNYX.payers_3m",
	} {
		_, err := types.CurrencyOfInput(name)
		require.ErrorIs(t, err, types.ErrBehaviourInput, name)
	}
}

func TestMonthsAreThoseOfUTC(t *testing.T) {
	shanghai := time.FixedZone("UTC+8", 8*3600)
	require.EqualValues(t, 202612, types.MonthOf(time.Date(2027, 1, 1, 7, 59, 0, 0, shanghai)))
	require.EqualValues(t, 202701, types.MonthOf(time.Date(2027, 1, 1, 8, 0, 0, 0, shanghai)))
	for _, c := range []struct {
		from   uint32
		months int
		to     uint32
	}{{202701, -1, 202612}, {202612, 1, 202701}, {202701, -13, 202512}, {202706, 0, 202706}, {202611, 14, 202801}} {
		require.Equal(t, c.to, types.AddMonths(c.from, c.months), fmt.Sprint(c))
		require.Equal(t, c.months, types.MonthsBetween(c.from, c.to), fmt.Sprint(c))
	}
}
