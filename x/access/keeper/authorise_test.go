package keeper_test

import (
	"strings"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/access/keeper"
	"github.com/zhilian-network/zhilian/x/access/types"
)

var (
	atAcme = types.Scope{InstitutionID: "BQDQ", PartyID: "acme"}
	atBQDQ = types.Scope{InstitutionID: "BQDQ"}
)

func limit(currency string, perPayment, perDay int64) types.Limit {
	return types.Limit{Currency: currency, PerPayment: math.NewInt(perPayment), PerDay: math.NewInt(perDay)}
}

func cny(amount int64) types.Money { return types.MoneyOf("CNY", math.NewInt(amount)) }

func policy(id, permission, currency string, from int64, approvals uint32, roles ...string) types.ApprovalPolicy {
	return types.ApprovalPolicy{
		Id: id, Permission: permission, Currency: currency, FromAmount: math.NewInt(from), Approvals: approvals, Roles: roles,
	}
}

func (f fixture) pays(by string, money types.Money) (types.Actor, error) {
	return f.keeper.Require(f.ctx, types.Ask{Operator: address(by), Permission: "settlement.pay", Scope: atAcme, Money: money})
}

func (f fixture) setLimits(by, target string, limits ...types.Limit) error {
	_, err := f.messages.SetOperatorLimits(f.ctx, &types.MsgSetOperatorLimits{Operator: address(by), Address: address(target), Limits: limits})
	return err
}

func (f fixture) setKyc(by, party string, level uint32) error {
	_, err := f.messages.SetPartyKyc(f.ctx, &types.MsgSetPartyKyc{Operator: address(by), PartyId: party, KycLevel: level})
	return err
}

func (f fixture) setPolicies(by, party string, policies ...types.ApprovalPolicy) error {
	_, err := f.messages.SetPolicies(f.ctx, &types.MsgSetPolicies{Operator: address(by), InstitutionId: "BQDQ", PartyId: party, Policies: policies})
	return err
}

func (f fixture) delegate(by, to, role string, limits ...types.Limit) error {
	_, err := f.messages.Delegate(f.ctx, &types.MsgDelegate{
		Operator: address(by), Delegate: address(to), RoleId: role, Limits: limits, ExpiresAt: now.Add(24 * time.Hour),
	})
	return err
}

func (f fixture) later(by time.Duration) fixture {
	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(by))
	return f
}

// approved is the fixture inside an action of a maker, with approvals by operators as they are now.
func (f fixture) approved(t *testing.T, maker string, by ...string) (fixture, *types.Approvals) {
	t.Helper()
	approvals := &types.Approvals{Maker: address(maker), Holder: f.operator(t, maker).Holder}
	for _, name := range by {
		operator := f.operator(t, name)
		answer, err := keeper.NewQueryServer(f.keeper).Operator(f.ctx, &types.QueryOperatorRequest{Address: address(name)})
		require.NoError(t, err)
		approvals.Approvers = append(approvals.Approvers, types.Approver{
			Operator: operator, Roles: operator.Roles, Permissions: answer.Permissions,
		})
	}
	f.ctx = types.WithApprovals(f.ctx, approvals)
	return f, approvals
}

func TestLimitsBoundAPaymentAndADay(t *testing.T) {
	setKycLimits := func(limits ...types.Limit) func(fixture) error {
		return func(f fixture) error {
			params := settings(100)
			params.KycRules[1].Limits = limits
			_, err := f.messages.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority, Params: params})
			return err
		}
	}
	setOwn := func(limits ...types.Limit) func(fixture) error {
		return func(f fixture) error { return f.setLimits("director", "accountant", limits...) }
	}
	batch := types.Money{Currency: "CNY", Largest: math.NewInt(60), Total: math.NewInt(100)}
	cases := []struct {
		name  string
		given func(fixture) error
		money []types.Money // each is asked and, if allowed, spent
		want  error         // of the last; those before are allowed
	}{
		{"no limit, a fortune", setOwn(), []types.Money{cny(1 << 62)}, nil},
		{"the limit itself", setOwn(limit("CNY", 100, 0)), []types.Money{cny(100)}, nil},
		{"one more than the limit", setOwn(limit("CNY", 100, 0)), []types.Money{cny(101)}, types.ErrLimitExceeded},
		{"a batch is bounded by its largest transfer", setOwn(limit("CNY", 60, 0)), []types.Money{batch}, nil},
		{"a batch with one transfer too large", setOwn(limit("CNY", 59, 0)), []types.Money{batch}, types.ErrLimitExceeded},
		{"another currency", setOwn(limit("CNY", 1, 1)), []types.Money{types.MoneyOf("USD", math.NewInt(5))}, nil},
		{"a currency that nobody knows", setOwn(limit("XXX", 1, 1)), []types.Money{cny(5)}, nil},
		{"no money", setOwn(limit("CNY", 1, 1)), []types.Money{{}}, nil},
		{"up to the day's limit", setOwn(limit("CNY", 0, 100)), []types.Money{cny(60), cny(40)}, nil},
		{"beyond the day's limit", setOwn(limit("CNY", 0, 100)), []types.Money{cny(60), cny(41)}, types.ErrLimitExceeded},
		{"a batch above the day's limit by its total only", setOwn(limit("CNY", 0, 99)), []types.Money{batch}, types.ErrLimitExceeded},
		{"a batch counts as a whole for the day", setOwn(limit("CNY", 0, 100)), []types.Money{batch, cny(1)}, types.ErrLimitExceeded},
		{"the KYC level's limit of a payment", setKycLimits(limit("CNY", 10, 0)), []types.Money{cny(11)}, types.ErrLimitExceeded},
		{"the KYC level's limit of a day", setKycLimits(limit("CNY", 0, 10)), []types.Money{cny(10), cny(1)}, types.ErrLimitExceeded},
		{"more than an amount can be", setOwn(limit("CNY", 0, 1)), []types.Money{types.MoneyOf("CNY", greatest())}, types.ErrLimitExceeded},
		{"less than nothing", setOwn(), []types.Money{cny(-1)}, types.ErrInvalidMoney},
		{"a largest above its total", setOwn(), []types.Money{{Currency: "CNY", Largest: math.NewInt(2), Total: math.NewInt(1)}}, types.ErrInvalidMoney},
		{"an amount that was left out", setOwn(), []types.Money{{Currency: "CNY"}}, types.ErrInvalidMoney},
		{"a currency that cannot be", setOwn(), []types.Money{types.MoneyOf("cny", math.OneInt())}, types.ErrInvalidMoney},
	}
	base := newOffice(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			require.NoError(t, c.given(f))
			for at, money := range c.money {
				actor, err := f.pays("accountant", money)
				if at == len(c.money)-1 && c.want != nil {
					require.ErrorIs(t, err, c.want)
					return
				}
				require.NoError(t, err)
				require.NoError(t, f.keeper.Spend(f.ctx, actor, money))
			}
		})
	}
}

