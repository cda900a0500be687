package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// Feedback returns feedback, or ErrFeedbackNotFound.
func (k *Keeper) Feedback(ctx context.Context, id uint64) (types.Feedback, error) {
	feedback, exists, err := found(k.feedback.Get(ctx, id))
	if err == nil && !exists {
		err = types.ErrFeedbackNotFound.Wrapf("%d", id)
	}
	return feedback, err
}

// giveFeedback scores an interaction of the author, which has none yet.
func (k *Keeper) giveFeedback(ctx context.Context, actor accesstypes.Actor, msg *types.MsgGiveFeedback) (types.Feedback, error) {
	given, err := k.feedbackOn.Has(ctx, msg.Interaction.Key(msg.Author))
	if err != nil {
		return types.Feedback{}, err
	}
	if given {
		return types.Feedback{}, types.ErrGivenAlready.Wrapf("%s", msg.Interaction.Kind)
	}
	service, err := k.serviceOf(ctx, msg.Interaction, msg.Author)
	if err != nil {
		return types.Feedback{}, err
	}
	if err := k.checkWords(ctx, msg.RecordId, msg.Author); err != nil {
		return types.Feedback{}, err
	}
	feedback := types.Feedback{
		Author: msg.Author, Interaction: msg.Interaction, InstitutionId: service.Institution, Product: service.Product,
		Score: msg.Score, RecordId: msg.RecordId, Operator: actor.Address, At: blockTime(ctx).UTC(),
	}
	if feedback.Id, err = number.Next(ctx, k.nextFeedback); err != nil {
		return feedback, err
	}
	if err := k.insertFeedback(ctx, feedback); err != nil {
		return feedback, err
	}
	return feedback, emit(ctx, &types.EventFeedbackGiven{Feedback: feedback})
}

// serviceOf is what the ledger knows of an interaction: that it happened, and who did what for the author.
func (k *Keeper) serviceOf(ctx context.Context, used types.Interaction, author accesstypes.Member) (domain.Service, error) {
	switch used.Kind {
	case types.UsedPayment:
		payment, err := k.deps.Payments.SettledPayment(ctx, used.Uetr)
		if err != nil {
			return domain.Service{}, err
		}
		debtor, err := k.deps.Payments.Account(ctx, payment.Debtor)
		if err != nil {
			return domain.Service{}, err
		}
		creditor, err := k.deps.Payments.Account(ctx, payment.Creditor)
		if err != nil {
			return domain.Service{}, err
		}
		return domain.PaymentService(payment, debtor, creditor, author)
	case types.UsedRating:
		rating, err := k.deps.Ratings.Rating(ctx, used.Number)
		if err != nil {
			return domain.Service{}, err
		}
		model, err := k.deps.Ratings.Model(ctx, rating.ModelId)
		if err != nil {
			return domain.Service{}, err
		}
		return domain.RatingService(rating, model.InstitutionId, author)
	case types.UsedAttestation:
		attestation, err := k.deps.Ratings.Attestation(ctx, used.Number)
		if err != nil {
			return domain.Service{}, err
		}
		return domain.AttestationService(attestation, author)
	}
	c, err := k.Case(ctx, used.Number)
	if err != nil {
		return domain.Service{}, err
	}
	return domain.CaseService(c, author)
}

// checkWords refuses a record that cannot hold words of or for the author; number 0 stands for none.
func (k *Keeper) checkWords(ctx context.Context, id uint64, author accesstypes.Member) error {
	if id == 0 {
		return nil
	}
	record, err := k.deps.Records.Record(ctx, id)
	if err != nil {
		return err
	}
	return domain.CheckWords(record, author)
}

// insertFeedback stores feedback that is new, lists it and counts its score.
func (k *Keeper) insertFeedback(ctx context.Context, feedback types.Feedback) error {
	if err := k.feedbackOn.Set(ctx, feedback.Interaction.Key(feedback.Author), feedback.Id); err != nil {
		return err
	}
	if err := k.feedbackOf.Set(ctx, numberOf(feedback.Author, feedback.Id)); err != nil {
		return err
	}
	if err := k.feedbackAbout.Set(ctx, collections.Join(feedback.InstitutionId, feedback.Id)); err != nil {
		return err
	}
	key := collections.Join(feedback.InstitutionId, feedback.Product)
	scores, _, err := found(k.scores.Get(ctx, key))
	if err != nil {
		return err
	}
	scores.InstitutionId, scores.Product = feedback.InstitutionId, feedback.Product
	if err := k.scores.Set(ctx, key, domain.Score(scores, feedback.Score)); err != nil {
		return err
	}
	return k.feedback.Set(ctx, feedback.Id, feedback)
}

