package domain

import (
	"slices"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// TestAPlanThatDoesNotAddUpIsRefused spoils a sound plan in every way that the post-condition knows: it
// is the last guard if the rest of the package is wrong.
func TestAPlanThatDoesNotAddUpIsRefused(t *testing.T) {
	t.Parallel()
	debtor := types.Account{Address: "alice", InstitutionId: "BQDQ", Currencies: []string{"CNY"}, Status: types.AccountOpen}
	carol := types.Account{Address: "carol", InstitutionId: "HXNB", Currencies: []string{"CNY"}, Status: types.AccountOpen}
	batch := Batch{Debtor: "alice", Currency: "CNY", Mode: types.BestEffort, Lines: []Line{
		{Transfer: types.Transfer{Creditor: "carol", Amount: math.NewInt(40)}, Derived: types.PaymentID{1}},
		{Transfer: types.Transfer{Creditor: "carol", Amount: math.NewInt(2)}, Derived: types.PaymentID{2}},
	}}
	facts := Facts{
		CurrencySettled: true, Debtor: debtor, Balance: math.NewInt(42), Reserve: math.NewInt(42),
		Creditors: map[string]types.Account{"carol": carol},
	}
	sound := func() Plan {
		plan, err := Decide(batch, facts)
		require.NoError(t, err)
		return plan
	}
	one := math.OneInt()
	for name, spoil := range map[string]func(*Plan, *Facts){
		"a result is missing":                  func(p *Plan, _ *Facts) { p.Results = p.Results[1:] },
		"a payment settles without its money":  func(p *Plan, _ *Facts) { p.Payments[0].Payment.Amount = math.NewInt(41) },
		"a settled payment has no amount":      func(p *Plan, _ *Facts) { p.Payments[0].Payment.Amount = math.ZeroInt() },
		"the creditor gets one more":           func(p *Plan, _ *Facts) { p.Posting.Deposits[1].Delta = math.NewInt(43) },
		"the debtor pays one less":             func(p *Plan, _ *Facts) { p.Posting.Deposits[0].Delta = math.NewInt(-41) },
		"reserves appear":                      func(p *Plan, _ *Facts) { p.Posting.Reserves[1].Delta = math.NewInt(43) },
		"money is minted that was not burnt":   func(p *Plan, _ *Facts) { p.Posting.Supply[1].Delta = math.NewInt(43) },
		"an entry has a denom of its own":      func(p *Plan, _ *Facts) { p.Posting.Deposits = append(p.Posting.Deposits, Entry{"x", "y", one}) },
		"the debtor holds less than it pays":   func(_ *Plan, f *Facts) { f.Balance = math.NewInt(41) },
		"the bank holds less than it pays":     func(_ *Plan, f *Facts) { f.Reserve = math.NewInt(41) },
		"supply moves without burning as much": func(p *Plan, _ *Facts) { p.Posting.Supply = p.Posting.Supply[1:] },
	} {
		plan, spoilt := sound(), facts
		require.NoError(t, plan.check(batch, spoilt))
		plan.Posting.Deposits = slices.Clone(plan.Posting.Deposits)
		spoil(&plan, &spoilt)
		require.Error(t, plan.check(batch, spoilt), name)
	}
}

func TestAStoredPaymentThatSettledCannotBeReceivedAgain(t *testing.T) {
	t.Parallel()
	settled := types.Payment{Status: types.PaymentSettled}
	_, err := outcome{identity: identity{stored: &settled}}.status()
	require.ErrorIs(t, err, types.ErrPaymentTransition)
}