// greatest is the greatest amount there is.
func greatest() math.Int {
	amount, _ := math.NewIntFromString("115792089237316195423570985008687907853269984665640564039457584007913129639935")
	return amount
}

func TestADayBeginsAtMidnightInChinaAndOldSpendingIsForgotten(t *testing.T) {
	f := newOffice(t)
	require.NoError(t, f.setLimits("director", "accountant", limit("CNY", 0, 100)))
	actor, err := f.pays("accountant", cny(100))
	require.NoError(t, err)
	require.NoError(t, f.keeper.Spend(f.ctx, actor, cny(100)))
	for _, c := range []struct {
		after time.Duration
		want  error
	}{
		{4*time.Hour - time.Second, types.ErrLimitExceeded}, // 23:59:59 in China
		{4 * time.Hour, nil}, // midnight there, 16:00 UTC
	} {
		_, err = f.later(c.after).pays("accountant", cny(1))
		require.ErrorIs(t, err, c.want)
	}
	tomorrow := f.later(4 * time.Hour)
	actor, err = tomorrow.pays("accountant", cny(1))
	require.NoError(t, err)
	require.NoError(t, tomorrow.keeper.Spend(tomorrow.ctx, actor, cny(1)))
	state, err := tomorrow.keeper.ExportGenesis(tomorrow.ctx)
	require.NoError(t, err)
	require.Len(t, state.Spending, 1, "overwritten in place")
	require.Equal(t, math.OneInt(), state.Spending[0].Amount)
}

func TestWhoHasNoDailyLimitLeavesNoTraceOfSpending(t *testing.T) {
	f := newOffice(t)
	require.NoError(t, f.setLimits("director", "accountant", limit("CNY", 1_000, 0), limit("USD", 0, 5)))
	before := f.contents(t)
	actor, err := f.pays("accountant", cny(100))
	require.NoError(t, err)
	require.NoError(t, f.keeper.Spend(f.ctx, actor, cny(100)))
	require.Equal(t, before, f.contents(t))
}

func TestSpendingMoreThanAnAmountCanBeIsRefused(t *testing.T) {
	f := newOffice(t)
	actor := types.Actor{Address: address("accountant"), DailyCurrency: "CNY", Day: 1}
	require.NoError(t, f.keeper.Spend(f.ctx, actor, types.MoneyOf("CNY", greatest())))
	require.ErrorIs(t, f.keeper.Spend(f.ctx, actor, cny(1)), types.ErrInvalidMoney)
	require.ErrorIs(t, f.keeper.Spend(f.ctx, actor, cny(-1)), types.ErrInvalidMoney)
}

func TestALevelGivesThoseBelow(t *testing.T) {
	f := newOffice(t)
	for permission, want := range map[string]error{
		"vault.read": nil, "vault.read:1": nil, "vault.read:2": nil, "vault.read:3": nil,
		"vault.read:4": types.ErrPermissionDenied, "vault.read:33": types.ErrPermissionDenied, "vault.rea": types.ErrPermissionDenied,
		"settlement.pay:1": types.ErrPermissionDenied, ":3": types.ErrPermissionDenied, "vault.read:3:1": types.ErrPermissionDenied,
		types.CollectiveDecision: types.ErrNotAuthority, types.AnyOperator: nil, "*": types.ErrPermissionDenied,
	} {
		_, err := f.keeper.Require(f.ctx, types.Ask{Operator: address("accountant"), Permission: permission, Scope: atAcme})
		require.ErrorIs(t, err, want, permission)
	}
}

func TestTheKycLevelBindsAPartysOperatorsOnly(t *testing.T) {
	f := newOffice(t)
	params := settings(100)
	params.KycRules[0].Permissions = []string{"vault.read:2"}
	_, err := f.messages.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority, Params: params})
	require.NoError(t, err)
	require.NoError(t, f.setKyc("BQDQ clerk", "acme", 1))
	ask := func(by, permission string) error {
		_, err := f.keeper.Require(f.ctx, types.Ask{Operator: address(by), Permission: permission, Scope: atAcme})
		return err
	}
	require.ErrorIs(t, ask("accountant", "settlement.pay"), types.ErrKycDenied)
	require.NoError(t, ask("accountant", "vault.read:2"))
	require.ErrorIs(t, ask("accountant", "vault.read:3"), types.ErrKycDenied)
	require.NoError(t, ask("accountant", types.AnyOperator))
	require.NoError(t, ask("BQDQ admin", "settlement.pay"), "the bank is not its customer")
	require.NoError(t, f.setKyc("BQDQ clerk", "acme", 3))
	require.NoError(t, ask("accountant", "settlement.pay"))
}

