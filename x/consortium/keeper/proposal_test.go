package keeper_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

const (
	open     = types.ProposalStatus_PROPOSAL_STATUS_OPEN
	executed = types.ProposalStatus_PROPOSAL_STATUS_EXECUTED
	failed   = types.ProposalStatus_PROPOSAL_STATUS_FAILED
	rejected = types.ProposalStatus_PROPOSAL_STATUS_REJECTED
	expired  = types.ProposalStatus_PROPOSAL_STATUS_EXPIRED
)

func pack(t require.TestingT, messages ...sdk.Msg) []*codectypes.Any {
	packed := make([]*codectypes.Any, len(messages))
	for i, message := range messages {
		var err error
		packed[i], err = codectypes.NewAnyWithValue(message)
		require.NoError(t, err)
	}
	return packed
}

func newParams(votingPeriod time.Duration) *types.MsgUpdateParams {
	params := types.DefaultParams()
	params.VotingPeriod = votingPeriod
	return &types.MsgUpdateParams{Authority: authority, Params: params}
}

func (f *fixture) submit(t require.TestingT, proposer string, messages ...sdk.Msg) (uint64, error) {
	response, err := f.msgs.SubmitProposal(f.ctx, &types.MsgSubmitProposal{
		Operator: operatorOf(proposer), Title: "A change", Messages: pack(t, messages...),
	})
	if err != nil {
		return 0, err
	}
	return response.ProposalId, nil
}

func (f *fixture) mustSubmit(t require.TestingT, messages ...sdk.Msg) uint64 {
	id, err := f.submit(t, "AAAA", messages...)
	require.NoError(t, err)
	return id
}

func (f *fixture) vote(id uint64, institutionID string, option types.VoteOption) (types.ProposalStatus, error) {
	response, err := f.msgs.CastVote(f.ctx, &types.MsgCastVote{Operator: operatorOf(institutionID), ProposalId: id, Option: option})
	if err != nil {
		return 0, err
	}
	return response.Status, nil
}

// pass has three of the four institutions agree, and returns what came of the deciding vote.
func (f *fixture) pass(t require.TestingT, id uint64) types.ProposalStatus {
	for _, institutionID := range four[:2] {
		status, err := f.vote(id, institutionID, yes)
		require.NoError(t, err)
		require.Equal(t, open, status)
	}
	status, err := f.vote(id, four[2], yes)
	require.NoError(t, err)
	return status
}

func (f *fixture) proposal(t require.TestingT, id uint64) *types.QueryProposalResponse {
	response, err := f.queries.Proposal(f.ctx, &types.QueryProposalRequest{ProposalId: id})
	require.NoError(t, err)
	return response
}

func (f *fixture) votingPeriod(t require.TestingT) time.Duration {
	response, err := f.queries.Params(f.ctx, &types.QueryParamsRequest{})
	require.NoError(t, err)
	return response.Params.VotingPeriod
}

func fourValidators(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t, four...)
	f.withValidators(t, equals(four...)...)
	return f
}

func TestAPassedProposalIsExecutedInTheDecidingVote(t *testing.T) {
	f := fourValidators(t)
	f.institutions.institutions["EEEE"] = accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE
	id := f.mustSubmit(t,
		newParams(2*time.Hour),
		&types.MsgAdmitValidator{Authority: authority, InstitutionId: "EEEE", ConsensusPubkey: pubKey("EEEE"), Power: 1})
	require.EqualValues(t, 1, id)
	require.Equal(t, executed, f.pass(t, id))

	require.Equal(t, 2*time.Hour, f.votingPeriod(t))
	require.Equal(t, active, f.validator(t, "EEEE").Validator.Status)
	require.Equal(t, executed, f.proposal(t, id).Proposal.Status)
	require.Len(t, f.proposal(t, id).Votes, 3)

	submitted := events[*types.EventProposalSubmitted](t, f)
	require.Equal(t, []*types.EventProposalSubmitted{{
		ProposalId: 1, InstitutionId: "AAAA", Operator: operatorOf("AAAA"),
		MessageTypes: []string{"/zhilian.consortium.v1.MsgUpdateParams", "/zhilian.consortium.v1.MsgAdmitValidator"},
	}}, submitted)
	require.Len(t, events[*types.EventVoteCast](t, f), 3)
	require.Equal(t, []*types.EventProposalDecided{{ProposalId: 1, OldStatus: open, NewStatus: executed}},
		events[*types.EventProposalDecided](t, f))
	require.Len(t, events[*types.EventParamsUpdated](t, f), 1, "the messages' own events are told once")
	require.Len(t, events[*types.EventValidatorStatusChanged](t, f), 1)
	require.Equal(t, map[string]int64{"EEEE": 1}, told(t, f.endBlock(t), "EEEE"))
}

