package keeper_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/types"
)

func TestTheLastApprovalExecutesAllMessagesInOrder(t *testing.T) {
	o := newDesk(t)
	action := o.propose(t, newParty("first"), newParty("second"))
	require.Equal(t, []string{"parties"}, action.Policies)
	require.Equal(t, uint64(20), action.Units)
	require.False(t, o.hasParty("first"), "it was only tried")

	one := o.approved(t, "Bob director", action)
	require.Equal(t, &types.MsgApproveActionResponse{Status: pending, ApprovalsNeeded: 1}, one)
	require.False(t, o.hasParty("first"))
	two := o.approved(t, "Cid director", action)
	require.Equal(t, executed, two.Status)
	require.Len(t, two.Responses, 2)
	require.Equal(t, "/zhilian.access.v1.MsgRegisterPartyResponse", two.Responses[1].TypeUrl)
	require.True(t, o.hasParty("first") && o.hasParty("second"))

	registered := eventsNamed[*types.EventPartyRegistered](t, o)
	require.Len(t, registered, 2, "once each")
	require.Equal(t, "first", registered[0].PartyId)
	require.Len(t, eventsNamed[*types.EventActionDecided](t, o), 1)
	require.Equal(t, uint32(1), eventsNamed[*types.EventActionApproved](t, o)[0].ApprovalsNeeded)
	done := o.action(t, action.Id)
	require.Equal(t, executed, done.Status)
	require.Empty(t, done.Messages, "the block of the proposal keeps them")
	require.Len(t, done.Approvals, 2)
	require.Equal(t, int64(7), done.DecidedHeight)
}

func TestProposalsAreRefused(t *testing.T) {
	foreign := &types.MsgRegisterParty{Operator: address("Bob director"), Party: newParty("x").(*types.MsgRegisterParty).Party}
	nested := &types.MsgProposeAction{Operator: address("Ann clerk")}
	unknown := &codectypes.Any{TypeUrl: "/zhilian.nothing.v1.Msg"}
	many := make([]sdk.Msg, 17)
	for i := range many {
		many[i] = suspendGus()
	}
	large := newParty("x").(*types.MsgRegisterParty)
	large.Party.Id = string(bytes.Repeat([]byte("x"), types.MaxActionBytes))
	for name, test := range map[string]struct {
		maker  string
		packed []*codectypes.Any
		want   error
	}{
		"by a machine's key":                 {"machine", pack(t, newParty("x")), types.ErrHolderMissing},
		"by a stranger":                      {"nobody", pack(t, newParty("x")), types.ErrOperatorNotFound},
		"without messages":                   {"Ann clerk", nil, types.ErrInvalidAction},
		"of too many messages":               {"Ann clerk", pack(t, many...), types.ErrInvalidAction},
		"of too many bytes":                  {"Ann clerk", pack(t, large), types.ErrInvalidAction},
		"with a missing message":             {"Ann clerk", []*codectypes.Any{nil}, types.ErrInvalidAction},
		"of somebody else's message":         {"Ann clerk", pack(t, newParty("x"), foreign), types.ErrInvalidAction},
		"of another proposal":                {"Ann clerk", pack(t, nested), types.ErrInvalidAction},
		"of an approval":                     {"Ann clerk", pack(t, &types.MsgApproveAction{Operator: address("Ann clerk")}), types.ErrInvalidAction},
		"of a rejection":                     {"Ann clerk", pack(t, &types.MsgRejectAction{Operator: address("Ann clerk")}), types.ErrInvalidAction},
		"of a withdrawal":                    {"Ann clerk", pack(t, &types.MsgWithdrawAction{Operator: address("Ann clerk")}), types.ErrInvalidAction},
		"of an unknown message":              {"Ann clerk", []*codectypes.Any{unknown}, types.ErrInvalidAction},
		"of what the maker may not do":       {"Bob director", pack(t, foreign), types.ErrPermissionDenied},
		"of what fails whoever approves":     {"Ann clerk", pack(t, suspendGus(), suspendGus()), types.ErrInvalidStatus},
		"of what fails before it needs yes":  {"Ann clerk", pack(t, suspendGus(), suspendGus(), newParty("x")), types.ErrInvalidStatus},
		"of a collective decision's message": {"Ann clerk", pack(t, &types.MsgUpdateParams{Authority: authority}), types.ErrInvalidAction},
	} {
		t.Run(name, func(t *testing.T) {
			o := newDesk(t)
			before := o.contents(t)
			_, err := o.try(test.maker, test.packed)
			require.ErrorIs(t, err, test.want)
			require.Equal(t, before, o.contents(t))
		})
	}
}