func TestTheInstitutionSaysHowWellAPartyIsKnown(t *testing.T) {
	f := newOffice(t)
	require.ErrorIs(t, f.setKyc("acme admin", "acme", 3), types.ErrScopeDenied)
	require.ErrorIs(t, f.setKyc("HZHZ admin", "acme", 3), types.ErrScopeDenied)
	require.ErrorIs(t, f.setKyc("BQDQ clerk", "acme", 0), types.ErrInvalidParty)
	require.ErrorIs(t, f.setKyc("BQDQ clerk", "acme", 4), types.ErrInvalidParty)
	require.ErrorIs(t, f.setKyc("BQDQ clerk", "nobody", 2), types.ErrPartyNotFound)
	_, err := f.messages.SetPartyKyc(f.ctx, &types.MsgSetPartyKyc{Operator: address("BQDQ clerk"), PartyId: "acme", KycLevel: 2, IdentityCommitment: make([]byte, 31)})
	require.ErrorIs(t, err, types.ErrInvalidParty)
	_, err = f.messages.SetPartyKyc(f.ctx, &types.MsgSetPartyKyc{Operator: address("BQDQ clerk"), PartyId: "acme", KycLevel: 3, IdentityCommitment: make([]byte, 32)})
	require.NoError(t, err)
	require.NoError(t, f.setKyc("BQDQ clerk", "acme", 1))
	party, err := f.keeper.Party(f.ctx, "acme")
	require.NoError(t, err)
	require.Equal(t, uint32(1), party.KycLevel)
	require.Len(t, party.IdentityCommitment, 32, "left as it is")
	require.NoError(t, f.setPartyStatus("BQDQ clerk", "acme", closed))
	require.ErrorIs(t, f.setKyc("BQDQ clerk", "acme", 2), types.ErrPartyInactive)
}

func TestPoliciesAskForOtherPersons(t *testing.T) {
	large := policy("large", "settlement.pay", "CNY", 1_000, 1, "director")
	two := policy("huge", "settlement.pay", "", 1_000_000, 2, "director")
	cases := []struct {
		name      string
		policies  []types.ApprovalPolicy
		maker     string
		money     types.Money
		approvers []string // nil: outside of an action
		unmet     []string
		needed    uint32
		want      error
	}{
		{"below the threshold", []types.ApprovalPolicy{large}, "accountant", cny(999), nil, nil, 0, nil},
		{"at the threshold", []types.ApprovalPolicy{large}, "accountant", cny(1_000), nil, nil, 0, types.ErrApprovalNeeded},
		{"another currency", []types.ApprovalPolicy{large}, "accountant", types.MoneyOf("USD", math.NewInt(1_000)), nil, nil, 0, nil},
		{"every currency", []types.ApprovalPolicy{two}, "accountant", types.MoneyOf("USD", math.NewInt(1_000_000)), nil, nil, 0, types.ErrApprovalNeeded},
		{"a batch counts as a whole", []types.ApprovalPolicy{large}, "accountant", types.Money{Currency: "CNY", Largest: math.OneInt(), Total: math.NewInt(1_000)}, nil, nil, 0, types.ErrApprovalNeeded},
		{"nobody has approved yet", []types.ApprovalPolicy{large}, "accountant", cny(1_000), []string{}, []string{"large"}, 1, types.ErrApprovalNeeded},
		{"a director approves", []types.ApprovalPolicy{large}, "accountant", cny(1_000), []string{"director"}, nil, 0, nil},
		{"the maker with another key", []types.ApprovalPolicy{large}, "accountant", cny(1_000), []string{"accountant's other key"}, []string{"large"}, 1, types.ErrApprovalNeeded},
		{"a director is the maker", []types.ApprovalPolicy{large}, "director", cny(1_000), []string{"director's other key"}, []string{"large"}, 1, types.ErrApprovalNeeded},
		{"one person with two keys is one", []types.ApprovalPolicy{two}, "accountant", cny(1_000_000), []string{"director", "director's other key"}, []string{"huge"}, 1, types.ErrApprovalNeeded},
		{"two directors", []types.ApprovalPolicy{two, large}, "accountant", cny(1_000_000), []string{"director", "second director"}, nil, 0, nil},
		{"one of two policies is met", []types.ApprovalPolicy{two, large}, "accountant", cny(1_000_000), []string{"director"}, []string{"huge"}, 1, types.ErrApprovalNeeded},
		{"both are not", []types.ApprovalPolicy{two, large}, "accountant", cny(1_000_000), []string{}, []string{"huge", "large"}, 2, types.ErrApprovalNeeded},
		{"an approver without the role", []types.ApprovalPolicy{large}, "director", cny(1_000), []string{"accountant"}, []string{"large"}, 1, types.ErrApprovalNeeded},
		{"a machine makes nothing that needs approval", []types.ApprovalPolicy{large}, "machine", cny(1_000), nil, nil, 0, types.ErrHolderMissing},
		{"not even with approvals", []types.ApprovalPolicy{large}, "machine", cny(1_000), []string{"director"}, []string{"large"}, 1, types.ErrHolderMissing},
		{"a machine below the threshold", []types.ApprovalPolicy{large}, "machine", cny(999), nil, nil, 0, nil},
		{"a machine approves nothing", []types.ApprovalPolicy{large}, "accountant", cny(1_000), []string{"machine"}, []string{"large"}, 1, types.ErrApprovalNeeded},
		{"another permission", []types.ApprovalPolicy{policy("p", "access.operator", "", 0, 1, "director")}, "accountant", cny(1_000), nil, nil, 0, nil},
		{"a threshold does not fit what moves nothing", []types.ApprovalPolicy{policy("p", "settlement.pay", "", 1, 1, "director")}, "accountant", types.Money{}, nil, nil, 0, nil},
		{"what moves nothing", []types.ApprovalPolicy{policy("p", "settlement.pay", "", 0, 1, "director")}, "accountant", types.Money{}, nil, nil, 0, types.ErrApprovalNeeded},
		{"the bank's operator is not bound by its customer's policies", []types.ApprovalPolicy{large}, "BQDQ admin", cny(1_000), nil, nil, 0, nil},
	}
	base := newOffice(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			require.NoError(t, f.setPolicies("director", "acme", c.policies...))
			approvals := &types.Approvals{}
			if c.approvers != nil {
				f, approvals = f.approved(t, c.maker, c.approvers...)
			}
			_, err := f.pays(c.maker, c.money)
			require.ErrorIs(t, err, c.want)
			unmet, needed := approvals.Unmet()
			require.Equal(t, c.unmet, unmet)
			require.Equal(t, c.needed, needed)
			if c.want == types.ErrApprovalNeeded && c.approvers == nil {
				require.ErrorContains(t, err, "zhiliand tx access propose-action")
			}
		})
	}
}

