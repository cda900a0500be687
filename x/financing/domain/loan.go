package domain

import (
	"slices"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// LoanTerms is a loan that lender and borrower have agreed on.
type LoanTerms struct {
	LenderAccount   string // settlement account that is repaid, bech32
	BorrowerAccount string // settlement account that instalments are collected from, bech32
	Currency        string
	Principal       math.Int // minor units
	Repayment       types.RepaymentTerms
	FacilityID      uint64 // 0 if it is drawn from none
	DrawUETR        string // payment that the borrower got; empty if the money moved otherwise
}

// LoanEvent is what happens to a loan.
type LoanEvent int

// The events of a loan's life.
const (
	// Miss: an instalment is unpaid beyond its days of grace.
	Miss LoanEvent = iota + 1
	// Cure: nothing is unpaid beyond its days of grace any more.
	Cure
	// Default: unpaid for longer than agreed, or a covenant was broken; all falls due.
	Default
	// Settle: nothing is owed.
	Settle
	// WriteOff: the lender gives up its principal.
	WriteOff
	// Lift: a ruling says that the default was none, and nothing is due.
	Lift
)

// loanTransitions is the state machine of a loan. A default does not heal: it ends by payment or write-off, or by a
// ruling that it was none. What was written off is still owed.
var loanTransitions = map[types.LoanStatus]map[LoanEvent]types.LoanStatus{
	types.LoanActive:     {Miss: types.LoanOverdue, Default: types.LoanDefaulted, Settle: types.LoanRepaid},
	types.LoanOverdue:    {Cure: types.LoanActive, Default: types.LoanDefaulted, Settle: types.LoanRepaid},
	types.LoanDefaulted:  {Settle: types.LoanRepaid, WriteOff: types.LoanWrittenOff, Lift: types.LoanActive},
	types.LoanWrittenOff: {Settle: types.LoanRecovered},
}

// NextLoanStatus is the status after an event, or ErrLoanTransition.
func NextLoanStatus(from types.LoanStatus, event LoanEvent) (types.LoanStatus, error) {
	to, legal := loanTransitions[from][event]
	if !legal {
		return from, types.ErrLoanTransition.Wrapf("%s does not take %s", from, event)
	}
	return to, nil
}

// String names the event in messages.
func (e LoanEvent) String() string {
	switch e {
	case Miss:
		return "miss"
	case Cure:
		return "cure"
	case Default:
		return "default"
	case Settle:
		return "settle"
	case WriteOff:
		return "write off"
	case Lift:
		return "lift"
	}
	return "unknown event"
}

// bearsInterest: of these loans interest and penalty run.
func bearsInterest(status types.LoanStatus) bool {
	return status == types.LoanActive || status == types.LoanOverdue || status == types.LoanDefaulted
}

// Parties are who owns the accounts of a loan.
type Parties struct {
	Lender   accesstypes.Member
	Borrower accesstypes.Member
}

// Open is a loan of today. Its number is the keeper's.
func Open(terms LoanTerms, parties Parties, clock Clock) (types.Loan, error) {
	if err := terms.Repayment.Validate(); err != nil {
		return types.Loan{}, err
	}
	instalments, err := Schedule(terms.Repayment, terms.Principal, clock.Day)
	if err != nil {
		return types.Loan{}, err
	}
	if parties.Lender == parties.Borrower {
		return types.Loan{}, types.ErrInvalidLoan.Wrap("nobody lends to oneself")
	}
	return types.Loan{
		Lender: parties.Lender, Borrower: parties.Borrower, LenderAccount: terms.LenderAccount, BorrowerAccount: terms.BorrowerAccount,
		Currency: terms.Currency, Terms: terms.Repayment, FacilityId: terms.FacilityID, Draws: 1, OpenedDay: clock.Day,
		Drawn: terms.Principal, Repaid: math.ZeroInt(), WrittenOff: math.ZeroInt(), Recovered: math.ZeroInt(),
		Instalments: instalments, InterestAccrual: math.ZeroInt(), PenaltyAccrual: math.ZeroInt(),
		InterestPaid: math.ZeroInt(), PenaltyPaid: math.ZeroInt(), FeesPaid: math.ZeroInt(), Traced: math.ZeroInt(),
		PenaltyCounted: math.ZeroInt(), PenaltyWaived: math.ZeroInt(), PenaltyReturned: math.ZeroInt(), Defaulted: math.ZeroInt(),
		Status: types.LoanActive, Class: types.ClassNormal, AdvancedToDay: clock.Day, HaltedDays: clock.HaltedDays,
		NextDay: instalments[0].DueDay,
	}, nil
}

// IsRedrawable reports whether a draw can be added to a loan that is at the network's day.
func IsRedrawable(loan types.Loan) bool {
	return loan.Terms.Schedule == types.Revolving && loan.Status == types.LoanActive && !allDue(loan)
}

// Redraw lends again what a revolving loan has left. The loan is at the network's day.
func Redraw(loan types.Loan, amount math.Int) (types.Loan, error) {
	last := len(loan.Instalments) - 1
	if !IsRedrawable(loan) {
		return loan, types.ErrNotRevolving.Wrapf("%d, %s", loan.Id, loan.Status)
	}
	if !amount.IsPositive() {
		return loan, types.ErrInvalidLoan.Wrapf("draw of %s", amount)
	}
	loan.Instalments = slices.Clone(loan.Instalments)
	loan.Instalments[last].Principal = loan.Instalments[last].Principal.Add(amount)
	loan.Drawn, loan.Draws = loan.Drawn.Add(amount), loan.Draws+1
	return loan, nil
}

// Accelerate makes a loan default and all of it fall due, as when a covenant was broken. The loan is at the
// network's day.
func Accelerate(loan types.Loan) (types.Loan, error) {
	status, err := NextLoanStatus(loan.Status, Default)
	if err != nil {
		return loan, err
	}
	loan.Status, loan.Instalments = status, slices.Clone(loan.Instalments)
	for i := range loan.Instalments {
		if instalment := &loan.Instalments[i]; !instalment.Due() {
			instalment.CountedFromDay = loan.AdvancedToDay
		}
	}
	return stand(loan), nil
}

// GiveUp writes off the principal of a loan in default: it leaves the lender's books and stays owed, with what
// interest and penalty had come to, at no further interest. The loan is at the network's day.
func GiveUp(loan types.Loan) (types.Loan, error) {
	status, err := NextLoanStatus(loan.Status, WriteOff)
	if err != nil {
		return loan, err
	}
	loan.WrittenOff, loan.Status, loan.Class, loan.NextDay = loan.Outstanding(), status, types.ClassLoss, 0
	return loan, nil
}

// daysUnpaid is how long the oldest unpaid instalment has been so, in days on which the network ran; 0 if none is.
func daysUnpaid(loan types.Loan) int64 {
	var longest int64
	for _, instalment := range loan.Instalments {
		if instalment.Due() && instalment.Unpaid().IsPositive() {
			longest = max(longest, loan.AdvancedToDay-instalment.CountedFromDay)
		}
	}
	return longest
}

// stand gives a loan the status, class and next day that its unpaid instalments and its debt put it at.
func stand(loan types.Loan) types.Loan {
	event, happened := eventOf(loan)
	if happened && event == Default {
		// It cannot be illegal: only what is active or overdue comes here.
		if accelerated, err := Accelerate(loan); err == nil {
			return accelerated
		}
	}
	if happened {
		if status, err := NextLoanStatus(loan.Status, event); err == nil {
			loan.Status = status
		}
	}
	loan.Class = classOf(loan)
	loan.NextDay = nextDay(loan)
	return loan
}

// eventOf is what has happened to a loan that is at the network's day, if anything has.
func eventOf(loan types.Loan) (LoanEvent, bool) {
	unpaid := daysUnpaid(loan)
	switch {
	case isSettled(loan):
		return Settle, loan.IsOwed()
	case loan.Status != types.LoanActive && loan.Status != types.LoanOverdue:
		return 0, false
	case unpaid > int64(loan.Terms.DefaultDays):
		return Default, true
	case unpaid > int64(loan.Terms.GraceDays):
		return Miss, loan.Status == types.LoanActive
	}
	return Cure, loan.Status == types.LoanOverdue
}

// isSettled: nothing is owed, and a revolving loan can be drawn no more.
func isSettled(loan types.Loan) bool {
	if loan.Terms.Schedule == types.Revolving && !allDue(loan) {
		return false
	}
	return Owed(loan).IsZero()
}

// nextDay is when the network looks at a loan again: while something is due, on the first day on which it has not
// tried to collect it, and otherwise when the next instalment falls due. It stops collecting what has been unpaid
// for so long that the loan counts as lost.
func nextDay(loan types.Loan) int64 {
	if !bearsInterest(loan.Status) {
		return 0
	}
	if DueNow(loan).IsPositive() {
		if loan.Class == types.ClassLoss {
			return 0
		}
		return max(loan.AdvancedToDay, loan.CollectedDay+1)
	}
	for _, instalment := range loan.Instalments {
		if !instalment.Due() {
			return instalment.DueDay
		}
	}
	return 0
}

// Collected is a loan that the network has collected for today, or tried to; it is at the network's day.
func Collected(loan types.Loan) types.Loan {
	loan.CollectedDay = loan.AdvancedToDay
	loan.NextDay = nextDay(loan)
	return loan
}

func allDue(loan types.Loan) bool { return loan.Instalments[len(loan.Instalments)-1].Due() }

// CheckBooks tells what is wrong with a loan's books: instalments are what was drawn, what was paid of them is
// what was repaid, penalty that ran has accrued, was paid or was waived, nothing is negative, and nothing is paid that
// was not owed. ErrInvalidLoan.
func CheckBooks(loan types.Loan) error {
	principal, paid, interestPaid := math.ZeroInt(), math.ZeroInt(), math.ZeroInt()
	for i, instalment := range loan.Instalments {
		principal, paid = principal.Add(instalment.Principal), paid.Add(instalment.PrincipalPaid)
		interestPaid = interestPaid.Add(instalment.InterestPaid)
		if instalment.UnpaidPrincipal().IsNegative() || instalment.UnpaidInterest().IsNegative() ||
			instalment.PrincipalPaid.IsNegative() || instalment.InterestPaid.IsNegative() {
			return types.ErrInvalidLoan.Wrapf("loan %d, instalment %d: paid %s of %s and %s of %s", loan.Id, i+1,
				instalment.PrincipalPaid, instalment.Principal, instalment.InterestPaid, instalment.Interest)
		}
	}
	switch {
	case !principal.Equal(loan.Drawn):
		return types.ErrInvalidLoan.Wrapf("loan %d: instalments of %s, %s were drawn", loan.Id, principal, loan.Drawn)
	case !paid.Equal(loan.Repaid):
		return types.ErrInvalidLoan.Wrapf("loan %d: %s of the instalments were paid, %s were repaid", loan.Id, paid, loan.Repaid)
	case interestPaid.GT(loan.InterestPaid):
		return types.ErrInvalidLoan.Wrapf("loan %d: %s interest of the instalments were paid, %s in all", loan.Id, interestPaid, loan.InterestPaid)
	case loan.Outstanding().IsNegative() || loan.InterestAccrual.IsNegative() || loan.PenaltyAccrual.IsNegative() ||
		loan.Recovered.IsNegative() || loan.PenaltyPaid.IsNegative() || Owed(loan).IsNegative() || loan.Traced.GT(loan.Drawn):
		return types.ErrInvalidLoan.Wrapf("loan %d: a sum is negative, or more is paid than owed", loan.Id)
	case !withoutCharge(loan.PenaltyCounted, loan.PenaltyPaid.Add(loan.PenaltyWaived), loan.Terms.DayCount).Equal(loan.PenaltyAccrual):
		return types.ErrInvalidLoan.Wrapf("loan %d: %s of penalty ran, %s have accrued, %s minor units were paid and %s waived", loan.Id,
			loan.PenaltyCounted, loan.PenaltyAccrual, loan.PenaltyPaid, loan.PenaltyWaived)
	case loan.PenaltyReturned.GT(loan.PenaltyWaived):
		return types.ErrInvalidLoan.Wrapf("loan %d: %s of penalty went back, %s were waived", loan.Id, loan.PenaltyReturned, loan.PenaltyWaived)
	case loan.WrittenOff.IsPositive() && loan.Outstanding().IsPositive():
		return types.ErrInvalidLoan.Wrapf("loan %d: %s are written off and %s outstanding", loan.Id, loan.WrittenOff, loan.Outstanding())
	}
	return nil
}
