package domain

import (
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// EndedReceivable is what a receivable tells of its debtor when it is paid or defaults, and nothing otherwise. Days on
// which the network stood still make nobody late.
func EndedReceivable(before, after types.Receivable) (credittypes.Obligation, bool) {
	hasDefaulted := before.Status == types.ReceivableDefaulted
	switch {
	case after.Status == before.Status, hasDefaulted: // the default is told already
		return credittypes.Obligation{}, false
	case after.Status != types.ReceivableSettled && after.Status != types.ReceivableDefaulted:
		return credittypes.Obligation{}, false
	}
	return credittypes.Obligation{
		Kind: credittypes.ObligationReceivable, Currency: after.Currency, Amount: after.Amount,
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
	if after.Status == types.LoanDefaulted && after.Outstanding().IsPositive() {
		ended = append(ended, credittypes.Obligation{
			Kind: credittypes.ObligationLoan, Creditor: after.Lender, Currency: after.Currency, Amount: after.Outstanding(),
			DueDay: after.AdvancedToDay, EndDay: after.AdvancedToDay, GivenUp: true,
		})
	}
	return ended
}

// isPaid: nothing is left of an instalment that was called, or whose loan was repaid early.
func isPaid(loan types.Loan, instalment types.Instalment) bool {
	return (instalment.Due() || loan.Status == types.LoanRepaid) && instalment.Unpaid().IsZero()
}