// Splitting a large amount is the oldest way around a second person (大额拆分).
func TestAPolicyForTheDayCatchesWhatIsSplit(t *testing.T) {
	perDay := func(id, currency string, from int64) types.ApprovalPolicy {
		policy := policy(id, "settlement.pay", currency, from, 1, "director")
		policy.PerDay = true
		return policy
	}
	usd := func(amount int64) types.Money { return types.MoneyOf("USD", math.NewInt(amount)) }
	cases := []struct {
		name     string
		policies []types.ApprovalPolicy
		moves    []types.Money // each is asked and, if allowed, spent
		want     error         // of the last; those before are allowed
	}{
		{"each alone is below the threshold, and no policy looks at the day", []types.ApprovalPolicy{policy("large", "settlement.pay", "CNY", 1_000, 1, "director")}, []types.Money{cny(999), cny(999)}, nil},
		{"together below it", []types.ApprovalPolicy{perDay("large", "CNY", 1_000)}, []types.Money{cny(500), cny(499)}, nil},
		{"together at it", []types.ApprovalPolicy{perDay("large", "CNY", 1_000)}, []types.Money{cny(500), cny(500)}, types.ErrApprovalNeeded},
		{"one payment at it", []types.ApprovalPolicy{perDay("large", "CNY", 1_000)}, []types.Money{cny(1_000)}, types.ErrApprovalNeeded},
		{"many small ones", []types.ApprovalPolicy{perDay("large", "CNY", 1_000)}, []types.Money{cny(300), cny(300), cny(300), cny(100)}, types.ErrApprovalNeeded},
		{"another currency is another sum", []types.ApprovalPolicy{perDay("large", "", 1_000)}, []types.Money{cny(999), usd(999), cny(1)}, types.ErrApprovalNeeded},
		{"each currency has its own", []types.ApprovalPolicy{perDay("large", "", 1_000)}, []types.Money{cny(999), usd(999)}, nil},
		{"a policy of another currency", []types.ApprovalPolicy{perDay("large", "USD", 1_000)}, []types.Money{cny(999), cny(999)}, nil},
		{"more than an amount can be", []types.ApprovalPolicy{perDay("large", "CNY", 1_000)}, []types.Money{cny(999), types.MoneyOf("CNY", greatest())}, types.ErrApprovalNeeded},
		{"what moves nothing, on a day above it", []types.ApprovalPolicy{perDay("large", "CNY", 1_000)}, []types.Money{cny(999), cny(0)}, nil},
	}
	base := newOffice(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			require.NoError(t, f.setPolicies("director", "acme", c.policies...))
			for at, money := range c.moves {
				actor, err := f.pays("accountant", money)
				if at == len(c.moves)-1 && c.want != nil {
					require.ErrorIs(t, err, c.want)
					inside, _ := f.approved(t, "accountant", "director")
					_, err = inside.pays("accountant", money)
					require.NoError(t, err, "with approval")
					return
				}
				require.NoError(t, err)
				require.NoError(t, f.keeper.Spend(f.ctx, actor, money))
			}
		})
	}

	f := base.branch()
	require.NoError(t, f.setPolicies("director", "acme", perDay("large", "CNY", 1_000)))
	actor, err := f.pays("accountant", cny(999))
	require.NoError(t, err)
	require.NoError(t, f.keeper.Spend(f.ctx, actor, cny(999)))
	_, err = f.pays("accountant", cny(1))
	require.ErrorIs(t, err, types.ErrApprovalNeeded)
	_, err = f.pays("second director", cny(999))
	require.NoError(t, err, "another person has a day of its own")
	_, err = f.later(24*time.Hour).pays("accountant", cny(999))
	require.NoError(t, err, "a new day")
	require.ErrorIs(t, f.setPolicies("director", "acme", perDay("every", "CNY", 0)), types.ErrInvalidPolicy)
}

func TestWhatRepeatsIsLookedUpOnlyForWhoMayActAndOnlyIfAmountsRefuse(t *testing.T) {
	base := newOffice(t)
	require.NoError(t, base.setPolicies("director", "acme", policy("large", "settlement.pay", "CNY", 1_000, 1, "director")))
	require.NoError(t, base.setLimits("director", "accountant", limit("CNY", 5_000, 5_000)))
	cases := []struct {
		name, by string
		amount   int64
		fresh    int64
		looked   bool
		want     error
	}{
		{"what is allowed", "accountant", 999, 0, false, nil},
		{"a repeated payment for which approval was needed", "accountant", 1_000, 0, true, nil},
		{"a repeated payment above the limit", "accountant", 5_001, 0, true, nil},
		{"a part that is new and small", "accountant", 5_001, 999, true, nil},
		{"a part that is new and needs approval", "accountant", 5_001, 1_000, true, types.ErrApprovalNeeded},
		{"a new payment above the limit", "accountant", 5_001, 5_001, true, types.ErrLimitExceeded},
		{"a machine's repeated payment", "machine", 1_000, 0, true, nil},
		{"nobody", "stranger", 1_000, 0, false, types.ErrOperatorNotFound},
		{"another customer", "zeta payer", 1_000, 0, false, types.ErrScopeDenied},
		{"one without the permission", "BQDQ clerk", 1_000, 0, false, types.ErrPermissionDenied},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f, looked := base.branch(), false
			_, err := f.keeper.Require(f.ctx, types.Ask{
				Operator: address(c.by), Permission: "settlement.pay", Scope: atAcme, Money: cny(c.amount),
				Fresh: func() (types.Money, error) { looked = true; return cny(c.fresh), nil },
			})
			require.ErrorIs(t, err, c.want)
			require.Equal(t, c.looked, looked)
		})
	}
}

func TestApprovalsCountForTheirMakerAndWithinTheApproversLimit(t *testing.T) {
	f := newOffice(t)
	require.NoError(t, f.setPolicies("director", "acme", policy("large", "settlement.pay", "CNY", 1_000, 1, "director")))
	inside, approvals := f.approved(t, "accountant", "director")
	_, err := inside.pays("second director", cny(1_000))
	require.ErrorIs(t, err, types.ErrApprovalNeeded, "they are the accountant's")
	unmet, _ := approvals.Unmet()
	require.Empty(t, unmet, "nor is it the accountant's lack")

	require.NoError(t, f.setLimits("second director", "director", limit("CNY", 5_000, 0)))
	inside, _ = f.approved(t, "accountant", "director")
	_, err = inside.pays("accountant", cny(5_000))
	require.NoError(t, err)
	_, err = inside.pays("accountant", cny(5_001))
	require.ErrorIs(t, err, types.ErrApprovalNeeded, "nobody approves what they may not pay themselves")
}

