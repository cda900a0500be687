package app_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	"github.com/zhilian-network/zhilian/testutil/smallmodel"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	disputekeeper "github.com/zhilian-network/zhilian/x/dispute/keeper"
	disputetypes "github.com/zhilian-network/zhilian/x/dispute/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

// court is the built-in network with a data provider, eight members whose arbitrators may be drawn, and business days
// of five seconds: five blocks.
type court struct {
	*chain.Chain
	t *testing.T
}

const (
	courtDay  = 5
	provider  = "QDTX"
	jurors    = 8
	claimant  = "huanghai-appliances"
	payeeName = "laoshan-compressors"
)

func newCourt(t *testing.T, changes ...func(*network.File)) *court {
	t.Helper()
	file := network.Default()
	file.Settings.BusinessDay = network.Duration(courtDay * time.Second)
	for _, change := range changes {
		change(file)
	}
	file.Institutions = append(file.Institutions, network.Institution{ID: provider, Name: provider, Kind: network.KindDataProvider, Country: "CN"})
	for n := range jurors {
		id := fmt.Sprint("JUR", n)
		file.Institutions = append(file.Institutions, network.Institution{ID: id, Name: id, Kind: network.KindMember, Country: "CN"})
	}
	c := &court{Chain: chain.New(t, file), t: t}
	for n := range jurors {
		key := fmt.Sprint("bank-JUR", n)
		c.MustSend(key, &disputetypes.MsgEnrolArbitrator{Operator: chain.Address(key), Arbitrator: chain.Address(key)})
	}
	return c
}

// pass makes the blocks of some business days.
func (c *court) pass(days int) {
	for range days * courtDay {
		c.Block()
	}
}

func (c *court) get(id uint64) disputetypes.Case {
	c.t.Helper()
	found, err := c.App.Keepers.Dispute.Case(c.Context(), id)
	require.NoError(c.t, err)
	return found
}

func (c *court) panel(id uint64) disputetypes.Panel {
	c.t.Helper()
	for c.get(id).Status == disputetypes.Drawing {
		c.Block()
	}
	answer, err := disputekeeper.NewQueryServer(c.App.Keepers.Dispute).Panels(c.Context(), &disputetypes.QueryPanelsRequest{CaseId: id})
	require.NoError(c.t, err)
	last := answer.Panels[len(answer.Panels)-1]
	require.True(c.t, last.Same)
	return last.Panel
}

// jurorKey is the key of an arbitrator.
func jurorKey(t *testing.T, address string) string {
	t.Helper()
	for n := range jurors {
		if key := fmt.Sprint("bank-JUR", n); chain.Address(key) == address {
			return key
		}
	}
	t.Fatalf("%s is no juror", address)
	return ""
}

// vote has the panel vote, commitments in one block and votes in the next.
func (c *court) vote(id uint64, panel disputetypes.Panel, vote disputetypes.Award) *abci.ResponseFinalizeBlock {
	c.t.Helper()
	salt := []byte("sixteen random b")
	var commits, reveals [][]byte
	for _, seat := range panel.Seats {
		key := jurorKey(c.t, seat.Arbitrator)
		commits = append(commits, c.Sign(key, &disputetypes.MsgCommitVote{
			Operator: seat.Arbitrator, CaseId: id, Commitment: disputetypes.VoteCommitment(id, panel.Instance, seat.Arbitrator, vote, salt),
		}))
	}
	c.requireAll(c.Block(commits...))
	for _, seat := range panel.Seats {
		reveals = append(reveals, c.Sign(jurorKey(c.t, seat.Arbitrator), &disputetypes.MsgRevealVote{Operator: seat.Arbitrator, CaseId: id, Vote: vote, Salt: salt}))
	}
	result := c.Block(reveals...)
	c.requireAll(result)
	c.ForgetSequences()
	return result
}

func (c *court) requireAll(result *abci.ResponseFinalizeBlock) {
	c.t.Helper()
	for _, tx := range result.TxResults {
		require.Zero(c.t, tx.Code, tx.Log)
	}
}