func TestOneProposalReplacesAKey(t *testing.T) {
	f := fourValidators(t)
	id := f.mustSubmit(t,
		&types.MsgRemoveValidator{Authority: authority, InstitutionId: "AAAA"},
		&types.MsgAdmitValidator{Authority: authority, InstitutionId: "AAAA", ConsensusPubkey: pubKey("new"), Power: 1})
	require.Equal(t, executed, f.pass(t, id))
	require.Equal(t, map[string]int64{"AAAA": 0, "new": 1}, told(t, f.endBlock(t), "AAAA", "new"))
}

func TestAFailingMessageLeavesNoTraceOfItsProposal(t *testing.T) {
	f := fourValidators(t)
	before, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	id := f.mustSubmit(t,
		newParams(2*time.Hour),
		&types.MsgRemoveValidator{Authority: authority, InstitutionId: "AAAA"},
		&types.MsgRemoveValidator{Authority: authority, InstitutionId: "ZZZZ"})
	require.Equal(t, failed, f.pass(t, id))

	got := f.proposal(t, id).Proposal
	require.Equal(t, failed, got.Status)
	require.Equal(t, `message 3 of 3 (/zhilian.consortium.v1.MsgRemoveValidator): `+
		`institution "ZZZZ": validator not found (consortium 10)`, got.Failure)
	after, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Equal(t, before.Params, after.Params)
	require.Equal(t, before.Validators, after.Validators)
	require.Empty(t, events[*types.EventParamsUpdated](t, f))
	require.Empty(t, events[*types.EventValidatorStatusChanged](t, f))
	require.Equal(t, []*types.EventProposalDecided{{ProposalId: id, OldStatus: open, NewStatus: failed, Failure: got.Failure}},
		events[*types.EventProposalDecided](t, f))
	require.Empty(t, f.endBlock(t), "CometBFT hears nothing of it")

	_, err = f.vote(id, "DDDD", yes)
	require.ErrorIs(t, err, types.ErrProposalNotOpen, "a failed proposal is not tried again")
}

// instead takes the handler of MsgUpdateParams over, after it has written.
func (f *fixture) instead(then func() error) {
	typeURL := sdk.MsgTypeURL(&types.MsgUpdateParams{})
	honest := f.router.MsgServiceRouter.HandlerByTypeURL(typeURL)
	f.router.instead[typeURL] = func(ctx sdk.Context, msg sdk.Msg) (*sdk.Result, error) {
		if _, err := honest(ctx, msg); err != nil {
			return nil, err
		}
		return nil, then()
	}
}

func TestACrashingMessageFailsItsProposalOnly(t *testing.T) {
	f := fourValidators(t)
	f.instead(func() error { panic("secret at 0xc000123456") })
	id := f.mustSubmit(t, newParams(2*time.Hour))
	require.Equal(t, failed, f.pass(t, id))
	got := f.proposal(t, id).Proposal
	require.Contains(t, got.Failure, "message crashed while it was executed (consortium 39)")
	require.NotContains(t, got.Failure, "secret")
	require.Equal(t, time.Hour, f.votingPeriod(t), "what it wrote before the crash is gone")
	require.Len(t, f.proposal(t, id).Votes, 3, "the deciding vote stays")
	f.endBlock(t)
}

