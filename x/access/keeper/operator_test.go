package keeper_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/access/types"
)

func TestTheLastAdministratorStays(t *testing.T) {
	cases := []struct {
		name  string
		given func(fixture) error
		do    func(fixture) error
		want  error
	}{
		{"does not suspend itself", nil, func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "BQDQ admin", suspended) }, types.ErrLastAdministrator},
		{"does not close itself", nil, func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "BQDQ admin", closed) }, types.ErrLastAdministrator},
		{"does not strip itself", nil, func(f fixture) error { return f.setOperatorRoles("BQDQ admin", "BQDQ admin", "payer") }, types.ErrLastAdministrator},
		{"does not drop all its roles", nil, func(f fixture) error { return f.setOperatorRoles("BQDQ admin", "BQDQ admin") }, types.ErrLastAdministrator},
		{"of a party is not closed by the bank", nil, func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "acme admin", closed) }, types.ErrLastAdministrator},
		{"of a party does not leave", nil, func(f fixture) error { return f.setOperatorRoles("acme admin", "acme admin", "payer") }, types.ErrLastAdministrator},
		{"may change roles while it remains administrator", nil, func(f fixture) error {
			return f.setOperatorRoles("BQDQ admin", "BQDQ admin", "institution-admin", "payer")
		}, nil},
		{"is not the last once there is another", func(f fixture) error {
			return f.registerOperator("BQDQ admin", "second", "BQDQ", "", "manager")
		}, func(f fixture) error { return f.setOperatorStatus("second", "BQDQ admin", closed) }, nil},
		{"is the last when the other is suspended", func(f fixture) error {
			if err := f.registerOperator("BQDQ admin", "second", "BQDQ", "", "manager"); err != nil {
				return err
			}
			return f.setOperatorStatus("BQDQ admin", "second", suspended)
		}, func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "BQDQ admin", closed) }, types.ErrLastAdministrator},
		{"is the last when the other's role no longer makes one", func(f fixture) error {
			if err := f.registerOperator("BQDQ admin", "second", "BQDQ", "", "manager"); err != nil {
				return err
			}
			return f.defineRole("manager")
		}, func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "BQDQ admin", closed) }, types.ErrLastAdministrator},
		{"of a bank is not replaced by one of its party", nil, func(f fixture) error {
			return f.setOperatorStatus("BQDQ admin", "BQDQ admin", closed)
		}, types.ErrLastAdministrator},
		{"of one party is not replaced by one of another", func(f fixture) error {
			return f.registerOperator("BQDQ admin", "zeta admin", "BQDQ", "zeta", "party-admin")
		}, func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "acme admin", suspended) }, types.ErrLastAdministrator},
		{"is no concern when another operator leaves", nil, func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "acme payer", closed) }, nil},
		{"is no concern for a party that has none", nil, func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "zeta payer", closed) }, nil},
	}
	base := newFixture(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			if c.given != nil {
				require.NoError(t, c.given(f))
			}
			before := f.contents(t)
			err := c.do(f)
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.want)
			require.Equal(t, before, f.contents(t))
		})
	}
}

