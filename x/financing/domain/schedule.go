package domain

import (
	"math/big"

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
	s := amortisation{
		terms: terms, principal: principal, instalments: instalments,
		factors: make([]*big.Int, len(instalments)), parts: make([]big.Int, len(instalments)),
	}
	switch terms.Schedule {
	case types.EqualInstalment:
		s.payEqually(openedDay)
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
	principal   math.Int
	instalments []types.Instalment
	// Of the equal payment: rate times days of the period before each instalment, and the principal of each.
	factors []*big.Int
	parts   []big.Int
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

// payEqually finds the smallest equal payment with which the last one is not larger. There is no closed form for it,
// since months differ in length and interest is rounded; the last payment falls as the others rise, so that bisection
// finds it, between the equal part of the principal and that with the interest of the longest period.
func (s amortisation) payEqually(openedDay int64) {
	from, longest := openedDay, math.ZeroInt()
	for i, instalment := range s.instalments {
		factor := math.NewInt(int64(s.terms.RatePpm) * daysBetween(s.terms.DayCount, from, instalment.DueDay))
		s.factors[i], longest, from = factor.BigInt(), math.MaxInt(longest, factor), instalment.DueDay
	}
	low := s.principal.QuoRaw(int64(len(s.instalments)))
	high := low.Add(ChargeRoundedDown(s.principal.Mul(longest), s.terms.DayCount)).AddRaw(2)
	for low.LT(high) {
		middle := low.Add(high).QuoRaw(2)
		if s.lastFits(middle) {
			high = middle
		} else {
			low = middle.AddRaw(1)
		}
	}
	s.lastFits(high)
	for i := range s.instalments {
		s.instalments[i].Principal = math.NewIntFromBigInt(&s.parts[i])
	}
}

// lastFits finds the principal of each instalment as an equal payment makes it, and tells whether the last payment is
// not larger. A payment that is less than the interest of a long period repays nothing. It works in place: it is
// called for each bit of the principal.
func (s amortisation) lastFits(payment math.Int) bool {
	equal, unit := payment.BigInt(), accrualUnit(s.terms.DayCount).BigInt()
	outstanding := s.principal.BigInt()
	var accrual, charge, product big.Int
	last := len(s.instalments) - 1
	for i, factor := range s.factors {
		charge.QuoRem(accrual.Add(&accrual, product.Mul(outstanding, factor)), unit, &accrual)
		if i == last {
			return outstanding.Add(outstanding, &charge).Cmp(equal) <= 0
		}
		part := s.parts[i].Sub(equal, &charge)
		if part.Sign() < 0 {
			part.SetInt64(0)
		}
		if part.Cmp(outstanding) > 0 {
			part.Set(outstanding)
		}
		outstanding.Sub(outstanding, part)
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