func TestTextOfAnUnregisteredErrorIsNotStored(t *testing.T) {
	f := fourValidators(t)
	f.instead(func() error { return errors.New("map order differs from node to node") })
	id := f.mustSubmit(t, newParams(2*time.Hour))
	require.Equal(t, failed, f.pass(t, id))
	require.Equal(t, "message 1 of 1 (/zhilian.consortium.v1.MsgUpdateParams): internal error", f.proposal(t, id).Proposal.Failure)
}

func TestALongFailureIsShortened(t *testing.T) {
	f := fourValidators(t)
	f.instead(func() error { return types.ErrInvalidParams.Wrap(strings.Repeat("直", 1_000)) })
	id := f.mustSubmit(t, newParams(2*time.Hour))
	require.Equal(t, failed, f.pass(t, id))
	require.LessOrEqual(t, len(f.proposal(t, id).Proposal.Failure), types.FailureBytesMax)
}

func TestTheDecidingVoterCannotFailAProposalBySendingTooLittleGas(t *testing.T) {
	for name, shortage := range map[string]any{
		"out of gas": storetypes.ErrorOutOfGas{Descriptor: "write"}, "gas overflow": storetypes.ErrorGasOverflow{Descriptor: "write"},
	} {
		t.Run(name, func(t *testing.T) {
			f := fourValidators(t)
			f.instead(func() error { panic(shortage) })
			id := f.mustSubmit(t, newParams(2*time.Hour))
			for _, institutionID := range four[:2] {
				_, err := f.vote(id, institutionID, yes)
				require.NoError(t, err)
			}
			_, err := f.vote(id, "CCCC", yes)
			require.ErrorIs(t, err, sdkerrors.ErrOutOfGas)
			require.Equal(t, open, f.proposal(t, id).Proposal.Status)
			require.Equal(t, time.Hour, f.votingPeriod(t))
		})
	}
}

func TestAMessageCannotRunItsOwnProposalAgain(t *testing.T) {
	f := fourValidators(t)
	runs := 0
	f.instead(nil)
	f.router.instead[sdk.MsgTypeURL(&types.MsgUpdateParams{})] = func(ctx sdk.Context, _ sdk.Msg) (*sdk.Result, error) {
		runs++
		_, err := f.msgs.CastVote(ctx, &types.MsgCastVote{Operator: operatorOf("DDDD"), ProposalId: 1, Option: yes})
		return &sdk.Result{}, err
	}
	id := f.mustSubmit(t, newParams(2*time.Hour))
	require.Equal(t, failed, f.pass(t, id))
	require.Equal(t, 1, runs)
	require.Contains(t, f.proposal(t, id).Proposal.Failure, "(consortium 36)")
}

func TestAHandlerThatWentAwayFailsTheProposal(t *testing.T) {
	f := fourValidators(t)
	id := f.mustSubmit(t, newParams(2*time.Hour))
	f.router.instead[sdk.MsgTypeURL(&types.MsgUpdateParams{})] = nil
	require.Equal(t, failed, f.pass(t, id))
	require.Contains(t, f.proposal(t, id).Proposal.Failure, "(consortium 34)")
}

