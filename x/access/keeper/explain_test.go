package keeper_test

import (
	"strings"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/zhilian-network/zhilian/x/access/keeper"
	"github.com/zhilian-network/zhilian/x/access/types"
)

func (f fixture) explain(t *testing.T, edit func(*types.QueryExplainRequest)) *types.QueryExplainResponse {
	t.Helper()
	request := &types.QueryExplainRequest{
		Operator: address("accountant"), Permission: "settlement.pay", InstitutionId: "BQDQ", PartyId: "acme", Currency: "CNY", Amount: "1000",
	}
	edit(request)
	answer, err := keeper.NewQueryServer(f.keeper).Explain(f.ctx, request)
	require.NoError(t, err)
	return answer
}

// rulesOf are the names of the rules in order, those that did not hold with a "!".
func rulesOf(answer *types.QueryExplainResponse) string {
	var names []string
	for _, rule := range answer.Rules {
		name := rule.Rule
		if !rule.Held {
			name = "!" + name
		}
		if rule.Explanation == "" {
			name += " without explanation"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

func TestExplainNamesTheRulesInTheirOrder(t *testing.T) {
	base := newOffice(t)
	require.NoError(t, base.setLimits("second director", "accountant", limit("CNY", 0, 5_000)))
	require.NoError(t, base.setPolicies("director", "acme", policy("large", "settlement.pay", "CNY", 1_000, 2, "director")))
	first := "operator, institution, party, role, scope, KYC, limit per payment, limit per day"
	cases := []struct {
		name   string
		edit   func(*types.QueryExplainRequest)
		rules  string
		needed uint32
		code   *errorsmod.Error
	}{
		{"below the threshold", func(r *types.QueryExplainRequest) { r.Amount = "999" }, first, 0, nil},
		{"at the threshold", func(*types.QueryExplainRequest) {}, first + ", !policy large", 2, types.ErrApprovalNeeded},
		{"with one approval", func(r *types.QueryExplainRequest) { r.Approvers = []string{address("director")} }, first + ", !policy large", 1, types.ErrApprovalNeeded},
		{"with two by one person", func(r *types.QueryExplainRequest) {
			r.Approvers = []string{address("director"), address("director's other key")}
		}, first + ", !policy large", 1, types.ErrApprovalNeeded},
		{"with two", func(r *types.QueryExplainRequest) {
			r.Approvers = []string{address("director"), address("second director")}
		}, first + ", policy large", 0, nil},
		{"with two and one who cannot", func(r *types.QueryExplainRequest) {
			r.Approvers = []string{address("machine"), address("director"), address("second director"), "x"}
		}, first + ", policy large, !approver, !approver", 0, nil},
		{"above a day's limit, and the policy as well", func(r *types.QueryExplainRequest) { r.Amount = "5001" }, strings.Replace(first, "limit per day", "!limit per day", 1) + ", !policy large", 2, types.ErrLimitExceeded},
		{"no money", func(r *types.QueryExplainRequest) { r.Amount = "0" }, "operator, institution, party, role, scope, KYC", 0, nil},
		{"a scope that is not covered", func(r *types.QueryExplainRequest) { r.PartyId, r.Amount = "zeta", "" }, "operator, institution, party, role, !scope, KYC", 0, types.ErrScopeDenied},
		{"its own scope", func(r *types.QueryExplainRequest) { r.InstitutionId, r.PartyId, r.Amount = "", "", "" }, "operator, institution, party, role, scope, KYC", 0, nil},
		{"a party of the bank's", func(r *types.QueryExplainRequest) { r.Operator = address("BQDQ admin") }, "operator, institution, role, scope, standing of the scope, limit per payment", 0, nil},
		{"a permission that it lacks", func(r *types.QueryExplainRequest) { r.Permission, r.Amount = "a.b", "" }, "operator, institution, party, !role, scope, KYC", 0, types.ErrPermissionDenied},
		{"a message", func(r *types.QueryExplainRequest) {
			r.Permission, r.MessageType, r.Amount = "", "/zhilian.access.v1.MsgDelegate", ""
		}, "operator, institution, party, role, scope, KYC", 0, nil},
		{"a message for collective decisions", func(r *types.QueryExplainRequest) {
			r.Permission, r.MessageType, r.Amount = "", "/zhilian.access.v1.MsgDefineRole", ""
		}, "operator, institution, party, !role, scope, KYC", 0, types.ErrNotAuthority},
		{"the collective decision itself", func(r *types.QueryExplainRequest) {
			r.Operator, r.Permission, r.MessageType = authority, "", "/zhilian.access.v1.MsgDefineRole"
		}, "role", 0, nil},
		{"nobody", func(r *types.QueryExplainRequest) { r.Operator = address("nobody") }, "!operator", 0, types.ErrOperatorNotFound},
		{"no address", func(r *types.QueryExplainRequest) { r.Operator = "" }, "!operator", 0, types.ErrInvalidAddress},
	}
	before := base.contents(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			answer := base.explain(t, c.edit)
			require.Equal(t, c.rules, rulesOf(answer))
			require.Equal(t, c.code == nil, answer.Allowed)
			require.Equal(t, c.needed, answer.ApprovalsNeeded)
			if c.code != nil {
				require.Equal(t, types.ModuleName, answer.Codespace)
				require.Equal(t, c.code.ABCICode(), answer.Code)
			}
			require.NotContains(t, answer.String(), "p2", "no holder is told")
		})
	}
	require.Equal(t, before, base.contents(t))
}

// Explain and Require are one question: whatever Explain says, Require does.
func TestExplainSaysWhatRequireDoes(t *testing.T) {
	f := newOffice(t)
	require.NoError(t, f.setLimits("second director", "accountant", limit("CNY", 2_000, 0)))
	require.NoError(t, f.setPolicies("director", "acme", policy("large", "settlement.pay", "CNY", 1_000, 1, "director")))
	operators := []string{"BQDQ admin", "BQDQ clerk", "HZHZ admin", "acme payer", "zeta payer", "accountant", "director", "machine", "nobody"}
	scopes := []types.Scope{atAcme, atBQDQ, {InstitutionID: "HZHZ"}, {InstitutionID: "BQDQ", PartyID: "zeta"}, {InstitutionID: "BQDQ", PartyID: "ghost"}}
	for _, operator := range operators {
		for _, scope := range scopes {
			for _, permission := range []string{"settlement.pay", "access.operator", "vault.read:2", "operator"} {
				for _, amount := range []int64{999, 1_000, 2_001} {
					_, err := f.keeper.Require(f.ctx, types.Ask{Operator: address(operator), Permission: permission, Scope: scope, Money: cny(amount)})
					answer := f.explain(t, func(r *types.QueryExplainRequest) {
						r.Operator, r.Permission, r.InstitutionId, r.PartyId = address(operator), permission, scope.InstitutionID, scope.PartyID
						r.Amount = cny(amount).Total.String()
					})
					codespace, code, _ := errorsmod.ABCIInfo(err, false)
					require.Equal(t, [2]any{codespace, code}, [2]any{answer.Codespace, answer.Code}, "%s %v %s %d", operator, scope, permission, amount)
					require.Equal(t, err == nil, answer.Allowed)
				}
			}
		}
	}
}

func TestQuestionsThatCannotBeExplained(t *testing.T) {
	f := newOffice(t)
	for name, request := range map[string]*types.QueryExplainRequest{
		"nothing":                        {},
		"neither message nor permission": {Operator: address("accountant")},
		"both":                           {Permission: "a.b", MessageType: "/zhilian.access.v1.MsgDelegate"},
		"a message of nobody":            {MessageType: "/zhilian.access.v1.MsgGhost"},
		"a query":                        {MessageType: "/zhilian.access.v1.QueryExplainRequest"},
		"a type of a megabyte":           {MessageType: strings.Repeat("/", 1<<20)},
		"a party without institution":    {Permission: "a.b", PartyId: "acme"},
		"17 approvers":                   {Permission: "a.b", Approvers: make([]string, 17)},
		"an amount that is none":         {Permission: "a.b", Currency: "CNY", Amount: "1.5"},
		"a negative amount":              {Permission: "a.b", Currency: "CNY", Amount: "-1"},
		"an amount of a megabyte":        {Permission: "a.b", Currency: "CNY", Amount: strings.Repeat("9", 1<<20)},
		"an amount without currency":     {Permission: "a.b", Amount: "1"},
	} {
		_, err := keeper.NewQueryServer(f.keeper).Explain(f.ctx, request)
		require.Equal(t, codes.InvalidArgument, status.Code(err), name)
		require.Less(t, len(err.Error()), 300)
	}
	_, err := keeper.NewQueryServer(f.keeper).Explain(f.ctx, nil)
	require.Error(t, err)
	_, err = keeper.NewQueryServer(f.keeper).Explain(f.ctx, &types.QueryExplainRequest{Permission: "a.b", Currency: "yuan", Amount: "1"})
	require.ErrorIs(t, err, types.ErrInvalidMoney)
}

func TestPoliciesAreAnsweredForScopesThatExist(t *testing.T) {
	f := newOffice(t)
	require.NoError(t, f.setPolicies("director", "acme", policy("b", "settlement.pay", "", 0, 1, "director"), policy("a", "vault.read", "", 0, 1, "director")))
	answer, err := keeper.NewQueryServer(f.keeper).Policies(f.ctx, &types.QueryPoliciesRequest{InstitutionId: "BQDQ", PartyId: "acme"})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, []string{answer.Policies.Policies[0].Id, answer.Policies.Policies[1].Id})
	answer, err = keeper.NewQueryServer(f.keeper).Policies(f.ctx, &types.QueryPoliciesRequest{InstitutionId: "BQDQ"})
	require.NoError(t, err)
	require.Empty(t, answer.Policies.Policies)
	_, err = keeper.NewQueryServer(f.keeper).Policies(f.ctx, &types.QueryPoliciesRequest{InstitutionId: "HZHZ", PartyId: "acme"})
	require.ErrorIs(t, err, types.ErrPartyNotFound)
	_, err = keeper.NewQueryServer(f.keeper).Delegations(f.ctx, &types.QueryDelegationsRequest{Address: address("nobody")})
	require.ErrorIs(t, err, types.ErrOperatorNotFound)
}
