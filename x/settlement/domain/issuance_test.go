package domain_test

import (
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

var (
	alice = types.Account{Address: "alice", InstitutionId: "BQDQ", Currencies: []string{"CNY"}, Status: types.AccountOpen}
	bqdq  = types.Participant{InstitutionId: "BQDQ", Currencies: []string{"CNY"}}
)

func outstanding(currency string, deposits, reserves int64) types.Outstanding {
	return types.Outstanding{Currency: currency, Deposits: math.NewInt(deposits), Reserves: math.NewInt(reserves)}
}

func TestDepositMoneyIsIssuedAndRedeemed(t *testing.T) {
	t.Parallel()
	issued, err := domain.IssueDeposit(alice, math.NewInt(100), outstanding("CNY", 5, 7))
	require.NoError(t, err)
	require.Equal(t, []string{"alice 100 BQDQ/CNY"}, words(issued.Posting.Deposits))
	require.Equal(t, []string{" 100 BQDQ/CNY"}, words(issued.Posting.Supply))
	require.Empty(t, issued.Posting.Reserves)
	require.Equal(t, outstanding("CNY", 105, 7), issued.Outstanding)

	redeemed, err := domain.RedeemDeposit(alice, math.NewInt(100), math.NewInt(100), issued.Outstanding)
	require.NoError(t, err)
	require.Equal(t, []string{"alice -100 BQDQ/CNY"}, words(redeemed.Posting.Deposits))
	require.Equal(t, outstanding("CNY", 5, 7), redeemed.Outstanding)
}

func TestReservesAreIssuedAndRedeemed(t *testing.T) {
	t.Parallel()
	issued, err := domain.IssueReserve(bqdq, math.NewInt(100), outstanding("CNY", 5, 7))
	require.NoError(t, err)
	require.Equal(t, []string{"BQDQ 100 reserve/CNY"}, words(issued.Posting.Reserves))
	require.Equal(t, []string{" 100 reserve/CNY"}, words(issued.Posting.Supply))
	require.Equal(t, outstanding("CNY", 5, 107), issued.Outstanding)

	redeemed, err := domain.RedeemReserve(bqdq, math.NewInt(60), math.NewInt(60), issued.Outstanding)
	require.NoError(t, err)
	require.Equal(t, []string{"BQDQ -60 reserve/CNY"}, words(redeemed.Posting.Reserves))
	require.Equal(t, outstanding("CNY", 5, 47), redeemed.Outstanding)
}

func TestIssuanceIsRefused(t *testing.T) {
	t.Parallel()
	with := func(status types.AccountStatus) types.Account {
		account := alice
		account.Status = status
		return account
	}
	one, two := math.OneInt(), math.NewInt(2)
	issue := func(a types.Account, o types.Outstanding) error { _, err := domain.IssueDeposit(a, one, o); return err }
	redeem := func(a types.Account, o types.Outstanding) error {
		_, err := domain.RedeemDeposit(a, one, two, o)
		return err
	}
	issueReserve := func(o types.Outstanding) error { _, err := domain.IssueReserve(bqdq, one, o); return err }
	redeemReserve := func(o types.Outstanding) error { _, err := domain.RedeemReserve(bqdq, one, two, o); return err }
	full := types.Outstanding{Currency: "CNY", Deposits: types.OutstandingMax(), Reserves: types.OutstandingMax()}
	for _, row := range []struct {
		story string
		err   error
		want  error
	}{
		{"to a closed account", issue(with(types.AccountClosed), outstanding("CNY", 0, 0)), types.ErrCreditorClosed},
		{"to a blocked account", issue(with(types.AccountBlocked), outstanding("CNY", 0, 0)), types.ErrAccountBlocked},
		{"in a currency that the account does not hold", issue(alice, outstanding("EUR", 0, 0)), types.ErrAccountCurrency},
		{"beyond what may exist", issue(alice, full), types.ErrOutstandingTooLarge},
		{"from a closed account", redeem(with(types.AccountClosed), outstanding("CNY", 9, 9)), types.ErrDebtorClosed},
		{"from a blocked account", redeem(with(types.AccountBlocked), outstanding("CNY", 9, 9)), types.ErrAccountBlocked},
		{"more than the account holds", redeem(alice, outstanding("CNY", 9, 9)), types.ErrInsufficientBalance},
		{"reserves in a currency that the bank does not settle", issueReserve(outstanding("EUR", 0, 0)), types.ErrCurrencyNotSettled},
		{"reserves beyond what may exist", issueReserve(full), types.ErrOutstandingTooLarge},
		{"reserves back in a currency that the bank does not settle", redeemReserve(outstanding("EUR", 9, 9)), types.ErrCurrencyNotSettled},
		{"more reserves than the bank holds", redeemReserve(outstanding("CNY", 9, 9)), types.ErrInsufficientReserve},
	} {
		require.ErrorIs(t, row.err, row.want, row.story)
	}
	_, err := domain.RedeemDeposit(alice, two, two, outstanding("CNY", 1, 9))
	require.ErrorIs(t, err, types.ErrBooksUnbalanced, "more than was ever issued")
}

func TestAccountsAreOpenedWithinWhatTheirBankSettles(t *testing.T) {
	t.Parallel()
	bank := types.Participant{InstitutionId: "BQDQ", Currencies: []string{"CNY", "EUR"}}
	account, err := domain.OpenAccount(bank, "acme", "address", 3, []string{"EUR", "CNY"})
	require.NoError(t, err)
	require.Equal(t, types.Account{
		Address: "address", InstitutionId: "BQDQ", PartyId: "acme", Ordinal: 3,
		Currencies: []string{"CNY", "EUR"}, Status: types.AccountOpen,
	}, account)
	_, err = domain.OpenAccount(bank, "acme", "address", 3, []string{"USD"})
	require.ErrorIs(t, err, types.ErrCurrencyNotSettled)
	_, err = domain.OpenAccount(bank, "acme", "address", types.AccountsPerPartyMax, []string{"CNY"})
	require.ErrorIs(t, err, types.ErrTooManyAccounts)
	require.NoError(t, domain.AddReference(account))
	account.Status = types.AccountClosed
	require.ErrorIs(t, domain.AddReference(account), types.ErrAccountTransition)
}

func TestAParticipantGainsCurrenciesAndLosesNone(t *testing.T) {
	t.Parallel()
	bank := types.Participant{InstitutionId: "BQDQ", Currencies: []string{"EUR"}}
	after, err := domain.AdmitParticipant(bank, []string{"EUR", "CNY"}, []string{"CNY", "EUR"})
	require.NoError(t, err)
	require.Equal(t, []string{"CNY", "EUR"}, after.Currencies)
	_, err = domain.AdmitParticipant(bank, []string{"CNY"}, nil)
	require.ErrorIs(t, err, types.ErrCurrencyNotSettled)

	var many []string
	for i := range types.CurrenciesMax {
		many = append(many, "A"+string(rune('A'+i/26))+string(rune('A'+i%26)))
	}
	_, err = domain.AdmitParticipant(bank, many, many)
	require.ErrorIs(t, err, types.ErrCurrenciesInvalid)
}

// TestRetirementTakesEveryKeyOnceInOrder works lists off in steps of any size and looks at the whole.
func TestRetirementTakesEveryKeyOnceInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var lists []types.Retirement
		var want []domain.Retirable
		for height := range rapid.IntRange(0, 5).Draw(t, "lists") {
			list := types.Retirement{Height: int64(height)}
			for i := range rapid.IntRange(1, 9).Draw(t, "keys") {
				list.Keys = append(list.Keys, []byte{byte(height), byte(i)})
				want = append(want, domain.Retirable{Key: []byte{byte(height), byte(i)}, Height: int64(height)})
			}
			lists = append(lists, list)
		}
		step := rapid.IntRange(1, 12).Draw(t, "step")
		var have []domain.Retirable
		for len(lists) > 0 {
			plan := domain.PlanRetirement(lists, step)
			require.LessOrEqual(t, len(plan.Take), step)
			require.NotEmpty(t, plan.Take)
			have = append(have, plan.Take...)
			for _, height := range plan.Emptied {
				require.Equal(t, lists[0].Height, height)
				lists = lists[1:]
			}
			if plan.Rest != nil {
				require.Equal(t, lists[0].Height, plan.Rest.Height)
				lists[0] = *plan.Rest
			}
		}
		require.Equal(t, want, have)
	})
}