func TestAHiddenActionIsFoundByItsTypeAndNotByItsName(t *testing.T) {
	o := newDesk(t)
	hidden := pack(t, &types.MsgWithdrawAction{Operator: address("Ann clerk"), ActionId: 1})
	hidden[0].TypeUrl = "/zhilian.access.v1.MsgRegisterParty" // the cached value is what would run
	_, err := o.try("Ann clerk", hidden)
	require.ErrorIs(t, err, types.ErrInvalidAction)
}

func TestApprovalsAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(*testing.T, *desk, *types.Action)
		by      string
		want    error
	}{
		"by the maker":                         {nil, "Ann clerk", types.ErrMakerApproves},
		"by the maker's second key":            {nil, "Ann director", types.ErrMakerApproves},
		"by a machine's key":                   {nil, "machine", types.ErrHolderMissing},
		"by another bank":                      {nil, "Hal director", types.ErrScopeDenied},
		"by a customer of the bank":            {nil, "Ina of acme", types.ErrScopeDenied},
		"by one who holds no asked role":       {nil, "Gus viewer", types.ErrNotApprover},
		"by one whom another policy would ask": {nil, "Eve risk", types.ErrNotApprover},
		"by an approver where a policy asks":   {nil, "Fay approver", types.ErrNotApprover},
		"of an action that is not there":       {func(_ *testing.T, _ *desk, a *types.Action) { a.Id = 99 }, "Bob director", types.ErrActionNotFound},
		"of other messages":                    {func(_ *testing.T, _ *desk, a *types.Action) { a.Digest = digestOf("other") }, "Bob director", types.ErrDigestMismatch},
		"of a short digest":                    {func(_ *testing.T, _ *desk, a *types.Action) { a.Digest = a.Digest[:31] }, "Bob director", types.ErrDigestMismatch},
		"for less work than it is":             {func(_ *testing.T, _ *desk, a *types.Action) { a.Units-- }, "Bob director", types.ErrDigestMismatch},
		"for more work than it is":             {func(_ *testing.T, _ *desk, a *types.Action) { a.Units++ }, "Bob director", types.ErrDigestMismatch},
		"a second time":                        {func(t *testing.T, o *desk, a *types.Action) { o.approved(t, "Bob director", *a) }, "Bob director", types.ErrAlreadyApproved},
		"a second time with another key":       {func(t *testing.T, o *desk, a *types.Action) { o.approved(t, "Bob director", *a) }, "Bob other", types.ErrAlreadyApproved},
		"by one who was suspended":             {func(t *testing.T, o *desk, _ *types.Action) { o.setStatus(t, "Bob director", suspended) }, "Bob director", types.ErrOperatorInactive},
		"by one whose role was taken": {func(t *testing.T, o *desk, _ *types.Action) {
			require.NoError(t, o.setOperatorRoles("Ada admin", "Bob director"))
		}, "Bob director", types.ErrNotApprover},
		"after its time, before it is closed": {func(_ *testing.T, o *desk, a *types.Action) { o.ctx = o.ctx.WithBlockTime(a.ExpiresAt) }, "Bob director", types.ErrActionExpired},
		"after it was rejected":               {func(t *testing.T, o *desk, a *types.Action) { require.NoError(t, o.reject("Cid director", *a)) }, "Bob director", types.ErrActionDecided},
		"after it was withdrawn":              {func(t *testing.T, o *desk, a *types.Action) { require.NoError(t, o.withdraw("Ann clerk", *a)) }, "Bob director", types.ErrActionDecided},
		"after it was executed": {func(t *testing.T, o *desk, a *types.Action) {
			o.approved(t, "Bob director", *a)
			o.approved(t, "Cid director", *a)
		}, "Bob director", types.ErrActionDecided},
	} {
		t.Run(name, func(t *testing.T) {
			o := newDesk(t)
			action := o.propose(t, newParty("x"))
			if test.prepare != nil {
				test.prepare(t, o, &action)
			}
			before := o.contents(t)
			_, err := o.approve(test.by, action)
			require.ErrorIs(t, err, test.want)
			require.Equal(t, before, o.contents(t), "nothing changed")
		})
	}
}

