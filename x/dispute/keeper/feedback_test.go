package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

// scoring is a fixture whose operators may give feedback.
func scoring(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t, 0)
	for name, who := range f.world.operators {
		who.permissions = append([]string{types.PermissionFeedback}, who.permissions...)
		f.world.operators[name] = who
	}
	return f
}

func scored(author accesstypes.Member, uetr string, score uint32) *types.MsgGiveFeedback {
	return &types.MsgGiveFeedback{
		Operator: author.PartyId, Author: author, Interaction: types.Interaction{Kind: types.UsedPayment, Uetr: uetr}, Score: score,
	}
}

func TestFeedbackIsGivenOnceForWhatHappened(t *testing.T) {
	f := scoring(t)
	uetr := f.pay(acme, 1)
	answer, err := f.msg.GiveFeedback(f.ctx, scored(acme, uetr, 4))
	require.NoError(t, err)
	require.Equal(t, "BQDQ", answer.InstitutionId, "the payer's bank, as the ledger knows it")
	_, err = f.msg.GiveFeedback(f.ctx, scored(acme, uetr, 5))
	require.ErrorIs(t, err, types.ErrGivenAlready)

	answer, err = f.msg.GiveFeedback(f.ctx, scored(zeta, uetr, 2))
	require.NoError(t, err, "its payee has one of its own")
	require.Equal(t, "LSHB", answer.InstitutionId)

	for name, row := range map[string]struct {
		msg *types.MsgGiveFeedback
		err error
	}{
		"who had no part in it":        {scored(beta, uetr, 3), types.ErrNotInvolved},
		"for somebody else":            {&types.MsgGiveFeedback{Operator: "beta", Author: acme, Interaction: types.Interaction{Kind: types.UsedPayment, Uetr: f.pay(acme, 2)}, Score: 3}, accesstypes.ErrScopeDenied},
		"a score of six":               {scored(acme, f.pay(acme, 2), 6), types.ErrInvalidFeedback},
		"no score":                     {scored(acme, f.pay(acme, 2), 0), types.ErrInvalidFeedback},
		"a payment by its number":      {&types.MsgGiveFeedback{Operator: "acme", Author: acme, Interaction: types.Interaction{Kind: types.UsedPayment, Uetr: uetr, Number: 1}, Score: 3}, types.ErrInvalidFeedback},
		"a case that does not exist":   {&types.MsgGiveFeedback{Operator: "acme", Author: acme, Interaction: types.Interaction{Kind: types.UsedCase, Number: 9}, Score: 3}, types.ErrCaseNotFound},
		"words that are not there":     {&types.MsgGiveFeedback{Operator: "acme", Author: acme, Interaction: types.Interaction{Kind: types.UsedPayment, Uetr: f.pay(acme, 2)}, Score: 3, RecordId: 9}, vaulttypes.ErrRecordNotFound},
		"a thing that nobody could do": {&types.MsgGiveFeedback{Operator: "acme", Author: acme, Score: 3}, types.ErrInvalidFeedback},
	} {
		_, err := f.msg.GiveFeedback(f.ctx, row.msg)
		require.ErrorIs(t, err, row.err, name)
	}
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestWordsOfFeedbackAreAboutItsAuthor(t *testing.T) {
	f := scoring(t)
	f.world.records[1] = vaulttypes.Record{Id: 1, Subject: beta, Status: vaulttypes.RecordSealed}
	f.world.records[2] = vaulttypes.Record{Id: 2, Subject: acme, Status: vaulttypes.RecordSealed}
	msg := scored(acme, f.pay(acme, 1), 1)
	msg.RecordId = 1
	_, err := f.msg.GiveFeedback(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrWords)
	msg.RecordId = 2
	answer, err := f.msg.GiveFeedback(f.ctx, msg)
	require.NoError(t, err)
	found, err := f.query.Feedback(f.ctx, &types.QueryFeedbackRequest{FeedbackId: answer.FeedbackId})
	require.NoError(t, err)
	require.Equal(t, uint64(2), found.Feedback.RecordId)
}

func TestAnInstitutionAnswersInPublicAndLinksWhatItChanged(t *testing.T) {
	f := scoring(t)
	for number, score := range []uint32{5, 1, 2} {
		_, err := f.msg.GiveFeedback(f.ctx, scored(acme, f.pay(acme, number+1), score))
		require.NoError(t, err)
	}
	reply := &types.MsgAnswerFeedback{Operator: "bqdq", FeedbackId: 2, Text: "BQDQ confirms payments within the hour now."}
	for name, row := range map[string]struct {
		change func(*types.MsgAnswerFeedback)
		err    error
	}{
		"another bank":      {func(m *types.MsgAnswerFeedback) { m.Operator = "lshb" }, accesstypes.ErrScopeDenied},
		"its own author":    {func(m *types.MsgAnswerFeedback) { m.Operator = "acme" }, accesstypes.ErrScopeDenied},
		"who said it":       {func(m *types.MsgAnswerFeedback) { m.Text = "acme paid late." }, types.ErrPersonalData},
		"an account":        {func(m *types.MsgAnswerFeedback) { m.Text = "See 6222 0212." }, types.ErrPersonalData},
		"nothing":           {func(m *types.MsgAnswerFeedback) { m.Text = "" }, types.ErrInvalidFeedback},
		"what is not there": {func(m *types.MsgAnswerFeedback) { m.FeedbackId = 9 }, types.ErrFeedbackNotFound},
	} {
		changed := *reply
		row.change(&changed)
		_, err := f.msg.AnswerFeedback(f.ctx, &changed)
		require.ErrorIs(t, err, row.err, name)
	}
	_, err := f.msg.AnswerFeedback(f.ctx, reply)
	require.NoError(t, err)
	_, err = f.msg.AnswerFeedback(f.ctx, reply)
	require.ErrorIs(t, err, types.ErrAnsweredAlready)

	_, err = f.msg.RecordChange(f.ctx, &types.MsgRecordChange{Operator: "lshb", InstitutionId: "LSHB", Text: "We are faster.", FeedbackIds: []uint64{2}})
	require.ErrorIs(t, err, types.ErrOtherInstitution, "nobody takes credit for what was said to others")
	change, err := f.msg.RecordChange(f.ctx, &types.MsgRecordChange{Operator: "bqdq", InstitutionId: "BQDQ", Text: "Payments are confirmed within the hour.", FeedbackIds: []uint64{2, 3}})
	require.NoError(t, err)

	reviews, err := f.query.Reviews(f.ctx, &types.QueryReviewsRequest{InstitutionId: "BQDQ"})
	require.NoError(t, err)
	require.Equal(t, []types.Review{
		{Number: 3, Product: "payment", Score: 2, ChangeIds: []uint64{change.ChangeId}},
		{Number: 2, Product: "payment", Score: 1, Answer: reply.Text, ChangeIds: []uint64{change.ChangeId}},
		{Number: 1, Product: "payment", Score: 5},
	}, reviews.Reviews, "newest first, without their authors")
	scores, err := f.query.Scores(f.ctx, &types.QueryScoresRequest{InstitutionId: "BQDQ"})
	require.NoError(t, err)
	require.Equal(t, []types.Scores{{InstitutionId: "BQDQ", Product: "payment", Counts: []uint64{1, 1, 0, 0, 1}}}, scores.Scores)
	changes, err := f.query.Changes(f.ctx, &types.QueryChangesRequest{InstitutionId: "BQDQ"})
	require.NoError(t, err)
	require.Equal(t, []types.Change{{
		Id: change.ChangeId, InstitutionId: "BQDQ", Product: "payment", Text: "Payments are confirmed within the hour.", Feedbacks: 2, At: f.ctx.BlockTime(),
	}}, changes.Changes)
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestFeedbackAboutACaseComesAfterIt(t *testing.T) {
	f := scoring(t)
	id := f.duplicate()
	about := &types.MsgGiveFeedback{Operator: "acme", Author: acme, Interaction: types.Interaction{Kind: types.UsedCase, Number: id}, Score: 5}
	_, err := f.msg.GiveFeedback(f.ctx, about)
	require.ErrorIs(t, err, types.ErrNoInteraction)
	_, err = f.msg.WithdrawCase(f.ctx, &types.MsgWithdrawCase{Operator: "acme", CaseId: id, Claimant: acme})
	require.NoError(t, err)
	answer, err := f.msg.GiveFeedback(f.ctx, about)
	require.NoError(t, err)
	require.Equal(t, "LSHB", answer.InstitutionId)
	given, err := f.query.FeedbackOf(f.ctx, &types.QueryFeedbackOfRequest{InstitutionId: "BQDQ", PartyId: "acme"})
	require.NoError(t, err)
	require.Len(t, given.Feedback, 1)
	got, err := f.query.FeedbackAbout(f.ctx, &types.QueryFeedbackAboutRequest{InstitutionId: "LSHB"})
	require.NoError(t, err)
	require.Equal(t, given.Feedback, got.Feedback)
	require.Equal(t, types.ComplaintsProduct, got.Feedback[0].Product)
}

// A period's statistics are told when it is over, in groups that are not small, and are those of its cases.
func TestStatisticsAreToldWhenTheirPeriodIsOver(t *testing.T) {
	f := newFixture(t, 0)
	const cases = 6
	for number := range cases {
		id := f.file(aboutPayment(acme, f.pay(acme, number+1), refund(100)))
		_, err := f.msg.WithdrawCase(f.ctx, &types.MsgWithdrawCase{Operator: "acme", CaseId: id, Claimant: acme})
		require.NoError(t, err)
	}
	other := f.file(aboutPayment(beta, f.pay(beta, 20), refund(100)))
	_, err := f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{Operator: "handler", CaseId: other, Answer: types.AnswerAccept})
	require.ErrorIs(t, err, types.ErrTransition, "it is not acknowledged yet")
	f.acknowledge(other)
	_, err = f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{Operator: "handler", CaseId: other, Answer: types.AnswerAccept})
	require.NoError(t, err)
	f.requireSound()
	f.requireSameAfterGenesis()

	before, err := f.query.Statistics(f.ctx, &types.QueryStatisticsRequest{})
	require.NoError(t, err)
	require.Empty(t, before.Groups, "nothing ended in the period before")
	_, err = f.query.Statistics(f.ctx, &types.QueryStatisticsRequest{Period: before.Period.Period + 1})
	require.ErrorIs(t, err, types.ErrPeriod, "whoever watched it would see each case")

	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(90 * 24 * time.Hour))
	told, err := f.query.Statistics(f.ctx, &types.QueryStatisticsRequest{})
	require.NoError(t, err)
	require.Len(t, told.Groups, 1, "the case that was accepted is alone")
	group := told.Groups[0]
	require.Equal(t, uint64(cases), group.Cases)
	require.Equal(t, types.OutcomeWithdrawn, group.Outcome)
	require.Equal(t, "LSHB", group.InstitutionId)
	require.True(t, group.OfCustomers)
	recount, err := f.query.Recount(f.ctx, &types.QueryRecountRequest{Period: told.Period.Period})
	require.NoError(t, err)
	require.True(t, recount.Agrees)
	none, err := f.query.Statistics(f.ctx, &types.QueryStatisticsRequest{InstitutionId: "BQDQ"})
	require.NoError(t, err)
	require.Empty(t, none.Groups)
}

func TestABusinessDayKeepsItsLength(t *testing.T) {
	f := newFixture(t, 0)
	params := types.DefaultParams()
	params.AppealDays = 11
	_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: "authority", Params: params})
	require.NoError(t, err)
	params.BusinessDaySeconds = 1
	_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: "authority", Params: params})
	require.ErrorIs(t, err, types.ErrInvalidParams)
}
