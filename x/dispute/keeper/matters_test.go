package keeper_test

import (
	"bytes"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// attest is what TAXO's attester says about acme.
func (f *fixture) attest(number uint64) {
	f.world.attestations[number] = credittypes.Attestation{
		Id: number, Subject: acme, ProviderId: "TAXO", Operator: "attester", Values: []credittypes.InputValue{{Name: "sales", Value: 1}},
		Status: credittypes.AttestationActive, ExpiresAt: start.AddDate(1, 0, 0),
	}
}

var correction = types.Remedy{Kind: types.RemedyCorrect, Amount: math.OneInt(), Values: []credittypes.InputValue{{Name: "sales", Value: 1000}}}

func rerate(product string) types.Remedy {
	return types.Remedy{Kind: types.RemedyRerate, Amount: math.OneInt(), Product: product}
}

func about(matter types.Matter, remedies ...types.Remedy) *types.MsgFileCase {
	return &types.MsgFileCase{Operator: "acme", Claimant: acme, Matter: matter, Reason: types.CaseReason_CASE_REASON_CREDIT_DATA, Remedies: remedies}
}

func aboutAttestation(number uint64) *types.MsgFileCase {
	return about(types.Matter{Kind: types.MatterAttestation, Number: number}, correction, rerate("sme-1y"))
}

// accepted is a case whose respondent grants everything.
func (f *fixture) accepted(handler string, id uint64) types.Case {
	f.t.Helper()
	must[*types.MsgAcknowledgeCaseResponse](f)(f.msg.AcknowledgeCase(f.ctx, &types.MsgAcknowledgeCase{Operator: handler, CaseId: id}))
	must[*types.MsgAnswerCaseResponse](f)(f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{Operator: handler, CaseId: id, Answer: types.AnswerAccept}))
	f.requireSound()
	return f.requireStatus(id, types.Closed)
}

func TestAWrongAttestationIsCorrectedAndItsSubjectRatedAnew(t *testing.T) {
	f := newFixture(t, 7)
	f.attest(7)
	c := f.accepted("taxo", f.file(aboutAttestation(7)))
	require.Equal(t, credittypes.AttestationRevoked, f.world.attestations[7].Status)
	corrected := f.world.attestations[f.world.numbers-1]
	require.EqualValues(t, 7, corrected.Corrects)
	require.EqualValues(t, 1000, corrected.Values[0].Value)
	rated := f.world.ratings[f.world.numbers]
	require.Equal(t, acme, rated.Subject)
	require.Equal(t, "acme", rated.Operator, "as if acme had asked for it")
	require.Equal(t, []types.RemedyStatus{types.RemedyDone, types.RemedyDone}, []types.RemedyStatus{c.Results[0].Status, c.Results[1].Status})
	require.Equal(t, "101", c.Results[0].Reference)
	require.Equal(t, "102", c.Results[1].Reference)
}