func TestTheApprovalOfOneWhoWasSuspendedSinceDoesNotCount(t *testing.T) {
	o := newDesk(t)
	action := o.propose(t, newParty("x"))
	o.approved(t, "Bob director", action)
	o.setStatus(t, "Bob director", suspended)
	response := o.approved(t, "Cid director", action)
	require.Equal(t, pending, response.Status)
	require.Equal(t, uint32(1), response.ApprovalsNeeded)
	require.False(t, o.hasParty("x"))
	require.Len(t, o.action(t, action.Id).Approvals, 1, "Bob's is gone")
	require.Equal(t, executed, o.approved(t, "Bob other", action).Status, "the same person may say it with a key that holds")
}

func TestTheApprovalOfOneWhoLostTheRoleSinceDoesNotCount(t *testing.T) {
	o := newDesk(t)
	action := o.propose(t, newParty("x"))
	o.approved(t, "Bob director", action)
	require.NoError(t, o.setOperatorRoles("Ada admin", "Bob director"))
	require.Equal(t, pending, o.approved(t, "Cid director", action).Status)
}

func TestAnActionWhoseMakerWasSuspendedFailsForGood(t *testing.T) {
	o := newDesk(t)
	action := o.propose(t, newParty("x"))
	o.setStatus(t, "Ann clerk", suspended)
	_, err := o.approve("Gus viewer", action)
	require.ErrorIs(t, err, types.ErrNotApprover, "who could not approve does not end it either")
	response := o.approved(t, "Bob director", action)
	require.Equal(t, failed, response.Status)
	require.Contains(t, response.Reason, "(access 31)")
	o.setStatus(t, "Ann clerk", active)
	_, err = o.approve("Cid director", action)
	require.ErrorIs(t, err, types.ErrActionDecided)
}

func TestAFailingExecutionIsStoredWithItsReasonAndChangesNothing(t *testing.T) {
	o := newDesk(t)
	doomed := o.propose(t, newParty("mine"), newParty("taken"))
	other := o.propose(t, newParty("taken"))
	for _, director := range []string{"Bob director", "Cid director"} {
		o.approved(t, director, other)
	}
	require.True(t, o.hasParty("taken"))
	o.approved(t, "Bob director", doomed)
	response := o.approved(t, "Cid director", doomed)
	require.Equal(t, failed, response.Status)
	require.Equal(t, "message 2 of 2 (/zhilian.access.v1.MsgRegisterParty): taken is a party: id is in use on the network (access 7)", response.Reason)
	require.Empty(t, response.Responses)
	require.False(t, o.hasParty("mine"), "all or none")
	require.Len(t, eventsNamed[*types.EventPartyRegistered](t, o), 1)
	stored := o.action(t, doomed.Id)
	require.Equal(t, response.Reason, stored.Reason)
	require.Equal(t, failed, stored.Status)
	require.Empty(t, stored.Messages)
}

func TestAPanickingMessageFailsItsActionOnly(t *testing.T) {
	o := newDesk(t)
	action := o.propose(t, suspendGus())
	o.router.instead["/zhilian.access.v1.MsgSetOperatorStatus"] = func(sdk.Context, sdk.Msg) (*sdk.Result, error) {
		panic("a secret of the heap")
	}
	response := o.approved(t, "Fay approver", action)
	require.Equal(t, failed, response.Status)
	require.Contains(t, response.Reason, "(access 77)")
	require.NotContains(t, response.Reason, "secret")
}

func TestAMessageThatPanicsWhenItIsTriedIsNotProposed(t *testing.T) {
	o := newDesk(t)
	o.router.instead["/zhilian.access.v1.MsgSetOperatorStatus"] = func(sdk.Context, sdk.Msg) (*sdk.Result, error) { panic("boo") }
	_, err := o.try("Ann clerk", pack(t, suspendGus()))
	require.ErrorIs(t, err, types.ErrMessagePanicked)
}

