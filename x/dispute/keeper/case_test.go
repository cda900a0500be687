package keeper_test

import (
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

func TestACaseHoldsWhatIsInDisputeAndTheRulingSpendsIt(t *testing.T) {
	f := newFixture(t, 7)
	id := f.duplicate()
	require.EqualValues(t, 1000_00, f.held(zeta), "held at the payee as soon as it is filed")
	require.EqualValues(t, 10_000_00, f.balance(zeta), "and still its own")
	f.vote(id, f.toPanel(id), give(0, 600_00, 1, 1, 2, 1))
	c := f.requireStatus(id, types.Ruled)
	require.EqualValues(t, 1000_00, f.held(zeta), "nothing moves before it is final")
	require.Equal(t, types.OutcomeNone, c.Outcome)

	f.pass(10*day - 5*time.Minute)
	f.requireStatus(id, types.Ruled)
	f.block(5 * time.Minute)
	c = f.requireStatus(id, types.Closed)
	require.Equal(t, types.OutcomePartly, c.Outcome)
	require.Zero(t, f.held(zeta))
	require.Equal(t, []accesstypes.Member{c.Respondent}, f.world.lost, "its payment behaviour tells of it")
	// 600.00 for 83 days at 3 % are 4.09 and a bit.
	require.EqualValues(t, 10_000_00+600_00+4_09, f.balance(acme))
	require.EqualValues(t, 10_000_00-600_00-4_09, f.balance(zeta))
	require.Equal(t, math.NewInt(600_00), f.world.returned[c.Claimants[0].Matter.Uetr], "as a return of the payment")
	for i, want := range []types.RemedyStatus{types.RemedyDone, types.RemedyDone, types.RemedyDone} {
		require.Equal(t, want, c.Results[i].Status)
	}
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestWhoMayNotFileWhatIsRefusedWithItsOwnCode(t *testing.T) {
	f := newFixture(t, 7)
	uetr := f.pay(acme, 1)
	of := func(change func(*types.MsgFileCase)) *types.MsgFileCase {
		msg := aboutPayment(acme, uetr, refund(1000_00))
		change(msg)
		return msg
	}
	f.world.records[1] = vaulttypes.Record{Id: 1, Subject: beta, Status: vaulttypes.RecordSealed, Purpose: accesstypes.Purpose_PURPOSE_DISPUTE}
	for name, row := range map[string]struct {
		msg *types.MsgFileCase
		err error
	}{
		"somebody else's payment":       {of(func(m *types.MsgFileCase) { m.Operator, m.Claimant = "beta", beta }), types.ErrNotConcerned},
		"the payee's":                   {of(func(m *types.MsgFileCase) { m.Operator, m.Claimant = "zeta", zeta }), types.ErrNotConcerned},
		"in somebody else's name":       {of(func(m *types.MsgFileCase) { m.Operator = "beta" }), types.ErrNotSide},
		"by a stranger":                 {of(func(m *types.MsgFileCase) { m.Operator = "nobody" }), accesstypes.ErrOperatorNotFound},
		"a payment that nobody knows":   {of(func(m *types.MsgFileCase) { m.Matter.Uetr = "00000000-0000-4000-8000-999999999999" }), types.ErrReceiptNeeded},
		"what is no payment":            {of(func(m *types.MsgFileCase) { m.Matter.Uetr = "mine" }), settlementtypes.ErrUETRInvalid},
		"more than the payment":         {of(func(m *types.MsgFileCase) { m.Remedies = []types.Remedy{refund(1000_01)} }), types.ErrAmount},
		"a remedy of another matter":    {of(func(m *types.MsgFileCase) { m.Remedies = []types.Remedy{one(types.RemedyLift)} }), types.ErrRemedy},
		"without a reason":              {of(func(m *types.MsgFileCase) { m.Reason = 0 }), types.ErrInvalidCase},
		"without a remedy":              {of(func(m *types.MsgFileCase) { m.Remedies = nil }), types.ErrRemedy},
		"an apology that names a side":  {of(func(m *types.MsgFileCase) { r := apology(); r.Text = "Zeta is sorry."; m.Remedies = []types.Remedy{r} }), types.ErrPersonalData},
		"a loan that nobody knows":      {of(func(m *types.MsgFileCase) { m.Matter = types.Matter{Kind: types.MatterLoan, Number: 1} }), financingtypes.ErrLoanNotFound},
		"evidence of somebody else":     {of(func(m *types.MsgFileCase) { m.Evidence = []uint64{1} }), types.ErrEvidence},
		"representatives of one person": {of(func(m *types.MsgFileCase) { m.Representatives = []accesstypes.Member{beta} }), types.ErrInvalidCase},
	} {
		_, err := f.msg.FileCase(f.ctx, row.msg)
		require.ErrorIs(t, err, row.err, name)
		require.Zero(t, f.held(zeta), name)
	}
	f.file(of(func(*types.MsgFileCase) {}))
}

func TestTheSameFactsHaveOneCaseEver(t *testing.T) {
	f := newFixture(t, 7)
	msg := aboutPayment(acme, f.pay(acme, 1), refund(1000_00))
	id := f.file(msg)
	_, err := f.msg.FileCase(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrSameFacts, "while it is open")
	must[*types.MsgWithdrawCaseResponse](f)(f.msg.WithdrawCase(f.ctx, &types.MsgWithdrawCase{Operator: "acme", CaseId: id, Claimant: acme}))
	require.Equal(t, types.OutcomeWithdrawn, f.requireStatus(id, types.Closed).Outcome)
	require.Zero(t, f.held(zeta), "a withdrawal frees at once")
	msg.Remedies = []types.Remedy{refund(1)}
	_, err = f.msg.FileCase(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrSameFacts, "nor when it is closed, whatever is asked for")
	f.requireSound()
}

func TestTenThousandCasesOfOneClaimantAreTenAndRefusals(t *testing.T) {
	f := newFixture(t, 0)
	taken, refused, keys := 0, 0, 0
	work, blockWork := map[uint64]bool{}, map[uint64]bool{}
	for n := range 10_000 {
		meter := storetypes.NewInfiniteGasMeter()
		_, err := f.msg.FileCase(f.ctx.WithGasMeter(meter), aboutPayment(acme, f.pay(acme, n), refund(1)))
		if err == nil {
			taken++
			f.block(time.Second)
			keys = len(stored(f.ctx, f.store))
			continue
		}
		require.ErrorIs(t, err, types.ErrTooManyCases)
		refused++
		work[meter.GasConsumed()] = true
		if refused%1_000 == 1 {
			meter := storetypes.NewInfiniteGasMeter()
			require.NoError(t, f.keeper.EndBlock(f.ctx.WithGasMeter(meter)))
			blockWork[meter.GasConsumed()] = true
		}
	}
	require.Equal(t, 10, taken)
	require.Equal(t, 9_990, refused)
	require.Equal(t, keys, len(stored(f.ctx, f.store)), "what was refused left nothing")
	require.Len(t, work, 1, "the last refusal reads no more than the first")
	require.Len(t, blockWork, 1, "nor does a block")
	require.EqualValues(t, 3, f.held(zeta), "and three of them hold something")
	f.requireSound()
}

func TestCasesThatExpireTogetherAreABlocksWorkAtATimeAndNothingIsInTimeMeanwhile(t *testing.T) {
	f := newFixture(t, 0)
	params := types.DefaultParams()
	params.OpenCasesMax = types.MaxOpenCases
	must[*types.MsgUpdateParamsResponse](f)(f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: "authority", Params: params}))
	const cases = 2*types.MaxDuePerBlock + 5
	var ids []uint64
	for n := range cases {
		ids = append(ids, f.file(aboutPayment(acme, f.pay(acme, n), refund(1))))
	}
	expired := func() (n int) {
		for _, id := range ids {
			if f.get(id).Status == types.Gathering {
				n++
			}
		}
		return n
	}
	f.pass(3*day - time.Nanosecond)
	require.Zero(t, expired(), "a nanosecond early")
	for _, want := range []int{types.MaxDuePerBlock, 2 * types.MaxDuePerBlock, cases, cases} {
		f.block(time.Nanosecond)
		require.Equal(t, want, expired())
		if want < cases {
			_, err := f.msg.AcknowledgeCase(f.ctx, &types.MsgAcknowledgeCase{Operator: "handler", CaseId: ids[cases-1]})
			require.ErrorIs(t, err, types.ErrDeadline, "the time of one that waits for the next block is over all the same")
		}
	}
	f.requireSound()
}