func TestAQuorumAsksForThosePeopleOfAScopeWhoHaveAPermission(t *testing.T) {
	f := newOffice(t)
	ask := types.Ask{
		Operator: address("director"), Permission: "access.operator", Scope: atAcme,
		Quorum: types.Quorum{Name: "recovery", Scope: atAcme, Permission: "access.operator", Approvals: 1},
	}
	_, err := f.keeper.Require(f.ctx, ask)
	require.ErrorIs(t, err, types.ErrApprovalNeeded)
	for _, c := range []struct {
		approver string
		want     error
	}{
		{"second director", nil},
		{"accountant", types.ErrApprovalNeeded},
		{"director's other key", types.ErrApprovalNeeded},
		{"acme admin", types.ErrApprovalNeeded}, // has no holder
	} {
		inside, approvals := f.approved(t, "director", c.approver)
		_, err = inside.keeper.Require(inside.ctx, ask)
		require.ErrorIs(t, err, c.want, c.approver)
		unmet, needed := approvals.Unmet()
		require.Equal(t, c.want != nil, len(unmet) == 1 && unmet[0] == "recovery" && needed == 1)
	}
	elsewhere := ask
	elsewhere.Quorum.Scope = atBQDQ
	inside, _ := f.approved(t, "director", "second director")
	_, err = inside.keeper.Require(inside.ctx, elsewhere)
	require.ErrorIs(t, err, types.ErrApprovalNeeded, "the second director is not of the bank")
}

func TestPoliciesThatCannotBeMetAreRefused(t *testing.T) {
	many := make([]types.ApprovalPolicy, 33)
	for at := range many {
		many[at] = policy(strings.Repeat("a", at+1), "settlement.pay", "", 0, 1, "director")
	}
	many[32].Id = "b"
	ok := policy("p", "settlement.pay", "CNY", 0, 1, "director")
	change := func(edit func(*types.ApprovalPolicy)) []types.ApprovalPolicy {
		changed := ok
		edit(&changed)
		return []types.ApprovalPolicy{changed}
	}
	cases := []struct {
		name     string
		by       string
		policies []types.ApprovalPolicy
		want     error
	}{
		{"one that can be met", "director", []types.ApprovalPolicy{ok}, nil},
		{"32 of them", "director", many[:32], nil},
		{"33 of them", "director", many, types.ErrInvalidPolicy},
		{"two with one id", "director", []types.ApprovalPolicy{ok, ok}, types.ErrInvalidPolicy},
		{"as many approvals as other directors", "director", change(func(p *types.ApprovalPolicy) { p.Approvals = 2 }), nil},
		{"as many as there are directors, the maker among them", "director", change(func(p *types.ApprovalPolicy) { p.Approvals = 3 }), types.ErrPolicyLocksOut},
		{"more approvals than persons", "director", change(func(p *types.ApprovalPolicy) { p.Approvals = 4 }), types.ErrPolicyLocksOut},
		{"more approvals than there may be", "director", change(func(p *types.ApprovalPolicy) { p.Approvals = 6 }), types.ErrInvalidPolicy},
		{"no approvals", "director", change(func(p *types.ApprovalPolicy) { p.Approvals = 0 }), types.ErrInvalidPolicy},
		{"a role that nobody with a holder has", "director", change(func(p *types.ApprovalPolicy) { p.Roles = []string{"party-admin"} }), types.ErrPolicyLocksOut},
		{"a role that is not defined", "director", change(func(p *types.ApprovalPolicy) { p.Roles = []string{"ghost"} }), types.ErrRoleNotFound},
		{"a role twice", "director", change(func(p *types.ApprovalPolicy) { p.Roles = []string{"director", "director"} }), types.ErrInvalidPolicy},
		{"no role", "director", change(func(p *types.ApprovalPolicy) { p.Roles = nil }), types.ErrInvalidPolicy},
		{"a permission that nobody has: no maker", "director", change(func(p *types.ApprovalPolicy) { p.Permission = "a.b" }), types.ErrPolicyLocksOut},
		{"a permission with a level", "director", change(func(p *types.ApprovalPolicy) { p.Permission = "vault.read:3" }), types.ErrInvalidPolicy},
		{"a permission that is held with a level", "director", change(func(p *types.ApprovalPolicy) { p.Permission = "vault.read" }), nil},
		{"a currency that cannot be", "director", change(func(p *types.ApprovalPolicy) { p.Currency = "rmb" }), types.ErrInvalidPolicy},
		{"a negative threshold", "director", change(func(p *types.ApprovalPolicy) { p.FromAmount = math.NewInt(-1) }), types.ErrInvalidPolicy},
		{"no threshold", "director", change(func(p *types.ApprovalPolicy) { p.FromAmount = math.Int{} }), types.ErrInvalidPolicy},
		{"a threshold beyond all amounts", "director", change(func(p *types.ApprovalPolicy) { p.FromAmount = greatest() }), types.ErrInvalidPolicy},
		{"policies on policies", "director", change(func(p *types.ApprovalPolicy) { p.Permission, p.Currency = "access.policy", "" }), nil},
		{"without the permission", "accountant", []types.ApprovalPolicy{ok}, types.ErrPermissionDenied},
		{"by another bank", "HZHZ admin", []types.ApprovalPolicy{ok}, types.ErrPermissionDenied},
	}
	base := newOffice(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			before := f.contents(t)
			err := f.setPolicies(c.by, "acme", c.policies...)
			require.ErrorIs(t, err, c.want)
			require.Equal(t, c.want != nil, len(before) == len(f.contents(t)))
		})
	}
}