func TestWhereNoPolicyAsksAnApproverMustStillSayYes(t *testing.T) {
	o := newDesk(t)
	response, err := o.try("Ann clerk", pack(t, suspendGus()))
	require.NoError(t, err)
	require.Empty(t, response.Policies)
	require.Equal(t, uint32(1), response.ApprovalsNeeded)
	require.Equal(t, active, o.operator(t, "Gus viewer").Status)
	action := o.action(t, response.ActionId)
	for _, name := range []string{"Bob director", "Ada admin", "Gus viewer"} {
		_, err := o.approve(name, action)
		require.ErrorIs(t, err, types.ErrNotApprover, name)
	}
	require.Equal(t, executed, o.approved(t, "Fay approver", action).Status)
	require.Equal(t, suspended, o.operator(t, "Gus viewer").Status)
}

// A policy for the day may have asked yesterday and not today; the same if policies were changed since.
func TestWhoWasAskedWhenItWasProposedMayStillSayYes(t *testing.T) {
	o := newDesk(t)
	action := o.propose(t, newParty("x"))
	change := o.propose(t, &types.MsgSetPolicies{Operator: address("Ann clerk"), InstitutionId: "BQDQ", Policies: []types.ApprovalPolicy{{
		Id: "parties", Permission: "access.operator", FromAmount: math.ZeroInt(), Approvals: 1, Roles: []string{"director"},
	}}})
	require.Equal(t, executed, o.approved(t, "Eve risk", change).Status)
	_, err := o.approve("Eve risk", action)
	require.ErrorIs(t, err, types.ErrNotApprover, "she was not asked")
	require.Equal(t, executed, o.approved(t, "Bob director", action).Status)
}

// One approval is charged the work of the action once, so it must do that work once.
func TestAnApprovalRunsTheMessagesOnce(t *testing.T) {
	o := newDesk(t)
	action := o.propose(t, newParty("x"))
	runs := 0
	real := o.router.Handler(newParty("x"))
	o.router.instead["/zhilian.access.v1.MsgRegisterParty"] = func(ctx sdk.Context, msg sdk.Msg) (*sdk.Result, error) {
		runs++
		return real(ctx, msg)
	}
	_, err := o.approve("Eve risk", action)
	require.ErrorIs(t, err, types.ErrNotApprover)
	require.Equal(t, 1, runs, "an approval that is refused")
	require.Equal(t, pending, o.approved(t, "Bob director", action).Status)
	require.Equal(t, 2, runs, "the first of two")
	require.Equal(t, executed, o.approved(t, "Cid director", action).Status)
	require.Equal(t, 3, runs, "the last")
}

func TestEachPolicyOfAnActionIsMetByItsOwnApproversInAnyOrder(t *testing.T) {
	for _, order := range [][]string{
		{"Bob director", "Cid director", "Eve risk"}, {"Eve risk", "Bob director", "Cid director"}, {"Bob director", "Eve risk", "Cid director"},
	} {
		o := newDesk(t)
		action := o.propose(t, newParty("x"), newPolicies())
		require.Equal(t, []string{"parties", "policies"}, action.Policies)
		for i, name := range order {
			response := o.approved(t, name, action)
			require.Equal(t, i == 2, response.Status == executed, "%s of %v", name, order)
		}
		require.True(t, o.hasParty("x"))
	}
}

func TestWhatIsApprovedIsNotDoneTwice(t *testing.T) {
	o := newDesk(t)
	runs := 0
	real := o.router.Handler(suspendGus())
	action := o.propose(t, suspendGus())
	o.router.instead["/zhilian.access.v1.MsgSetOperatorStatus"] = func(ctx sdk.Context, msg sdk.Msg) (*sdk.Result, error) {
		if _, err := o.messages.ApproveAction(ctx, &types.MsgApproveAction{
			Operator: address("Fay approver"), ActionId: action.Id, Digest: action.Digest, Units: action.Units,
		}); err == nil {
			runs++ // it would have run inside of itself
		}
		return real(ctx, msg)
	}
	require.Equal(t, executed, o.approved(t, "Fay approver", action).Status)
	require.Zero(t, runs)
}

