package genesis_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/codec"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/zhilian-network/zhilian/gateway/reference"
	"github.com/zhilian-network/zhilian/localnet/genesis"
	"github.com/zhilian-network/zhilian/localnet/network"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

var addresses = addresscodec.NewBech32Codec("zhilian")

// two has money in two currencies, and a party with two accounts.
const two = `currencies: [JPY, CNY]
institutions:
  - {id: AUTH, name: Authority, kind: central_bank}
  - {id: SUPV, name: Supervisor, kind: regulator}
  - {id: SOUTH, name: Southern Bank, kind: bank, reserves: {CNY: "20.00", JPY: "7"}}
  - {id: NORTH, name: Northern Bank, kind: bank, clearing_members: ["USABA:2", "GBDSC:1"], reserves: {CNY: "1000000.01"}}
parties:
  - {id: steel, name: Secret Steel Works, institution: NORTH, kind: legal}
  - {id: chen, name: Chen Jing, institution: SOUTH, kind: natural, kyc_level: 3}
accounts:
  - {party: steel, number: "6001000000000001", balances: {CNY: "0.10", JPY: "500"}}
  - {party: chen, iban: DE89370400440532013000, number: "6002", balances: {CNY: "0.00"}}
  - {party: steel, number: "6001000000000002", currencies: [CNY], balances: {CNY: "99999999.99"}}
settings: {retention_period: 30d, operator_quota_per_block: 77, voting_period: 1h, downtime_points_max: 500, business_day: 1m}
validators: 4
`

func facts(t *testing.T, text string, validators int) genesis.Facts {
	t.Helper()
	file, err := network.Parse([]byte(text))
	require.NoError(t, err)
	file, err = file.WithValidators(validators)
	require.NoError(t, err)
	facts := genesis.Facts{File: file, Digests: reference.Key{1}, Addresses: addresses}
	for i := range file.Validators.List {
		facts.ConsensusKeys = append(facts.ConsensusKeys, ed25519.GenPrivKeyFromSecret([]byte{byte(i)}).PubKey())
	}
	for i, actor := range genesis.Actors(file) {
		key := secp256k1.GenPrivKeyFromSecret(fmt.Appendf(nil, "%d", i)).PubKey()
		facts.Operators = append(facts.Operators, genesis.Operator{Actor: actor, Address: sdk.AccAddress(key.Address())})
	}
	return facts
}

func build(t *testing.T, text string, validators int) *genesis.State {
	t.Helper()
	state, err := genesis.Build(facts(t, text, validators))
	require.NoError(t, err)
	return state
}

func TestMoneyAddsUpToTheLastMinorUnit(t *testing.T) {
	state := build(t, two, 0)
	supplies, err := state.Ledger.Supplies()
	require.NoError(t, err)
	got := map[string]string{}
	for i, denom := range state.Ledger.Denoms {
		got[denom.Denom] = supplies[i].String()
	}
	require.Equal(t, map[string]string{
		"reserve/CNY": "100002001", // 1000000.01 + 20.00
		"reserve/JPY": "7",
		"NORTH/CNY":   "10000000009", // 0.10 + 99999999.99
		"NORTH/JPY":   "500",
		"SOUTH/CNY":   "0",
		"SOUTH/JPY":   "0",
	}, got)
	require.Equal(t, []settlementtypes.Outstanding{
		{Currency: "CNY", Deposits: math.NewInt(10000000009), Reserves: math.NewInt(100002001)},
		{Currency: "JPY", Deposits: math.NewInt(500), Reserves: math.NewInt(7)},
	}, state.Settlement.Outstandings)
	for _, balance := range state.Ledger.Balances {
		require.True(t, balance.Amount.IsPositive(), "the ledger keeps no zero balances")
	}
}

func TestMoneyThatNobodyIssuedIsNoticed(t *testing.T) {
	cases := []struct{ name, denom, want string }{
		{"more deposit money held than issued", "NORTH/CNY", "deposits in CNY: issued 10000000009, held 10000000010"},
		{"more reserves held than issued", "reserve/JPY", "reserves in JPY: issued 7, held 8"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			state := build(t, two, 0)
			for i, balance := range state.Ledger.Balances {
				if balance.Denom == c.denom {
					state.Ledger.Balances[i].Amount = balance.Amount.AddRaw(1)
					break
				}
			}
			require.ErrorContains(t, state.Validate(), c.want)
		})
	}
}

func TestEveryModuleAcceptsTheGenesisOfEveryNumberOfValidators(t *testing.T) {
	for _, validators := range []int{1, 4, 7, network.MaxValidators} {
		state := build(t, string(network.DefaultYAML()), validators)
		require.NoError(t, state.Access.Validate())
		require.NoError(t, state.Consortium.Validate())
		require.NoError(t, state.Ledger.Validate())
		require.NoError(t, state.Settlement.Validate())
		require.Len(t, state.Consortium.Validators, validators)
	}
}

func TestClearingMembershipsAreSorted(t *testing.T) {
	for _, institution := range build(t, two, 0).Access.Institutions {
		if institution.Id == "NORTH" {
			require.Equal(t, []string{"GBDSC:1", "USABA:2"}, institution.ClearingMembers)
			return
		}
	}
	t.Fatal("the bank is missing")
}