func (c *court) requireSound() {
	c.t.Helper()
	c.RequireMoneyConserved()
	violations, err := c.App.Keepers.Dispute.CheckInvariants(c.Context())
	require.NoError(c.t, err)
	require.Empty(c.t, violations)
}

func (c *court) balance(party, bank string) math.Int {
	c.t.Helper()
	balance, err := c.App.Keepers.Ledger.Balance(c.Context(), settlementtypes.AccountAddress(party, 0), settlementtypes.DepositDenom(bank, "CNY"))
	require.NoError(c.t, err)
	return balance
}

func has(result *abci.ResponseFinalizeBlock, event string) bool {
	return slices.ContainsFunc(result.Events, func(e abci.Event) bool { return e.Type == event }) ||
		slices.ContainsFunc(result.TxResults, func(tx *abci.ExecTxResult) bool {
			return slices.ContainsFunc(tx.Events, func(e abci.Event) bool { return e.Type == event })
		})
}

// A duplicate payment to a supplier: held, contested, ruled, appealed, and refunded in the block of the final ruling.
func TestADuplicatePaymentIsPaidBackInTheBlockOfTheFinalRuling(t *testing.T) {
	c := newCourt(t)
	payer, payee, handler := "party-"+claimant, "party-"+payeeName, "bank-LSHB"
	paid := c.MustSend(payer, &settlementtypes.MsgPay{
		Operator: chain.Address(payer), Debtor: chain.Account(claimant, 0), Creditor: chain.Account(payeeName, 0), Currency: "CNY",
		Amount: math.NewInt(1000_00), EndToEndDigest: digest("invoice 7, again"),
	})
	uetr := chain.Response[settlementtypes.MsgPayResponse](t, paid).Result.Uetr
	before, payeeBefore := c.balance(claimant, "BQDQ"), c.balance(payeeName, "LSHB")

	filed := c.MustSend(payer, &disputetypes.MsgFileCase{
		Operator: chain.Address(payer), Claimant: accesstypes.Member{InstitutionId: "BQDQ", PartyId: claimant},
		Matter: disputetypes.Matter{Kind: disputetypes.MatterPayment, Uetr: uetr}, Reason: disputetypes.CaseReason_CASE_REASON_DUPLICATE,
		Remedies: []disputetypes.Remedy{{Kind: disputetypes.RemedyRefund, Amount: math.NewInt(1000_00)}},
	})
	answer := chain.Response[disputetypes.MsgFileCaseResponse](t, filed)
	id := answer.CaseId
	require.Equal(t, math.NewInt(1000_00), answer.Held)
	key := ledgertypes.HoldKey{
		Account: settlementtypes.AccountAddress(payeeName, 0), Denom: "LSHB/CNY", Module: disputetypes.ModuleName, ID: fmt.Sprintf("case/%d/0", id),
	}
	held, err := c.App.Keepers.Ledger.Held(c.Context(), key)
	require.NoError(t, err)
	require.Equal(t, math.NewInt(1000_00), held)
	spend := c.Send(payee, &settlementtypes.MsgPay{
		Operator: chain.Address(payee), Debtor: chain.Account(payeeName, 0), Creditor: chain.Account(claimant, 0), Currency: "CNY",
		Amount: payeeBefore, EndToEndDigest: digest("all that there is"),
	})
	require.NotZero(t, spend.Code, "what is held cannot be spent")
	c.requireSound()

	c.MustSend(handler, &disputetypes.MsgAcknowledgeCase{Operator: chain.Address(handler), CaseId: id})
	c.MustSend(handler, &disputetypes.MsgAnswerCase{Operator: chain.Address(handler), CaseId: id, Answer: disputetypes.AnswerContest})
	c.MustSend(payer, &disputetypes.MsgEscalateCase{Operator: chain.Address(payer), CaseId: id})
	c.vote(id, c.panel(id), disputetypes.Award{Grants: []disputetypes.Grant{{Remedy: 0, Amount: math.NewInt(600_00)}}})
	require.Equal(t, disputetypes.Ruled, c.get(id).Status)
	require.Equal(t, before, c.balance(claimant, "BQDQ"), "nothing moves before it is final")

	c.MustSend(payer, &disputetypes.MsgAppeal{Operator: chain.Address(payer), CaseId: id, Ground: disputetypes.AppealGround_APPEAL_GROUND_NO_REASONS})
	result := c.vote(id, c.panel(id), disputetypes.Award{Grants: []disputetypes.Grant{{Remedy: 0, Amount: math.NewInt(900_00)}}})
	closed := c.get(id)
	require.Equal(t, disputetypes.Closed, closed.Status)
	require.Equal(t, disputetypes.OutcomePartly, closed.Outcome)
	require.True(t, has(result, "zhilian.settlement.v1.EventPaymentReturned"), "in the block of the last vote")
	require.Equal(t, before.AddRaw(900_00), c.balance(claimant, "BQDQ"))
	require.Equal(t, payeeBefore.SubRaw(900_00), c.balance(payeeName, "LSHB"))
	held, err = c.App.Keepers.Ledger.Held(c.Context(), key)
	require.NoError(t, err)
	require.True(t, held.IsZero())
	c.requireSound()

	refund, err := c.App.Keepers.Settlement.SettledPayment(c.Context(), closed.Results[0].Reference)
	require.NoError(t, err)
	require.Equal(t, uetr, refund.ReturnOf, "the refund names the payment that it pays back")
	require.Equal(t, "DUPL", refund.ReturnReason)
}