func TestRejecting(t *testing.T) {
	for name, test := range map[string]struct {
		by   string
		want error
	}{
		"by one whom the policy asks":  {"Bob director", nil},
		"by an approver":               {"Fay approver", nil},
		"by an administrator":          {"Ada admin", nil},
		"by one of another policy":     {"Eve risk", nil},
		"by the maker's second key":    {"Ann director", types.ErrMakerApproves},
		"by one who could not approve": {"Gus viewer", types.ErrNotApprover},
		"by another bank":              {"Hal director", types.ErrScopeDenied},
		"by a machine":                 {"machine", types.ErrHolderMissing},
	} {
		t.Run(name, func(t *testing.T) {
			o := newDesk(t)
			action := o.propose(t, newParty("x"))
			err := o.reject(test.by, action)
			require.ErrorIs(t, err, test.want)
			if test.want == nil {
				require.Equal(t, rejected, o.action(t, action.Id).Status)
				require.Equal(t, "WRONG-AMOUNT", o.action(t, action.Id).Reason)
			}
		})
	}
}

func TestARejectionTellsACodeAndNoStory(t *testing.T) {
	o := newDesk(t)
	action := o.propose(t, newParty("x"))
	for _, reason := range []string{"", "free text", "lower", "ÄÖ", string(bytes.Repeat([]byte("A"), 33))} {
		_, err := o.messages.RejectAction(o.ctx, &types.MsgRejectAction{Operator: address("Bob director"), ActionId: action.Id, Reason: reason})
		require.ErrorIs(t, err, types.ErrInvalidAction, reason)
	}
}

func TestTheMakerTakesItBackWithAnyKey(t *testing.T) {
	o := newDesk(t)
	one, two := o.propose(t, newParty("x")), o.propose(t, newParty("y"))
	require.ErrorIs(t, o.withdraw("Bob director", one), types.ErrNotMaker)
	require.ErrorIs(t, o.withdraw("machine", one), types.ErrHolderMissing)
	require.NoError(t, o.withdraw("Ann clerk", one))
	require.NoError(t, o.withdraw("Ann director", two))
	require.ErrorIs(t, o.withdraw("Ann clerk", one), types.ErrActionDecided)
	require.Equal(t, withdrawn, o.action(t, one.Id).Status)
}

func TestAScopeHasSoManyPendingActions(t *testing.T) {
	o := newDesk(t)
	var last types.Action
	for range types.MaxPendingActions {
		last = o.propose(t, newParty("x"))
	}
	_, err := o.try("Ann clerk", pack(t, newParty("x")))
	require.ErrorIs(t, err, types.ErrTooManyActions)
	require.NoError(t, o.withdraw("Ann clerk", last))
	o.propose(t, newParty("x"))
}

func TestActionsExpireAndLeaveABoundedNumberInABlock(t *testing.T) {
	o := newDesk(t)
	count := func(status types.ActionStatus) int {
		page, err := o.queries.Actions(o.ctx, &types.QueryActionsRequest{InstitutionId: "BQDQ", Status: status})
		require.NoError(t, err)
		return len(page.Actions)
	}
	empty := len(o.contents(t))
	for range types.MaxPendingActions {
		o.propose(t, newParty("x"))
	}
	o.ctx = o.ctx.WithBlockTime(o.ctx.BlockTime().Add(types.DefaultParams().ActionLifetime - time.Second))
	require.NoError(t, o.keeper.EndBlock(o.ctx))
	require.Equal(t, 100, count(pending), "one second is left")
	o.ctx = o.ctx.WithBlockTime(o.ctx.BlockTime().Add(time.Second))
	require.NoError(t, o.keeper.EndBlock(o.ctx))
	require.Equal(t, 0, count(pending))
	require.Equal(t, 100, count(expired))
	for range 50 {
		o.propose(t, newParty("x"))
	}
	o.ctx = o.ctx.WithBlockTime(o.ctx.BlockTime().Add(types.DefaultParams().ActionLifetime + types.DefaultParams().Retention))
	require.NoError(t, o.keeper.EndBlock(o.ctx))
	require.Equal(t, 100, count(0), "a hundred are due to leave and fifty to expire: fifty of each")
	require.Equal(t, 0, count(pending))
	o.ctx = o.ctx.WithBlockTime(o.ctx.BlockTime().Add(types.DefaultParams().Retention))
	require.NoError(t, o.keeper.EndBlock(o.ctx))
	require.Equal(t, 0, count(0))
	require.Len(t, o.contents(t), empty, "nothing is left but the number, which genesis has set")
}

