package domain

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"time"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Enrol is a new enrolment, or a longer one in the place of an earlier one: what was kept stays, since when too.
func Enrol(before *types.Enrolment, asked types.Enrolment) (types.Enrolment, error) {
	if !asked.Since.Before(asked.EndsAt) || asked.EndsAt.After(asked.Since.AddDate(types.MaxEnrolmentYears, 0, 0)) {
		return types.Enrolment{}, types.ErrInvalidEnrolment.Wrapf("it would end at %s; it may last %d years", asked.EndsAt, types.MaxEnrolmentYears)
	}
	if before == nil {
		return asked, nil
	}
	if !slices.Equal(before.Currencies, asked.Currencies) {
		return types.Enrolment{}, types.ErrEnrolled.Wrapf("%v", before.Currencies)
	}
	asked.Since = before.Since
	return asked, nil
}

// Behaviour is what is kept of a subject that figures are made of.
type Behaviour struct {
	Enrolment types.Enrolment
	// Currencies are those whose flows are here.
	Currencies []string
	// Flows and Disputes of the months that are kept, in any order.
	Flows    []types.Flow
	Disputes []types.DisputeCount
}

// maxObserved is the longest window, in months.
const maxObserved = types.BehaviourMonths - 2

// Figures are the inputs of models that follow from a subject's behaviour, sorted by name. Windows of flows are whole
// months and end with the last one; a window that begins before the enrolment is missing, for half of it would
// mislead. What was owed and disputes count in the running month too, and are missing until a whole month is known.
func Figures(b Behaviour, now time.Time) []types.BehaviourFigure {
	current := types.MonthOf(now)
	observed := min(max(types.MonthsBetween(types.MonthOf(b.Enrolment.Since), current)-1, 0), maxObserved)
	f := figures{current: current, observed: observed}
	f.add(types.SubjectInput(types.FigureMonthsObserved), types.AddMonths(current, -max(observed, 1)), types.AddMonths(current, -1), uint64(observed), true)
	lost := uint64(0)
	for _, count := range b.Disputes {
		if f.isRecent(count.Month) {
			lost += uint64(count.Lost)
		}
	}
	f.addRecent(types.SubjectInput(types.FigureDisputesLost), lost, true)
	for _, currency := range b.Currencies {
		flows := slices.DeleteFunc(slices.Clone(b.Flows), func(flow types.Flow) bool { return flow.Currency != currency })
		for _, months := range types.BehaviourWindows {
			f.addWindow(currency, flows, months)
		}
		f.addObligations(currency, flows)
	}
	slices.SortFunc(f.all, func(a, b types.BehaviourFigure) int { return cmp.Compare(a.Name, b.Name) })
	return f.all
}

type figures struct {
	current  uint32
	observed int
	all      []types.BehaviourFigure
}

func (f *figures) add(name string, first, last uint32, value uint64, known bool) {
	figure := types.BehaviourFigure{Name: name, Missing: !known, FirstMonth: first, LastMonth: last, StaleAt: types.StaleAt(f.current)}
	if known {
		figure.Value = int64(min(value, math.MaxInt64))
	}
	f.all = append(f.all, figure)
}

// isRecent is within the twelve whole months before the running one, or in it.
func (f *figures) isRecent(month uint32) bool {
	age := types.MonthsBetween(month, f.current)
	return age >= 0 && age <= maxObserved
}

func (f *figures) addRecent(name string, value uint64, known bool) {
	f.add(name, types.AddMonths(f.current, -maxObserved), f.current, value, known && f.observed > 0)
}

func (f *figures) addWindow(currency string, flows []types.Flow, months uint32) {
	first, last := types.AddMonths(f.current, -int(months)), types.AddMonths(f.current, -1)
	known := f.observed >= int(months)
	w := windowOf(flows, first, last)
	for _, figure := range []struct {
		name  string
		value uint64
		known bool
	}{
		{types.FigureInflow, w.in.net, true}, {types.FigureOutflow, w.out.net, true},
		{types.FigurePayers, w.in.parties, true}, {types.FigurePayees, w.out.parties, true},
		{types.FigurePayerTop, w.in.topBpsRoundedDown(), w.in.net > 0}, {types.FigurePayeeTop, w.out.topBpsRoundedDown(), w.out.net > 0},
	} {
		f.add(types.WindowInput(currency, figure.name, months), first, last, figure.value, known && figure.known)
	}
}

func (f *figures) addObligations(currency string, flows []types.Flow) {
	var receivables, loans types.Punctuality
	for _, flow := range flows {
		if f.isRecent(flow.Month) {
			receivables, loans = addPunctuality(receivables, flow.Receivables), addPunctuality(loans, flow.Loans)
		}
	}
	for _, figure := range []struct {
		count, onTime, late string
		of                  types.Punctuality
	}{
		{types.FigureReceivables, types.FigureReceivablesOnTime, types.FigureReceivablesLate, receivables},
		{types.FigureLoans, types.FigureLoansOnTime, types.FigureLoansLate, loans},
	} {
		any := figure.of.Count > 0
		f.addRecent(types.CurrencyInput(currency, figure.count), uint64(figure.of.Count), true)
		f.addRecent(types.CurrencyInput(currency, figure.onTime), bpsRoundedDown(figure.of.OnTimeMinor, figure.of.TotalMinor), any)
		f.addRecent(types.CurrencyInput(currency, figure.late), uint64(figure.of.DaysLateMax), any)
	}
}