func TestReplacingPoliciesIsSubjectToTheOldOnes(t *testing.T) {
	f := newOffice(t)
	guard := policy("guard", "access.policy", "", 0, 1, "director")
	require.NoError(t, f.setPolicies("director", "acme", guard))
	require.ErrorIs(t, f.setPolicies("director", "acme"), types.ErrApprovalNeeded)
	inside, _ := f.approved(t, "director", "second director")
	require.NoError(t, inside.setPolicies("director", "acme"))
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Empty(t, state.Policies, "none leave no record")

	require.NoError(t, f.setPolicies("director", "acme", guard))
	require.NoError(t, f.defineRole("institution-admin", "access.operator", "access.party", "access.policy"))
	require.NoError(t, f.setPolicies("BQDQ admin", "acme"), "the bank may free a customer that has lost its directors")
}

func TestARoleIsLentForATime(t *testing.T) {
	revoke := func(f fixture, by string) error {
		_, err := f.messages.RevokeDelegation(f.ctx, &types.MsgRevokeDelegation{
			Operator: address(by), Delegator: address("director"), Delegate: address("machine"), RoleId: "director",
		})
		return err
	}
	cases := []struct {
		name  string
		after time.Duration
		given func(fixture) error
		want  error
	}{
		{"at its start", 0, nil, nil},
		{"at its last moment", 24*time.Hour - 1, nil, nil},
		{"at its end", 24 * time.Hour, nil, types.ErrPermissionDenied},
		{"before its start", -time.Second, nil, types.ErrPermissionDenied},
		{"while the lender is suspended", 0, func(f fixture) error { return f.setOperatorStatus("second director", "director", suspended) }, types.ErrPermissionDenied},
		{"after the lender was closed", 0, func(f fixture) error { return f.setOperatorStatus("second director", "director", closed) }, types.ErrPermissionDenied},
		{"after the lender lost the role", 0, func(f fixture) error { return f.setOperatorRoles("second director", "director") }, types.ErrPermissionDenied},
		{"after the lender took it back", 0, func(f fixture) error { return revoke(f, "director") }, types.ErrPermissionDenied},
		{"after the delegate gave it back", 0, func(f fixture) error { return revoke(f, "machine") }, types.ErrPermissionDenied},
		{"after an administrator took it", 0, func(f fixture) error { return revoke(f, "acme admin") }, types.ErrPermissionDenied},
	}
	base := newOffice(t)
	ask := types.Ask{Operator: address("machine"), Permission: "access.operator", Scope: atAcme}
	_, err := base.keeper.Require(base.ctx, ask)
	require.ErrorIs(t, err, types.ErrPermissionDenied)
	require.NoError(t, base.delegate("director", "machine", "director"))
	require.ErrorIs(t, revoke(base, "accountant"), types.ErrPermissionDenied)
	require.ErrorIs(t, revoke(base, "HZHZ admin"), types.ErrScopeDenied)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			if c.given != nil {
				require.NoError(t, c.given(f))
			}
			f = f.later(c.after)
			_, err := f.keeper.Require(f.ctx, ask)
			require.ErrorIs(t, err, c.want)
			answer, err := keeper.NewQueryServer(f.keeper).Operator(f.ctx, &types.QueryOperatorRequest{Address: ask.Operator})
			require.NoError(t, err)
			if c.want == nil {
				require.Contains(t, answer.Permissions, "access.operator")
			} else {
				require.NotContains(t, answer.Permissions, "access.operator")
			}
		})
	}
	require.NoError(t, revoke(base, "director"))
	require.ErrorIs(t, revoke(base, "director"), types.ErrDelegationNotFound)
}

func TestDelegationsThatMayNotBe(t *testing.T) {
	send := func(f fixture, edit func(*types.MsgDelegate)) error {
		msg := &types.MsgDelegate{Operator: address("director"), Delegate: address("machine"), RoleId: "director", ExpiresAt: now.Add(time.Hour)}
		edit(msg)
		_, err := f.messages.Delegate(f.ctx, msg)
		return err
	}
	cases := []struct {
		name string
		edit func(*types.MsgDelegate)
		want error
	}{
		{"a role for an hour", func(*types.MsgDelegate) {}, nil},
		{"to oneself", func(m *types.MsgDelegate) { m.Delegate = m.Operator }, types.ErrInvalidDelegation},
		{"to oneself in capitals", func(m *types.MsgDelegate) { m.Delegate = strings.ToUpper(m.Operator) }, types.ErrInvalidDelegation},
		{"to another party", func(m *types.MsgDelegate) { m.Delegate = address("zeta payer") }, types.ErrInvalidDelegation},
		{"to another institution", func(m *types.MsgDelegate) { m.Delegate = address("HZHZ admin") }, types.ErrInvalidDelegation},
		{"to the party's bank", func(m *types.MsgDelegate) { m.Delegate = address("BQDQ admin") }, types.ErrInvalidDelegation},
		{"to nobody", func(m *types.MsgDelegate) { m.Delegate = address("nobody") }, types.ErrOperatorNotFound},
		{"to what is no address", func(m *types.MsgDelegate) { m.Delegate = "x" }, types.ErrInvalidAddress},
		{"a role that the lender lacks", func(m *types.MsgDelegate) { m.RoleId = "payer" }, types.ErrGrantDenied},
		{"a role that cannot be", func(m *types.MsgDelegate) { m.RoleId = "A" }, types.ErrInvalidRole},
		{"by who may not lend", func(m *types.MsgDelegate) { m.Operator, m.RoleId = address("acme payer"), "payer" }, types.ErrPermissionDenied},
		{"one that has expired", func(m *types.MsgDelegate) { m.StartsAt, m.ExpiresAt = now.Add(-2*time.Hour), now.Add(-time.Hour) }, types.ErrInvalidDelegation},
		{"one that ends as it starts", func(m *types.MsgDelegate) { m.ExpiresAt = now }, types.ErrInvalidDelegation},
		{"one that never expires", func(m *types.MsgDelegate) { m.ExpiresAt = now.Add(types.MaxDelegationTime + 1) }, types.ErrInvalidDelegation},
		{"the longest", func(m *types.MsgDelegate) { m.ExpiresAt = now.Add(types.MaxDelegationTime) }, nil},
		{"a limit that bounds nothing", func(m *types.MsgDelegate) { m.Limits = []types.Limit{limit("CNY", 0, 0)} }, types.ErrInvalidLimit},
	}
	base := newOffice(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { require.ErrorIs(t, send(base.branch(), c.edit), c.want) })
	}
	t.Run("what was lent is not passed on", func(t *testing.T) {
		f := base.branch()
		require.NoError(t, f.delegate("director", "machine", "director"))
		require.ErrorIs(t, f.delegate("machine", "accountant", "director"), types.ErrGrantDenied)
		require.ErrorIs(t, f.registerOperator("machine", "puppet", "BQDQ", "acme", "director"), types.ErrGrantDenied)
	})
	t.Run("no more than 16, expired ones aside", func(t *testing.T) {
		f := base.branch()
		lenders := make([]string, 0, 17)
		for at := range 17 {
			lenders = append(lenders, "lender "+string(rune('a'+at)))
			require.NoError(t, f.registerOperator("BQDQ admin", lenders[at], "BQDQ", "acme"))
		}
		require.NoError(t, f.defineRole("payer", "settlement.pay", "access.delegate"))
		require.NoError(t, f.defineRole("institution-admin", "access.operator", "access.party", "settlement.pay", "access.delegate"))
		for at, lender := range lenders {
			require.NoError(t, f.setOperatorRoles("BQDQ admin", lender, "payer"))
			err := f.delegate(lender, "machine", "payer")
			if at < types.MaxDelegationsPerOperator {
				require.NoError(t, err)
				require.NoError(t, f.delegate(lender, "machine", "payer"), "it takes the place of the earlier one")
			} else {
				require.ErrorIs(t, err, types.ErrInvalidDelegation)
			}
		}
		answer, err := keeper.NewQueryServer(f.keeper).Delegations(f.ctx, &types.QueryDelegationsRequest{Address: address("machine")})
		require.NoError(t, err)
		require.Len(t, answer.Delegations, types.MaxDelegationsPerOperator)
		f = f.later(23 * time.Hour)
		f = f.later(time.Hour)
		_, err = f.messages.Delegate(f.ctx, &types.MsgDelegate{
			Operator: address("lender q"), Delegate: address("machine"), RoleId: "payer", ExpiresAt: f.ctx.BlockTime().Add(time.Hour),
		})
		require.NoError(t, err)
		answer, err = keeper.NewQueryServer(f.keeper).Delegations(f.ctx, &types.QueryDelegationsRequest{Address: address("machine")})
		require.NoError(t, err)
		require.Len(t, answer.Delegations, 1)
	})
}