func TestAccountsAreFoundByTheDigestsOfTheirNumbers(t *testing.T) {
	state := build(t, two, 0)
	key := reference.Key{1}
	found := map[string]string{}
	for _, reference := range state.Settlement.References {
		found[string(reference.Digest)] = reference.Address
	}
	require.Len(t, found, 4)
	for name, c := range map[string]struct {
		digest  []byte
		party   string
		ordinal uint32
	}{
		"the first account of a party":          {key.Other("NORTH", "6001000000000001"), "steel", 0},
		"the second account of a party":         {key.Other("NORTH", "6001000000000002"), "steel", 1},
		"an IBAN":                               {key.IBAN("DE89370400440532013000"), "chen", 0},
		"the bank's own number of the same one": {key.Other("SOUTH", "6002"), "chen", 0},
	} {
		want, err := addresses.BytesToString(settlementtypes.AccountAddress(c.party, c.ordinal))
		require.NoError(t, err)
		require.Equal(t, want, found[string(c.digest)], name)
	}
}

func TestNoNameOfAPartyAndNoAccountNumberGoesOnTheChain(t *testing.T) {
	state := build(t, two, 0)
	registry := codectypes.NewInterfaceRegistry()
	cryptocodec.RegisterInterfaces(registry)
	authtypes.RegisterInterfaces(registry)
	appState, err := state.AppState(codec.NewProtoCodec(registry))
	require.NoError(t, err)
	for _, secret := range []string{"Secret Steel", "Chen Jing", "6001000000000001", "6002", "DE89370400440532013000"} {
		require.NotContains(t, string(appState), secret)
	}
	require.Contains(t, string(appState), "Northern Bank", "names of institutions are public")
	for _, module := range []string{"auth", "access", "consortium", "ledger", "settlement"} {
		require.Contains(t, string(appState), `"`+module+`": {`)
	}
}

func TestOperatorsHaveAccountsAndTheRolesOfTheirPlace(t *testing.T) {
	state := build(t, two, 0)
	require.Len(t, state.Access.Operators, 7, "four institutions, an added member, and two parties")
	require.Len(t, state.Auth.Accounts, 7)
	for _, operator := range state.Access.Operators {
		want := []string{genesis.RoleInstitutionAdmin}
		if operator.PartyId != "" {
			want = []string{genesis.RolePartyAdmin}
		}
		require.Equal(t, want, operator.Roles)
	}
	accounts, err := authtypes.UnpackAccounts(state.Auth.Accounts)
	require.NoError(t, err)
	numbers := map[uint64]bool{}
	for _, account := range accounts {
		numbers[account.GetAccountNumber()] = true
	}
	require.Len(t, numbers, 7, "account numbers are unique")
}

func TestTheAdministratorHoldsEveryPermissionOfTheOtherRoles(t *testing.T) {
	var admin accesstypes.Role
	all := map[string]bool{}
	for _, role := range genesis.Roles() {
		require.NoError(t, role.Validate())
		if role.Id == genesis.RoleInstitutionAdmin {
			admin = role
			continue
		}
		for _, permission := range role.Permissions {
			all[permission] = true
		}
	}
	require.Len(t, all, len(admin.Permissions), "an administrator passes on only what it holds")
	for _, permission := range admin.Permissions {
		require.True(t, all[permission], permission)
	}
}

func TestSettingsReplaceDefaultsAndOnlyThose(t *testing.T) {
	plain, set := build(t, string(network.DefaultYAML()), 0), build(t, two, 0)
	require.Equal(t, "720h0m0s", set.Settlement.Params.RetentionPeriod.String())
	require.Equal(t, plain.Settlement.Params.RetirementsPerBlockMax, set.Settlement.Params.RetirementsPerBlockMax)
	require.Equal(t, uint64(77), set.Access.Params.DefaultQuotaPerBlock)
	require.Equal(t, "1h0m0s", set.Consortium.Params.VotingPeriod.String())
	require.Equal(t, uint64(500), set.Consortium.Params.DowntimePointsMax)
	require.Equal(t, plain.Consortium.Params.JailPeriod, set.Consortium.Params.JailPeriod)
	require.Equal(t, uint32(86_400), plain.Financing.Params.BusinessDaySeconds)
	require.Equal(t, uint32(60), set.Financing.Params.BusinessDaySeconds)
	require.Equal(t, uint32(86_400), plain.Dispute.Params.BusinessDaySeconds)
	require.Equal(t, uint32(60), set.Dispute.Params.BusinessDaySeconds)
}

func TestASettingBeyondTheBoundOfItsModuleIsRefused(t *testing.T) {
	_, err := genesis.Build(facts(t, strings.Replace(two, "voting_period: 1h", "voting_period: 91d", 1), 0))
	require.ErrorContains(t, err, "genesis of consortium: voting_period")
}

func TestAMissingConsensusKeyIsRefused(t *testing.T) {
	missing := facts(t, two, 0)
	missing.ConsensusKeys = missing.ConsensusKeys[1:]
	_, err := genesis.Build(missing)
	require.ErrorContains(t, err, "4 validators are named, and there are 3 consensus keys")
}

func TestTheOrderOfTheFileDoesNotMatterToTheGenesis(t *testing.T) {
	north := `  - {id: NORTH, name: Northern Bank, kind: bank, clearing_members: ["USABA:2", "GBDSC:1"], reserves: {CNY: "1000000.01"}}` + "\n"
	south := `  - {id: SOUTH, name: Southern Bank, kind: bank, reserves: {CNY: "20.00", JPY: "7"}}` + "\n"
	require.Contains(t, two, south+north)
	swapped := strings.Replace(two, south+north, north+south, 1)
	one, other := build(t, two, 0), build(t, swapped, 0)
	require.Equal(t, one.Ledger, other.Ledger)
	require.Equal(t, one.Settlement, other.Settlement)
	require.Equal(t, one.Access.Institutions, other.Access.Institutions)
}
