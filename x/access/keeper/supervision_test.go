package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/access/keeper"
	"github.com/zhilian-network/zhilian/x/access/types"
)

func TestOnlyARegulatorSupervises(t *testing.T) {
	base := newFixture(t)
	require.NoError(t, base.defineRole("supervisor", "settlement.supervise", "settlement.read"))
	require.NoError(t, base.defineRole("institution-admin", "access.operator", "access.party", "settlement.supervise", "settlement.read"))
	require.NoError(t, base.defineRole("party-admin", "access.operator", "settlement.supervise", "settlement.read"))
	require.NoError(t, base.registerOperator("PBOC admin", "supervisor", "PBOC", "", "supervisor"))
	require.NoError(t, base.registerOperator("PBOC admin", "PBOC clerk", "PBOC", ""))
	require.NoError(t, base.registerOperator("BQDQ admin", "bank's own supervisor", "BQDQ", "", "supervisor"), "roles are the network's")
	require.NoError(t, base.registerOperator("acme admin", "acme's own supervisor", "BQDQ", "acme", "supervisor"))
	about := func(institution, party string) types.Scope {
		return types.Scope{InstitutionID: institution, PartyID: party}
	}
	everywhere := []types.Scope{types.OwnScope, about("PBOC", ""), about("BQDQ", ""), about("BQDQ", "acme"), about("HZHZ", ""), about("NONE", "")}
	cases := []struct {
		name, operator, permission string
		given                      func(fixture) error
		want                       error
	}{
		{"a supervisor", "supervisor", "settlement.supervise", nil, nil},
		{"an administrator of the regulator", "PBOC admin", "settlement.supervise", nil, nil},
		{"another module's supervision", "supervisor", "ledger.supervise", nil, types.ErrPermissionDenied},
		{"the regulator's operator without the role", "PBOC clerk", "settlement.supervise", nil, types.ErrPermissionDenied},
		{"a bank that gives itself the role", "bank's own supervisor", "settlement.supervise", nil, types.ErrNotRegulator},
		{"a bank's administrator", "BQDQ admin", "settlement.supervise", nil, types.ErrNotRegulator},
		{"a customer that gives itself the role", "acme's own supervisor", "settlement.supervise", nil, types.ErrNotRegulator},
		{"an operator of a bank without the role", "BQDQ clerk", "settlement.supervise", nil, types.ErrPermissionDenied},
		{"nobody", "nobody", "settlement.supervise", nil, types.ErrOperatorNotFound},
		{"a supervisor of a suspended regulator", "supervisor", "settlement.supervise", func(f fixture) error { return f.setInstitutionStatus("PBOC", suspended) }, types.ErrInstitutionInactive},
		{"a suspended supervisor", "supervisor", "settlement.supervise", func(f fixture) error { return f.setOperatorStatus("PBOC admin", "supervisor", suspended) }, types.ErrOperatorInactive},
		{"a supervisor who lost the role", "supervisor", "settlement.supervise", func(f fixture) error { return f.setOperatorRoles("PBOC admin", "supervisor") }, types.ErrPermissionDenied},
		{"what is supervised is suspended", "supervisor", "settlement.supervise", func(f fixture) error { return f.setInstitutionStatus("BQDQ", suspended) }, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			if c.given != nil {
				require.NoError(t, c.given(f))
			}
			for _, scope := range everywhere {
				_, err := f.keeper.Require(f.ctx, types.Ask{Operator: address(c.operator), Permission: c.permission, Scope: scope})
				require.ErrorIs(t, err, c.want, "about %v", scope)
			}
		})
	}
	for _, scope := range everywhere[2:] {
		_, err := base.keeper.Require(base.ctx, types.Ask{Operator: address("supervisor"), Permission: "settlement.read", Scope: scope})
		require.ErrorIs(t, err, types.ErrScopeDenied, "it supervises, and reads nothing else")
	}
	answer, err := keeper.NewQueryServer(base.keeper).Explain(base.ctx, &types.QueryExplainRequest{
		Operator: address("bank's own supervisor"), Permission: "settlement.supervise",
	})
	require.NoError(t, err)
	require.Equal(t, types.ErrNotRegulator.ABCICode(), answer.Code)
	require.Equal(t, "operator, institution, !role, scope", rulesOf(answer))
}

// A role that is lent brings no more than its lender's institution may.
func TestSupervisionIsLentAtARegulatorOnly(t *testing.T) {
	f := newFixture(t)
	f.ctx = f.ctx.WithBlockTime(now)
	require.NoError(t, f.defineRole("institution-admin", "access.operator", "access.delegate", "settlement.supervise"))
	require.NoError(t, f.registerOperator("PBOC admin", "PBOC clerk", "PBOC", ""))
	require.NoError(t, f.delegate("PBOC admin", "PBOC clerk", "institution-admin"))
	require.NoError(t, f.delegate("BQDQ admin", "BQDQ clerk", "institution-admin"))
	ask := func(name string) error {
		_, err := f.keeper.Require(f.ctx, types.Ask{Operator: address(name), Permission: "settlement.supervise", Scope: atAcme})
		return err
	}
	require.NoError(t, ask("PBOC clerk"))
	require.ErrorIs(t, ask("BQDQ clerk"), types.ErrNotRegulator)
}