func TestAHoldIsCappedByWhatIsThereAndByTheSettings(t *testing.T) {
	f := newFixture(t, 7)
	params := types.DefaultParams()
	params.HoldCaps = []types.CurrencyAmount{{Currency: "CNY", Amount: math.NewInt(1500_00)}}
	must[*types.MsgUpdateParamsResponse](f)(f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: "authority", Params: params}))
	for n, want := range []int64{1000_00, 1500_00, 1500_00} {
		f.file(aboutPayment(acme, f.pay(acme, n), refund(1000_00)))
		require.EqualValues(t, want, f.held(zeta))
	}
	f.world.balances[account(zeta)+" CNY"] = math.NewInt(1500_42)
	f.file(aboutPayment(beta, f.pay(beta, 9), refund(1000_00)))
	require.EqualValues(t, 1500_42, f.held(zeta), "another claimant has a cap of its own, and gets what is there")
	f.requireSound()
}

func TestOnlyTheRespondentAnswersAndNotByWhoIsInvolved(t *testing.T) {
	f := newFixture(t, 7)
	id := f.duplicate()
	for _, operator := range []string{"acme", "bqdq", "arb0"} {
		_, err := f.msg.AcknowledgeCase(f.ctx, &types.MsgAcknowledgeCase{Operator: operator, CaseId: id})
		require.ErrorIs(t, err, accesstypes.ErrScopeDenied, operator)
	}
	_, err := f.msg.AcknowledgeCase(f.ctx, &types.MsgAcknowledgeCase{Operator: "zeta", CaseId: id})
	require.NoError(t, err, "the payee itself may")

	f.attest(7)
	attested := f.file(aboutAttestation(7))
	_, err = f.msg.AcknowledgeCase(f.ctx, &types.MsgAcknowledgeCase{Operator: "attester", CaseId: attested})
	require.ErrorIs(t, err, types.ErrHandlerInvolved, "who attested it does not handle it")
	_, err = f.msg.AcknowledgeCase(f.ctx, &types.MsgAcknowledgeCase{Operator: "taxo", CaseId: attested})
	require.NoError(t, err)
}