// answerFeedback adds what the institution says to feedback.
func (k *Keeper) answerFeedback(ctx context.Context, actor accesstypes.Actor, feedback types.Feedback, msg *types.MsgAnswerFeedback) error {
	if err := types.CheckPublic(msg.Text, []accesstypes.Member{unserved(feedback.Author)}); err != nil {
		return err
	}
	if err := k.checkWords(ctx, msg.RecordId, feedback.Author); err != nil {
		return err
	}
	answer := types.FeedbackAnswer{Text: msg.Text, RecordId: msg.RecordId, Operator: actor.Address, At: blockTime(ctx).UTC()}
	feedback, err := domain.Answer(feedback, answer)
	if err != nil {
		return err
	}
	if err := k.feedback.Set(ctx, feedback.Id, feedback); err != nil {
		return err
	}
	return emit(ctx, &types.EventFeedbackAnswered{
		FeedbackId: feedback.Id, Author: feedback.Author, InstitutionId: feedback.InstitutionId, Answer: answer,
	})
}

// unserved is a customer without its institution: that is the one which writes, and may name itself.
func unserved(author accesstypes.Member) accesstypes.Member {
	if author.PartyId == "" {
		return author
	}
	return accesstypes.Member{PartyId: author.PartyId}
}

// recordChange tells what an institution has changed, and links it to the feedback that led to it.
func (k *Keeper) recordChange(ctx context.Context, actor accesstypes.Actor, msg *types.MsgRecordChange) (types.Change, error) {
	change := types.Change{
		InstitutionId: msg.InstitutionId, Text: msg.Text, Feedbacks: uint64(len(msg.FeedbackIds)), At: blockTime(ctx).UTC(),
	}
	var err error
	if change.Id, err = number.Next(ctx, k.nextChange); err != nil {
		return change, err
	}
	linked, authors := make([]types.Feedback, len(msg.FeedbackIds)), make([]accesstypes.Member, len(msg.FeedbackIds))
	for i, id := range msg.FeedbackIds {
		feedback, err := k.Feedback(ctx, id)
		if err != nil {
			return change, err
		}
		if linked[i], err = domain.Link(feedback, change); err != nil {
			return change, err
		}
		authors[i] = unserved(feedback.Author)
	}
	if err := types.CheckPublic(msg.Text, authors); err != nil {
		return change, err
	}
	change.Product = domain.ProductOf(linked)
	for _, feedback := range linked {
		if err := k.feedback.Set(ctx, feedback.Id, feedback); err != nil {
			return change, err
		}
	}
	if err := k.insertChange(ctx, change); err != nil {
		return change, err
	}
	return change, emit(ctx, &types.EventChangeRecorded{Change: change, FeedbackIds: msg.FeedbackIds, Operator: actor.Address})
}

func (k *Keeper) insertChange(ctx context.Context, change types.Change) error {
	if err := k.changesOf.Set(ctx, collections.Join(change.InstitutionId, change.Id)); err != nil {
		return err
	}
	return k.changes.Set(ctx, change.Id, change)
}

// initFeedback lists and counts feedback and changes of a genesis.
func (k *Keeper) initFeedback(ctx context.Context, state *types.GenesisState) error {
	for _, feedback := range state.Feedback {
		if err := k.insertFeedback(ctx, feedback); err != nil {
			return err
		}
	}
	for _, change := range state.Changes {
		if err := k.insertChange(ctx, change); err != nil {
			return err
		}
	}
	if err := k.nextFeedback.Set(ctx, state.NextFeedbackId); err != nil {
		return err
	}
	return k.nextChange.Set(ctx, state.NextChangeId)
}

// exportFeedback reads what initFeedback takes.
func (k *Keeper) exportFeedback(ctx context.Context, state *types.GenesisState) error {
	var err error
	if state.Feedback, err = values(ctx, k.feedback); err != nil {
		return err
	}
	if state.Changes, err = values(ctx, k.changes); err != nil {
		return err
	}
	if state.NextFeedbackId, err = k.nextFeedback.Peek(ctx); err != nil {
		return err
	}
	if state.NextChangeId, err = k.nextChange.Peek(ctx); err != nil {
		return err
	}
	// A sequence that was never used stands at zero.
	state.NextFeedbackId, state.NextChangeId = max(state.NextFeedbackId, 1), max(state.NextChangeId, 1)
	return nil
}
