package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/access/types"
)

func usedBy(name string, amount int64) types.PastUse {
	return types.PastUse{Operator: address(name), Permission: "settlement.pay", Money: cny(amount), Moved: math.NewInt(amount), At: now}
}

func atAcmeWith(policies ...types.ApprovalPolicy) types.ApprovalPolicies {
	return types.ApprovalPolicies{InstitutionId: "BQDQ", PartyId: "acme", Policies: policies}
}

func forTheDay(policy types.ApprovalPolicy) types.ApprovalPolicy {
	policy.PerDay = true
	return policy
}

func TestASimulationJudgesByTheOldAndByTheNewPolicies(t *testing.T) {
	base := newOffice(t)
	require.NoError(t, base.setPolicies("director", "acme", policy("huge", "settlement.pay", "CNY", 5_000, 2, "director")))
	require.NoError(t, base.setLimits("director", "second director", limit("CNY", 4_000, 0)))
	large := policy("large", "settlement.pay", "CNY", 1_000, 1, "director")
	rejected := usedBy("accountant", 999)
	rejected.Moved = math.ZeroInt()
	nextDay := usedBy("accountant", 10)
	nextDay.At = now.Add(24 * time.Hour)
	cases := []struct {
		name     string
		proposed []types.ApprovalPolicy
		uses     []types.PastUse
		current  types.Verdict // of the last
		then     types.Verdict
		rule     string // by the proposed ones
		code     error
	}{
		{"small before and after", []types.ApprovalPolicy{large}, []types.PastUse{usedBy("accountant", 999)}, types.VerdictAllowed, types.VerdictAllowed, "", nil},
		{"newly in need of approval", []types.ApprovalPolicy{large}, []types.PastUse{usedBy("accountant", 1_000)}, types.VerdictAllowed, types.VerdictNeedsApproval, "policy large", types.ErrApprovalNeeded},
		{"no policies lift the old ones", nil, []types.PastUse{usedBy("accountant", 5_000)}, types.VerdictNeedsApproval, types.VerdictAllowed, "", nil},
		{"two policies ask", []types.ApprovalPolicy{policy("huge", "settlement.pay", "CNY", 2_000, 2, "director"), large}, []types.PastUse{usedBy("accountant", 2_000)}, types.VerdictAllowed, types.VerdictNeedsApproval, "policy huge, policy large", types.ErrApprovalNeeded},
		{"a machine cannot ask", []types.ApprovalPolicy{large}, []types.PastUse{usedBy("machine", 1_000)}, types.VerdictAllowed, types.VerdictRefused, "policy large", types.ErrHolderMissing},
		{"a limit refuses whatever policies say", []types.ApprovalPolicy{large}, []types.PastUse{usedBy("second director", 4_001)}, types.VerdictRefused, types.VerdictRefused, "limit per payment", types.ErrLimitExceeded},
		{"nobody's key", []types.ApprovalPolicy{large}, []types.PastUse{usedBy("stranger", 1)}, types.VerdictRefused, types.VerdictRefused, "operator", types.ErrOperatorNotFound},
		{"a role that was taken since", []types.ApprovalPolicy{large}, []types.PastUse{usedBy("BQDQ clerk", 1)}, types.VerdictRefused, types.VerdictRefused, "role", types.ErrPermissionDenied},
		{"an operator of another scope is not bound", []types.ApprovalPolicy{large}, []types.PastUse{usedBy("BQDQ admin", 9_000)}, types.VerdictAllowed, types.VerdictAllowed, "", nil},
		{"what is split over the day", []types.ApprovalPolicy{forTheDay(large)}, []types.PastUse{usedBy("accountant", 990), usedBy("accountant", 10)}, types.VerdictAllowed, types.VerdictNeedsApproval, "policy large", types.ErrApprovalNeeded},
		{"what was rejected counts for no day", []types.ApprovalPolicy{forTheDay(large)}, []types.PastUse{rejected, usedBy("accountant", 10)}, types.VerdictAllowed, types.VerdictAllowed, "", nil},
		{"the next day", []types.ApprovalPolicy{forTheDay(large)}, []types.PastUse{usedBy("accountant", 990), nextDay}, types.VerdictAllowed, types.VerdictAllowed, "", nil},
		{"a day of two keys of one person", []types.ApprovalPolicy{forTheDay(large)}, []types.PastUse{usedBy("director's other key", 990), usedBy("director", 10)}, types.VerdictAllowed, types.VerdictNeedsApproval, "policy large", types.ErrApprovalNeeded},
		{"another's day", []types.ApprovalPolicy{forTheDay(large)}, []types.PastUse{usedBy("director", 990), usedBy("accountant", 10)}, types.VerdictAllowed, types.VerdictAllowed, "", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before := base.branch()
			simulation, err := before.keeper.SimulatePolicies(before.ctx, atAcmeWith(c.proposed...), c.uses)
			require.NoError(t, err)
			require.Empty(t, simulation.Lockouts)
			require.Len(t, simulation.Uses, len(c.uses))
			last := simulation.Uses[len(c.uses)-1]
			require.Equal(t, c.current, last.Current.Verdict)
			require.Equal(t, c.then, last.Proposed.Verdict)
			require.Equal(t, c.rule, last.Proposed.Rule)
			require.ErrorIs(t, last.Proposed.Err, c.code)
			require.Equal(t, c.then == types.VerdictNeedsApproval || c.code == types.ErrHolderMissing, last.Proposed.Approvals > 0)
		})
	}
}

