package domain

import (
	"slices"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/financing/types"
)

// Owed is what would settle a loan that is at the network's day, the fee for repaying early included.
func Owed(loan types.Loan) math.Int {
	owed := chargedUnpaid(loan).Add(accruedInterest(loan))
	for _, instalment := range loan.Instalments {
		if !instalment.Due() {
			owed = owed.Add(instalment.UnpaidPrincipal()).Add(earlyFeeRoundedDown(instalment.UnpaidPrincipal(), loan.Terms.EarlyFeePpm))
		}
	}
	return owed.Sub(loan.Recovered)
}

// DueNow is what of a loan that is at the network's day has been called for.
func DueNow(loan types.Loan) math.Int {
	due := chargedUnpaid(loan)
	if allDue(loan) {
		due = due.Add(accruedInterest(loan))
	}
	return due.Sub(loan.Recovered)
}

// chargedUnpaid is the penalty, and what was not paid of called instalments.
func chargedUnpaid(loan types.Loan) math.Int {
	sum := chargedPenalty(loan)
	for _, instalment := range loan.Instalments {
		if instalment.Due() {
			sum = sum.Add(instalment.Unpaid())
		}
	}
	return sum
}

func accruedInterest(loan types.Loan) math.Int {
	return ChargeRoundedDown(loan.InterestAccrual, loan.Terms.DayCount)
}

// earlyFeeRoundedDown is the fee for principal that is repaid early. What is left of a minor unit is the
// borrower's.
func earlyFeeRoundedDown(principal math.Int, feePpm uint32) math.Int {
	return principal.MulRaw(int64(feePpm)).QuoRaw(types.Ppm)
}

// earlyPrincipalOf is the most principal, up to what is owed, that an amount repays together with its fee.
func earlyPrincipalOf(amount, owed math.Int, feePpm uint32) math.Int {
	principal := math.MinInt(owed, amount.MulRaw(types.Ppm).QuoRaw(types.Ppm+int64(feePpm)))
	// The fee is rounded down, so that one unit more may fit.
	if more := principal.AddRaw(1); more.LTE(owed) && more.Add(earlyFeeRoundedDown(more, feePpm)).LTE(amount) {
		return more
	}
	return principal
}

// Allocate splits a payment over a loan that is at the network's day, in the order of its waterfall, and returns
// what was more than the debt. The parts and the surplus are the amount.
func Allocate(loan types.Loan, amount math.Int) (after types.Loan, parts []types.AllocationPart, surplus math.Int, err error) {
	if !loan.IsOwed() {
		return loan, nil, amount, types.ErrLoanTransition.Wrapf("%s takes no payment", loan.Status)
	}
	s := split{loan: loan, left: amount}
	s.loan.Instalments = slices.Clone(loan.Instalments)
	if loan.Status == types.LoanWrittenOff {
		s.take(types.BucketRecovery, 0, Owed(s.loan))
	} else {
		for _, bucket := range loan.Terms.Order() {
			s.fill(bucket)
		}
	}
	return stand(s.loan), s.parts, s.left, nil
}

// split is a payment while it is split.
type split struct {
	loan  types.Loan
	left  math.Int
	parts []types.AllocationPart
}

// fill pays what a bucket holds: of several instalments the oldest first, but early principal from the last one
// on, so that the loan becomes shorter and its next instalments stay as agreed.
func (s *split) fill(bucket types.Bucket) {
	switch bucket {
	case types.BucketPenalty:
		s.take(bucket, 0, chargedPenalty(s.loan))
		return
	case types.BucketAccruedInterest:
		s.take(bucket, 0, accruedInterest(s.loan))
		return
	}
	last := len(s.loan.Instalments) - 1
	for i := range s.loan.Instalments {
		if bucket == types.BucketEarlyPrincipal {
			i = last - i
		}
		if owed := s.owedOf(bucket, s.loan.Instalments[i]); owed.IsPositive() {
			s.take(bucket, uint32(i+1), owed)
		}
	}
}

