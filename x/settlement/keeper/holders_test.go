package keeper_test

import (
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// Each case moves money past the keeper, so that supplies stay the sums of their balances.
func TestDepositMoneyLiesInAccountsOfItsBank(t *testing.T) {
	const wrong = "supply of BQDQ/CNY is 2000, accounts hold 1995"
	for name, holder := range map[string][]byte{
		"an address that is no account":         digest("nobody")[:20],
		"one that is shorter than all accounts": {1},
		"one that is longer":                    digest("nobody"),
		"an account of another bank":            types.AccountAddress("carol", 0),
		"a bank's reserve account":              types.ReserveAddress("BQDQ"),
		"the last address":                      []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.soundBooks()
			acme := balanceKey(types.AccountAddress("acme", 0), "BQDQ/CNY")
			f.ledger.balances[acme] = f.ledger.balances[acme].SubRaw(5)
			f.ledger.balances[balanceKey(holder, "BQDQ/CNY")] = math.NewInt(5)
			violations, err := f.keeper.CheckInvariants(f.ctx)
			require.NoError(t, err)
			require.Equal(t, []string{wrong}, violations)
		})
	}
}

func TestACurrencyThatAnAccountDoesNotHaveIsNotHeld(t *testing.T) {
	f := newFixture(t)
	f.ledger.balances[balanceKey(types.AccountAddress("acme", 0), "BQDQ/EUR")] = math.NewInt(5)
	f.ledger.supplies["BQDQ/EUR"] = math.NewInt(5)
	violations, err := f.keeper.CheckInvariants(f.ctx)
	require.NoError(t, err)
	require.Contains(t, violations, "supply of BQDQ/EUR is 5, accounts hold 0")
}