// A simulation that said other things than Require will say would be worse than none.
func TestASimulationSaysWhatRequireWillSay(t *testing.T) {
	base := newOffice(t)
	require.NoError(t, base.setPolicies("director", "acme", policy("huge", "settlement.pay", "", 700, 2, "director")))
	for _, proposed := range [][]types.ApprovalPolicy{
		nil,
		{policy("large", "settlement.pay", "CNY", 400, 1, "director")},
		{forTheDay(policy("large", "settlement.pay", "CNY", 400, 1, "director"))},
		{forTheDay(policy("day", "settlement.pay", "", 900, 2, "director")), policy("large", "settlement.pay", "CNY", 1, 1, "director")},
	} {
		var uses []types.PastUse
		for _, name := range []string{"accountant", "director", "accountant's other key", "director's other key", "machine", "BQDQ admin", "zeta payer"} {
			for _, amount := range []int64{100, 250, 399, 400, 700, 50} {
				uses = append(uses, usedBy(name, amount))
			}
		}
		f := base.branch()
		// What is refused did not happen: it moves nothing, in the simulation and after it.
		require.NoError(t, f.setPolicies("director", "acme", proposed...))
		want := make([]error, len(uses))
		for at, use := range uses {
			var actor types.Actor
			actor, want[at] = f.keeper.Require(f.ctx, types.Ask{Operator: use.Operator, Permission: use.Permission, Scope: types.OwnScope, Money: use.Money})
			if uses[at].Moved = math.ZeroInt(); want[at] == nil {
				uses[at].Moved = use.Money.Total
				require.NoError(t, f.keeper.Spend(f.ctx, actor, use.Money))
			}
		}
		now := base.branch()
		simulation, err := now.keeper.SimulatePolicies(now.ctx, atAcmeWith(proposed...), uses)
		require.NoError(t, err)
		for at, judged := range simulation.Uses {
			require.Equal(t, want[at] == nil, judged.Proposed.Verdict == types.VerdictAllowed, "use %d", at)
			if want[at] != nil {
				require.Equal(t, want[at].Error(), judged.Proposed.Err.Error(), "use %d", at)
			}
		}
	}
}

func TestPoliciesThatCannotBeSimulated(t *testing.T) {
	f := newOffice(t)
	tooMany := make([]types.ApprovalPolicy, types.MaxPolicies+1)
	for name, c := range map[string]struct {
		proposed types.ApprovalPolicies
		want     error
	}{
		"a role that nobody defined": {atAcmeWith(policy("p", "settlement.pay", "CNY", 1, 1, "nobody")), types.ErrRoleNotFound},
		"more than a scope may have": {atAcmeWith(tooMany...), types.ErrInvalidPolicy},
		"a form that cannot be set":  {atAcmeWith(policy("p", "settlement.pay:3", "CNY", 1, 1, "director")), types.ErrInvalidPolicy},
		"an institution that is not": {types.ApprovalPolicies{InstitutionId: "NONE"}, types.ErrInstitutionNotFound},
		"a party of another bank":    {types.ApprovalPolicies{InstitutionId: "HZHZ", PartyId: "acme"}, types.ErrPartyNotFound},
	} {
		_, err := f.keeper.SimulatePolicies(f.ctx, c.proposed, nil)
		require.ErrorIs(t, err, c.want, name)
	}
	simulation, err := f.keeper.SimulatePolicies(f.ctx, atAcmeWith(
		policy("met", "settlement.pay", "CNY", 1, 2, "director"), policy("unmet", "settlement.pay", "CNY", 1, 3, "director")), nil)
	require.NoError(t, err)
	require.Len(t, simulation.Lockouts, 1)
	require.Equal(t, "unmet", simulation.Lockouts[0].Policy)
	require.ErrorIs(t, simulation.Lockouts[0].Err, types.ErrPolicyLocksOut)
}