func TestActionsAreListedNewestFirstWithoutMessages(t *testing.T) {
	o := newDesk(t)
	for _, id := range []string{"a", "b", "c"} {
		o.propose(t, newParty("party-"+id))
	}
	require.NoError(t, o.reject("Bob director", o.action(t, 2)))
	ids := func(status types.ActionStatus) (found []uint64) {
		page, err := o.queries.Actions(o.ctx, &types.QueryActionsRequest{InstitutionId: "BQDQ", Status: status})
		require.NoError(t, err)
		for _, action := range page.Actions {
			require.Empty(t, action.Messages)
			found = append(found, action.Id)
		}
		return found
	}
	require.Equal(t, []uint64{3, 2, 1}, ids(0))
	require.Equal(t, []uint64{3, 1}, ids(pending))
	require.Equal(t, []uint64{2}, ids(rejected))
	_, err := o.queries.Actions(o.ctx, &types.QueryActionsRequest{InstitutionId: "NONE"})
	require.ErrorIs(t, err, types.ErrInstitutionNotFound)
	require.Len(t, o.action(t, 1).Messages, 1)
}

func TestAMakerMayAskForLessTimeThanTheNetworkGives(t *testing.T) {
	o := newDesk(t)
	now, lifetime := o.ctx.BlockTime(), types.DefaultParams().ActionLifetime
	for name, test := range map[string]struct {
		asked time.Time
		want  error
	}{
		"now":      {now, types.ErrInvalidAction},
		"too long": {now.Add(lifetime + 1), types.ErrInvalidAction},
		"an hour":  {now.Add(time.Hour), nil},
		"the most": {now.Add(lifetime), nil},
	} {
		_, err := o.messages.ProposeAction(o.ctx, &types.MsgProposeAction{
			Operator: address("Ann clerk"), Messages: pack(t, newParty("x")), ExpiresAt: test.asked,
		})
		require.ErrorIs(t, err, test.want, name)
	}
}

func TestPendingActionsOutliveAnExport(t *testing.T) {
	o := newDesk(t)
	waiting := o.propose(t, newParty("x"))
	o.approved(t, "Bob director", waiting)
	require.NoError(t, o.withdraw("Ann clerk", o.propose(t, newParty("y"))))
	state, err := o.keeper.ExportGenesis(o.ctx)
	require.NoError(t, err)
	text, err := o.codec.MarshalJSON(state)
	require.NoError(t, err)

	again := newEmptyDesk(t)
	var read types.GenesisState
	require.NoError(t, again.codec.UnmarshalJSON(text, &read))
	require.NoError(t, again.keeper.InitGenesis(again.ctx, &read))
	reread, err := again.keeper.ExportGenesis(again.ctx)
	require.NoError(t, err)
	retext, err := again.codec.MarshalJSON(reread)
	require.NoError(t, err)
	require.JSONEq(t, string(text), string(retext))
	require.Equal(t, executed, again.approved(t, "Cid director", waiting).Status, "with the digest from before")
	require.Equal(t, uint64(3), again.propose(t, newParty("z")).Id)
}

func TestAWrongGenesisOfActionsIsRefused(t *testing.T) {
	o := newDesk(t)
	o.propose(t, newParty("x"))
	require.NoError(t, o.withdraw("Ann clerk", o.propose(t, newParty("y"))))
	for name, spoil := range map[string]func(*types.GenesisState){
		"its number would be given again":          func(s *types.GenesisState) { s.NextActionId = 2 },
		"a number is there twice":                  func(s *types.GenesisState) { s.Actions[1].Id = 1 },
		"a digest is of something else":            func(s *types.GenesisState) { s.Actions[0].Digest = digestOf("x") },
		"a pending one has no messages":            func(s *types.GenesisState) { s.Actions[0].Messages = nil },
		"a decided one has messages":               func(s *types.GenesisState) { s.Actions[1].Messages = s.Actions[0].Messages },
		"one has no status":                        func(s *types.GenesisState) { s.Actions[0].Status = 0 },
		"one has no maker":                         func(s *types.GenesisState) { s.Actions[0].Maker = "" },
		"one has more approvals than there may be": func(s *types.GenesisState) { s.Actions[0].Approvals = make([]types.Approval, 17) },
	} {
		state, err := o.keeper.ExportGenesis(o.ctx)
		require.NoError(t, err)
		require.NoError(t, state.Validate())
		spoil(state)
		require.Error(t, state.Validate(), name)
	}
}
