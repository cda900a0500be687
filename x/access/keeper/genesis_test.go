package keeper_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"

	"github.com/zhilian-network/zhilian/x/access/types"
)

func TestExportedMembersImportAsTheSame(t *testing.T) {
	first := newFixture(t)
	require.NoError(t, first.registerInstitution(newBank("NEWB"), "NEWB admin"))
	require.NoError(t, first.registerOperator("NEWB admin", "NEWB payer", "NEWB", "", "payer"))
	require.NoError(t, first.setPartyStatus("BQDQ admin", "zeta", suspended))
	require.NoError(t, first.setOperatorStatus("BQDQ admin", "acme payer", closed))
	require.NoError(t, first.setOperatorRoles("BQDQ admin", "acme admin", "payer", "party-admin"))
	require.NoError(t, first.defineRole("viewer", "z.z", "a.a"))
	exported, err := first.keeper.ExportGenesis(first.ctx)
	require.NoError(t, err)
	require.NoError(t, exported.Validate())

	var read types.GenesisState
	require.NoError(t, first.codec.UnmarshalJSON(first.codec.MustMarshalJSON(exported), &read))
	second := newEmptyFixture(t)
	require.NoError(t, second.keeper.InitGenesis(second.ctx, &read))
	require.Equal(t, first.contents(t), second.contents(t), "indexes and counts included")
	again, err := second.keeper.ExportGenesis(second.ctx)
	require.NoError(t, err)
	require.Equal(t, exported, again)
	for _, operator := range again.Operators {
		require.Contains(t, second.accounts.opened, operator.Address)
	}
}

func TestGenesisThatContradictsItselfIsRefused(t *testing.T) {
	cases := []struct {
		name   string
		change func(*types.GenesisState)
		want   error
	}{
		{"no quota", func(g *types.GenesisState) { g.Params = types.Params{} }, types.ErrInvalidParams},
		{"a role twice", func(g *types.GenesisState) { g.Roles = append(g.Roles, g.Roles[0]) }, types.ErrInvalidGenesis},
		{"a role out of order", func(g *types.GenesisState) { slices.Reverse(g.Roles[1].Permissions) }, types.ErrInvalidGenesis},
		{"an invalid role", func(g *types.GenesisState) { g.Roles[0].Id = "A" }, types.ErrInvalidRole},
		{"an institution twice", func(g *types.GenesisState) { g.Institutions = append(g.Institutions, g.Institutions[1]) }, types.ErrInvalidGenesis},
		{"a BIC twice", func(g *types.GenesisState) { g.Institutions[1].Bic = "ABCDCNBJ" }, types.ErrIdentifierTaken},
		{"an invalid institution", func(g *types.GenesisState) { g.Institutions[0].Name = "" }, types.ErrInvalidInstitution},
		{"a party twice", func(g *types.GenesisState) { g.Parties = append(g.Parties, g.Parties[0]) }, types.ErrInvalidGenesis},
		{"a party with the id of a bank", func(g *types.GenesisState) { g.Parties[1].Id = "HZHZ" }, types.ErrIDTaken},
		{"a party of no institution", func(g *types.GenesisState) { g.Parties[1].InstitutionId = "NONE" }, types.ErrInstitutionNotFound},
		{"a party of a regulator", func(g *types.GenesisState) { g.Parties[1].InstitutionId = "PBOC" }, types.ErrPartyNotServed},
		{"an invalid party", func(g *types.GenesisState) { g.Parties[0].KycLevel = 9 }, types.ErrInvalidParty},
		{"an operator twice", func(g *types.GenesisState) { g.Operators = append(g.Operators, g.Operators[0]) }, types.ErrOperatorExists},
		{"an operator twice, once in capitals", func(g *types.GenesisState) {
			g.Operators = append(g.Operators, g.Operators[0])
			g.Operators[len(g.Operators)-1].Address = strings.ToUpper(g.Operators[0].Address)
		}, types.ErrOperatorExists},
		{"an operator without address", func(g *types.GenesisState) { g.Operators[0].Address = "" }, types.ErrInvalidAddress},
		{"an operator whose address is none", func(g *types.GenesisState) { g.Operators[0].Address = "nobody" }, types.ErrInvalidAddress},
		{"an operator of no institution", func(g *types.GenesisState) { g.Operators[0].InstitutionId = "NONE" }, types.ErrInstitutionNotFound},
		{"an operator of no party", func(g *types.GenesisState) { g.Operators[5].PartyId = "none" }, types.ErrPartyNotFound},
		{"an operator of another institution's party", func(g *types.GenesisState) { g.Operators[5].InstitutionId = "HZHZ" }, types.ErrPartyNotFound},
		{"an operator with an undefined role", func(g *types.GenesisState) { g.Operators[5].Roles = []string{"ghost"} }, types.ErrRoleNotFound},
		{"an operator with roles out of order", func(g *types.GenesisState) { g.Operators[5].Roles = []string{"payer", "clerk"} }, types.ErrInvalidGenesis},
		{"more institutions than the bound", func(g *types.GenesisState) {
			for i := range types.MaxInstitutions - 2 { // there are three
				g.Institutions = append(g.Institutions, newBank(fmt.Sprintf("BANK%d", i)))
			}
		}, types.ErrTooManyInstitutions},
		{"more operators of a party than the bound", func(g *types.GenesisState) {
			for i := range types.MaxOperatorsPerScope - 1 { // acme has two
				g.Operators = append(g.Operators, types.Operator{Address: address(fmt.Sprint(i)), InstitutionId: "BQDQ", PartyId: "acme", Status: active})
			}
		}, types.ErrTooManyOperators},
	}
	require.NoError(t, network().Validate())
	require.NoError(t, types.DefaultGenesis().Validate())
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			state := network()
			c.change(state)
			require.ErrorIs(t, state.Validate(), c.want)
			f := newEmptyFixture(t)
			require.ErrorIs(t, f.keeper.InitGenesis(f.ctx, state), c.want)
		})
	}
}

func TestGenesisWithAnAddressOfAnotherNetworkIsRefused(t *testing.T) {
	f := newEmptyFixture(t)
	foreign, err := addresscodec.NewBech32Codec("elsewhere").BytesToString(make([]byte, 20))
	require.NoError(t, err)
	state := network()
	state.Operators[0].Address = foreign
	require.NoError(t, state.Validate())
	require.ErrorIs(t, f.keeper.InitGenesis(f.ctx, state), types.ErrInvalidAddress)
}