// owedOf is what a bucket holds of an instalment.
func (s *split) owedOf(bucket types.Bucket, instalment types.Instalment) math.Int {
	isEarlier := instalment.Due() && instalment.CountedFromDay < s.loan.AdvancedToDay
	isToday := instalment.Due() && !isEarlier
	switch {
	case bucket == types.BucketOverdueInterest && isEarlier, bucket == types.BucketDueInterest && isToday:
		return instalment.UnpaidInterest()
	case bucket == types.BucketOverduePrincipal && isEarlier, bucket == types.BucketDuePrincipal && isToday,
		bucket == types.BucketEarlyPrincipal && !instalment.Due():
		return instalment.UnpaidPrincipal()
	}
	return math.ZeroInt()
}

// take pays a part of what is left.
func (s *split) take(bucket types.Bucket, instalment uint32, owed math.Int) {
	part := types.AllocationPart{Bucket: bucket, Instalment: instalment, Amount: math.MinInt(owed, s.left), Fee: math.ZeroInt()}
	if bucket == types.BucketEarlyPrincipal {
		part.Amount = earlyPrincipalOf(s.left, owed, s.loan.Terms.EarlyFeePpm)
		part.Fee = earlyFeeRoundedDown(part.Amount, s.loan.Terms.EarlyFeePpm)
	}
	if !part.Amount.IsPositive() {
		return
	}
	book(&s.loan, part, part.Amount, part.Fee)
	s.left = s.left.Sub(part.Amount).Sub(part.Fee)
	s.parts = append(s.parts, part)
}

// book enters a part of a payment into a loan's books, or with negative amounts takes it back out. The loan's
// instalments are its own.
func book(loan *types.Loan, part types.AllocationPart, amount, fee math.Int) {
	switch part.Bucket {
	case types.BucketPenalty:
		loan.PenaltyAccrual = withoutCharge(loan.PenaltyAccrual, amount, loan.Terms.DayCount)
		loan.PenaltyPaid = loan.PenaltyPaid.Add(amount)
	case types.BucketAccruedInterest:
		loan.InterestAccrual = withoutCharge(loan.InterestAccrual, amount, loan.Terms.DayCount)
		loan.InterestPaid = loan.InterestPaid.Add(amount)
	case types.BucketRecovery:
		loan.Recovered = loan.Recovered.Add(amount)
	case types.BucketOverdueInterest, types.BucketDueInterest:
		instalment := &loan.Instalments[part.Instalment-1]
		instalment.InterestPaid = instalment.InterestPaid.Add(amount)
		loan.InterestPaid = loan.InterestPaid.Add(amount)
	case types.BucketOverduePrincipal, types.BucketDuePrincipal, types.BucketEarlyPrincipal:
		instalment := &loan.Instalments[part.Instalment-1]
		instalment.PrincipalPaid = instalment.PrincipalPaid.Add(amount)
		loan.Repaid = loan.Repaid.Add(amount)
		loan.FeesPaid = loan.FeesPaid.Add(fee)
	}
}

// PrincipalOf is what of a payment went to principal.
func PrincipalOf(parts []types.AllocationPart) math.Int {
	sum := math.ZeroInt()
	for _, part := range parts {
		switch part.Bucket {
		case types.BucketOverduePrincipal, types.BucketDuePrincipal, types.BucketEarlyPrincipal:
			sum = sum.Add(part.Amount)
		}
	}
	return sum
}

// Reverse takes back a loan's last payment on the day of its receipt, so that the loan is what it was before. What came
// before a ruling stays: it rests on that. The loan is at the network's day. ErrNotReversible.
func Reverse(loan types.Loan, repayment types.Repayment) (types.Loan, error) {
	if repayment.Reversed || repayment.Number != loan.Repayments || repayment.Day != loan.AdvancedToDay {
		return loan, types.ErrNotReversible.Wrapf("repayment %d of day %d; the loan has %d and is at day %d",
			repayment.Number, repayment.Day, loan.Repayments, loan.AdvancedToDay)
	}
	if repayment.Number <= loan.RuledRepayments {
		return loan, types.ErrNotReversible.Wrapf("repayment %d came before a ruling about loan %d", repayment.Number, loan.Id)
	}
	loan.Instalments = slices.Clone(loan.Instalments)
	for _, part := range repayment.Parts {
		book(&loan, part, part.Amount.Neg(), part.Fee.Neg())
	}
	loan.Status = repayment.StatusBefore
	loan.Class = classOf(loan)
	loan.NextDay = nextDay(loan)
	return loan, nil
}
