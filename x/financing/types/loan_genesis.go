package types

import (
	"cosmossdk.io/math"
)

// validateLoans checks loans and their payments: form, order, references. Their books are checked where they are
// read, by the rules that made them.
func (gs GenesisState) validateLoans() error {
	if gs.Clock.Day < 0 || gs.Clock.HaltedDays < 0 {
		return ErrInvalidGenesis.Wrapf("clock at day %d with %d days without a block", gs.Clock.Day, gs.Clock.HaltedDays)
	}
	last := uint64(0)
	for _, loan := range gs.Loans {
		if loan.Id <= last || loan.Id >= gs.NextLoanId {
			return ErrInvalidGenesis.Wrapf("loan %d after loan %d, the next one is %d", loan.Id, last, gs.NextLoanId)
		}
		last = loan.Id
		if err := loan.validate(gs.Clock); err != nil {
			return ErrInvalidGenesis.Wrapf("loan %d: %s", loan.Id, err)
		}
	}
	if err := gs.validateTraces(); err != nil {
		return err
	}
	return gs.validateRepayments()
}

// validateTraces: draws are what was drawn, uses are what was traced, and a payment is the use of one loan.
func (gs GenesisState) validateTraces() error {
	drawn, traced, counted := map[uint64]math.Int{}, map[uint64]math.Int{}, map[string]bool{}
	add := func(sums map[uint64]math.Int, loan uint64, amount math.Int) {
		if sum, exists := sums[loan]; exists {
			amount = amount.Add(sum)
		}
		sums[loan] = amount
	}
	for i, draw := range gs.Draws {
		if hasNone(draw.Amount) || i > 0 && gs.Draws[i-1].LoanId == draw.LoanId && gs.Draws[i-1].Number >= draw.Number || i > 0 && gs.Draws[i-1].LoanId > draw.LoanId {
			return ErrInvalidGenesis.Wrapf("draw %d of loan %d has no amount or is not in order", draw.Number, draw.LoanId)
		}
		add(drawn, draw.LoanId, draw.Amount)
	}
	for i, use := range gs.Uses {
		if hasNone(use.Amount) || counted[use.PaymentUetr] || i > 0 && gs.Uses[i-1].LoanId > use.LoanId {
			return ErrInvalidGenesis.Wrapf("use %q of loan %d has no amount, is counted twice, or is not in order", use.PaymentUetr, use.LoanId)
		}
		counted[use.PaymentUetr] = true
		add(traced, use.LoanId, use.Amount)
	}
	for _, loan := range gs.Loans {
		if sum := drawn[loan.Id]; sum.IsNil() || !sum.Equal(loan.Drawn) {
			return ErrInvalidGenesis.Wrapf("loan %d: %s were drawn, its draws are %s", loan.Id, loan.Drawn, sum)
		}
		if sum, exists := traced[loan.Id]; exists && !sum.Equal(loan.Traced) || !exists && !loan.Traced.IsZero() {
			return ErrInvalidGenesis.Wrapf("loan %d: %s are traced, its uses are %s", loan.Id, loan.Traced, sum)
		}
	}
	return nil
}

func (l Loan) validate(clock Clock) error {
	if err := l.Terms.Validate(); err != nil {
		return err
	}
	if err := l.Lender.Validate(); err != nil {
		return err
	}
	if err := l.Borrower.Validate(); err != nil {
		return err
	}
	if n := len(l.Instalments); n != int(l.Terms.Instalments) {
		return ErrInvalidLoan.Wrapf("%d instalments, %d were agreed", n, l.Terms.Instalments)
	}
	for i, instalment := range l.Instalments {
		if i > 0 && instalment.DueDay <= l.Instalments[i-1].DueDay || hasNone(instalment.Principal, instalment.PrincipalPaid, instalment.Interest, instalment.InterestPaid) {
			return ErrInvalidLoan.Wrapf("instalment %d lacks a sum or is not in order", i+1)
		}
	}
	switch {
	case l.Status < LoanActive || l.Status > LoanRecovered || l.Class < ClassNormal || l.Class > ClassLoss:
		return ErrInvalidLoan.Wrapf("status %s, class %s", l.Status, l.Class)
	case l.AdvancedToDay < l.OpenedDay || l.AdvancedToDay > clock.Day || l.HaltedDays > clock.HaltedDays:
		return ErrInvalidLoan.Wrapf("it is at day %d and knows %d days without a block, the clock is at %d and %d", l.AdvancedToDay, l.HaltedDays, clock.Day, clock.HaltedDays)
	case hasNone(l.Drawn, l.Repaid, l.WrittenOff, l.Recovered, l.InterestAccrual, l.PenaltyAccrual, l.InterestPaid, l.PenaltyPaid, l.FeesPaid, l.Traced,
		l.PenaltyCounted, l.PenaltyWaived, l.PenaltyReturned, l.Defaulted):
		return ErrInvalidLoan.Wrap("it lacks a sum")
	case l.RuledRepayments > l.Repayments:
		return ErrInvalidLoan.Wrapf("a ruling about %d payments, it has %d", l.RuledRepayments, l.Repayments)
	}
	return nil
}

// hasNone reports whether a sum is missing or negative.
func hasNone(sums ...math.Int) bool {
	for _, sum := range sums {
		if sum.IsNil() || sum.IsNegative() {
			return true
		}
	}
	return false
}

func (gs GenesisState) validateRepayments() error {
	counts := map[uint64]uint32{}
	for _, loan := range gs.Loans {
		counts[loan.Id] = loan.Repayments
	}
	for i, repayment := range gs.Repayments {
		if repayment.Number == 0 || repayment.Number > counts[repayment.LoanId] {
			return ErrInvalidGenesis.Wrapf("payment %d of loan %d, which has %d", repayment.Number, repayment.LoanId, counts[repayment.LoanId])
		}
		if i > 0 {
			if last := gs.Repayments[i-1]; last.LoanId > repayment.LoanId || last.LoanId == repayment.LoanId && last.Number >= repayment.Number {
				return ErrInvalidGenesis.Wrapf("payments are not in order at %d of loan %d", repayment.Number, repayment.LoanId)
			}
		}
		if err := repayment.validate(); err != nil {
			return ErrInvalidGenesis.Wrapf("payment %d of loan %d: %s", repayment.Number, repayment.LoanId, err)
		}
	}
	return nil
}

// validate wants parts that are the amount.
func (r Repayment) validate() error {
	if hasNone(r.Amount) {
		return ErrInvalidLoan.Wrap("it has no amount")
	}
	sum := math.ZeroInt()
	for _, part := range r.Parts {
		if hasNone(part.Amount, part.Fee) || part.Bucket < BucketPenalty || part.Bucket > BucketRecovery || part.Instalment > MaxInstalments {
			return ErrInvalidLoan.Wrapf("part %s of instalment %d", part.Bucket, part.Instalment)
		}
		sum = sum.Add(part.Amount).Add(part.Fee)
	}
	if !sum.Equal(r.Amount) {
		return ErrInvalidLoan.Wrapf("parts of %s, the amount is %s", sum, r.Amount)
	}
	return nil
}