func TestSubmissionIsRefused(t *testing.T) {
	tooLarge := newParams(time.Hour)
	tooLarge.Authority = strings.Repeat("a", types.ProposalBytesMax)
	notAny := []*codectypes.Any{{TypeUrl: "/unknown.v1.MsgUnknown"}}
	many := make([]sdk.Msg, types.ProposalMessagesMax+1)
	for i := range many {
		many[i] = newParams(time.Hour)
	}
	foreign := newParams(time.Hour)
	foreign.Authority = operatorOf("AAAA")
	cases := []struct {
		name     string
		title    string
		messages []*codectypes.Any
		want     error
	}{
		{"without a title", "", pack(t, newParams(time.Hour)), types.ErrInvalidTitle},
		{"with a blank title", " \t\n", pack(t, newParams(time.Hour)), types.ErrInvalidTitle},
		{"with a title that is no text", "\xff", pack(t, newParams(time.Hour)), types.ErrInvalidTitle},
		{"with a title of 257 characters", strings.Repeat("直", 257), pack(t, newParams(time.Hour)), types.ErrInvalidTitle},
		{"without messages", "t", nil, types.ErrInvalidMessages},
		{"with a message that is missing", "t", []*codectypes.Any{nil}, types.ErrInvalidMessages},
		{"with 17 messages", "t", pack(t, many...), types.ErrInvalidMessages},
		{"with more than 64 KiB of messages", "t", pack(t, tooLarge), types.ErrInvalidMessages},
		{"with a message that nobody knows", "t", notAny, types.ErrInvalidMessages},
		{"with a message of an operator", "t", pack(t, foreign), types.ErrMessageSigner},
		{"with one message of many that another one signs", "t", pack(t, newParams(time.Hour), foreign), types.ErrMessageSigner},
		{"with a nested vote of an operator", "t", pack(t, &types.MsgCastVote{Operator: operatorOf("AAAA"), ProposalId: 1, Option: yes}), types.ErrMessageSigner},
		{"with a signer that is no address", "t", pack(t, &types.MsgUpdateParams{Authority: "nobody"}), types.ErrMessageSigner},
		{"with a message that has no handler", "t", pack(t, &types.MsgRemoveValidator{Authority: authority, InstitutionId: "AAAA"}), types.ErrMessageNotRoutable},
	}
	f := fourValidators(t)
	f.router.instead[sdk.MsgTypeURL(&types.MsgRemoveValidator{})] = nil
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := f.msgs.SubmitProposal(f.ctx, &types.MsgSubmitProposal{Operator: operatorOf("AAAA"), Title: c.title, Messages: c.messages})
			require.ErrorIs(t, err, c.want)
		})
	}
	_, err := f.msgs.SubmitProposal(f.ctx, &types.MsgSubmitProposal{
		Operator: operatorOf("AAAA"), Title: strings.Repeat("直", 256), Messages: pack(t, many[1:]...),
	})
	require.NoError(t, err, "256 characters and 16 messages are fine")
}

// The authority is nobody's operator, so that a nested message with it as operator gets nowhere.
func TestANestedVoteInTheNameOfTheAuthorityFails(t *testing.T) {
	f := fourValidators(t)
	other := f.mustSubmit(t, newParams(3*time.Hour))
	for _, nested := range []sdk.Msg{
		&types.MsgCastVote{Operator: authority, ProposalId: other, Option: yes},
		&types.MsgSubmitProposal{Operator: authority, Title: "t", Messages: pack(t, newParams(time.Hour))},
		&types.MsgUnjailValidator{Operator: authority},
	} {
		id := f.mustSubmit(t, nested)
		require.Equal(t, failed, f.pass(t, id))
		require.Contains(t, f.proposal(t, id).Proposal.Failure, accesstypes.ErrOperatorNotFound.Error())
	}
	require.Empty(t, f.proposal(t, other).Votes)
}

func TestOnlyPermittedOperatorsOfAnInstitutionItselfActForIt(t *testing.T) {
	f := fourValidators(t)
	id := f.mustSubmit(t, newParams(2*time.Hour))
	messages := map[string]func(operator string) error{
		types.PermissionPropose: func(operator string) error {
			_, err := f.msgs.SubmitProposal(f.ctx, &types.MsgSubmitProposal{Operator: operator, Title: "t", Messages: pack(t, newParams(time.Hour))})
			return err
		},
		types.PermissionVote: func(operator string) error {
			_, err := f.msgs.CastVote(f.ctx, &types.MsgCastVote{Operator: operator, ProposalId: id, Option: yes})
			return err
		},
		types.PermissionUnjail: func(operator string) error {
			_, err := f.msgs.UnjailValidator(f.ctx, &types.MsgUnjailValidator{Operator: operator})
			return err
		},
	}
	customer := bech32("customer")
	f.institutions.operators[customer] = accesstypes.Actor{Address: customer, InstitutionID: "AAAA", PartyID: "AAAA-1"}
	for permission, send := range messages {
		require.ErrorIs(t, send(bech32("stranger")), accesstypes.ErrOperatorNotFound, permission)
		require.ErrorIs(t, send(customer), types.ErrPartyOperator, permission)
		f.institutions.withheld = map[string]bool{permission: true}
		require.ErrorIs(t, send(operatorOf("AAAA")), accesstypes.ErrPermissionDenied, permission)
		f.institutions.withheld = nil
	}
}

