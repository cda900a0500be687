package domain

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func TestAReceivableTellsOfItsDebtorOnceWhenItEnds(t *testing.T) {
	at := func(status types.ReceivableStatus, missed uint32) types.Receivable {
		return types.Receivable{Status: status, Currency: "CNY", Amount: math.NewInt(90), DueDay: 30, Missed: missed, Reduced: math.ZeroInt()}
	}
	paid := credittypes.Obligation{Kind: credittypes.ObligationReceivable, Currency: "CNY", Amount: math.NewInt(90), DueDay: 30, EndDay: 30}
	late, broken := paid, paid
	late.EndDay = 32
	broken.EndDay, broken.GivenUp = 34, true
	reduced := func(by int64) types.Receivable {
		receivable := at(types.ReceivableSettled, 0)
		receivable.Reduced = math.NewInt(by)
		return receivable
	}
	less := paid
	less.Amount = math.NewInt(60)
	for story, row := range map[string]struct {
		before, after types.Receivable
		want          *credittypes.Obligation
	}{
		"less than was issued":    {at(types.ReceivableConfirmed, 0), reduced(30), &less},
		"nothing of it was owed":  {at(types.ReceivableOverdue, 2), reduced(90), nil},
		"paid on its day":         {at(types.ReceivableConfirmed, 0), at(types.ReceivableSettled, 0), &paid},
		"paid two days late":      {at(types.ReceivableOverdue, 2), at(types.ReceivableSettled, 2), &late},
		"defaulted":               {at(types.ReceivableOverdue, 3), at(types.ReceivableDefaulted, 4), &broken},
		"paid after its default":  {at(types.ReceivableDefaulted, 4), at(types.ReceivableSettled, 4), nil},
		"overdue for the moment":  {at(types.ReceivableConfirmed, 0), at(types.ReceivableOverdue, 1), nil},
		"changed and not settled": {at(types.ReceivableOverdue, 1), at(types.ReceivableOverdue, 2), nil},
		"settled all the time":    {at(types.ReceivableSettled, 0), at(types.ReceivableSettled, 0), nil},
	} {
		got, told := EndedReceivable(row.before, row.after)
		require.Equal(t, row.want != nil, told, story)
		if told {
			require.Equal(t, *row.want, got, story)
			got.Creditor = accesstypes.Member{InstitutionId: "LSHB"}
			require.NoError(t, got.Validate(), story)
		}
	}
}

func TestALoanTellsOfItsBorrowerWhatWasPaidAndItsDefaultAndNothingAfterIt(t *testing.T) {
	lender := accesstypes.Member{InstitutionId: "BQDQ"}
	instalment := func(due, called int64, principal, paid int64) types.Instalment {
		return types.Instalment{
			DueDay: due, CountedFromDay: called, Principal: math.NewInt(principal), PrincipalPaid: math.NewInt(paid),
			Interest: math.ZeroInt(), InterestPaid: math.ZeroInt(),
		}
	}
	loan := func(status types.LoanStatus, day int64, instalments ...types.Instalment) types.Loan {
		l := types.Loan{
			Lender: lender, Currency: "CNY", Status: status, AdvancedToDay: day, Instalments: instalments,
			Drawn: math.ZeroInt(), Repaid: math.ZeroInt(), WrittenOff: math.ZeroInt(),
		}
		for _, i := range instalments {
			l.Drawn, l.Repaid = l.Drawn.Add(i.Principal), l.Repaid.Add(i.PrincipalPaid)
		}
		return l
	}
	obligation := func(amount, due, end int64, givenUp bool) credittypes.Obligation {
		return credittypes.Obligation{
			Kind: credittypes.ObligationLoan, Creditor: lender, Currency: "CNY", Amount: math.NewInt(amount), DueDay: due, EndDay: end, GivenUp: givenUp,
		}
	}
	open, rest := instalment(10, 0, 50, 0), instalment(20, 0, 50, 0)
	for story, row := range map[string]struct {
		before, after types.Loan
		want          []credittypes.Obligation
	}{
		"paid on its day":           {loan(types.LoanActive, 9, open, rest), loan(types.LoanActive, 10, instalment(10, 10, 50, 50), rest), []credittypes.Obligation{obligation(50, 10, 10, false)}},
		"paid three days late":      {loan(types.LoanOverdue, 12, instalment(10, 10, 50, 10), rest), loan(types.LoanActive, 13, instalment(10, 10, 50, 50), rest), []credittypes.Obligation{obligation(50, 10, 13, false)}},
		"called after a halt":       {loan(types.LoanActive, 9, open, rest), loan(types.LoanActive, 14, instalment(10, 14, 50, 50), rest), []credittypes.Obligation{obligation(50, 14, 14, false)}},
		"paid in part":              {loan(types.LoanActive, 10, instalment(10, 10, 50, 0), rest), loan(types.LoanActive, 11, instalment(10, 10, 50, 20), rest), nil},
		"paid before":               {loan(types.LoanActive, 10, instalment(10, 10, 50, 50), rest), loan(types.LoanActive, 11, instalment(10, 10, 50, 50), rest), nil},
		"prepaid, and not called":   {loan(types.LoanActive, 5, open, rest), loan(types.LoanActive, 5, instalment(10, 0, 50, 50), rest), nil},
		"repaid early":              {loan(types.LoanActive, 5, open, rest), loan(types.LoanRepaid, 5, instalment(10, 0, 50, 50), instalment(20, 0, 50, 50)), []credittypes.Obligation{obligation(50, 10, 5, false), obligation(50, 20, 5, false)}},
		"nothing was drawn of it":   {loan(types.LoanActive, 9, instalment(10, 0, 0, 0)), loan(types.LoanRepaid, 10, instalment(10, 10, 0, 0)), nil},
		"a default":                 {loan(types.LoanOverdue, 40, instalment(10, 10, 50, 20), rest), loan(types.LoanDefaulted, 41, instalment(10, 10, 50, 20), instalment(20, 41, 50, 0)), []credittypes.Obligation{obligation(80, 41, 41, true)}},
		"paid after its default":    {loan(types.LoanDefaulted, 41, instalment(10, 10, 50, 20)), loan(types.LoanRepaid, 50, instalment(10, 10, 50, 50)), nil},
		"written off and recovered": {loan(types.LoanWrittenOff, 41, instalment(10, 10, 50, 20)), loan(types.LoanRecovered, 50, instalment(10, 10, 50, 50)), nil},
	} {
		got := EndedInstalments(row.before, row.after)
		require.Equal(t, row.want, got, story)
		for _, one := range got {
			require.NoError(t, one.Validate(), story)
		}
	}
}
