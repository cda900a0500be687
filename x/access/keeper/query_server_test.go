package keeper_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/x/access/keeper"
	"github.com/zhilian-network/zhilian/x/access/types"
)

func TestMembersAreFoundAndListedInOrder(t *testing.T) {
	f := newFixture(t)
	q := keeper.NewQueryServer(f.keeper)

	params, err := q.Params(f.ctx, &types.QueryParamsRequest{})
	require.NoError(t, err)
	require.Equal(t, uint64(100), params.Params.DefaultQuotaPerBlock)
	institution, err := q.Institution(f.ctx, &types.QueryInstitutionRequest{InstitutionId: "BQDQ"})
	require.NoError(t, err)
	require.Equal(t, "Bank of Qingdao", institution.Institution.Name)
	institutions, err := q.Institutions(f.ctx, &types.QueryInstitutionsRequest{})
	require.NoError(t, err)
	require.Len(t, institutions.Institutions, 3)
	require.Equal(t, "BQDQ", institutions.Institutions[0].Id)
	party, err := q.Party(f.ctx, &types.QueryPartyRequest{PartyId: "acme"})
	require.NoError(t, err)
	require.Equal(t, "BQDQ", party.Party.InstitutionId)
	parties, err := q.Parties(f.ctx, &types.QueryPartiesRequest{InstitutionId: "BQDQ"})
	require.NoError(t, err)
	require.Len(t, parties.Parties, 2)
	require.Equal(t, "acme", parties.Parties[0].Id)
	none, err := q.Parties(f.ctx, &types.QueryPartiesRequest{InstitutionId: "HZHZ"})
	require.NoError(t, err)
	require.Empty(t, none.Parties)
	operator, err := q.Operator(f.ctx, &types.QueryOperatorRequest{Address: address("acme admin")})
	require.NoError(t, err)
	require.Equal(t, []string{"access.operator", "access.party", "settlement.pay"}, operator.Permissions)
	roles, err := q.Roles(f.ctx, &types.QueryRolesRequest{})
	require.NoError(t, err)
	require.Len(t, roles.Roles, 6)
	require.Equal(t, "clerk", roles.Roles[0].Id)
}

func TestOperatorsOfAnInstitutionAreItsOwnThenThoseOfItsParties(t *testing.T) {
	f := newFixture(t)
	q := keeper.NewQueryServer(f.keeper)
	var parties []string
	var key []byte
	for range 3 { // pages of two: 3 of the bank, 2 of acme, 1 of zeta
		page, err := q.Operators(f.ctx, &types.QueryOperatorsRequest{InstitutionId: "BQDQ", Pagination: &query.PageRequest{Key: key, Limit: 2}})
		require.NoError(t, err)
		for _, operator := range page.Operators {
			require.Equal(t, "BQDQ", operator.InstitutionId)
			parties = append(parties, operator.PartyId)
		}
		key = page.Pagination.NextKey
	}
	require.Empty(t, key)
	require.Equal(t, []string{"", "", "", "acme", "acme", "zeta"}, parties)
}

func TestWrongQuestionsGetACodeAndNoPanic(t *testing.T) {
	f := newFixture(t)
	q := keeper.NewQueryServer(f.keeper)
	spoiled := &query.PageRequest{Key: []byte("x"), Offset: 1}
	cases := []struct {
		name string
		ask  func() error
		want codes.Code
	}{
		{"an unknown institution", func() error {
			_, err := q.Institution(f.ctx, &types.QueryInstitutionRequest{InstitutionId: "NONE"})
			return err
		}, codes.NotFound},
		{"an unknown party", func() error { _, err := q.Party(f.ctx, &types.QueryPartyRequest{PartyId: "none"}); return err }, codes.NotFound},
		{"parties of an unknown institution", func() error {
			_, err := q.Parties(f.ctx, &types.QueryPartiesRequest{InstitutionId: "NONE"})
			return err
		}, codes.NotFound},
		{"an unknown operator", func() error {
			_, err := q.Operator(f.ctx, &types.QueryOperatorRequest{Address: address("nobody")})
			return err
		}, codes.NotFound},
		{"operators of an unknown institution", func() error { _, err := q.Operators(f.ctx, &types.QueryOperatorsRequest{}); return err }, codes.NotFound},
		{"no request for an institution", func() error { _, err := q.Institution(f.ctx, nil); return err }, codes.NotFound},
		{"no request for parties", func() error { _, err := q.Parties(f.ctx, nil); return err }, codes.NotFound},
		{"no request for operators", func() error { _, err := q.Operators(f.ctx, nil); return err }, codes.NotFound},
		{"no request for institutions", func() error { _, err := q.Institutions(f.ctx, nil); return err }, codes.OK},
		{"no request for roles", func() error { _, err := q.Roles(f.ctx, nil); return err }, codes.OK},
		{"a page of institutions by key and by number", func() error {
			_, err := q.Institutions(f.ctx, &types.QueryInstitutionsRequest{Pagination: spoiled})
			return err
		}, codes.InvalidArgument},
		{"a page of parties by key and by number", func() error {
			_, err := q.Parties(f.ctx, &types.QueryPartiesRequest{InstitutionId: "BQDQ", Pagination: spoiled})
			return err
		}, codes.InvalidArgument},
		{"a page of operators by key and by number", func() error {
			_, err := q.Operators(f.ctx, &types.QueryOperatorsRequest{InstitutionId: "BQDQ", Pagination: spoiled})
			return err
		}, codes.InvalidArgument},
		{"a page of roles by key and by number", func() error {
			_, err := q.Roles(f.ctx, &types.QueryRolesRequest{Pagination: spoiled})
			return err
		}, codes.InvalidArgument},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := c.ask()
			require.Equal(t, c.want, status.Code(err), "%v", err)
		})
	}
}

func TestAPageHas200RowsAtMostAndMoreIsRefused(t *testing.T) {
	f := newFixture(t)
	for i := range 250 {
		require.NoError(t, f.registerParty("BQDQ admin", fmt.Sprintf("party-%d", i), "BQDQ"))
	}
	q := keeper.NewQueryServer(f.keeper)
	_, err := q.Parties(f.ctx, &types.QueryPartiesRequest{
		InstitutionId: "BQDQ", Pagination: &query.PageRequest{Limit: 201},
	})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	answer, err := q.Parties(f.ctx, &types.QueryPartiesRequest{InstitutionId: "BQDQ"})
	require.NoError(t, err)
	require.Len(t, answer.Parties, 200)
	require.NotEmpty(t, answer.Pagination.NextKey)
	require.Zero(t, answer.Pagination.Total, "nobody asked to count")
}
