package keeper_test

import (
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// Who may send what: each message, about BQDQ and its customer acme, by each kind of sender.
func TestEachMessageIsForThoseWhoMaySendIt(t *testing.T) {
	const (
		collective = "collective decisions"
		stranger   = "a key nobody knows"
		frozen     = "suspended admin of BQDQ"
	)
	senders := []string{collective, "BQDQ admin", "BQDQ clerk", "BQDQ issuer", "HZHZ admin", "PBOC admin", "acme admin", "acme payer", "zeta payer", stranger, frozen}
	type answers map[string]*errorsmod.Error // nil: accepted

	collectiveOnly := answers{collective: nil}
	for _, sender := range senders[1:] {
		collectiveOnly[sender] = types.ErrNotAuthority
	}
	// byThose is accepted from some; the others lack the permission, the scope, or their standing.
	byThose := func(accepted ...string) answers {
		expected := answers{
			collective: types.ErrOperatorNotFound, stranger: types.ErrOperatorNotFound, frozen: types.ErrOperatorInactive,
			"BQDQ admin": types.ErrScopeDenied, "BQDQ clerk": types.ErrPermissionDenied, "BQDQ issuer": types.ErrPermissionDenied,
			"HZHZ admin": types.ErrScopeDenied, "PBOC admin": types.ErrScopeDenied,
			"acme admin": types.ErrScopeDenied, "acme payer": types.ErrPermissionDenied, "zeta payer": types.ErrPermissionDenied,
		}
		for _, sender := range accepted {
			expected[sender] = nil
		}
		return expected
	}
	cases := []struct {
		name string
		send func(f fixture, by string) error
		want answers
	}{
		{"RegisterInstitution", func(f fixture, by string) error {
			_, err := f.messages.RegisterInstitution(f.ctx, &types.MsgRegisterInstitution{
				Authority: address(by), Administrator: address("new"),
				Institution: types.Institution{Id: "NEWB", Name: "New bank", Kind: 1, Status: active},
			})
			return err
		}, collectiveOnly},
		{"SetInstitutionStatus", func(f fixture, by string) error {
			_, err := f.messages.SetInstitutionStatus(f.ctx, &types.MsgSetInstitutionStatus{Authority: address(by), InstitutionId: "BQDQ", Status: suspended})
			return err
		}, collectiveOnly},
		{"DefineRole", func(f fixture, by string) error {
			_, err := f.messages.DefineRole(f.ctx, &types.MsgDefineRole{Authority: address(by), Role: types.Role{Id: "new"}})
			return err
		}, collectiveOnly},
		{"UpdateParams", func(f fixture, by string) error {
			_, err := f.messages.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: address(by), Params: types.DefaultParams()})
			return err
		}, collectiveOnly},
		{"RegisterParty", func(f fixture, by string) error { return f.registerParty(by, "new-party", "BQDQ") }, byThose("BQDQ admin", "BQDQ clerk")},
		{"SetPartyStatus", func(f fixture, by string) error { return f.setPartyStatus(by, "acme", suspended) }, byThose("BQDQ admin", "BQDQ clerk")},
		{"RegisterOperator for the bank", func(f fixture, by string) error {
			return f.registerOperator(by, "new", "BQDQ", "", "payer")
		}, byThose("BQDQ admin")},
		{"RegisterOperator for the party", func(f fixture, by string) error {
			return f.registerOperator(by, "new", "BQDQ", "acme", "payer")
		}, byThose("BQDQ admin", "acme admin")},
		{"SetOperatorRoles of the bank's", func(f fixture, by string) error { return f.setOperatorRoles(by, "BQDQ clerk") }, byThose("BQDQ admin")},
		{"SetOperatorRoles of the party's", func(f fixture, by string) error { return f.setOperatorRoles(by, "acme payer") }, byThose("BQDQ admin", "acme admin")},
		{"SetOperatorStatus of the bank's", func(f fixture, by string) error { return f.setOperatorStatus(by, "BQDQ clerk", closed) }, byThose("BQDQ admin")},
		{"SetOperatorStatus of the party's", func(f fixture, by string) error { return f.setOperatorStatus(by, "acme payer", closed) }, byThose("BQDQ admin", "acme admin")},
		{"SetOperatorStatus of another party's", func(f fixture, by string) error { return f.setOperatorStatus(by, "zeta payer", closed) }, byThose("BQDQ admin")},
	}

	base := newFixture(t)
	require.NoError(t, base.registerOperator("BQDQ admin", frozen, "BQDQ", "", "institution-admin"))
	require.NoError(t, base.setOperatorStatus("BQDQ admin", frozen, suspended))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, sender := range senders {
				f := base.branch()
				before := f.contents(t)
				err := c.send(f, sender)
				want, known := c.want[sender]
				require.True(t, known)
				if want == nil {
					require.NoError(t, err, sender)
					require.NotEqual(t, before, f.contents(t), sender)
					require.NotEmpty(t, f.ctx.EventManager().Events(), sender)
					continue
				}
				require.ErrorIs(t, err, want, sender)
				codespace, code, _ := errorsmod.ABCIInfo(err, false)
				require.Equal(t, types.ModuleName, codespace)
				require.Equal(t, want.ABCICode(), code)
				require.Equal(t, before, f.contents(t), "a refused message changes nothing")
				require.Empty(t, f.ctx.EventManager().Events())
			}
		})
	}
}

