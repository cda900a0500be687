package domain

import (
	"cosmossdk.io/math"

	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// EndedReceivable is what a receivable tells of its debtor when it is paid or defaults, and nothing otherwise. Days on
// which the network stood still make nobody late. What a ruling took off was never owed.
func EndedReceivable(before, after types.Receivable) (credittypes.Obligation, bool) {
	hasDefaulted := before.Status == types.ReceivableDefaulted
	switch {
	case after.Status == before.Status, hasDefaulted: // the default is told already
		return credittypes.Obligation{}, false
	case after.Status != types.ReceivableSettled && after.Status != types.ReceivableDefaulted:
		return credittypes.Obligation{}, false
	}
	owed := after.Amount.Sub(after.Reduced)
	if !owed.IsPositive() {
		return credittypes.Obligation{}, false
	}
	return credittypes.Obligation{
		Kind: credittypes.ObligationReceivable, Currency: after.Currency, Amount: owed,
		DueDay: int64(after.DueDay), EndDay: int64(after.DueDay) + int64(after.Missed),
		GivenUp: after.Status == types.ReceivableDefaulted,
	}, true
}

// EndedInstalments are what a loan tells of its borrower: instalments that were paid, and a default, after which it
// tells nothing more. An instalment counts from the day on which it was called, so that a halt makes nobody late.
func EndedInstalments(before, after types.Loan) []credittypes.Obligation {
	if before.Status != types.LoanActive && before.Status != types.LoanOverdue {
		return nil
	}
	var ended []credittypes.Obligation
	for i, instalment := range after.Instalments {
		amount := instalment.Principal.Add(instalment.Interest)
		if !isPaid(after, instalment) || isPaid(before, before.Instalments[i]) || !amount.IsPositive() {
			continue
		}
		due := instalment.DueDay
		if instalment.Due() {
			due = max(due, instalment.CountedFromDay)
		}
		ended = append(ended, credittypes.Obligation{
			Kind: credittypes.ObligationLoan, Creditor: after.Lender, Currency: after.Currency, Amount: amount,
			DueDay: due, EndDay: after.AdvancedToDay,
		})
	}
	if given, told := givenUp(after, after.Outstanding()); told && after.Status == types.LoanDefaulted {
		ended = append(ended, given)
	}
	return ended
}

// ToldDefault is what a loan in default has told of its borrower, if it has: who lifts the default takes it back.
func ToldDefault(loan types.Loan) (credittypes.Obligation, bool) {
	return givenUp(loan, loan.Defaulted)
}

func givenUp(loan types.Loan, outstanding math.Int) (credittypes.Obligation, bool) {
	return credittypes.Obligation{
		Kind: credittypes.ObligationLoan, Creditor: loan.Lender, Currency: loan.Currency, Amount: outstanding,
		DueDay: loan.AdvancedToDay, EndDay: loan.AdvancedToDay, GivenUp: true,
	}, outstanding.IsPositive()
}

// isPaid: nothing is left of an instalment that was called, or whose loan was repaid early.
func isPaid(loan types.Loan, instalment types.Instalment) bool {
	return (instalment.Due() || loan.Status == types.LoanRepaid) && instalment.Unpaid().IsZero()
}