// A wrong value: corrected, and its subject rated anew, when the provider says nothing at all.
func TestAWrongRatingIsPutRightAlthoughTheProviderIsSilent(t *testing.T) {
	c := newCourt(t)
	banks := []string{"bank-BQDQ", "bank-LSHB", "bank-JZWB"}
	c.MustSend(banks[0], smallmodel.Registration(chain.Address(banks[0]), smallmodel.Model(0), 0, 900_000))
	for _, step := range []credittypes.ModelStep{credittypes.StepApprove, credittypes.StepPromote} {
		for _, bank := range banks[1:] {
			c.MustSend(bank, &credittypes.MsgEndorseModel{Operator: chain.Address(bank), ModelId: 1, Step: step})
		}
	}
	subject, payer, attester := accesstypes.Member{InstitutionId: "BQDQ", PartyId: claimant}, "party-"+claimant, "bank-"+provider
	c.MustSend(payer, &accesstypes.MsgGiveConsent{
		Operator: chain.Address(payer), Subject: subject, Grantee: accesstypes.Member{InstitutionId: provider},
		Purposes: []accesstypes.Purpose{accesstypes.Purpose_PURPOSE_CREDIT_RATING}, Level: 2, ExpiresAt: chain.Start.AddDate(1, 0, 0),
	})
	values := []credittypes.InputValue{{Name: "debt", Decimals: 2, Value: 9_000_00}, {Name: "equity", Decimals: 2, Value: 1_000_00}}
	attested := c.MustSend(attester, &credittypes.MsgAttest{
		Operator: chain.Address(attester), Subject: subject, Period: credittypes.Period{FirstMonth: 202501, LastMonth: 202512}, Values: values,
		ExpiresAt: chain.Start.AddDate(1, 0, 0),
	})
	wrong := chain.Response[credittypes.MsgAttestResponse](t, attested).AttestationId
	rated := c.MustSend(payer, &credittypes.MsgRate{Operator: chain.Address(payer), Subject: subject, Product: smallmodel.Product})
	bad := chain.Response[credittypes.MsgRateResponse](t, rated).Rating

	correct := disputetypes.Remedy{Kind: disputetypes.RemedyCorrect, Amount: math.OneInt(), Values: []credittypes.InputValue{{Name: "debt", Decimals: 2, Value: 900_00}}}
	file := &disputetypes.MsgFileCase{
		Operator: chain.Address(payer), Claimant: subject, Matter: disputetypes.Matter{Kind: disputetypes.MatterAttestation, Number: wrong},
		Reason:   disputetypes.CaseReason_CASE_REASON_CREDIT_DATA,
		Remedies: []disputetypes.Remedy{correct, {Kind: disputetypes.RemedyRerate, Amount: math.OneInt(), Product: smallmodel.Product}},
	}
	unsaid := *file
	unsaid.Remedies = []disputetypes.Remedy{{Kind: disputetypes.RemedyCorrect, Amount: math.OneInt(), Values: []credittypes.InputValue{{Name: "staff", Value: 1}}}}
	refused := c.Send(payer, &unsaid)
	require.Equal(t, credittypes.ErrInvalidValue.ABCICode(), refused.Code, "nobody's ruling makes a provider say more than it did")
	id := chain.Response[disputetypes.MsgFileCaseResponse](t, c.MustSend(payer, file)).CaseId

	c.pass(15) // the provider neither acknowledges nor answers
	panel := c.panel(id)
	c.vote(id, panel, c.get(id).Whole())
	require.Equal(t, disputetypes.Ruled, c.get(id).Status)
	c.pass(11)
	closed := c.get(id)
	require.Equal(t, disputetypes.OutcomeUpheld, closed.Outcome)
	require.Len(t, closed.Lapses, 4, "acknowledgement, evidence, answer, and nobody appealed")
	require.Equal(t, []disputetypes.RemedyStatus{disputetypes.RemedyDone, disputetypes.RemedyDone},
		[]disputetypes.RemedyStatus{closed.Results[0].Status, closed.Results[1].Status})

	old, err := c.App.Keepers.Credit.Attestation(c.Context(), wrong)
	require.NoError(t, err)
	require.Equal(t, credittypes.AttestationRevoked, old.Status)
	corrected, err := c.App.Keepers.Credit.Attestation(c.Context(), wrong+1)
	require.NoError(t, err)
	require.Equal(t, wrong, corrected.Corrects)
	require.Equal(t, []credittypes.InputValue{correct.Values[0], values[1]}, corrected.Values)
	good, err := c.App.Keepers.Credit.Rating(c.Context(), bad.Id+1)
	require.NoError(t, err)
	require.Less(t, good.PdPpm, bad.PdPpm)
	require.NotEqual(t, bad.Grade, good.Grade)
	violations, err := c.App.Keepers.Credit.CheckInvariants(c.Context())
	require.NoError(t, err)
	require.Empty(t, violations)
	c.requireSound()
}