func TestAnAnswerAfterTheDeadlineIsTooLate(t *testing.T) {
	f := newFixture(t, 7)
	id := f.duplicate()
	f.acknowledge(id)
	f.pass(15*day - time.Nanosecond)
	f.requireStatus(id, types.Answering)
	late := &types.MsgAnswerCase{Operator: "handler", CaseId: id, Answer: types.AnswerContest}
	branch, _ := f.ctx.CacheContext()
	_, err := f.msg.AnswerCase(branch, late)
	require.NoError(t, err, "the last moment is in time")

	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(time.Nanosecond)) // in the block of the deadline, before its end
	_, err = f.msg.AnswerCase(f.ctx, late)
	require.ErrorIs(t, err, types.ErrDeadline)
	f.block(0)
	c := f.requireStatus(id, types.Drawing)
	_, err = f.msg.AnswerCase(f.ctx, late)
	require.ErrorIs(t, err, types.ErrDeadline, "and after it, when a panel is called")
	require.Equal(t, []types.CaseStatus{types.Gathering, types.Answering}, []types.CaseStatus{c.Lapses[0].Status, c.Lapses[1].Status})
}

func TestAChainThatStandsStillAcrossADeadlineMovesIt(t *testing.T) {
	f := newFixture(t, 7)
	id := f.duplicate()
	f.pass(3*day - time.Hour)
	f.requireStatus(id, types.Filed)
	answer := must[*types.QueryCaseResponse](f)(f.query.Case(f.ctx, &types.QueryCaseRequest{CaseId: id}))
	require.Equal(t, start.Add(3*day), answer.DueAt)
	require.Contains(t, answer.WaitsFor, "silence acknowledges")

	f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(20 * time.Hour))
	_, err := f.msg.RefuseCase(f.ctx, &types.MsgRefuseCase{Operator: "handler", CaseId: id, Refusal: types.CaseRefusal_CASE_REFUSAL_TOO_LATE})
	require.NoError(t, err, "in time in the very block that ends the halt")

	f = newFixture(t, 7)
	id = f.duplicate()
	f.pass(3*day - time.Hour)
	f.block(20 * time.Hour)
	f.requireStatus(id, types.Filed)
	answer = must[*types.QueryCaseResponse](f)(f.query.Case(f.ctx, &types.QueryCaseRequest{CaseId: id}))
	require.Equal(t, f.ctx.BlockTime().Add(time.Hour), answer.DueAt, "an hour is left, as before")
	f.pass(time.Hour - time.Second)
	f.requireStatus(id, types.Filed)
	f.block(time.Second)
	f.requireStatus(id, types.Gathering)
	f.requireSameAfterGenesis()
}

