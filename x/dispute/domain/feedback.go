package domain

import (
	"slices"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

// Service is what feedback is about, as the ledger knows it from an interaction.
type Service struct {
	Institution string
	Product     string
}

// PaymentService is how a settled payment went, in the view of its payer or payee: what their bank did for them.
func PaymentService(payment settlementtypes.Payment, debtor, creditor settlementtypes.Account, author accesstypes.Member) (Service, error) {
	if payment.Status != settlementtypes.PaymentSettled {
		return Service{}, types.ErrNoInteraction.Wrapf("payment %s did not settle", payment.Uetr)
	}
	if author != ownerOf(debtor) && author != ownerOf(creditor) {
		return Service{}, types.ErrNotInvolved.Wrapf("payment %s", payment.Uetr)
	}
	return served(author, author.InstitutionId, types.Matter{Kind: types.MatterPayment}.Product())
}

// RatingService is a rating of the author: its rater's, or that of who registered the model that the chain computed
// it by.
func RatingService(rating credittypes.Rating, registrant string, author accesstypes.Member) (Service, error) {
	if author != rating.Subject {
		return Service{}, types.ErrNotInvolved.Wrapf("rating %d", rating.Id)
	}
	return served(author, RatingSubject(rating, registrant).Respondent.InstitutionId, rating.Product)
}

// AttestationService is what a provider attests about the author.
func AttestationService(attestation credittypes.Attestation, author accesstypes.Member) (Service, error) {
	if author != attestation.Subject {
		return Service{}, types.ErrNotInvolved.Wrapf("attestation %d", attestation.Id)
	}
	return served(author, attestation.ProviderId, types.Matter{Kind: types.MatterAttestation}.Product())
}

// CaseService is how the respondent, or the institution that serves it, has handled a case that is closed.
func CaseService(c types.Case, author accesstypes.Member) (Service, error) {
	if !slices.ContainsFunc(c.Claimants, func(claimant types.Claimant) bool { return claimant.Member == author }) {
		return Service{}, types.ErrNotInvolved.Wrapf("case %d", c.Id)
	}
	if c.IsOpen() {
		return Service{}, types.ErrNoInteraction.Wrapf("case %d is not closed", c.Id)
	}
	return served(author, c.Respondent.InstitutionId, types.ComplaintsProduct)
}

// served refuses institutions that would score themselves.
func served(author accesstypes.Member, institution, product string) (Service, error) {
	if author.PartyId == "" && author.InstitutionId == institution {
		return Service{}, types.ErrOwnService.Wrapf("%s", institution)
	}
	return Service{Institution: institution, Product: product}, nil
}

// CheckWords refuses a record that is not about the author of feedback, or not there any more.
func CheckWords(record vaulttypes.Record, author accesstypes.Member) error {
	if record.Subject != author || record.Status != vaulttypes.RecordSealed {
		return types.ErrWords.Wrapf("record %d", record.Id)
	}
	return nil
}

// Score is the scores with one more.
func Score(scores types.Scores, score uint32) types.Scores {
	counts := make([]uint64, types.MaxScore)
	copy(counts, scores.Counts)
	counts[score-1]++
	scores.Counts = counts
	return scores
}

// Answer is feedback with what the institution says to it, once.
func Answer(feedback types.Feedback, answer types.FeedbackAnswer) (types.Feedback, error) {
	if feedback.Answer != nil {
		return feedback, types.ErrAnsweredAlready.Wrapf("feedback %d", feedback.Id)
	}
	feedback.Answer = &answer
	return feedback, nil
}

// Link is feedback because of which an institution has changed something.
func Link(feedback types.Feedback, change types.Change) (types.Feedback, error) {
	if feedback.InstitutionId != change.InstitutionId {
		return feedback, types.ErrOtherInstitution.Wrapf("feedback %d", feedback.Id)
	}
	if len(feedback.ChangeIds) >= types.MaxChangesPerFeedback {
		return feedback, types.ErrTooManyChanges.Wrapf("feedback %d", feedback.Id)
	}
	feedback.ChangeIds = append(slices.Clone(feedback.ChangeIds), change.Id)
	return feedback, nil
}

// ProductOf is the product that all of some feedback is about; empty if they are about several.
func ProductOf(feedback []types.Feedback) string {
	for _, f := range feedback {
		if f.Product != feedback[0].Product {
			return ""
		}
	}
	return feedback[0].Product
}
