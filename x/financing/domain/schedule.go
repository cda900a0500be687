package domain

import (
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// Schedule is the instalments of a loan of today: their due days and principal, which add up to the principal.
// Interest is charged when an instalment falls due, on what is outstanding then.
func Schedule(terms types.RepaymentTerms, principal math.Int, openedDay int64) ([]types.Instalment, error) {
	if principal.LT(math.NewInt(int64(terms.Instalments))) || principal.GT(types.MaxPrincipal()) {
		return nil, types.ErrInvalidLoan.Wrapf("principal of %s: at least one minor unit for each of %d instalments, and at most %s", principal, terms.Instalments, types.MaxPrincipal())
	}
	instalments := make([]types.Instalment, terms.Instalments)
	for i := range instalments {
		instalments[i] = types.Instalment{
			DueDay: dueDay(terms.Period, openedDay, uint32(i+1)), Principal: math.ZeroInt(), PrincipalPaid: math.ZeroInt(),
			Interest: math.ZeroInt(), InterestPaid: math.ZeroInt(),
		}
	}
	s := amortisation{terms: terms, openedDay: openedDay, principal: principal, instalments: instalments}
	switch terms.Schedule {
	case types.EqualInstalment:
		s.payEqually()
	case types.EqualPrincipal:
		part := principal.QuoRaw(int64(terms.Instalments))
		for i := range instalments {
			instalments[i].Principal = part
		}
	}
	s.leaveRestToLast()
	return instalments, nil
}

// amortisation is a schedule while it is made.
type amortisation struct {
	terms       types.RepaymentTerms
	openedDay   int64
	principal   math.Int
	instalments []types.Instalment
}

// leaveRestToLast gives the last instalment what the others leave of the principal.
func (s amortisation) leaveRestToLast() {
	last := len(s.instalments) - 1
	rest := s.principal
	for i := range s.instalments[:last] {
		rest = rest.Sub(s.instalments[i].Principal)
	}
	s.instalments[last].Principal = rest
}

// payEqually finds the smallest equal payment with which the last one is not larger than the others. There is no
// closed form for it, since months differ in length and interest is rounded; the last payment falls as the
// others rise, so that bisection finds it in as many steps as the principal has bits.
func (s amortisation) payEqually() {
	low := s.principal.QuoRaw(int64(len(s.instalments)))
	high := s.principal
	for !s.lastFits(high) {
		high = high.MulRaw(2)
	}
	for low.LT(high) {
		middle := low.Add(high).QuoRaw(2)
		if s.lastFits(middle) {
			high = middle
		} else {
			low = middle.AddRaw(1)
		}
	}
	s.lastFits(high) // leaves the principal of each instalment as that payment makes it
}

// lastFits fills in principal as an equal payment makes it, and tells whether the last payment is not larger. A
// payment that is less than the interest of a long period repays nothing.
func (s amortisation) lastFits(payment math.Int) bool {
	outstanding, accrual, from := s.principal, math.ZeroInt(), s.openedDay
	for i := range s.instalments {
		instalment := &s.instalments[i]
		accrual = accrual.Add(accrue(outstanding, s.terms.RatePpm, daysBetween(s.terms.DayCount, from, instalment.DueDay)))
		interest := ChargeRoundedDown(accrual, s.terms.DayCount)
		accrual, from = withoutCharge(accrual, interest, s.terms.DayCount), instalment.DueDay
		if i == len(s.instalments)-1 {
			return outstanding.Add(interest).LTE(payment)
		}
		instalment.Principal = math.MinInt(outstanding, math.MaxInt(math.ZeroInt(), payment.Sub(interest)))
		outstanding = outstanding.Sub(instalment.Principal)
	}
	return false
}

// Planned is what each instalment of a loan asks for if all are paid on their days: what is unpaid of those that
// are due, and interest as it will be for the others.
type Planned struct {
	DueDay    int64
	Principal math.Int
	Interest  math.Int
}

// Plan foresees the instalments of a loan that is at the network's day.
func Plan(loan types.Loan) []Planned {
	plan := make([]Planned, 0, len(loan.Instalments))
	outstanding, accrual, from := loan.Outstanding(), loan.InterestAccrual, loan.AdvancedToDay
	for _, instalment := range loan.Instalments {
		row := Planned{DueDay: instalment.DueDay, Principal: instalment.UnpaidPrincipal(), Interest: instalment.UnpaidInterest()}
		if !instalment.Due() {
			accrual = accrual.Add(accrue(outstanding, loan.Terms.RatePpm+loan.MarginPpm, daysBetween(loan.Terms.DayCount, from, instalment.DueDay)))
			row.Interest = ChargeRoundedDown(accrual, loan.Terms.DayCount)
			accrual, from = withoutCharge(accrual, row.Interest, loan.Terms.DayCount), instalment.DueDay
		}
		outstanding = outstanding.Sub(row.Principal)
		plan = append(plan, row)
	}
	return plan
}
