package keeper_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

func TestAPanelIsDrawnByALaterBlocksHashAndByNothingElse(t *testing.T) {
	f := newFixture(t, 7)
	id := f.duplicate()
	f.acknowledge(id)
	f.contest(id)
	answer := must[*types.MsgEscalateCaseResponse](f)(f.msg.EscalateCase(f.ctx, &types.MsgEscalateCase{Operator: "acme", CaseId: id}))
	require.Equal(t, f.ctx.BlockHeight()+2, answer.DrawHeight)
	f.block(time.Second)
	f.requireStatus(id, types.Drawing)
	f.block(time.Second)
	panel := f.panel(id)
	hash := sha256.Sum256([]byte(fmt.Sprint("block ", answer.DrawHeight)))
	require.Equal(t, hash[:], panel.BlockHash)
	require.Equal(t, answer.DrawHeight, panel.DrawHeight)
	require.Len(t, panel.Seats, 3)
	require.Len(t, panel.Reserves, 3)
	require.Len(t, panel.Candidates, 7)
	f.requireSameAfterGenesis()
}

func TestABlockDrawsAFewPanelsAndTheNextOneTheOthers(t *testing.T) {
	const cases = types.MaxDrawsPerBlock + 2
	f := newFixture(t, 4*cases) // who has sat in a case of a side does not decide its next
	var ids []uint64
	for n := range cases {
		id := f.file(aboutPayment(acme, f.pay(acme, n), refund(1)))
		f.acknowledge(id)
		f.contest(id)
		must[*types.MsgEscalateCaseResponse](f)(f.msg.EscalateCase(f.ctx, &types.MsgEscalateCase{Operator: "acme", CaseId: id}))
		ids = append(ids, id)
	}
	drawn := func() (n int) {
		for _, id := range ids {
			if f.get(id).Status == types.Committing {
				n++
			}
		}
		return n
	}
	f.block(time.Second)
	for _, want := range []int{types.MaxDrawsPerBlock, cases} {
		f.block(time.Second)
		require.Equal(t, want, drawn())
		f.requireSameAfterGenesis()
	}
	f.requireSound()
}

func TestNobodyOfASideSitsOnThePanel(t *testing.T) {
	f := newFixture(t, 3)
	for _, name := range []string{"lshb", "bqdq"} { // the respondent's bank and the claimant's enrol arbitrators too
		must[*types.MsgEnrolArbitratorResponse](f)(f.msg.EnrolArbitrator(f.ctx, &types.MsgEnrolArbitrator{Operator: name, Arbitrator: name}))
	}
	id := f.duplicate()
	panel := f.toPanel(id)
	require.Len(t, panel.Candidates, 3)
	require.Len(t, panel.Excluded, 2)
	for _, excluded := range panel.Excluded {
		require.Equal(t, types.ExcludedInstitution, excluded.Exclusion)
	}
	require.ErrorIs(t, f.commit(id, "lshb", give()), types.ErrNotSeated, "an arbitrator of the respondent's bank has no vote")
}

func TestAVoteIsWhatWasCommittedToOnceAndInTime(t *testing.T) {
	f := newFixture(t, 7)
	id := f.duplicate()
	panel := f.toPanel(id)
	a, b, c := panel.Seats[0].Arbitrator, panel.Seats[1].Arbitrator, panel.Seats[2].Arbitrator
	outsider := panel.Reserves[0].Arbitrator
	require.ErrorIs(t, f.commit(id, outsider, give()), types.ErrNotSeated)
	require.ErrorIs(t, f.reveal(id, a, give()), types.ErrTransition, "not before all have committed")
	require.NoError(t, f.commit(id, a, give(0, 5)))
	require.ErrorIs(t, f.commit(id, a, give(0, 6)), types.ErrVotedAlready)
	require.NoError(t, f.commit(id, b, give(0, 7)))
	require.NoError(t, f.commit(id, c, give(0, 1000_01)), "nobody sees yet that it is void")
	f.requireStatus(id, types.Revealing)

	require.ErrorIs(t, f.reveal(id, a, give(0, 6)), types.ErrVoteMismatch)
	require.ErrorIs(t, f.reveal(id, b, give(0, 5)), types.ErrVoteMismatch, "another member's vote")
	require.ErrorIs(t, f.reveal(id, c, give(0, 1000_01)), types.ErrAward, "more than was asked for")
	require.NoError(t, f.reveal(id, a, give(0, 5)))
	require.ErrorIs(t, f.reveal(id, a, give(0, 5)), types.ErrVotedAlready)
	require.NoError(t, f.reveal(id, b, give(0, 7)))
	f.pass(3 * day)
	ruled := f.requireStatus(id, types.Ruled)
	require.Equal(t, give(0, 5), ruled.Rulings[0].Award, "two of three are a quorum, and the lower median of two is the lower")
	require.EqualValues(t, 2, ruled.Rulings[0].Votes)
}