func addPunctuality(a, b types.Punctuality) types.Punctuality {
	return types.Punctuality{
		Count: AddCount(a.Count, b.Count), TotalMinor: types.AddMinor(a.TotalMinor, b.TotalMinor),
		OnTimeMinor: types.AddMinor(a.OnTimeMinor, b.OnTimeMinor), DaysLateMax: max(a.DaysLateMax, b.DaysLateMax),
	}
}

// direction is one side of a window.
type direction struct {
	net     uint64 // without returns and what went in circles
	parties uint64 // counterparties with something left after what came back
	top     uint64 // what is left of the largest of them
}

type window struct{ in, out direction }

// windowOf adds up whole months. What a counterparty paid counts only as far as it is more than it was paid: within
// the window, the month before it and those after it, so that money that is lent over the edge of a window is no
// income either.
func windowOf(flows []types.Flow, first, last uint32) window {
	var inflow, outflow, returnedIn, returnedOut, circulated uint64
	for _, flow := range flows {
		if flow.Month < first || flow.Month > last {
			continue
		}
		inflow, outflow = types.AddMinor(inflow, flow.InflowMinor), types.AddMinor(outflow, flow.OutflowMinor)
		returnedIn, returnedOut = types.AddMinor(returnedIn, flow.ReturnedInMinor), types.AddMinor(returnedOut, flow.ReturnedOutMinor)
		circulated = types.AddMinor(circulated, flow.CirculatedMinor)
	}
	var w window
	cameBack, wentBack := circulated, circulated
	for _, d := range dealingsOf(flows, first, last) {
		cameBack = types.AddMinor(cameBack, min(d.in, d.outAround))
		wentBack = types.AddMinor(wentBack, min(d.out, d.inAround))
		w.in.count(less(d.in, d.outAround))
		w.out.count(less(d.out, d.inAround))
	}
	w.in.net = less(less(inflow, returnedOut), cameBack)
	w.out.net = less(less(outflow, returnedIn), wentBack)
	return w
}

func (d *direction) count(left uint64) {
	if left > 0 {
		d.parties++
		d.top = max(d.top, left)
	}
}

func (d *direction) topBpsRoundedDown() uint64 { return bpsRoundedDown(min(d.top, d.net), d.net) }

// dealings are those with one counterparty: within a window, and within the window and what is around it.
type dealings struct {
	digest                       uint64
	in, out, inAround, outAround uint64
}

// dealingsOf adds up counterparties over months, each once.
func dealingsOf(flows []types.Flow, first, last uint32) []dealings {
	around := types.AddMonths(first, -1)
	var all []dealings
	for _, flow := range flows {
		if flow.Month < around {
			continue
		}
		inside := flow.Month >= first && flow.Month <= last
		for _, c := range slices.Concat(flow.Payees, flow.Payers) {
			d := dealings{digest: c.Digest, inAround: c.InMinor, outAround: c.OutMinor}
			if inside {
				d.in, d.out = c.InMinor, c.OutMinor
			}
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b dealings) int { return cmp.Compare(a.digest, b.digest) })
	var merged []dealings
	for _, d := range all {
		if n := len(merged); n > 0 && merged[n-1].digest == d.digest {
			m := &merged[n-1]
			m.in, m.out = types.AddMinor(m.in, d.in), types.AddMinor(m.out, d.out)
			m.inAround, m.outAround = types.AddMinor(m.inAround, d.inAround), types.AddMinor(m.outAround, d.outAround)
			continue
		}
		merged = append(merged, d)
	}
	return merged
}

func less(a, b uint64) uint64 { return a - min(a, b) }

// bpsRoundedDown is part/whole in basis points, 0 of nothing. part is at most whole.
func bpsRoundedDown(part, whole uint64) uint64 {
	if whole == 0 {
		return 0
	}
	high, low := bits.Mul64(part, bpsOfOne)
	quotient, _ := bits.Div64(high, low, whole)
	return quotient
}

const bpsOfOne = 10_000

// BehaviourCurrencies are the currencies whose flows a model reads, sorted, and whether it reads behaviour at all.
func BehaviourCurrencies(model *engine.Model) (currencies []string, reads bool) {
	for i := range model.Inputs {
		if !types.IsBehaviourInput(model.Inputs[i].Name) {
			continue
		}
		reads = true
		if currency, err := types.CurrencyOfInput(model.Inputs[i].Name); err == nil && currency != "" && !slices.Contains(currencies, currency) {
			currencies = append(currencies, currency)
		}
	}
	slices.Sort(currencies)
	return currencies, reads
}

// Fill gives the inputs of a model that the chain fills, in the model's order and on its grid. A figure that there is
// none of is missing.
func Fill(model *engine.Model, figures []types.BehaviourFigure) ([]types.RatedInput, error) {
	var filled []types.RatedInput
	for i := range model.Inputs {
		input := &model.Inputs[i]
		if !types.IsBehaviourInput(input.Name) {
			continue
		}
		rated := types.RatedInput{Name: input.Name, Missing: true, Behaviour: true}
		at, found := slices.BinarySearchFunc(figures, input.Name, func(f types.BehaviourFigure, name string) int { return cmp.Compare(f.Name, name) })
		if found && !figures[at].Missing {
			value, err := input.Parse(engine.FormatDecimal(figures[at].Value, 0))
			if err != nil {
				return nil, err
			}
			rated.Missing, rated.Value = false, value
		}
		filled = append(filled, rated)
	}
	return filled, nil
}

// Counts reports whether a payment says something of its parties' trade: not if both accounts are of one party.
func Counts(debtor, creditor accesstypes.Member) bool { return debtor != creditor }