func TestNobodyGrantsWhatTheyLack(t *testing.T) {
	suspendIssuer := func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "BQDQ issuer", suspended) }
	cases := []struct {
		name  string
		given func(fixture) error
		do    func(fixture) error
		want  error
	}{
		{"by registering an operator", nil, func(f fixture) error { return f.registerOperator("BQDQ admin", "new", "BQDQ", "", "issuer") }, types.ErrGrantDenied},
		{"by changing another's roles", nil, func(f fixture) error { return f.setOperatorRoles("BQDQ admin", "BQDQ clerk", "issuer") }, types.ErrGrantDenied},
		{"by changing its own", nil, func(f fixture) error {
			return f.setOperatorRoles("BQDQ admin", "BQDQ admin", "institution-admin", "issuer")
		}, types.ErrGrantDenied},
		{"by restoring who has more", suspendIssuer, func(f fixture) error { return f.setOperatorStatus("BQDQ admin", "BQDQ issuer", active) }, types.ErrGrantDenied},
		{"but may let another keep it", nil, func(f fixture) error { return f.setOperatorRoles("BQDQ admin", "BQDQ issuer", "issuer", "payer") }, nil},
		{"but may take it away", nil, func(f fixture) error { return f.setOperatorRoles("BQDQ admin", "BQDQ issuer", "payer") }, nil},
		{"but may suspend who has more", nil, suspendIssuer, nil},
		{"and restores who has no more", func(f fixture) error { return f.setOperatorStatus("acme admin", "acme payer", suspended) },
			func(f fixture) error { return f.setOperatorStatus("acme admin", "acme payer", active) }, nil},
		{"nor a role that is not defined", nil, func(f fixture) error { return f.registerOperator("BQDQ admin", "new", "BQDQ", "", "ghost") }, types.ErrRoleNotFound},
		{"nor more capacity than its own, for a party", nil, func(f fixture) error {
			_, err := f.messages.RegisterOperator(f.ctx, &types.MsgRegisterOperator{
				Operator: address("acme admin"), Address: address("new"), InstitutionId: "BQDQ", PartyId: "acme", QuotaPerBlock: 101,
			})
			return err
		}, types.ErrGrantDenied},
	}
	base := newFixture(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			if c.given != nil {
				require.NoError(t, c.given(f))
			}
			if c.want == nil {
				require.NoError(t, c.do(f))
			} else {
				require.ErrorIs(t, c.do(f), c.want)
			}
		})
	}
}

func TestOperatorsAreStoredWithSortedRolesAndGetAnAccount(t *testing.T) {
	f := newFixture(t).branch()
	require.NoError(t, f.registerOperator("BQDQ admin", "new", "BQDQ", "acme", "payer", "clerk"))
	require.Equal(t, []string{"clerk", "payer"}, f.operator(t, "new").Roles)
	require.Equal(t, address("new"), f.accounts.opened[len(f.accounts.opened)-1])

	require.NoError(t, f.setOperatorRoles("BQDQ admin", "new", "payer", "manager", "clerk"))
	require.Equal(t, []string{"clerk", "manager", "payer"}, f.operator(t, "new").Roles)
}

func TestAnAddressIsAnOperatorOnceInEitherSpelling(t *testing.T) {
	f := newFixture(t)
	require.ErrorIs(t, f.registerOperator("BQDQ admin", "acme payer", "BQDQ", ""), types.ErrOperatorExists)
	require.ErrorIs(t, f.registerOperator("HZHZ admin", "acme payer", "HZHZ", ""), types.ErrOperatorExists)
	shout := func(name string) string { return strings.ToUpper(address(name)) }
	_, err := f.messages.RegisterOperator(f.ctx, &types.MsgRegisterOperator{
		Operator: address("BQDQ admin"), Address: shout("acme payer"), InstitutionId: "BQDQ",
	})
	require.ErrorIs(t, err, types.ErrOperatorExists)
	_, err = f.messages.RegisterOperator(f.ctx, &types.MsgRegisterOperator{
		Operator: shout("BQDQ admin"), Address: shout("new"), InstitutionId: "BQDQ",
	})
	require.NoError(t, err)
	require.Equal(t, address("new"), f.operator(t, "new").Address, "stored in lower case")

	require.NoError(t, f.setOperatorStatus("BQDQ admin", "acme payer", closed))
	require.ErrorIs(t, f.registerOperator("BQDQ admin", "acme payer", "BQDQ", ""), types.ErrOperatorExists, "closed is for good")
}

func TestTheCollectiveDecisionsAreNoOperator(t *testing.T) {
	f := newFixture(t)
	require.ErrorIs(t, f.registerOperator("BQDQ admin", "collective decisions", "BQDQ", ""), types.ErrInvalidOperator)
}

func TestASuspendedPartyRemainsManageableByItsBankOnly(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.setPartyStatus("BQDQ admin", "acme", suspended))
	require.NoError(t, f.setOperatorStatus("BQDQ admin", "acme payer", closed))
	require.NoError(t, f.setOperatorRoles("BQDQ admin", "acme admin", "party-admin", "payer"))
	require.ErrorIs(t, f.setOperatorStatus("acme admin", "acme payer", closed), types.ErrPartyInactive)
	require.ErrorIs(t, f.registerOperator("BQDQ admin", "new", "BQDQ", "acme"), types.ErrPartyInactive)
	require.NoError(t, f.setPartyStatus("BQDQ admin", "acme", active))
	require.NoError(t, f.registerOperator("BQDQ admin", "new", "BQDQ", "acme"))
}