func TestReservesTakeTheSeatsOfTheSilent(t *testing.T) {
	f := newFixture(t, 5)
	id := f.duplicate()
	panel := f.toPanel(id)
	require.NoError(t, f.commit(id, panel.Seats[0].Arbitrator, give(0, 5)))
	f.pass(7 * day)
	f.requireStatus(id, types.Committing)
	after := f.panel(id)
	require.Len(t, after.Seats, 5)
	require.Empty(t, after.Reserves)
	require.ErrorIs(t, f.commit(id, panel.Seats[1].Arbitrator, give()), types.ErrNotSeated, "who was silent has lost the seat")
	require.NoError(t, f.commit(id, after.Seats[3].Arbitrator, give(0, 5)))
	f.requireSameAfterGenesis()
	f.pass(7 * day)
	f.requireStatus(id, types.Revealing)
	for _, place := range []int{0, 3} {
		require.NoError(t, f.reveal(id, after.Seats[place].Arbitrator, give(0, 5)))
	}
	f.requireStatus(id, types.Ruled)
	f.requireSound()
}

func TestACaseThatNoPanelDecidesEndsUndecidedAndMayComeAgain(t *testing.T) {
	f := newFixture(t, 0)
	msg := aboutPayment(acme, f.pay(acme, 1), refund(1000_00))
	id := f.file(msg)
	f.pass((3 + 5 + 7 + 4) * day) // nobody answers: a panel is called, and cannot be drawn three times
	c := f.requireStatus(id, types.Closed)
	require.Equal(t, types.OutcomeUndecided, c.Outcome)
	require.Zero(t, f.held(zeta))
	require.EqualValues(t, 10_000_00, f.balance(zeta))
	f.requireSound()
	f.requireSameAfterGenesis()
	f.file(msg)
}

func TestTheLastDrawTakesTheLargestOddNumberThatThereIs(t *testing.T) {
	f := newFixture(t, 2)
	id := f.duplicate()
	f.acknowledge(id)
	f.contest(id)
	must[*types.MsgEscalateCaseResponse](f)(f.msg.EscalateCase(f.ctx, &types.MsgEscalateCase{Operator: "acme", CaseId: id}))
	f.pass(2*day + time.Hour)
	f.requireStatus(id, types.Committing)
	panel := f.panel(id)
	require.EqualValues(t, 3, panel.Attempt)
	require.Len(t, panel.Seats, 1)
	require.Len(t, panel.Reserves, 1)
}