func (f fixture) registerParty(by, id, institution string) error {
	_, err := f.messages.RegisterParty(f.ctx, &types.MsgRegisterParty{
		Operator: address(by),
		Party:    types.Party{Id: id, InstitutionId: institution, Kind: 1, Status: active, KycLevel: 1},
	})
	return err
}

// The one question that every module asks, in prose.
func TestRequire(t *testing.T) {
	bqdq, acme, zeta := types.Scope{InstitutionID: "BQDQ"}, types.Scope{InstitutionID: "BQDQ", PartyID: "acme"}, types.Scope{InstitutionID: "BQDQ", PartyID: "zeta"}
	nothing := func(fixture) error { return nil }
	suspendParty := func(f fixture) error { return f.setPartyStatus("BQDQ admin", "acme", suspended) }
	suspendBank := func(f fixture) error { return f.setInstitutionStatus("BQDQ", suspended) }

	cases := []struct {
		name       string
		given      func(fixture) error
		operator   string
		permission string
		scope      types.Scope
		want       error
	}{
		{"a party's payer pays for its party", nothing, "acme payer", "settlement.pay", acme, nil},
		{"a bank's operator pays for itself", nothing, "BQDQ admin", "settlement.pay", bqdq, nil},
		{"a bank's operator acts for a party of the bank", nothing, "BQDQ admin", "settlement.pay", acme, nil},
		{"a second role gives the permission", nothing, "acme admin", "access.party", acme, nil},

		{"a key nobody registered", nothing, "nobody", "settlement.pay", acme, types.ErrOperatorNotFound},
		{"a payer does not issue", nothing, "acme payer", "settlement.deposit", acme, types.ErrPermissionDenied},
		{"the beginning of a permission is not the permission", nothing, "acme payer", "settlement", acme, types.ErrPermissionDenied},
		{"no permission is not a permission", nothing, "acme payer", "", acme, types.ErrPermissionDenied},
		{"a payer does not pay for another party", nothing, "acme payer", "settlement.pay", zeta, types.ErrScopeDenied},
		{"a party's payer does not pay for the bank", nothing, "acme payer", "settlement.pay", bqdq, types.ErrScopeDenied},
		{"a bank does not act for another bank", nothing, "HZHZ admin", "settlement.pay", bqdq, types.ErrScopeDenied},
		{"a bank does not act for another bank's party", nothing, "HZHZ admin", "settlement.pay", acme, types.ErrScopeDenied},
		{"naming one's own bank does not make a party one's own", nothing, "HZHZ admin", "settlement.pay", types.Scope{InstitutionID: "HZHZ", PartyID: "acme"}, types.ErrPartyNotFound},
		{"a party that nobody registered", nothing, "BQDQ admin", "settlement.pay", types.Scope{InstitutionID: "BQDQ", PartyID: "ghost"}, types.ErrPartyNotFound},
		{"an operator about whatever it acts for", nothing, "acme payer", "settlement.pay", types.OwnScope, nil},
		{"an operator without permission, about whatever it acts for", nothing, "acme payer", "settlement.deposit", types.OwnScope, types.ErrPermissionDenied},
		{"an operator of a suspended party, about whatever it acts for", suspendParty, "acme payer", "settlement.pay", types.OwnScope, types.ErrPartyInactive},
		{"a scope left empty by mistake", nothing, "BQDQ admin", "settlement.pay", types.Scope{}, types.ErrScopeDenied},
		{"a party without its institution", nothing, "acme payer", "settlement.pay", types.Scope{PartyID: "acme"}, types.ErrScopeDenied},

		{"a suspended payer", func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "acme payer", suspended) }, "acme payer", "settlement.pay", acme, types.ErrOperatorInactive},
		{"a closed payer", func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "acme payer", closed) }, "acme payer", "settlement.pay", acme, types.ErrOperatorInactive},
		{"a payer of a suspended party", suspendParty, "acme payer", "settlement.pay", acme, types.ErrPartyInactive},
		{"the bank for a suspended party", suspendParty, "BQDQ admin", "settlement.pay", acme, types.ErrPartyInactive},
		{"the bank for itself while a party is suspended", suspendParty, "BQDQ admin", "settlement.pay", bqdq, nil},
		{"a payer of another party while one is suspended", suspendParty, "zeta payer", "settlement.pay", zeta, nil},
		{"a payer of a suspended bank's party", suspendBank, "acme payer", "settlement.pay", acme, types.ErrInstitutionInactive},
		{"the suspended bank", suspendBank, "BQDQ admin", "settlement.pay", bqdq, types.ErrInstitutionInactive},
		{"another bank while one is suspended", suspendBank, "HZHZ admin", "settlement.pay", types.Scope{InstitutionID: "HZHZ"}, nil},
		{"a payer whose party was suspended and restored", func(f fixture) error {
			if err := suspendParty(f); err != nil {
				return err
			}
			return f.setPartyStatus("BQDQ admin", "acme", active)
		}, "acme payer", "settlement.pay", acme, nil},
		{"a payer whose role was emptied", func(f fixture) error { return f.defineRole("payer") }, "acme payer", "settlement.pay", acme, types.ErrPermissionDenied},
		{"a payer whose role was widened", func(f fixture) error { return f.defineRole("payer", "settlement.pay", "a.b") }, "acme payer", "a.b", acme, nil},
		{"a suspended operator is told that before its missing permission", func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "acme payer", suspended) }, "acme payer", "settlement.deposit", zeta, types.ErrOperatorInactive},
		{"a missing permission is told before a wrong scope", nothing, "acme payer", "settlement.deposit", zeta, types.ErrPermissionDenied},
	}
	base := newFixture(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			require.NoError(t, c.given(f))
			actor, err := f.keeper.Require(f.ctx, types.Ask{Operator: address(c.operator), Permission: c.permission, Scope: c.scope})
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
				require.Zero(t, actor)
				return
			}
			require.NoError(t, err)
			registered := f.operator(t, c.operator)
			require.Equal(t, types.Actor{
				Address: address(c.operator), InstitutionID: registered.InstitutionId, PartyID: registered.PartyId,
				Kind: types.InstitutionKind_INSTITUTION_KIND_BANK,
			}, actor)
		})
	}
}

func (f fixture) defineRole(id string, permissions ...string) error {
	_, err := f.messages.DefineRole(f.ctx, &types.MsgDefineRole{Authority: authority, Role: types.Role{Id: id, Permissions: permissions}})
	return err
}