// Sealed values that are wrong: the subject seals the right ones into a record of its own, the panel votes on what they
// are committed to, and the ruling puts that in the place of the old commitment. No value is ever on the chain.
func TestSealedValuesAreCorrectedByWhatThePanelVotedOn(t *testing.T) {
	c := newCourt(t)
	subject, payer, attester := accesstypes.Member{InstitutionId: "BQDQ", PartyId: claimant}, "party-"+claimant, "bank-"+provider
	own, err := seal.GenerateKey(seal.SM2)
	require.NoError(t, err)
	c.MustSend(payer, &vaulttypes.MsgRegisterKey{Operator: chain.Address(payer), Owner: subject, PublicKey: own.Public()})
	c.MustSend(payer, &accesstypes.MsgGiveConsent{
		Operator: chain.Address(payer), Subject: subject, Grantee: accesstypes.Member{InstitutionId: provider},
		Purposes: []accesstypes.Purpose{accesstypes.Purpose_PURPOSE_CREDIT_RATING}, Level: 3, ExpiresAt: chain.Start.AddDate(1, 0, 0),
	})
	put := func(content string) uint64 {
		put := &vaulttypes.MsgPut{
			Operator: chain.Address(payer), Subject: subject, Level: 3, MediaType: "application/json", Purpose: accesstypes.Purpose_PURPOSE_CREDIT_RATING,
		}
		put.Envelope, err = seal.Seal([]byte(content), put.Binding(), seal.SM4GCM, []seal.PublicKey{own.Public()})
		require.NoError(t, err)
		return chain.Response[vaulttypes.MsgPutResponse](t, c.MustSend(payer, put)).RecordId
	}
	period, salt := credittypes.Period{FirstMonth: 202501, LastMonth: 202512}, []byte("sixteen random b")
	committed := func(debt int64) []byte {
		values := []credittypes.InputValue{{Name: "debt", Decimals: 2, Value: debt}, {Name: "equity", Decimals: 2, Value: 1_000_00}}
		return credittypes.Commitment(provider, subject, period, values, salt)
	}
	wrong := chain.Response[credittypes.MsgAttestResponse](t, c.MustSend(attester, &credittypes.MsgAttest{
		Operator: chain.Address(attester), Subject: subject, Period: period, RecordId: put("debt 9000"), Commitment: committed(9_000_00),
		ExpiresAt: chain.Start.AddDate(1, 0, 0),
	})).AttestationId
	record := put("debt 900")
	id := chain.Response[disputetypes.MsgFileCaseResponse](t, c.MustSend(payer, &disputetypes.MsgFileCase{
		Operator: chain.Address(payer), Claimant: subject, Matter: disputetypes.Matter{Kind: disputetypes.MatterAttestation, Number: wrong},
		Reason:   disputetypes.CaseReason_CASE_REASON_CREDIT_DATA,
		Remedies: []disputetypes.Remedy{{Kind: disputetypes.RemedyCorrect, Amount: math.OneInt(), RecordId: record, Commitment: committed(900_00)}},
	})).CaseId
	c.pass(15)
	c.vote(id, c.panel(id), c.get(id).Whole())
	c.pass(11)
	closed := c.get(id)
	require.Equal(t, disputetypes.OutcomeUpheld, closed.Outcome)
	require.Equal(t, disputetypes.RemedyDone, closed.Results[0].Status, closed.Results[0].Refusal)
	old, err := c.App.Keepers.Credit.Attestation(c.Context(), wrong)
	require.NoError(t, err)
	require.Equal(t, credittypes.AttestationRevoked, old.Status)
	corrected, err := c.App.Keepers.Credit.Attestation(c.Context(), wrong+1)
	require.NoError(t, err)
	require.Equal(t, []any{wrong, record, committed(900_00)}, []any{corrected.Corrects, corrected.RecordId, corrected.Commitment})
	violations, err := c.App.Keepers.Credit.CheckInvariants(c.Context())
	require.NoError(t, err)
	require.Empty(t, violations)
	c.requireSound()
}

