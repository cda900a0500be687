package domain

import (
	"slices"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Minor is an amount as flows add it up: what is above MaxFlowMinor is put there.
func Minor(amount math.Int) uint64 {
	if !amount.IsPositive() {
		return 0
	}
	if !amount.IsUint64() {
		return types.MaxFlowMinor
	}
	return min(amount.Uint64(), types.MaxFlowMinor)
}

// A flow lists two kinds of counterparties: those that the subject paid within the month, with what they paid it,
// and those that paid it only. So customers, of whom there are many, do not push out suppliers, and what goes to
// somebody and comes back is seen. Who is pushed out of a full list is the one of the least volume; whoever comes
// after that may be somebody who was pushed out, and its error says how much it may have had by then: the floor,
// the most that anybody had who was pushed out. As long as nobody was, all of it is exact.

// Receive adds what a counterparty paid.
func Receive(flow *types.Flow, counterparty, amount uint64) {
	flow.InflowMinor = types.AddMinor(flow.InflowMinor, amount)
	for _, list := range [][]types.Counterparty{flow.Payees, flow.Payers} {
		if at := indexOf(list, counterparty); at >= 0 {
			list[at].InMinor = types.AddMinor(list[at].InMinor, amount)
			return
		}
	}
	flow.Payers = admit(flow, flow.Payers, types.Counterparty{Digest: counterparty, InMinor: amount, ErrorMinor: flow.FloorMinor})
}

// Pay adds what a counterparty was paid.
func Pay(flow *types.Flow, counterparty, amount uint64) {
	flow.OutflowMinor = types.AddMinor(flow.OutflowMinor, amount)
	if at := indexOf(flow.Payees, counterparty); at >= 0 {
		flow.Payees[at].OutMinor = types.AddMinor(flow.Payees[at].OutMinor, amount)
		return
	}
	added := types.Counterparty{Digest: counterparty, ErrorMinor: flow.FloorMinor}
	if at := indexOf(flow.Payers, counterparty); at >= 0 {
		added = flow.Payers[at]
		flow.Payers = slices.Delete(flow.Payers, at, at+1)
	}
	added.OutMinor = amount
	flow.Payees = admit(flow, flow.Payees, added)
}

// ReturnOut adds what the subject returned of a payment that it got, ReturnIn what was returned to it. Returns are
// no trade: they take back what a payment counted.
func ReturnOut(flow *types.Flow, amount uint64) {
	flow.ReturnedOutMinor = types.AddMinor(flow.ReturnedOutMinor, amount)
}

// ReturnIn adds what was returned to the subject of a payment that it made.
func ReturnIn(flow *types.Flow, amount uint64) {
	flow.ReturnedInMinor = types.AddMinor(flow.ReturnedInMinor, amount)
}

func indexOf(list []types.Counterparty, digest uint64) int {
	for i := range list {
		if list[i].Digest == digest {
			return i
		}
	}
	return -1
}

// admit puts a counterparty into a list, in the place of the least one if it is full. What came and went between
// that one and the subject stays known.
func admit(flow *types.Flow, list []types.Counterparty, added types.Counterparty) []types.Counterparty {
	if len(list) < types.MaxCounterparties {
		return append(list, added)
	}
	least := 0
	for i := range list {
		if volume(list[i]) < volume(list[least]) {
			least = i
		}
	}
	out := list[least]
	flow.FloorMinor = max(flow.FloorMinor, volume(out))
	flow.CirculatedMinor = types.AddMinor(flow.CirculatedMinor, min(out.InMinor, out.OutMinor))
	list[least] = added
	return list
}

// volume is the most that a counterparty can have had to do with the subject.
func volume(c types.Counterparty) uint64 {
	return types.AddMinor(types.AddMinor(c.InMinor, c.OutMinor), c.ErrorMinor)
}

// Settle adds an obligation that came to its end.
func Settle(flow *types.Flow, obligation types.Obligation) {
	kind := &flow.Receivables
	if obligation.Kind == types.ObligationLoan {
		kind = &flow.Loans
	}
	amount := Minor(obligation.Amount)
	kind.Count = AddCount(kind.Count, 1)
	kind.TotalMinor = types.AddMinor(kind.TotalMinor, amount)
	if obligation.EndDay <= obligation.DueDay && !obligation.GivenUp {
		kind.OnTimeMinor = types.AddMinor(kind.OnTimeMinor, amount)
		return
	}
	late := max(obligation.EndDay-obligation.DueDay, 1)
	kind.DaysLateMax = max(kind.DaysLateMax, uint32(min(late, maxCount)))
}

// Unsettle takes an obligation that was given up out of a flow that it was added to: it was none. What stands where sums
// stop stays, for what is in it cannot be told. The longest delay stays while something else in the flow was late.
func Unsettle(flow *types.Flow, obligation types.Obligation) {
	kind := &flow.Receivables
	if obligation.Kind == types.ObligationLoan {
		kind = &flow.Loans
	}
	amount := Minor(obligation.Amount)
	if kind.Count == 0 || kind.Count == maxCount || kind.TotalMinor == types.MaxFlowMinor || kind.TotalMinor-kind.OnTimeMinor < amount {
		return
	}
	kind.Count--
	kind.TotalMinor -= amount
	if kind.TotalMinor == kind.OnTimeMinor {
		kind.DaysLateMax = 0
	}
}

// maxCount is where counts and days stop.
const maxCount = 1<<32 - 1

// AddCount adds counts, and stops at the largest.
func AddCount(a, b uint32) uint32 { return uint32(min(uint64(a)+uint64(b), maxCount)) }