func TestADelegationsLimitsBindWhatIsMovedByItOnly(t *testing.T) {
	f := newOffice(t)
	require.NoError(t, f.registerOperator("BQDQ admin", "trainee", "BQDQ", "acme"))
	require.NoError(t, f.delegate("director", "trainee", "director", limit("CNY", 50, 80)))
	require.NoError(t, f.delegate("director", "accountant", "director", limit("CNY", 50, 80)))
	_, err := f.pays("accountant", cny(1_000))
	require.NoError(t, err, "by a role of its own")
	_, err = f.pays("trainee", cny(51))
	require.ErrorIs(t, err, types.ErrLimitExceeded)
	actor, err := f.pays("trainee", cny(50))
	require.NoError(t, err)
	require.NoError(t, f.keeper.Spend(f.ctx, actor, cny(50)))
	_, err = f.pays("trainee", cny(31))
	require.ErrorIs(t, err, types.ErrLimitExceeded)
	require.NoError(t, f.delegate("second director", "trainee", "director"))
	_, err = f.pays("trainee", cny(1_000))
	require.NoError(t, err, "by what another has lent without bounds")
	require.ErrorIs(t, f.setLimits("director", "director", limit("CNY", 10, 0), limit("CNY", 10, 0)), types.ErrInvalidLimit)
	require.NoError(t, f.setLimits("director", "director", limit("CNY", 10, 0)))
	require.ErrorIs(t, f.delegate("director", "trainee", "director"), types.ErrGrantDenied, "no bound is wider than one")
	require.NoError(t, f.delegate("director", "trainee", "director", limit("CNY", 10, 0)))
}

func TestNobodyGivesMoreMoneyThanTheyMayMove(t *testing.T) {
	base := newOffice(t)
	require.NoError(t, base.setLimits("second director", "director", limit("CNY", 100, 1_000), limit("USD", 5, 0)))
	usd := limit("USD", 5, 0)
	cases := []struct {
		name   string
		limits []types.Limit
		want   error
	}{
		{"the same", []types.Limit{limit("CNY", 100, 1_000), usd}, nil},
		{"in any order", []types.Limit{usd, limit("CNY", 100, 1_000)}, nil},
		{"less, and other currencies as well", []types.Limit{limit("CNY", 1, 1), limit("EUR", 9, 9), usd}, nil},
		{"none", nil, types.ErrGrantDenied},
		{"none in one currency", []types.Limit{limit("CNY", 100, 1_000)}, types.ErrGrantDenied},
		{"more in a payment", []types.Limit{limit("CNY", 101, 1_000), usd}, types.ErrGrantDenied},
		{"more in a day", []types.Limit{limit("CNY", 100, 1_001), usd}, types.ErrGrantDenied},
		{"no bound of a day", []types.Limit{limit("CNY", 100, 0), usd}, types.ErrGrantDenied},
		{"less than nothing", []types.Limit{limit("CNY", -1, 1), usd}, types.ErrInvalidLimit},
		{"a currency that cannot be", []types.Limit{limit("CN", 1, 1)}, types.ErrInvalidLimit},
		{"an amount that was left out", []types.Limit{{Currency: "CNY", PerPayment: math.OneInt()}}, types.ErrInvalidLimit},
		{"an amount beyond all", []types.Limit{{Currency: "CNY", PerPayment: greatest(), PerDay: math.OneInt()}}, types.ErrInvalidLimit},
		{"nine currencies", make([]types.Limit, 9), types.ErrInvalidLimit},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			require.ErrorIs(t, f.setLimits("director", "accountant", c.limits...), c.want)
			_, err := f.messages.RegisterOperator(f.ctx, &types.MsgRegisterOperator{
				Operator: address("director"), Address: address("new"), InstitutionId: "BQDQ", PartyId: "acme", Roles: []string{"payer"}, Limits: c.limits,
			})
			require.ErrorIs(t, err, c.want)
		})
	}
	require.ErrorIs(t, base.setOperatorRoles("director", "machine", "accountant", "payer"), types.ErrGrantDenied, "a role for one without limits")
}