// What a side brought is opened to the panel for its term: its members can be given it from when they are seated, and
// cannot be, and have it no more, when they have ruled.
func TestEvidenceIsOpenToThePanelForItsTerm(t *testing.T) {
	c := newCourt(t)
	payer := "party-" + claimant
	subject := accesstypes.Member{InstitutionId: "BQDQ", PartyId: claimant}
	own, err := seal.GenerateKey(seal.SM2)
	require.NoError(t, err)
	c.MustSend(payer, &vaulttypes.MsgRegisterKey{Operator: chain.Address(payer), Owner: subject, PublicKey: own.Public()})
	keys := map[string]seal.PrivateKey{}
	for n := range jurors {
		id := fmt.Sprint("JUR", n)
		private, err := seal.GenerateKey(seal.SM2)
		require.NoError(t, err)
		keys[id] = private
		c.MustSend("bank-"+id, &vaulttypes.MsgRegisterKey{
			Operator: chain.Address("bank-" + id), Owner: accesstypes.Member{InstitutionId: id}, PublicKey: private.Public(),
		})
	}
	put := &vaulttypes.MsgPut{
		Operator: chain.Address(payer), Subject: subject, Level: 3, MediaType: "application/pdf", Purpose: accesstypes.Purpose_PURPOSE_DISPUTE,
	}
	put.Envelope, err = seal.Seal([]byte("both invoices"), put.Binding(), seal.SM4GCM, []seal.PublicKey{own.Public()})
	require.NoError(t, err)
	record := chain.Response[vaulttypes.MsgPutResponse](t, c.MustSend(payer, put)).RecordId
	share := func(institution string) *vaulttypes.MsgShare {
		resealed, err := seal.Reseal(own, put.Envelope, put.Binding(), keys[institution].Public())
		require.NoError(t, err)
		return &vaulttypes.MsgShare{
			Operator: chain.Address(payer), RecordId: record, Reader: accesstypes.Member{InstitutionId: institution}, Keys: []seal.SealedKey{resealed},
			Purpose: accesstypes.Purpose_PURPOSE_DISPUTE,
		}
	}

	paid := c.MustSend(payer, &settlementtypes.MsgPay{
		Operator: chain.Address(payer), Debtor: chain.Account(claimant, 0), Creditor: chain.Account(payeeName, 0), Currency: "CNY",
		Amount: math.NewInt(1000_00), EndToEndDigest: digest("invoice 8, again"),
	})
	id := chain.Response[disputetypes.MsgFileCaseResponse](t, c.MustSend(payer, &disputetypes.MsgFileCase{
		Operator: chain.Address(payer), Claimant: subject, Reason: disputetypes.CaseReason_CASE_REASON_DUPLICATE, Evidence: []uint64{record},
		Matter:   disputetypes.Matter{Kind: disputetypes.MatterPayment, Uetr: chain.Response[settlementtypes.MsgPayResponse](t, paid).Result.Uetr},
		Remedies: []disputetypes.Remedy{{Kind: disputetypes.RemedyRefund, Amount: math.NewInt(1000_00)}},
	})).CaseId
	c.pass(15)
	panel := c.panel(id)
	juror := panel.Seats[0].InstitutionId
	outsider := panel.Reserves[0].InstitutionId
	require.Equal(t, accesstypes.ErrConsentMissing.ABCICode(), c.Send(payer, share(outsider)).Code, "a reserve is not seated")
	c.MustSend(payer, share(juror))
	open := &vaulttypes.MsgNoteOpening{Operator: chain.Address("bank-" + juror), RecordId: record}
	c.MustSend("bank-"+juror, open)

	c.vote(id, panel, disputetypes.Award{})
	require.Equal(t, disputetypes.Ruled, c.get(id).Status)
	require.Equal(t, vaulttypes.ErrShareNotFound.ABCICode(), c.Send("bank-"+juror, open).Code, "what it was given is gone")
	require.Equal(t, accesstypes.ErrConsentEnded.ABCICode(), c.Send(payer, share(juror)).Code, "and it can be given nothing more")
	violations, err := c.App.Keepers.Vault.CheckInvariants(c.Context())
	require.NoError(t, err)
	require.Empty(t, violations)
	c.requireSound()
}