func TestTimeIsExtendedOnceByTwoPersons(t *testing.T) {
	f := newFixture(t, 7)
	id := f.duplicate()
	extend := func(operator string) error {
		_, err := f.msg.ExtendCase(f.ctx, &types.MsgExtendCase{Operator: operator, CaseId: id, Reason: types.ExtensionReason_EXTENSION_REASON_EXPERT})
		return err
	}
	require.ErrorIs(t, extend("approved"), types.ErrTransition, "not before it is acknowledged")
	f.acknowledge(id)
	require.ErrorIs(t, extend("handler"), accesstypes.ErrApprovalNeeded, "one person alone does not")
	_, err := f.msg.ExtendCase(f.ctx, &types.MsgExtendCase{Operator: "approved", CaseId: id})
	require.ErrorIs(t, err, types.ErrInvalidCase, "nor without a reason")
	require.NoError(t, extend("approved"))
	require.ErrorIs(t, extend("approved"), types.ErrExtendedAlready)
	f.pass(45*day - 5*time.Minute)
	f.requireStatus(id, types.Answering)
	f.block(5 * time.Minute)
	f.requireStatus(id, types.Drawing)
}

func TestAnOfferIsTakenOrLeftAndItsNumberCounts(t *testing.T) {
	f := newFixture(t, 7)
	id := f.duplicate()
	f.acknowledge(id)
	offer := func(award types.Award) error {
		_, err := f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{Operator: "handler", CaseId: id, Answer: types.AnswerOffer, Offer: &award})
		return err
	}
	decide := func(number uint32, accept bool) error {
		_, err := f.msg.DecideOffer(f.ctx, &types.MsgDecideOffer{Operator: "acme", CaseId: id, Offers: number, Accept: accept})
		return err
	}
	require.ErrorIs(t, decide(0, true), types.ErrOffer, "there is none")
	require.ErrorIs(t, offer(give()), types.ErrAward)
	require.ErrorIs(t, offer(give(0, 1000_01)), types.ErrAward)
	require.NoError(t, offer(give(0, 100_00)))
	f.requireStatus(id, types.Offered)
	require.NoError(t, decide(1, false))
	f.requireStatus(id, types.Mediation)
	for range types.MaxOffers - 1 {
		require.NoError(t, offer(give(0, 700_00)))
	}
	require.ErrorIs(t, offer(give(0, 800_00)), types.ErrOffer, "one too many")
	require.ErrorIs(t, decide(1, true), types.ErrOffer, "an older one")
	require.NoError(t, decide(types.MaxOffers, true))
	c := f.requireStatus(id, types.Closed)
	require.Equal(t, types.OutcomeSettled, c.Outcome)
	require.EqualValues(t, 10_700_00, f.balance(acme))
	require.Zero(t, f.held(zeta))
	f.requireSound()
}

func TestARespondentWhoAcceptsPaysAtOnce(t *testing.T) {
	f := newFixture(t, 7)
	id := f.duplicate()
	f.acknowledge(id)
	must[*types.MsgAnswerCaseResponse](f)(f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{Operator: "handler", CaseId: id, Answer: types.AnswerAccept}))
	require.Equal(t, types.OutcomeAccepted, f.requireStatus(id, types.Closed).Outcome)
	require.Empty(t, f.world.lost, "what nobody had to rule was not lost")
	require.EqualValues(t, 10_000_00+1000_00+6_00, f.balance(acme), "73 days at 3 % are 6.00")
	f.requireSound()
}

func TestARefusalIsFinalUnlessTheClaimantContestsIt(t *testing.T) {
	f := newFixture(t, 7)
	refuse := func(id uint64) {
		must[*types.MsgRefuseCaseResponse](f)(f.msg.RefuseCase(f.ctx, &types.MsgRefuseCase{Operator: "handler", CaseId: id, Refusal: types.CaseRefusal_CASE_REFUSAL_NOT_CONCERNED}))
	}
	id := f.duplicate()
	refuse(id)
	f.pass(10 * day)
	require.Equal(t, types.OutcomeRefused, f.requireStatus(id, types.Closed).Outcome)
	require.Zero(t, f.held(zeta))

	id = f.file(aboutPayment(acme, f.pay(acme, 2), refund(500_00)))
	refuse(id)
	_, err := f.msg.EscalateCase(f.ctx, &types.MsgEscalateCase{Operator: "handler", CaseId: id})
	require.ErrorIs(t, err, types.ErrNotSide, "the respondent has refused")
	must[*types.MsgEscalateCaseResponse](f)(f.msg.EscalateCase(f.ctx, &types.MsgEscalateCase{Operator: "acme", CaseId: id}))
	f.vote(id, f.seated(id), give(0, 500_00))
	f.pass(10 * day)
	require.Equal(t, types.OutcomeUpheld, f.requireStatus(id, types.Closed).Outcome)
	require.EqualValues(t, 10_500_00, f.balance(acme))
	f.requireSound()
}

