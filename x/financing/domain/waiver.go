package domain

import (
	"slices"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// Waiver is what became of penalty that a ruling withdrew.
type Waiver struct {
	WrittenDown math.Int // was owed, and is owed no more
	SetOff      math.Int // had been paid, and pays what is due instead
	Back        math.Int // had been paid, and is the lender's to pay back
	// Parts are what the set-off pays.
	Parts []types.AllocationPart
}

// All is all that was withdrawn.
func (w Waiver) All() math.Int { return w.WrittenDown.Add(w.SetOff).Add(w.Back) }

// Waivable is the penalty of a loan that a ruling could withdraw, in whole minor units: what is owed of it, and what
// was paid. The loan is at the network's day.
func Waivable(loan types.Loan) math.Int { return chargedPenalty(loan).Add(loan.PenaltyPaid) }

// Waive withdraws penalty as if it had not been charged, up to an amount. What is owed of it is written down first.
// What was paid is set off against what is due, since that is what it would have paid; the rest goes back to the
// borrower. The loan is at the network's day. ErrNothingToWaive.
func Waive(loan types.Loan, amount math.Int) (types.Loan, Waiver, error) {
	amount = math.MinInt(amount, Waivable(loan))
	if !amount.IsPositive() {
		return loan, Waiver{}, types.ErrNothingToWaive.Wrapf("loan %d", loan.Id)
	}
	loan.Instalments = slices.Clone(loan.Instalments)
	waiver := Waiver{WrittenDown: math.MinInt(amount, chargedPenalty(loan)), SetOff: math.ZeroInt()}
	loan.PenaltyAccrual = withoutCharge(loan.PenaltyAccrual, waiver.WrittenDown, loan.Terms.DayCount)
	loan.PenaltyWaived = loan.PenaltyWaived.Add(amount)

	paid := amount.Sub(waiver.WrittenDown)
	loan.PenaltyPaid = loan.PenaltyPaid.Sub(paid)
	// After a write-off payments are of no bucket: more than is still owed without the penalty was penalty.
	if more := Owed(loan).Neg(); more.IsPositive() {
		loan.Recovered = loan.Recovered.Sub(more)
		waiver.WrittenDown, paid = waiver.WrittenDown.Sub(more), paid.Add(more)
	}
	loan.PenaltyReturned = loan.PenaltyReturned.Add(paid)
	if paid.IsPositive() && loan.IsOwed() {
		scheduled := asScheduled(loan)
		waiver.SetOff = math.MinInt(paid, DueNow(scheduled))
		_, parts, _, err := Allocate(scheduled, waiver.SetOff)
		if err != nil {
			return loan, Waiver{}, err
		}
		for _, part := range parts {
			book(&loan, part, part.Amount, part.Fee)
		}
		waiver.Parts = parts
	}
	waiver.Back = paid.Sub(waiver.SetOff)
	if waiver.SetOff.IsPositive() { // it counts among the payments
		loan.Repayments++
	}
	loan.RuledRepayments = loan.Repayments
	return stand(loan), waiver, nil
}

// RunSince is the penalty, in whole minor units, that has run since a loan stood as it did then, on what was due and
// unpaid of it: at most, for it may have been paid meanwhile. Now it is at the network's day.
func RunSince(then, now types.Loan) math.Int {
	ran := math.ZeroInt()
	for _, instalment := range then.Instalments {
		if instalment.Due() && instalment.Unpaid().IsPositive() {
			ran = ran.Add(accrue(instalment.Unpaid(), now.Terms.PenaltyPpm, now.AdvancedToDay-then.AdvancedToDay))
		}
	}
	ran = math.MinInt(ran, now.PenaltyCounted.Sub(then.PenaltyCounted))
	return ChargeRoundedDown(then.PenaltyAccrual.Add(ran), now.Terms.DayCount).Sub(chargedPenalty(then))
}

// LiftDefault takes back the default of a loan of whose instalments nothing is unpaid that is due by the schedule: what
// fell due by the default alone is not due any more, and the loan goes on as agreed. Interest has run all the while and
// is charged with the next instalment. Penalty that is owed is in no way of it: alone it makes no loan overdue. The loan
// is at the network's day. ErrStillDue.
func LiftDefault(loan types.Loan) (types.Loan, error) {
	status, err := NextLoanStatus(loan.Status, Lift)
	if err != nil {
		return loan, err
	}
	lifted := asScheduled(loan)
	if due := DueNow(lifted).Sub(chargedPenalty(lifted)); due.IsPositive() {
		return loan, types.ErrStillDue.Wrapf("%s of loan %d", due, loan.Id)
	}
	lifted.Status, lifted.RuledRepayments = status, lifted.Repayments
	return stand(lifted), nil
}

// asScheduled is a loan in default without what that made due before its day.
func asScheduled(loan types.Loan) types.Loan {
	if loan.Status != types.LoanDefaulted {
		return loan
	}
	loan.Instalments = slices.Clone(loan.Instalments)
	for i := range loan.Instalments {
		if instalment := &loan.Instalments[i]; instalment.DueDay > loan.AdvancedToDay {
			instalment.CountedFromDay = 0
		}
	}
	return loan
}

func chargedPenalty(loan types.Loan) math.Int {
	return ChargeRoundedDown(loan.PenaltyAccrual, loan.Terms.DayCount)
}