// logReader is the log of payments with all of its hashes, as a node's index keeps it from the events of blocks; here it is
// read from state while the payments are there.
type logReader struct {
	stored [][]byte
	hashes []tlog.Hash
}

func (l *logReader) ReadHashes(places []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(places))
	for i, at := range places {
		read[i] = l.hashes[at]
	}
	return read, nil
}

func (l *logReader) append(t *testing.T, payment settlementtypes.Payment) {
	t.Helper()
	stored, err := payment.Marshal()
	require.NoError(t, err)
	added, err := tlog.StoredHashes(int64(len(l.stored)), stored, l)
	require.NoError(t, err)
	l.stored, l.hashes = append(l.stored, stored), append(l.hashes, added...)
}

func (l *logReader) receipt(t *testing.T, number int) *settlementtypes.PaymentProof {
	t.Helper()
	path, err := tlog.ProveRecord(int64(len(l.stored)), int64(number), l)
	require.NoError(t, err)
	proof := &settlementtypes.PaymentProof{Payment: l.stored[number], LogIndex: uint64(number), LogSize: uint64(len(l.stored))}
	for _, hash := range path {
		proof.Path = append(proof.Path, hash[:])
	}
	return proof
}

// A payment has left state when its payer complains of it: by its receipt the case runs as any other, and what the payee
// gave back while the record was there is taken off.
func TestAPaymentThatHasLeftStateIsDisputedByItsReceiptAndPaidBack(t *testing.T) {
	const retention = 20 * time.Second
	c := newCourt(t, func(file *network.File) { file.Settings.RetentionPeriod = network.Duration(retention) })
	payer, payee, handler := "party-"+claimant, "party-"+payeeName, "bank-LSHB"
	log := &logReader{}
	pay := func(name string, amount int64) string {
		paid := c.MustSend(payer, &settlementtypes.MsgPay{
			Operator: chain.Address(payer), Debtor: chain.Account(claimant, 0), Creditor: chain.Account(payeeName, 0), Currency: "CNY",
			Amount: math.NewInt(amount), EndToEndDigest: digest(name),
		})
		uetr := chain.Response[settlementtypes.MsgPayResponse](t, paid).Result.Uetr
		payment, err := c.App.Keepers.Settlement.SettledPayment(c.Context(), uetr)
		require.NoError(t, err)
		log.append(t, payment)
		return uetr
	}
	for n := range 5 {
		pay(fmt.Sprint("earlier ", n), 1_00)
	}
	uetr := pay("invoice 7, again", 1000_00)
	returned := c.MustSend(payee, &settlementtypes.MsgReturnPayment{
		Operator: chain.Address(payee), OriginalUetr: uetr, Amount: math.NewInt(150_00), Reason: "DUPL", EndToEndDigest: digest("a part of it"),
	})
	back, err := c.App.Keepers.Settlement.SettledPayment(c.Context(), chain.Response[settlementtypes.MsgReturnPaymentResponse](t, returned).Result.Uetr)
	require.NoError(t, err)
	log.append(t, back)
	receipt := log.receipt(t, 5)
	c.pass(6)
	_, err = c.App.Keepers.Settlement.SettledPayment(c.Context(), uetr)
	require.ErrorIs(t, err, settlementtypes.ErrPaymentNotFound, "its time in state is over")
	late := c.Send(payee, &settlementtypes.MsgReturnPayment{
		Operator: chain.Address(payee), OriginalUetr: uetr, Amount: math.NewInt(1_00), Reason: "DUPL", EndToEndDigest: digest("too late"),
	})
	require.Equal(t, settlementtypes.ErrPaymentNotFound.ABCICode(), late.Code, "nobody returns it any more")

	before, payeeBefore := c.balance(claimant, "BQDQ"), c.balance(payeeName, "LSHB")
	file := &disputetypes.MsgFileCase{
		Operator: chain.Address(payer), Claimant: accesstypes.Member{InstitutionId: "BQDQ", PartyId: claimant},
		Matter: disputetypes.Matter{Kind: disputetypes.MatterPayment, Uetr: uetr}, Reason: disputetypes.CaseReason_CASE_REASON_DUPLICATE,
		Remedies: []disputetypes.Remedy{{Kind: disputetypes.RemedyRefund, Amount: math.NewInt(850_01)}},
	}
	refused := func(err *errorsmod.Error, why string) {
		t.Helper()
		result := c.Send(payer, file)
		require.Equal(t, []any{err.Codespace(), err.ABCICode()}, []any{result.Codespace, result.Code}, why)
	}
	refused(disputetypes.ErrReceiptNeeded, "the ledger has no record of it")
	pay("and life goes on", 1_00)
	file.Receipt = receipt
	refused(settlementtypes.ErrProofOutdated, "of a log of seven its subtree held two payments, of eight it holds all")
	file.Receipt = log.receipt(t, 5)
	refused(disputetypes.ErrAmount, "150.00 were returned when it was in state")
	file.Remedies[0].Amount = math.NewInt(850_00)
	answer := chain.Response[disputetypes.MsgFileCaseResponse](t, c.MustSend(payer, file))
	require.Equal(t, math.NewInt(850_00), answer.Held)
	refused(disputetypes.ErrSameFacts, "a receipt makes no second case")
	c.requireSound()

	id := answer.CaseId
	c.MustSend(handler, &disputetypes.MsgAcknowledgeCase{Operator: chain.Address(handler), CaseId: id})
	c.MustSend(handler, &disputetypes.MsgAnswerCase{Operator: chain.Address(handler), CaseId: id, Answer: disputetypes.AnswerContest})
	c.MustSend(payer, &disputetypes.MsgEscalateCase{Operator: chain.Address(payer), CaseId: id})
	c.vote(id, c.panel(id), disputetypes.Award{Grants: []disputetypes.Grant{{Remedy: 0, Amount: math.NewInt(850_00)}}})
	c.pass(11)
	closed := c.get(id)
	require.Equal(t, disputetypes.OutcomeUpheld, closed.Outcome)
	require.Equal(t, disputetypes.RemedyDone, closed.Results[0].Status, closed.Results[0].Refusal)
	require.Equal(t, before.AddRaw(850_00-1_00), c.balance(claimant, "BQDQ"))
	require.Equal(t, payeeBefore.AddRaw(1_00-850_00), c.balance(payeeName, "LSHB"))
	c.requireSound()
}
