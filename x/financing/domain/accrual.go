package domain

import (
	"slices"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// Clock is the network's day, and how many days it has stood still without a block since it began. A halt costs
// nobody a penalty, and brings no loan nearer to default: nobody could pay.
type Clock = types.Clock

// quietSeconds is for how long a network may be without a block and not stand still. Only where a business day is
// shorter do days without a block come of it.
const quietSeconds = 600

// Tick is the clock of a block on a day, after that of the last block. Days between the two had no block.
func Tick(last Clock, day, secondsPerDay int64) Clock {
	without := day - last.Day - 1
	if last.Day == 0 || without <= quietSeconds/secondsPerDay {
		without = 0
	}
	return Clock{Day: max(day, last.Day), HaltedDays: last.HaltedDays + without}
}

// accrualUnit is how many units of an accrual are one minor unit of money. Accruals are exact: amount times ppm
// times days. They are rounded when they are charged, and what rounding leaves stays in the accrual.
func accrualUnit(count types.DayCount) math.Int { return math.NewInt(types.Ppm * daysOfYear(count)) }

// ChargeRoundedDown is what can be charged of an accrual, in whole minor units. What is left of a unit stays for
// the next charge; when the loan ends it is the borrower's.
func ChargeRoundedDown(accrual math.Int, count types.DayCount) math.Int {
	return accrual.Quo(accrualUnit(count))
}

func withoutCharge(accrual, charge math.Int, count types.DayCount) math.Int {
	return accrual.Sub(charge.Mul(accrualUnit(count)))
}

func accrue(amount math.Int, ppm uint32, days int64) math.Int {
	return amount.MulRaw(int64(ppm)).MulRaw(days)
}

// Advance brings a loan to the network's day: interest and penalty run, instalments fall due and are called, and
// the loan stands where its unpaid instalments put it. An instalment is called on the first day on which the loan
// is looked at since it fell due; but for that it makes no difference how often it is.
func Advance(loan types.Loan, clock Clock) types.Loan {
	if !bearsInterest(loan.Status) || clock.Day < loan.AdvancedToDay {
		return loan
	}
	loan.Instalments = slices.Clone(loan.Instalments)
	countPenalty(&loan, clock)
	from := loan.AdvancedToDay
	for i := range loan.Instalments {
		instalment := &loan.Instalments[i]
		if instalment.Due() || instalment.DueDay > clock.Day {
			continue
		}
		countInterest(&loan, from, instalment.DueDay)
		from = instalment.DueDay
		charge := ChargeRoundedDown(loan.InterestAccrual, loan.Terms.DayCount)
		loan.InterestAccrual = withoutCharge(loan.InterestAccrual, charge, loan.Terms.DayCount)
		instalment.Interest = charge
		// It is called today, however long ago it was due: grace and penalty begin when it can be paid.
		instalment.CountedFromDay = clock.Day
	}
	countInterest(&loan, from, clock.Day)
	loan.AdvancedToDay, loan.HaltedDays = clock.Day, clock.HaltedDays
	return stand(loan)
}

func countInterest(loan *types.Loan, from, to int64) {
	days := daysBetween(loan.Terms.DayCount, from, to)
	loan.InterestAccrual = loan.InterestAccrual.Add(accrue(loan.Outstanding(), loan.Terms.RatePpm+loan.MarginPpm, days))
}

// countPenalty counts actual days on which something was unpaid beyond its grace, on its principal and on its
// interest, not on penalty. Days without a block move on what is unpaid instead.
func countPenalty(loan *types.Loan, clock Clock) {
	halted := clock.HaltedDays - loan.HaltedDays
	for i := range loan.Instalments {
		instalment := &loan.Instalments[i]
		if !instalment.Due() || !instalment.Unpaid().IsPositive() {
			continue
		}
		instalment.CountedFromDay += halted
		begins := max(loan.AdvancedToDay+halted, instalment.CountedFromDay+int64(loan.Terms.GraceDays))
		if days := clock.Day - begins; days > 0 {
			ran := accrue(instalment.Unpaid(), loan.Terms.PenaltyPpm, days)
			loan.PenaltyAccrual, loan.PenaltyCounted = loan.PenaltyAccrual.Add(ran), loan.PenaltyCounted.Add(ran)
		}
	}
}
