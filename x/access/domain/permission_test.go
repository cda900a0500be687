package domain_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

var (
	admin = types.Role{Id: "admin", Permissions: []string{"access.operator", "access.party"}}
	payer = types.Role{Id: "payer", Permissions: []string{"settlement.pay"}}
	both  = types.Role{Id: "both", Permissions: []string{"access.operator", "settlement.pay"}}
	empty = types.Role{Id: "empty"}
)

func TestPermissionsOfRolesAddUpSortedAndOnce(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"access.operator", "access.party", "settlement.pay"},
		domain.Permissions([]types.Role{payer, both, admin}))
	require.Empty(t, domain.Permissions(nil))
}

func TestNobodyGivesWhatTheyLack(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		held    []types.Role
		granted []types.Role
		refused bool
	}{
		{"the same role", []types.Role{payer}, []types.Role{payer}, false},
		{"a part of what is held", []types.Role{both}, []types.Role{payer}, false},
		{"a role made up of two held ones", []types.Role{admin, payer}, []types.Role{both}, false},
		{"a role without permissions", nil, []types.Role{empty}, false},
		{"no role", nil, nil, false},
		{"anything, by one who has nothing", nil, []types.Role{payer}, true},
		{"a role with one permission more", []types.Role{admin}, []types.Role{both}, true},
		{"a second role that is not held", []types.Role{payer}, []types.Role{payer, admin}, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := domain.CheckGrant(domain.Permissions(c.held), c.granted)
			if c.refused {
				require.ErrorIs(t, err, types.ErrGrantDenied)
			} else {
				require.NoError(t, err)
			}
		})
	}
}

// Whatever is granted, nobody ends up with a permission that the giver lacks.
func TestGrantsNeverWiden(t *testing.T) {
	t.Parallel()
	roles := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) types.Role {
		return types.Role{Permissions: rapid.SliceOfN(rapid.SampledFrom([]string{"a.a", "b.b", "c.c"}), 0, 3).Draw(rt, "permissions")}
	}), 0, 3)
	rapid.Check(t, func(rt *rapid.T) {
		held, granted := domain.Permissions(roles.Draw(rt, "held")), roles.Draw(rt, "granted")
		wider := false
		for _, permission := range domain.Permissions(granted) {
			wider = wider || !slices.Contains(held, permission)
		}
		require.Equal(rt, wider, domain.CheckGrant(held, granted) != nil)
	})
}

func TestAddedRolesAreThoseNotHeldBefore(t *testing.T) {
	t.Parallel()
	after := []string{"a", "b", "c"}
	require.Equal(t, []string{"a", "c"}, domain.Added([]string{"b", "x"}, after))
	require.Equal(t, []string{"a", "b", "c"}, after, "the input is left alone")
}

func TestAnAdministratorIsActiveAndMayManageOperators(t *testing.T) {
	t.Parallel()
	is := func(status types.MemberStatus, roles ...types.Role) bool {
		return domain.IsAdministrator(types.Operator{Status: status}, roles)
	}
	require.True(t, is(active, payer, both))
	require.False(t, is(active, payer))
	require.False(t, is(active))
	require.False(t, is(suspended, admin))
	require.False(t, is(closed, admin))
}