func TestAWithdrawalInTheBlockOfTheRulingComesTooLate(t *testing.T) {
	f := newFixture(t, 7)
	id := f.duplicate()
	panel := f.toPanel(id)
	withdraw := &types.MsgWithdrawCase{Operator: "acme", CaseId: id, Claimant: acme}
	branch, _ := f.ctx.CacheContext()
	_, err := f.msg.WithdrawCase(branch, withdraw)
	require.NoError(t, err, "before the ruling at any time")
	f.world.holds["dispute case/1/0"], f.world.holdOf["dispute case/1/0"] = math.NewInt(1000_00), account(zeta)+" CNY" // the fakes know no branches

	f.vote(id, panel, give(0, 1))
	_, err = f.msg.WithdrawCase(f.ctx, withdraw)
	require.ErrorIs(t, err, types.ErrRuled)
	f.pass(10 * day)
	f.requireStatus(id, types.Closed)
	_, err = f.msg.WithdrawCase(f.ctx, withdraw)
	require.ErrorIs(t, err, types.ErrTransition)
}

func TestEvidenceIsWithTheCaseAndTheLedgersFactsComeByThemselves(t *testing.T) {
	f := newFixture(t, 7)
	id := f.duplicate()
	facts := must[*types.QueryCaseFactsResponse](f)(f.query.CaseFacts(f.ctx, &types.QueryCaseFactsRequest{CaseId: id})).Facts
	require.Len(t, facts, 1)
	require.Equal(t, f.world.payments[facts[0].Payment.Uetr], *facts[0].Payment)
	require.Len(t, facts[0].ReceiptLeaf, 32)

	ask := func(kind types.EvidenceKind, of accesstypes.Member) error {
		_, err := f.msg.RequestEvidence(f.ctx, &types.MsgRequestEvidence{Operator: "handler", CaseId: id, Kind: kind, Of: of})
		return err
	}
	require.ErrorIs(t, ask(types.EvidenceKind_EVIDENCE_KIND_PAYMENT, acme), types.ErrLedgerHasIt)
	require.ErrorIs(t, ask(types.EvidenceKind_EVIDENCE_KIND_RECEIPT, acme), types.ErrLedgerHasIt)
	require.ErrorIs(t, ask(types.EvidenceKind_EVIDENCE_KIND_INVOICE, beta), types.ErrNotSide)
	for range types.MaxRequests {
		require.NoError(t, ask(types.EvidenceKind_EVIDENCE_KIND_INVOICE, acme))
	}
	require.ErrorIs(t, ask(types.EvidenceKind_EVIDENCE_KIND_INVOICE, acme), types.ErrTooManyRequests)

	bring := func(operator string, record uint64) error {
		_, err := f.msg.BringEvidence(f.ctx, &types.MsgBringEvidence{Operator: operator, CaseId: id, RecordId: record})
		return err
	}
	f.record(1, acme)
	f.record(2, zeta)
	require.ErrorIs(t, bring("acme", 2), types.ErrEvidence, "the other side's record")
	require.ErrorIs(t, bring("acme", 9), vaulttypes.ErrRecordNotFound)
	require.ErrorIs(t, bring("arb0", 1), types.ErrNotSide)
	require.NoError(t, bring("acme", 1))
	require.ErrorIs(t, bring("acme", 1), types.ErrEvidence, "twice")
	require.NoError(t, bring("handler", 2))

	panel := f.toPanel(id)
	require.ErrorIs(t, bring("acme", 1), types.ErrTransition, "not while the panel decides")
	require.Len(t, panel.ConsentIds, 6, "both sides let three members see theirs")
	reader := accesstypes.Member{InstitutionId: panel.Seats[0].InstitutionId}
	consent := f.world.consents[panel.ConsentIds[0]]
	require.Equal(t, reader, consent.Grantee)
	require.Equal(t, []accesstypes.Purpose{accesstypes.Purpose_PURPOSE_DISPUTE}, consent.Purposes)
	require.EqualValues(t, 3, consent.Level)
	f.world.shares[shareName(1, reader)] = true

	f.vote(id, panel, give(0, 1))
	require.Empty(t, f.world.shares, "what the panel was given is taken back")
	for _, number := range panel.ConsentIds {
		require.True(t, f.world.consents[number].Withdrawn)
	}
	f.requireSound()
}

// record is a sealed record of level 3 for a dispute.
func (f *fixture) record(number uint64, of accesstypes.Member) {
	f.world.records[number] = vaulttypes.Record{
		Id: number, Subject: of, Level: 3, Status: vaulttypes.RecordSealed, Purpose: accesstypes.Purpose_PURPOSE_DISPUTE, Digest: make([]byte, 32),
	}
}