func TestAnArbitratorWithAnInterestLeavesThePanelAtOnce(t *testing.T) {
	f := newFixture(t, 7)
	id := f.duplicate()
	panel := f.toPanel(id)
	first := panel.Seats[0].Arbitrator
	declare := func(operator string, member accesstypes.Member) error {
		_, err := f.msg.DeclareInterest(f.ctx, &types.MsgDeclareInterest{Operator: operator, Member: member})
		return err
	}
	require.NoError(t, declare(first, beta), "of somebody else")
	require.Equal(t, types.Seated, f.panel(id).Seats[0].Status)
	require.NoError(t, declare(first, lshb), "of the bank of a side")
	after := f.panel(id)
	require.Equal(t, types.Recused, after.Seats[0].Status)
	require.Equal(t, panel.Reserves[0].Arbitrator, after.Seats[3].Arbitrator)
	require.ErrorIs(t, f.commit(id, first, give()), types.ErrNotSeated)
	require.ErrorIs(t, declare(first, lshb), types.ErrTooManyInterests, "twice")
	require.ErrorIs(t, declare("acme", lshb), types.ErrNotArbitrator)
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestWhoSatInACaseOfASideDoesNotDecideItsNext(t *testing.T) {
	f := newFixture(t, 7)
	id := f.ruled(give(0, 1))
	sat := f.panel(id)
	next := f.file(aboutPayment(acme, f.pay(acme, 2), refund(1000_00)))
	panel := f.toPanel(next)
	require.Len(t, panel.Excluded, 3)
	for _, seat := range sat.Seats {
		require.True(t, slices.ContainsFunc(panel.Excluded, func(x types.Excluded) bool {
			return x.Arbitrator == seat.Arbitrator && x.Exclusion == types.ExcludedEarlier
		}))
	}
}

func TestAnAppealIsDecidedByALargerPanelOfOthersAndThenItIsFinal(t *testing.T) {
	f := newFixture(t, 9)
	id := f.ruled(give(0, 600_00))
	first := f.panel(id)
	appeal := func(operator string, ground types.AppealGround) error {
		_, err := f.msg.Appeal(f.ctx, &types.MsgAppeal{Operator: operator, CaseId: id, Ground: ground})
		return err
	}
	require.ErrorIs(t, appeal("acme", 0), types.ErrAppealGround)
	require.ErrorIs(t, appeal("acme", types.AppealGround_APPEAL_GROUND_NEW_EVIDENCE), types.ErrAppealGround)
	require.ErrorIs(t, appeal("arb0", types.AppealGround_APPEAL_GROUND_PROCEDURE), types.ErrNotSide)
	require.NoError(t, appeal("acme", types.AppealGround_APPEAL_GROUND_NO_REASONS))
	require.ErrorIs(t, appeal("handler", types.AppealGround_APPEAL_GROUND_PROCEDURE), types.ErrAppealedAlready)
	panel := f.seated(id)
	require.Len(t, panel.Seats, 5)
	for _, seat := range first.Seats {
		require.False(t, slices.ContainsFunc(panel.Seats, func(s types.Seat) bool { return s.Arbitrator == seat.Arbitrator }))
	}
	require.EqualValues(t, 1000_00, f.held(zeta), "nothing is executed before it is final")
	f.requireSameAfterGenesis()

	f.vote(id, panel, give(0, 900_00))
	c := f.requireStatus(id, types.Closed)
	require.Equal(t, types.OutcomePartly, c.Outcome, "final in the block of the last vote")
	require.EqualValues(t, 10_900_00, f.balance(acme))
	require.Len(t, c.Rulings, 2)
	require.ErrorIs(t, appeal("acme", types.AppealGround_APPEAL_GROUND_PROCEDURE), types.ErrAppealedAlready)
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestWhoWithdrawsAnAppealLetsTheFirstRulingStand(t *testing.T) {
	f := newFixture(t, 9)
	id := f.ruled(give(0, 600_00))
	withdraw := func() error {
		_, err := f.msg.WithdrawCase(f.ctx, &types.MsgWithdrawCase{Operator: "acme", CaseId: id, Claimant: acme})
		return err
	}
	must[*types.MsgAppealResponse](f)(f.msg.Appeal(f.ctx, &types.MsgAppeal{Operator: "handler", CaseId: id, Ground: types.AppealGround_APPEAL_GROUND_PROCEDURE}))
	require.ErrorIs(t, withdraw(), types.ErrRuled, "it is the other side's appeal")

	f = newFixture(t, 9)
	id = f.ruled(give(0, 600_00))
	must[*types.MsgAppealResponse](f)(f.msg.Appeal(f.ctx, &types.MsgAppeal{Operator: "acme", CaseId: id, Ground: types.AppealGround_APPEAL_GROUND_PROCEDURE}))
	f.seated(id)
	require.NoError(t, withdraw())
	f.requireStatus(id, types.Closed)
	require.EqualValues(t, 10_600_00, f.balance(acme))
	f.requireSound()
}

func TestAnAppealThatNoPanelDecidesLetsTheFirstRulingStand(t *testing.T) {
	f := newFixture(t, 3) // all of them sat in the first instance
	id := f.ruled(give(0, 600_00))
	must[*types.MsgAppealResponse](f)(f.msg.Appeal(f.ctx, &types.MsgAppeal{Operator: "acme", CaseId: id, Ground: types.AppealGround_APPEAL_GROUND_PROCEDURE}))
	f.pass(4 * day)
	c := f.requireStatus(id, types.Closed)
	require.Equal(t, types.OutcomePartly, c.Outcome)
	require.EqualValues(t, 10_600_00, f.balance(acme))
	f.requireSound()
}

func TestReasonsArePublishedOnceByWhoVotedAndTellNobodysData(t *testing.T) {
	f := newFixture(t, 7)
	id := f.ruled(give(0, 600_00))
	voted := f.panel(id).Seats[0].Arbitrator
	publish := func(operator, reasons string) error {
		_, err := f.msg.PublishReasons(f.ctx, &types.MsgPublishReasons{Operator: operator, CaseId: id, Reasons: reasons})
		return err
	}
	for _, reasons := range []string{
		"ACME paid twice.", "The invoice 20261103 was paid twice.", "Call 138 0013 8000.", "Account 6222-0210 was right.",
		"Write to clerk@bank.example.", "zhilian1abc paid.", "lshb is right.",
	} {
		require.ErrorIs(t, publish(voted, reasons), types.ErrPersonalData, reasons)
	}
	require.ErrorIs(t, publish(f.panel(id).Reserves[0].Arbitrator, "I was not asked."), types.ErrNotSeated)
	text := "Both invoices of 3 November 2026 have the same number and amount, 1,000.00; one was paid in error, the other in part."
	require.NoError(t, publish(voted, text))
	require.ErrorIs(t, publish(voted, text), types.ErrReasonsPublished)
	ruling := must[*types.QueryRulingResponse](f)(f.query.Ruling(f.ctx, &types.QueryRulingRequest{Number: id})).Ruling
	require.Equal(t, types.PublicRuling{
		Number: id, Kind: types.MatterPayment, Reason: types.CaseReason_CASE_REASON_DUPLICATE, Reasons: []string{text},
	}, ruling)
	require.ErrorIs(t, func() error {
		_, err := f.msg.Appeal(f.ctx, &types.MsgAppeal{Operator: "acme", CaseId: id, Ground: types.AppealGround_APPEAL_GROUND_NO_REASONS})
		return err
	}(), types.ErrAppealGround)
}

func TestInstitutionsEnrolTheirOwnAndCannotTakeBackAPanel(t *testing.T) {
	f := newFixture(t, 7)
	enrol := func(operator, arbitrator string) error {
		_, err := f.msg.EnrolArbitrator(f.ctx, &types.MsgEnrolArbitrator{Operator: operator, Arbitrator: arbitrator})
		return err
	}
	require.ErrorIs(t, enrol("lshb", "acme"), types.ErrNotArbitrator, "somebody else's operator")
	require.ErrorIs(t, enrol("acme", "acme"), types.ErrNotArbitrator, "a customer's")
	require.ErrorIs(t, enrol("arb0", "arb0"), types.ErrEnrolledAlready)
	for i := range types.MaxArbitratorsPerInstitution {
		name := fmt.Sprint("clerk", i)
		f.world.operators[name] = operator{scope: lshb.Scope(), permissions: everything}
		require.NoError(t, enrol("lshb", name))
	}
	require.ErrorIs(t, enrol("lshb", "handler"), types.ErrTooManyArbitrators)

	id := f.duplicate()
	panel := f.toPanel(id)
	first := panel.Seats[0].Arbitrator
	strike := func(operator, arbitrator string) error {
		_, err := f.msg.StrikeArbitrator(f.ctx, &types.MsgStrikeArbitrator{Operator: operator, Arbitrator: arbitrator})
		return err
	}
	require.ErrorIs(t, strike("lshb", first), types.ErrNotArbitrator)
	require.NoError(t, strike(first, first))
	require.NoError(t, f.commit(id, first, give()), "what it has begun it finishes")
}
