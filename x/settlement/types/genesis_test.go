package types_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

func TestAPartyHasAtMostAThousandAccounts(t *testing.T) {
	t.Parallel()
	state := types.DefaultGenesis()
	state.Currencies = []types.Currency{{Code: "CNY", MinorUnits: 2}}
	state.Participants = []types.Participant{{
		InstitutionId: "BQDQ", ReserveAddress: text("zhilian", types.ReserveAddress("BQDQ")), Currencies: []string{"CNY"},
	}}
	for ordinal := range uint32(types.AccountsPerPartyMax) {
		state.Accounts = append(state.Accounts, accountOf("acme", ordinal))
	}
	require.NoError(t, state.Validate())
	state.Accounts = append(state.Accounts, accountOf("acme", types.AccountsPerPartyMax))
	require.ErrorIs(t, state.Validate(), types.ErrGenesisInvalid)
}

func accountOf(party string, ordinal uint32) types.Account {
	return types.Account{
		Address: text("zhilian", types.AccountAddress(party, ordinal)), InstitutionId: "BQDQ", PartyId: party,
		Ordinal: ordinal, Currencies: []string{"CNY"}, Status: types.AccountOpen,
	}
}
