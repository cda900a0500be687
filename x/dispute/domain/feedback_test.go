package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

var bank = accesstypes.Member{InstitutionId: "BQDQ"}

func TestFeedbackIsAboutWhatHappenedAndGoesToWhoDidIt(t *testing.T) {
	paid, debtor, creditor := payment()
	rejected := paid
	rejected.Status = settlementtypes.PaymentRejected
	ofBank := debtor
	ofBank.PartyId = ""
	closed := types.Case{Status: types.Closed, Respondent: zeta, Claimants: []types.Claimant{{Member: acme}, {Member: bank}}}
	open := closed
	open.Status = types.Executed
	computed := credittypes.Rating{Subject: acme, Requester: acme, Kind: credittypes.RatingComputed, Product: "sme-1y"}
	published := credittypes.Rating{Subject: acme, Requester: accesstypes.Member{InstitutionId: "CITY"}, Kind: credittypes.RatingPublished, Product: "sme-1y"}

	for name, row := range map[string]struct {
		got  func() (domain.Service, error)
		want domain.Service
		err  error
	}{
		"a payer's is about the payer's bank": {func() (domain.Service, error) { return domain.PaymentService(paid, debtor, creditor, acme) }, domain.Service{Institution: "BQDQ", Product: "payment"}, nil},
		"a payee's is about the payee's bank": {func() (domain.Service, error) { return domain.PaymentService(paid, debtor, creditor, zeta) }, domain.Service{Institution: "LSHB", Product: "payment"}, nil},
		"somebody else's payment":             {func() (domain.Service, error) { return domain.PaymentService(paid, debtor, creditor, bank) }, domain.Service{}, types.ErrNotInvolved},
		"a payment that did not settle":       {func() (domain.Service, error) { return domain.PaymentService(rejected, debtor, creditor, acme) }, domain.Service{}, types.ErrNoInteraction},
		"a bank's own payment":                {func() (domain.Service, error) { return domain.PaymentService(paid, ofBank, creditor, bank) }, domain.Service{}, types.ErrOwnService},
		"a computed rating's is the model's":  {func() (domain.Service, error) { return domain.RatingService(computed, "LSHB", acme) }, domain.Service{Institution: "LSHB", Product: "sme-1y"}, nil},
		"a published rating's is the rater's": {func() (domain.Service, error) { return domain.RatingService(published, "LSHB", acme) }, domain.Service{Institution: "CITY", Product: "sme-1y"}, nil},
		"somebody else's rating":              {func() (domain.Service, error) { return domain.RatingService(computed, "LSHB", zeta) }, domain.Service{}, types.ErrNotInvolved},
		"attested values are the provider's": {func() (domain.Service, error) {
			return domain.AttestationService(credittypes.Attestation{Subject: acme, ProviderId: "TAXB"}, acme)
		}, domain.Service{Institution: "TAXB", Product: "attestation"}, nil},
		"values about somebody else": {func() (domain.Service, error) {
			return domain.AttestationService(credittypes.Attestation{Subject: acme, ProviderId: "TAXB"}, zeta)
		}, domain.Service{}, types.ErrNotInvolved},
		"a closed case's is the respondent's":   {func() (domain.Service, error) { return domain.CaseService(closed, acme) }, domain.Service{Institution: "LSHB", Product: "complaints"}, nil},
		"an open case":                          {func() (domain.Service, error) { return domain.CaseService(open, acme) }, domain.Service{}, types.ErrNoInteraction},
		"a case in which one was complained of": {func() (domain.Service, error) { return domain.CaseService(closed, zeta) }, domain.Service{}, types.ErrNotInvolved},
	} {
		got, err := row.got()
		if row.err != nil {
			require.ErrorIs(t, err, row.err, name)
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, row.want, got, name)
	}
}

func TestWordsAreASealedRecordAboutTheAuthor(t *testing.T) {
	record := vaulttypes.Record{Subject: acme, Status: vaulttypes.RecordSealed}
	require.NoError(t, domain.CheckWords(record, acme))
	require.ErrorIs(t, domain.CheckWords(record, zeta), types.ErrWords)
	record.Status = vaulttypes.RecordErased
	require.ErrorIs(t, domain.CheckWords(record, acme), types.ErrWords)
}

func TestScoresAreCountedOneByOne(t *testing.T) {
	scores := types.Scores{InstitutionId: "BQDQ", Product: "payment"}
	before := scores
	for _, score := range []uint32{5, 1, 5, 3} {
		scores = domain.Score(scores, score)
	}
	require.Equal(t, []uint64{1, 0, 1, 0, 2}, scores.Counts)
	require.Empty(t, before.Counts)
}

func TestFeedbackIsAnsweredOnceAndLinkedToFewChangesOfItsInstitution(t *testing.T) {
	feedback := types.Feedback{Id: 1, InstitutionId: "BQDQ", Product: "payment"}
	answered, err := domain.Answer(feedback, types.FeedbackAnswer{Text: "We have added a notice."})
	require.NoError(t, err)
	require.Nil(t, feedback.Answer)
	_, err = domain.Answer(answered, types.FeedbackAnswer{Text: "We have added another."})
	require.ErrorIs(t, err, types.ErrAnsweredAlready)

	_, err = domain.Link(feedback, types.Change{Id: 1, InstitutionId: "LSHB"})
	require.ErrorIs(t, err, types.ErrOtherInstitution)
	for id := range uint64(types.MaxChangesPerFeedback) {
		feedback, err = domain.Link(feedback, types.Change{Id: id + 1, InstitutionId: "BQDQ"})
		require.NoError(t, err)
	}
	require.Equal(t, []uint64{1, 2, 3, 4, 5}, feedback.ChangeIds)
	_, err = domain.Link(feedback, types.Change{Id: 6, InstitutionId: "BQDQ"})
	require.ErrorIs(t, err, types.ErrTooManyChanges)

	other := types.Feedback{Product: "complaints"}
	require.Equal(t, "payment", domain.ProductOf([]types.Feedback{feedback, feedback}))
	require.Empty(t, domain.ProductOf([]types.Feedback{feedback, other}), "a change for several products names none")
}