func TestSettingsChangeByTheAuthorityOnly(t *testing.T) {
	f := fourValidators(t)
	msg := newParams(2 * time.Hour)
	msg.Authority = operatorOf("AAAA")
	_, err := f.msgs.UpdateParams(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrNotAuthority)
	_, err = f.msgs.UpdateParams(f.ctx, newParams(0))
	require.ErrorIs(t, err, types.ErrInvalidParams)
	require.Equal(t, time.Hour, f.votingPeriod(t))
}

func TestAVoteCanBeChangedUntilTheDecision(t *testing.T) {
	f := fourValidators(t)
	id := f.mustSubmit(t, newParams(2*time.Hour))
	for _, step := range []struct {
		institution string
		option      types.VoteOption
		want        types.ProposalStatus
	}{
		{"AAAA", no, open}, {"AAAA", yes, open}, {"AAAA", yes, open}, {"BBBB", yes, open}, {"CCCC", no, open}, {"CCCC", yes, executed},
	} {
		status, err := f.vote(id, step.institution, step.option)
		require.NoError(t, err)
		require.Equal(t, step.want, status)
	}
	require.Len(t, f.proposal(t, id).Votes, 3)
}

func TestAProposalThatCannotPassAnyMoreIsRejected(t *testing.T) {
	f := fourValidators(t)
	id := f.mustSubmit(t, newParams(2*time.Hour))
	status, err := f.vote(id, "AAAA", no)
	require.NoError(t, err)
	require.Equal(t, open, status)
	status, err = f.vote(id, "BBBB", no)
	require.NoError(t, err)
	require.Equal(t, rejected, status)
	require.Equal(t, time.Hour, f.votingPeriod(t))
	_, err = f.vote(id, "CCCC", yes)
	require.ErrorIs(t, err, types.ErrProposalNotOpen)
	f.endBlock(t)
}

func TestEligibilityIsAskedWhenVotesAreCounted(t *testing.T) {
	f := fourValidators(t)
	id := f.mustSubmit(t, newParams(2*time.Hour))
	for _, institutionID := range four[:2] {
		_, err := f.vote(id, institutionID, yes)
		require.NoError(t, err)
	}
	f.institutions.voting = []string{"BBBB", "CCCC", "DDDD"}
	_, err := f.vote(id, "AAAA", yes)
	require.ErrorIs(t, err, types.ErrNotEligible)
	status, err := f.vote(id, "CCCC", yes)
	require.NoError(t, err)
	require.Equal(t, open, status, "the vote of AAAA no longer counts: two of three")
	status, err = f.vote(id, "DDDD", yes)
	require.NoError(t, err)
	require.Equal(t, executed, status)
}

func TestVotesAreRefused(t *testing.T) {
	f := fourValidators(t)
	id := f.mustSubmit(t, newParams(2*time.Hour))
	_, err := f.vote(id, "AAAA", types.VoteOption_VOTE_OPTION_UNSPECIFIED)
	require.ErrorIs(t, err, types.ErrInvalidVote)
	_, err = f.vote(id, "AAAA", 7)
	require.ErrorIs(t, err, types.ErrInvalidVote)
	_, err = f.vote(id+1, "AAAA", yes)
	require.ErrorIs(t, err, types.ErrProposalNotFound)
}