func TestSealedValuesAreCorrectedByTheCommitmentThatIsVotedOn(t *testing.T) {
	f := newFixture(t, 7)
	f.attest(7)
	sealed := f.world.attestations[7]
	sealed.Values, sealed.RecordId, sealed.Commitment = nil, 3, make([]byte, 32)
	f.world.attestations[7] = sealed
	_, err := f.msg.FileCase(f.ctx, aboutAttestation(7))
	require.ErrorIs(t, err, credittypes.ErrInvalidAttestation, "open values do not take the place of sealed ones")
	voted := bytes.Repeat([]byte{1}, 32)
	remedy := types.Remedy{Kind: types.RemedyCorrect, Amount: math.OneInt(), RecordId: 4, Commitment: voted}
	short := remedy
	short.Commitment = voted[1:]
	_, err = f.msg.FileCase(f.ctx, about(types.Matter{Kind: types.MatterAttestation, Number: 7}, short))
	require.ErrorIs(t, err, credittypes.ErrInvalidAttestation)
	id := f.file(about(types.Matter{Kind: types.MatterAttestation, Number: 7}, remedy))
	must[*types.MsgAcknowledgeCaseResponse](f)(f.msg.AcknowledgeCase(f.ctx, &types.MsgAcknowledgeCase{Operator: "taxo", CaseId: id}))
	must[*types.MsgAnswerCaseResponse](f)(f.msg.AnswerCase(f.ctx, &types.MsgAnswerCase{Operator: "taxo", CaseId: id, Answer: types.AnswerContest}))
	must[*types.MsgEscalateCaseResponse](f)(f.msg.EscalateCase(f.ctx, &types.MsgEscalateCase{Operator: "acme", CaseId: id}))
	f.vote(id, f.seated(id), give(0, 1))
	f.pass(10 * day)
	require.Equal(t, types.RemedyDone, f.requireStatus(id, types.Closed).Results[0].Status)
	corrected := f.world.attestations[f.world.numbers]
	require.EqualValues(t, []uint64{7, 4}, []uint64{corrected.Corrects, corrected.RecordId})
	require.Equal(t, voted, corrected.Commitment)
	require.Empty(t, corrected.Values)
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestOneRemedyThatIsRefusedKeepsNoOtherBack(t *testing.T) {
	f := newFixture(t, 7)
	f.attest(7)
	msg := aboutAttestation(7)
	msg.Remedies = []types.Remedy{rerate("none"), correction}
	c := f.accepted("taxo", f.file(msg))
	require.Equal(t, types.RemedyFailed, c.Results[0].Status)
	require.Equal(t, "credit/128", c.Results[0].Refusal)
	require.Equal(t, types.RemedyDone, c.Results[1].Status)
}

func TestWhatEndedByItselfIsMoot(t *testing.T) {
	f := newFixture(t, 7)
	f.attest(7)
	id := f.file(aboutAttestation(7))
	gone := f.world.attestations[7]
	gone.Status = credittypes.AttestationRevoked
	f.world.attestations[7] = gone
	c := f.accepted("taxo", id)
	require.Equal(t, types.RemedyMoot, c.Results[0].Status)
	require.Empty(t, c.Results[0].Refusal)
	require.Equal(t, types.RemedyDone, c.Results[1].Status)

	_, err := f.msg.FileCase(f.ctx, about(types.Matter{Kind: types.MatterAttestation, Number: 7}, correction))
	require.ErrorIs(t, err, types.ErrSameFacts)
}

func TestEveryMatterHasItsRespondentAndItsRemedy(t *testing.T) {
	f := newFixture(t, 7)
	f.world.consents[1] = accesstypes.Consent{Id: 1, Subject: acme, Grantee: lshb, ExpiresAt: start.AddDate(1, 0, 0)}
	c := f.accepted("handler", f.file(about(types.Matter{Kind: types.MatterConsent, Number: 1}, one(types.RemedyRevoke))))
	require.Equal(t, lshb, c.Respondent)
	require.True(t, f.world.consents[1].Withdrawn)

	f.record(1, acme)
	record := types.Matter{Kind: types.MatterRecord, Number: 1, Other: lshb}
	_, err := f.msg.FileCase(f.ctx, about(record, one(types.RemedyRevoke)))
	require.ErrorIs(t, err, types.ErrMatter, "who has no access cannot lose it")
	f.world.shares[shareName(1, lshb)] = true
	id := f.file(about(record, one(types.RemedyRevoke)))
	facts := must[*types.QueryCaseFactsResponse](f)(f.query.CaseFacts(f.ctx, &types.QueryCaseFactsRequest{CaseId: id})).Facts
	require.NotEmpty(t, facts[0].Trail, "who read it stands in the case")
	f.accepted("handler", id)
	require.Empty(t, f.world.shares)

	rating := credittypes.Rating{Id: 5, Subject: acme, Requester: lshb, Operator: "lshb", Kind: credittypes.RatingPublished, Product: "sme-1y"}
	f.world.ratings[5] = rating
	id = f.file(about(types.Matter{Kind: types.MatterRating, Number: 5}, rerate("sme-1y")))
	_, err = f.msg.AcknowledgeCase(f.ctx, &types.MsgAcknowledgeCase{Operator: "lshb", CaseId: id})
	require.ErrorIs(t, err, types.ErrHandlerInvolved, "who rated does not handle it")
	c = f.accepted("handler", id)
	require.Equal(t, "sme-1y", c.Product)

	hold := settlementtypes.Hold{Uetr: "00000000-0000-4000-8000-000000000077", Debtor: account(acme), Creditor: account(zeta), Status: settlementtypes.HoldPending}
	f.world.setAside[hold.Uetr] = hold
	c = f.accepted("handler", f.file(about(types.Matter{Kind: types.MatterHold, Uetr: hold.Uetr}, one(types.RemedyRelease))))
	require.Equal(t, zeta, c.Respondent)
	require.Equal(t, settlementtypes.HoldReleased, f.world.setAside[hold.Uetr].Status)

	f.record(2, acme)
	c = f.accepted("handler", f.file(about(types.Matter{Kind: types.MatterService, Number: 2, Other: lshb, Service: "branch-hours"}, apology(), one(types.RemedyFinding))))
	require.Equal(t, "branch-hours", c.Product)

	blocked := f.world.accounts[account(acme)]
	frozen := types.Matter{Kind: types.MatterAccount, Account: blocked.Address}
	_, err = f.msg.FileCase(f.ctx, about(frozen, one(types.RemedyLift)))
	require.ErrorIs(t, err, types.ErrMatter, "it is not blocked")
	blocked.Status = settlementtypes.AccountBlocked
	f.world.accounts[account(acme)] = blocked
	id = f.file(about(frozen, one(types.RemedyLift)))
	require.Equal(t, bqdq, f.get(id).Respondent)
	f.accepted("bqdq", id)
	require.Equal(t, settlementtypes.AccountOpen, f.world.accounts[account(acme)].Status)
}

func TestACustomerWhoIsSuspendedIsHelpedByTheRegulator(t *testing.T) {
	f := newFixture(t, 7)
	party := f.world.parties["acme"]
	party.Status = accesstypes.MemberStatus_MEMBER_STATUS_SUSPENDED
	f.world.parties["acme"] = party
	msg := about(types.Matter{Kind: types.MatterStanding}, one(types.RemedyLift))
	_, err := f.msg.FileCase(f.ctx, msg)
	require.ErrorIs(t, err, accesstypes.ErrPartyInactive, "it cannot act itself")
	msg.Operator = "lshb"
	_, err = f.msg.FileCase(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrNotSide, "another bank does not act for it")
	msg.Operator = "supv"
	id := f.file(msg)
	_, err = f.msg.WithdrawCase(f.ctx, &types.MsgWithdrawCase{Operator: "supv", CaseId: id, Claimant: acme})
	require.ErrorIs(t, err, accesstypes.ErrScopeDenied, "who helps gives nothing up")
	f.accepted("bqdq", id)
	require.Equal(t, accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE, f.world.parties["acme"].Status)
}
