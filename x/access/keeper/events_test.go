package keeper_test

import (
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	abci "github.com/cometbft/cometbft/abci/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/types"
)

func TestEachChangeIsToldOnceWithItsFacts(t *testing.T) {
	admin := address("BQDQ admin")
	cases := []struct {
		name string
		do   func(fixture) error
		want []proto.Message
	}{
		{"admitting an institution", func(f fixture) error { return f.registerInstitution(newBank("NEWB"), "new") }, []proto.Message{
			&types.EventInstitutionRegistered{InstitutionId: "NEWB", Kind: 1, Administrator: address("new")},
			&types.EventOperatorRegistered{Address: address("new"), InstitutionId: "NEWB", Roles: []string{"institution-admin"}, Operator: authority},
		}},
		{"suspending an institution", func(f fixture) error { return f.setInstitutionStatus("BQDQ", suspended) }, []proto.Message{
			&types.EventInstitutionStatusChanged{InstitutionId: "BQDQ", OldStatus: active, NewStatus: suspended},
		}},
		{"defining a role", func(f fixture) error { return f.defineRole("viewer", "b.b", "a.a") }, []proto.Message{
			&types.EventRoleDefined{RoleId: "viewer", Permissions: []string{"a.a", "b.b"}},
		}},
		{"changing the settings", func(f fixture) error {
			_, err := f.messages.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority, Params: settings(7)})
			return err
		}, []proto.Message{&types.EventParamsUpdated{OldDefaultQuotaPerBlock: 100, NewDefaultQuotaPerBlock: 7}}},
		{"registering a party", func(f fixture) error { return f.registerParty("BQDQ admin", "new", "BQDQ") }, []proto.Message{
			&types.EventPartyRegistered{PartyId: "new", InstitutionId: "BQDQ", Operator: admin},
		}},
		{"closing a party", func(f fixture) error { return f.setPartyStatus("BQDQ admin", "acme", closed) }, []proto.Message{
			&types.EventPartyStatusChanged{PartyId: "acme", OldStatus: active, NewStatus: closed, Operator: admin},
		}},
		{"registering an operator", func(f fixture) error {
			return f.registerOperator("BQDQ admin", "new", "BQDQ", "acme", "payer", "clerk")
		}, []proto.Message{
			&types.EventOperatorRegistered{Address: address("new"), InstitutionId: "BQDQ", PartyId: "acme", Roles: []string{"clerk", "payer"}, Operator: admin},
		}},
		{"changing roles", func(f fixture) error { return f.setOperatorRoles("BQDQ admin", "acme payer", "payer", "clerk") }, []proto.Message{
			&types.EventOperatorRolesChanged{Address: address("acme payer"), OldRoles: []string{"payer"}, NewRoles: []string{"clerk", "payer"}, Operator: admin},
		}},
		{"suspending an operator", func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "acme payer", suspended) }, []proto.Message{
			&types.EventOperatorStatusChanged{Address: address("acme payer"), OldStatus: active, NewStatus: suspended, Operator: admin},
		}},
	}
	base := newFixture(t)
	require.Empty(t, base.ctx.EventManager().Events(), "genesis tells nothing")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			require.NoError(t, c.do(f))
			var told []proto.Message
			for _, event := range f.ctx.EventManager().Events() {
				parsed, err := sdk.ParseTypedEvent(abci.Event(event))
				require.NoError(t, err)
				told = append(told, parsed)
			}
			require.Equal(t, c.want, told)
		})
	}
}