func TestAProposalExpiresAtItsTime(t *testing.T) {
	f := fourValidators(t)
	id := f.mustSubmit(t, newParams(2*time.Hour))
	require.Equal(t, genesisTime.Add(time.Hour), f.proposal(t, id).Proposal.ExpiresAt)

	f.ctx = f.ctx.WithBlockTime(genesisTime.Add(time.Hour - time.Nanosecond))
	f.endBlock(t)
	require.Equal(t, open, f.proposal(t, id).Proposal.Status)

	f.ctx = f.ctx.WithBlockTime(genesisTime.Add(time.Hour))
	_, err := f.vote(id, "AAAA", yes)
	require.ErrorIs(t, err, types.ErrProposalNotOpen, "the time is over before the end of the block says so")
	f.endBlock(t)
	require.Equal(t, expired, f.proposal(t, id).Proposal.Status)
	require.Equal(t, []*types.EventProposalDecided{{ProposalId: id, OldStatus: open, NewStatus: expired}},
		events[*types.EventProposalDecided](t, f))
	_, err = f.vote(id, "AAAA", yes)
	require.ErrorIs(t, err, types.ErrProposalNotOpen)
}

func TestProposalsAndExpirationsAreBounded(t *testing.T) {
	ids := []string{"AAAA", "BBBB", "CCCC", "DDDD", "EEEE", "FFFF", "GGGG", "HHHH", "JJJJ", "KKKK", "LLLL"}
	f := newFixture(t, ids...)
	f.withValidators(t, equals("AAAA")...)
	for range types.OpenProposalsPerInstitutionMax {
		f.mustSubmit(t, newParams(2*time.Hour))
	}
	_, err := f.submit(t, "AAAA", newParams(2*time.Hour))
	require.ErrorIs(t, err, types.ErrTooManyProposals, "one institution cannot use up all the room")
	for _, proposer := range ids[1:10] {
		for range types.OpenProposalsPerInstitutionMax {
			_, err := f.submit(t, proposer, newParams(2*time.Hour))
			require.NoError(t, err)
		}
	}
	_, err = f.submit(t, ids[10], newParams(2*time.Hour))
	require.ErrorIs(t, err, types.ErrTooManyProposals)

	f.ctx = f.ctx.WithBlockTime(genesisTime.Add(time.Hour))
	for block := range types.OpenProposalsMax / types.ExpirationsPerBlockMax {
		f.ctx = f.ctx.WithEventManager(sdk.NewEventManager())
		f.endBlock(t)
		decided := events[*types.EventProposalDecided](t, f)
		require.Len(t, decided, types.ExpirationsPerBlockMax)
		require.EqualValues(t, block*types.ExpirationsPerBlockMax+1, decided[0].ProposalId, "oldest first")
	}
	_, err = f.submit(t, ids[10], newParams(2*time.Hour))
	require.NoError(t, err, "there is room again")
}

func TestAProposalWhoseMessageTypeIsGoneStaysReadableAndExpires(t *testing.T) {
	f := fourValidators(t)
	state, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	state.Proposals = []types.Proposal{{
		Id: 1, InstitutionId: "AAAA", Title: "t", Status: open, ExpiresAt: genesisTime.Add(time.Hour),
		Messages: []*codectypes.Any{{TypeUrl: "/gone.v1.MsgGone"}},
	}, {
		Id: 2, InstitutionId: "AAAA", Title: "t", Status: open, ExpiresAt: genesisTime.Add(time.Hour),
		Messages: []*codectypes.Any{{TypeUrl: "/gone.v1.MsgGone"}},
	}}
	state.NextProposalId = 3
	f = newFixture(t, four...)
	_, err = f.keeper.InitGenesis(f.ctx, state)
	require.NoError(t, err)
	require.Equal(t, failed, f.pass(t, 1))
	f.ctx = f.ctx.WithBlockTime(genesisTime.Add(time.Hour))
	f.endBlock(t)
	require.Equal(t, expired, f.proposal(t, 2).Proposal.Status)
}
