package keeper_test

import (
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// officeState is a genesis with policies, delegations and spending.
func officeState(t *testing.T) (fixture, *types.GenesisState) {
	t.Helper()
	f := newOffice(t)
	require.NoError(t, f.setLimits("director", "accountant", limit("CNY", 100, 500)))
	require.NoError(t, f.setPolicies("director", "acme", policy("large", "settlement.pay", "CNY", 50, 1, "director")))
	require.NoError(t, f.delegate("director", "machine", "director", limit("CNY", 7, 0)))
	actor, err := f.pays("accountant", cny(40))
	require.NoError(t, err)
	require.NoError(t, f.keeper.Spend(f.ctx, actor, cny(40)))
	_, err = f.messages.RegisterOperator(f.ctx, &types.MsgRegisterOperator{
		Operator: address("director"), Address: address("clerk"), InstitutionId: "BQDQ", PartyId: "acme", Holder: "p7",
		Limits:       []types.Limit{limit("USD", 1, 0), limit("CNY", 1, 0)},
		AccountRoles: []types.AccountRoles{{Account: address("z"), Roles: []string{"payer"}}, {Account: address("a"), Roles: []string{"payer", "accountant"}}},
	})
	require.ErrorIs(t, err, types.ErrGrantDenied, "vault.read")
	_, err = f.messages.RegisterOperator(f.ctx, &types.MsgRegisterOperator{
		Operator: address("director"), Address: address("clerk"), InstitutionId: "BQDQ", PartyId: "acme", Holder: "p7",
		Limits:       []types.Limit{limit("USD", 1, 0), limit("CNY", 1, 0)},
		AccountRoles: []types.AccountRoles{{Account: address("z"), Roles: []string{"payer"}}, {Account: address("a"), Roles: []string{"payer", "director"}}},
	})
	require.NoError(t, err)
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	return f, state
}

func TestExportedAuthorityImportsAsTheSame(t *testing.T) {
	first, exported := officeState(t)
	require.Len(t, exported.Policies, 1)
	require.Len(t, exported.Delegations, 1)
	require.Len(t, exported.Spending, 1)
	var read types.GenesisState
	require.NoError(t, first.codec.UnmarshalJSON(first.codec.MustMarshalJSON(exported), &read))
	second := newEmptyFixture(t)
	require.NoError(t, second.keeper.InitGenesis(second.ctx, &read))
	require.Equal(t, first.contents(t), second.contents(t))
}

func TestAuthorityThatContradictsItselfIsRefused(t *testing.T) {
	clerk := func(g *types.GenesisState) *types.Operator {
		for at := range g.Operators {
			if g.Operators[at].Holder == "p7" {
				return &g.Operators[at]
			}
		}
		return nil
	}
	cases := []struct {
		name   string
		change func(*types.GenesisState)
		want   error
	}{
		{"policies twice", func(g *types.GenesisState) { g.Policies = append(g.Policies, g.Policies[0]) }, types.ErrInvalidGenesis},
		{"an empty list of policies", func(g *types.GenesisState) { g.Policies[0].Policies = nil }, types.ErrInvalidGenesis},
		{"policies of no institution", func(g *types.GenesisState) { g.Policies[0].InstitutionId = "NONE" }, types.ErrInstitutionNotFound},
		{"policies of another bank's party", func(g *types.GenesisState) { g.Policies[0].InstitutionId = "HZHZ" }, types.ErrPartyNotFound},
		{"a policy with an undefined role", func(g *types.GenesisState) { g.Policies[0].Policies[0].Roles = []string{"ghost"} }, types.ErrRoleNotFound},
		{"an invalid policy", func(g *types.GenesisState) { g.Policies[0].Policies[0].Approvals = 9 }, types.ErrInvalidPolicy},
		{"a delegation twice", func(g *types.GenesisState) { g.Delegations = append(g.Delegations, g.Delegations[0]) }, types.ErrInvalidGenesis},
		{"a delegation by nobody", func(g *types.GenesisState) { g.Delegations[0].Delegator = address("nobody") }, types.ErrOperatorNotFound},
		{"a delegation to another bank", func(g *types.GenesisState) { g.Delegations[0].Delegate = address("HZHZ admin") }, types.ErrInvalidGenesis},
		{"a delegation to oneself", func(g *types.GenesisState) { g.Delegations[0].Delegate = g.Delegations[0].Delegator }, types.ErrInvalidDelegation},
		{"a delegation of an undefined role", func(g *types.GenesisState) { g.Delegations[0].RoleId = "ghost" }, types.ErrRoleNotFound},
		{"a delegation that never ends", func(g *types.GenesisState) { g.Delegations[0].ExpiresAt = now.Add(3 * types.MaxDelegationTime) }, types.ErrInvalidDelegation},
		{"a delegation that ends before it starts", func(g *types.GenesisState) { g.Delegations[0].ExpiresAt = time.Time{} }, types.ErrInvalidDelegation},
		{"spending twice", func(g *types.GenesisState) { g.Spending = append(g.Spending, g.Spending[0]) }, types.ErrInvalidGenesis},
		{"spending of nobody", func(g *types.GenesisState) { g.Spending[0].Operator = address("nobody") }, types.ErrOperatorNotFound},
		{"spending of less than nothing", func(g *types.GenesisState) { g.Spending[0].Amount = math.NewInt(-1) }, types.ErrInvalidGenesis},
		{"spending of an amount left out", func(g *types.GenesisState) { g.Spending[0].Amount = math.Int{} }, types.ErrInvalidGenesis},
		{"spending in no currency", func(g *types.GenesisState) { g.Spending[0].Currency = "" }, types.ErrInvalidGenesis},
		{"account roles out of order", func(g *types.GenesisState) {
			clerk(g).AccountRoles[0], clerk(g).AccountRoles[1] = clerk(g).AccountRoles[1], clerk(g).AccountRoles[0]
		}, types.ErrInvalidGenesis},
		{"an undefined account role", func(g *types.GenesisState) { clerk(g).AccountRoles[0].Roles = []string{"ghost"} }, types.ErrRoleNotFound},
		{"limits out of order", func(g *types.GenesisState) { clerk(g).Limits[0].Currency = "ZAR" }, types.ErrInvalidLimit},
		{"a holder with a name", func(g *types.GenesisState) { clerk(g).Holder = "Wang Wei" }, types.ErrInvalidOperator},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, state := officeState(t)
			require.NoError(t, state.Validate())
			c.change(state)
			require.ErrorIs(t, state.Validate(), c.want)
		})
	}
}