func TestAScopeHasABoundedNumberOfOperators(t *testing.T) {
	f := newFixture(t)
	for i := range types.MaxOperatorsPerScope - 2 { // acme has two
		require.NoError(t, f.registerOperator("acme admin", fmt.Sprintf("acme %d", i), "BQDQ", "acme"))
	}
	require.ErrorIs(t, f.registerOperator("acme admin", "one more", "BQDQ", "acme"), types.ErrTooManyOperators)
	require.NoError(t, f.registerOperator("BQDQ admin", "one more", "BQDQ", "zeta"), "another scope has its own bound")
	require.ErrorIs(t, f.setOperatorStatus("acme admin", "acme admin", closed), types.ErrLastAdministrator)
}

func TestHostileInputIsRefusedWithoutEcho(t *testing.T) {
	f := newFixture(t)
	long := strings.Repeat("A", 1<<20)
	message := types.MsgRegisterOperator{Operator: address("BQDQ admin"), Address: address("new"), InstitutionId: "BQDQ"}
	register := func(change func(*types.MsgRegisterOperator)) error {
		m := message
		change(&m)
		_, err := f.messages.RegisterOperator(f.ctx, &m)
		return err
	}
	cases := []struct {
		name string
		err  error
		want error
	}{
		{"a signer of another network", register(func(m *types.MsgRegisterOperator) { m.Operator = "cosmos1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqnrql8a" }), types.ErrInvalidAddress},
		{"a signer that is no address", register(func(m *types.MsgRegisterOperator) { m.Operator = long }), types.ErrInvalidAddress},
		{"no signer", register(func(m *types.MsgRegisterOperator) { m.Operator = "" }), types.ErrInvalidAddress},
		{"a key with a wrong checksum", register(func(m *types.MsgRegisterOperator) { m.Address = m.Address[:len(m.Address)-1] + "q" }), types.ErrInvalidAddress},
		{"a key of a megabyte", register(func(m *types.MsgRegisterOperator) { m.Address = long }), types.ErrInvalidAddress},
		{"no key", register(func(m *types.MsgRegisterOperator) { m.Address = "" }), types.ErrInvalidAddress},
		{"an institution of a megabyte", register(func(m *types.MsgRegisterOperator) { m.InstitutionId = long }), types.ErrInvalidInstitution},
		{"a party of a megabyte", register(func(m *types.MsgRegisterOperator) { m.PartyId = long }), types.ErrInvalidParty},
		{"a party with a zero byte", register(func(m *types.MsgRegisterOperator) { m.PartyId = "acme\x00" }), types.ErrInvalidParty},
		{"a role of a megabyte", register(func(m *types.MsgRegisterOperator) { m.Roles = []string{long} }), types.ErrInvalidRole},
		{"ten thousand roles", register(func(m *types.MsgRegisterOperator) { m.Roles = make([]string, 10_000) }), types.ErrInvalidOperator},
		{"a status from the future", f.setOperatorStatus("BQDQ admin", "acme payer", 9), types.ErrInvalidStatus},
		{"a party's status from the future", f.setPartyStatus("BQDQ admin", "acme", 9), types.ErrInvalidStatus},
		{"a bank's status from the future", f.setInstitutionStatus("BQDQ", 9), types.ErrInvalidStatus},
		{"the status of a party of a megabyte", f.setPartyStatus("BQDQ admin", long, active), types.ErrInvalidParty},
		{"the status of a bank of a megabyte", f.setInstitutionStatus(long, active), types.ErrInvalidInstitution},
		{"a target that is no operator", f.setOperatorStatus("BQDQ admin", "nobody", closed), types.ErrOperatorNotFound},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.ErrorIs(t, c.err, c.want)
			require.Less(t, len(c.err.Error()), 500)
		})
	}
}