func TestAHolderIsNamedOnce(t *testing.T) {
	f := newOffice(t)
	name := func(by, target, holder string) error {
		_, err := f.messages.SetOperatorHolder(f.ctx, &types.MsgSetOperatorHolder{Operator: address(by), Address: address(target), Holder: holder})
		return err
	}
	require.ErrorIs(t, name("director", "machine", ""), types.ErrInvalidOperator)
	require.ErrorIs(t, name("director", "machine", "王"), types.ErrInvalidOperator)
	require.ErrorIs(t, name("director", "machine", strings.Repeat("p", 65)), types.ErrInvalidOperator)
	require.ErrorIs(t, name("accountant", "machine", "p9"), types.ErrPermissionDenied)
	require.NoError(t, name("director", "machine", "p9"))
	require.Equal(t, "p9", f.operator(t, "machine").Holder)
	require.ErrorIs(t, name("director", "machine", "p8"), types.ErrHolderSet)
	require.ErrorIs(t, name("director", "accountant", "p1"), types.ErrHolderSet)
}

func TestRolesForAnAccountHoldForThatAccount(t *testing.T) {
	f := newOffice(t)
	register := func(name string, roles ...types.AccountRoles) error {
		_, err := f.messages.RegisterOperator(f.ctx, &types.MsgRegisterOperator{
			Operator: address("director"), Address: address(name), InstitutionId: "BQDQ", PartyId: "acme", AccountRoles: roles,
		})
		return err
	}
	payroll, other := address("account payroll"), address("account other")
	for name, c := range map[string]struct {
		roles []types.AccountRoles
		want  error
	}{
		"what the giver lacks":               {[]types.AccountRoles{{Account: payroll, Roles: []string{"issuer"}}}, types.ErrGrantDenied},
		"a role that is not defined":         {[]types.AccountRoles{{Account: payroll, Roles: []string{"ghost"}}}, types.ErrRoleNotFound},
		"no role":                            {[]types.AccountRoles{{Account: payroll}}, types.ErrInvalidOperator},
		"an account twice":                   {[]types.AccountRoles{{Account: payroll, Roles: []string{"payer"}}, {Account: payroll, Roles: []string{"payer"}}}, types.ErrInvalidOperator},
		"an account twice, once in capitals": {[]types.AccountRoles{{Account: payroll, Roles: []string{"payer"}}, {Account: strings.ToUpper(payroll), Roles: []string{"payer"}}}, types.ErrInvalidOperator},
		"what is no account":                 {[]types.AccountRoles{{Account: "x", Roles: []string{"payer"}}}, types.ErrInvalidAddress},
		"17 accounts":                        {make([]types.AccountRoles, 17), types.ErrInvalidOperator},
	} {
		require.ErrorIs(t, register("new", c.roles...), c.want, name)
	}
	require.NoError(t, register("payroll clerk", types.AccountRoles{Account: strings.ToUpper(payroll), Roles: []string{"payer"}}))
	ask := types.Ask{Operator: address("payroll clerk"), Permission: "settlement.pay", Scope: atAcme, Account: payroll}
	_, err := f.keeper.Require(f.ctx, ask)
	require.NoError(t, err)
	ask.Account = other
	_, err = f.keeper.Require(f.ctx, ask)
	require.ErrorIs(t, err, types.ErrPermissionDenied)
	ask.Account = ""
	_, err = f.keeper.Require(f.ctx, ask)
	require.ErrorIs(t, err, types.ErrPermissionDenied)
	require.NoError(t, f.setOperatorRoles("director", "payroll clerk"))
	ask.Account = payroll
	_, err = f.keeper.Require(f.ctx, ask)
	require.ErrorIs(t, err, types.ErrPermissionDenied, "all its account roles were replaced by none")
}

func TestARoleIsGivenForAScopeThatItMayHave(t *testing.T) {
	f := newOffice(t)
	define := func(scope types.RoleScope) {
		_, err := f.messages.DefineRole(f.ctx, &types.MsgDefineRole{Authority: authority, Role: types.Role{Id: "payer", Permissions: []string{"settlement.pay"}, Scope: scope}})
		require.NoError(t, err)
	}
	account := types.AccountRoles{Account: address("account"), Roles: []string{"payer"}}
	give := func(party string, roles []string, accounts ...types.AccountRoles) error {
		branch := f.branch()
		_, err := branch.messages.RegisterOperator(branch.ctx, &types.MsgRegisterOperator{
			Operator: address("BQDQ admin"), Address: address("new"), InstitutionId: "BQDQ", PartyId: party, Roles: roles, AccountRoles: accounts,
		})
		return err
	}
	payer := []string{"payer"}
	for scope, want := range map[types.RoleScope][3]error{
		types.RoleScope_ROLE_SCOPE_UNSPECIFIED: {nil, nil, nil},
		types.RoleScope_ROLE_SCOPE_INSTITUTION: {nil, nil, nil},
		types.RoleScope_ROLE_SCOPE_PARTY:       {types.ErrRoleScope, nil, nil},
		types.RoleScope_ROLE_SCOPE_ACCOUNT:     {types.ErrRoleScope, types.ErrRoleScope, nil},
	} {
		define(scope)
		require.ErrorIs(t, give("", payer), want[0], "institution, %s", scope)
		require.ErrorIs(t, give("acme", payer), want[1], "party, %s", scope)
		require.ErrorIs(t, give("acme", nil, account), want[2], "account, %s", scope)
	}
	require.ErrorIs(t, types.Role{Id: "r", Scope: 4}.Validate(), types.ErrInvalidRole)
	admin := types.Role{Id: "institution-admin", Permissions: []string{"access.operator"}, Scope: types.RoleScope_ROLE_SCOPE_PARTY}
	require.ErrorIs(t, admin.Validate(), types.ErrInvalidRole)
}
