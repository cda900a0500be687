package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// RatersKept is how many raters a node remembers ready to run. They follow from their digests alone: what is
// remembered saves work and decides nothing.
const RatersKept = 16

// raterOf is an entry's model with calibration and scale, ready to rate.
func (k *Keeper) raterOf(ctx context.Context, entry types.ModelEntry) (*engine.Rater, error) {
	key := string(entry.ModelDigest) + string(entry.CalibrationDigest) + string(entry.ScaleDigest)
	if rater, known := k.raters.Get(key); known {
		return rater, nil
	}
	objects, err := k.objectsOf(ctx, entry)
	if err != nil {
		return nil, err
	}
	rater, err := objects.Read()
	if err != nil {
		return nil, err
	}
	k.raters.Add(key, rater)
	return rater, nil
}

// championRater is the product's champion, ready to rate, if the settings still let it.
func (k *Keeper) championRater(ctx context.Context, product string) (types.ModelEntry, *engine.Rater, error) {
	entry, err := k.Champion(ctx, product)
	if err != nil {
		return types.ModelEntry{}, nil, err
	}
	rater, err := k.raterOf(ctx, entry)
	if err != nil {
		return types.ModelEntry{}, nil, err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return types.ModelEntry{}, nil, err
	}
	// The list of protected inputs may have grown since the model came.
	return entry, rater, domain.CheckInputs(rater.Model(), params)
}

// rate has the chain rate a subject on its open values that are in force.
func (k *Keeper) rate(ctx context.Context, actor accesstypes.Actor, subject accesstypes.Member, product string) (types.Rating, error) {
	entry, rater, err := k.championRater(ctx, product)
	if err != nil {
		return types.Rating{}, err
	}
	requester, err := k.requesterBasis(ctx, actor, subject, types.OpenLevel)
	if err != nil {
		return types.Rating{}, err
	}
	attestations, err := k.usableOf(ctx, subject)
	if err != nil {
		return types.Rating{}, err
	}
	filled, err := k.fill(ctx, rater.Model(), subject)
	if err != nil {
		return types.Rating{}, err
	}
	row, err := domain.RowOf(rater.Model(), attestations, filled)
	if err != nil {
		return types.Rating{}, err
	}
	result, err := domain.Rate(rater, row.Values)
	if err != nil {
		return types.Rating{}, err
	}
	rating := newRating(ctx, actor, subject, entry, result)
	rating.Kind, rating.Inputs, rating.Sources = types.RatingComputed, row.Inputs, row.Sources
	return k.store(ctx, rating, requester)
}

// requesterBasis is what the reading of the subject's data by whom the operator acts for rests on.
func (k *Keeper) requesterBasis(ctx context.Context, actor accesstypes.Actor, subject accesstypes.Member, level uint32) (accesstypes.Basis, error) {
	return k.access.CheckSharing(ctx, accesstypes.Sharing{
		Subject: subject.Scope(), Reader: actor.Scope(), Purpose: accesstypes.Purpose_PURPOSE_CREDIT_RATING, Level: level,
	})
}

// usableOf are the open attestations about a subject that are in force, the subject's consent to their
// providers included.
func (k *Keeper) usableOf(ctx context.Context, subject accesstypes.Member) ([]types.Attestation, error) {
	active, err := k.activeOf(ctx, subject)
	if err != nil {
		return nil, err
	}
	consented := map[string]bool{}
	var usable []types.Attestation
	for _, attestation := range active {
		if attestation.Sealed() {
			continue
		}
		if _, asked := consented[attestation.ProviderId]; !asked {
			if consented[attestation.ProviderId], err = k.inForce(ctx, attestation); err != nil {
				return nil, err
			}
		}
		if consented[attestation.ProviderId] {
			usable = append(usable, attestation)
		}
	}
	return usable, nil
}

func newRating(ctx context.Context, actor accesstypes.Actor, subject accesstypes.Member, entry types.ModelEntry, result domain.Result) types.Rating {
	return types.Rating{
		Subject: subject, Product: entry.Product, ModelId: entry.Id, ModelDigest: entry.ModelDigest,
		CalibrationDigest: entry.CalibrationDigest, ScaleDigest: entry.ScaleDigest,
		Requester: accesstypes.MemberOf(actor.Scope()), Operator: actor.Address,
		Score: result.Score, PdPpm: result.PDPpm, Grade: result.Grade, Reasons: result.Reasons, RatedAt: blockTime(ctx),
	}
}

// publish stores what a rater computed on sealed values.
func (k *Keeper) publish(ctx context.Context, actor accesstypes.Actor, msg *types.MsgPublishRating) (types.Rating, error) {
	if accesstypes.MemberOf(actor.Scope()) == msg.Subject {
		return types.Rating{}, types.ErrInterested.Wrapf("%s is the subject", msg.Subject.Text())
	}
	entry, rater, err := k.championRater(ctx, msg.Product)
	if err != nil {
		return types.Rating{}, err
	}
	result, err := domain.Published(rater, msg.Score, msg.Reasons)
	if err != nil {
		return types.Rating{}, err
	}
	rating := newRating(ctx, actor, msg.Subject, entry, result)
	rating.Kind = types.RatingPublished
	// What the chain fills it keeps with the rating: an arbitrator computes with the same.
	if rating.Inputs, err = k.fill(ctx, rater.Model(), msg.Subject); err != nil {
		return types.Rating{}, err
	}
	sealed := false
	for _, id := range msg.AttestationIds {
		attestation, err := k.Attestation(ctx, id)
		if err != nil {
			return types.Rating{}, err
		}
		if err := domain.CheckSource(attestation, msg.Subject, rating.RatedAt); err != nil {
			return types.Rating{}, err
		}
		sealed = sealed || attestation.Sealed()
		rating.Sources = append(rating.Sources, attestation.Source())
	}
	if !sealed {
		return types.Rating{}, types.ErrNothingSealed
	}
	requester, err := k.requesterBasis(ctx, actor, msg.Subject, types.HighestLevel(rating.Sources))
	if err != nil {
		return types.Rating{}, err
	}
	return k.store(ctx, rating, requester)
}

// store gives a rating its end and its number, and lets the oldest of the subject go.
func (k *Keeper) store(ctx context.Context, rating types.Rating, requester accesstypes.Basis) (types.Rating, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return types.Rating{}, err
	}
	ends := []time.Time{requester.ExpiresAt}
	if rating.ReadsBehaviour() {
		enrolment, err := k.Enrolment(ctx, rating.Subject)
		if err != nil {
			return types.Rating{}, err
		}
		ends = append(ends, enrolment.EndsAt, types.StaleAt(types.MonthOf(rating.RatedAt)))
	}
	for _, source := range rating.Sources {
		attestation, err := k.Attestation(ctx, source.AttestationId)
		if err != nil {
			return types.Rating{}, err
		}
		basis, err := k.providerBasis(ctx, attestation)
		if err != nil {
			return types.Rating{}, err
		}
		ends = append(ends, attestation.ExpiresAt, basis.ExpiresAt)
	}
	rating.ValidUntil = domain.ValidUntil(rating.RatedAt.Add(params.RatingLifetimeMax), ends...)
	if rating.Id, err = number.Next(ctx, k.nextRating); err != nil {
		return types.Rating{}, err
	}
	if err := k.insertRating(ctx, rating); err != nil {
		return types.Rating{}, err
	}
	if err := k.dropOldest(ctx, rating.Subject, params.RatingsKept); err != nil {
		return types.Rating{}, err
	}
	return rating, emit(ctx, &types.EventSubjectRated{
		RatingId: rating.Id, Subject: rating.Subject, Product: rating.Product, ModelId: rating.ModelId, Kind: rating.Kind,
		Requester: rating.Requester, Score: rating.Score, PdPpm: rating.PdPpm, Grade: rating.Grade,
		ValidUntil: rating.ValidUntil, Operator: rating.Operator,
	})
}

func (k *Keeper) insertRating(ctx context.Context, rating types.Rating) error {
	if err := k.ratingsOfSubject.Set(ctx, numberOf(rating.Subject, rating.Id)); err != nil {
		return err
	}
	return k.ratings.Set(ctx, rating.Id, rating)
}

// dropOldest keeps a subject's newest ratings. There is one too many at a time, or those of a lowered setting.
func (k *Keeper) dropOldest(ctx context.Context, subject accesstypes.Member, kept uint32) error {
	numbers, err := k.ratingNumbers(ctx, subject)
	if err != nil {
		return err
	}
	for ; len(numbers) > int(kept); numbers = numbers[1:] {
		if err := k.ratingsOfSubject.Remove(ctx, numberOf(subject, numbers[0])); err != nil {
			return err
		}
		if err := k.ratings.Remove(ctx, numbers[0]); err != nil {
			return err
		}
	}
	return nil
}

// ratingNumbers are those of a subject's ratings, the oldest first, at most MaxRatingsKept and one.
func (k *Keeper) ratingNumbers(ctx context.Context, subject accesstypes.Member) ([]uint64, error) {
	var numbers []uint64
	err := k.ratingsOfSubject.Walk(ctx, collections.NewSuperPrefixedTripleRange[string, string, uint64](subject.InstitutionId, subject.PartyId),
		func(key numberOfMemberKey) (bool, error) {
			numbers = append(numbers, key.K3())
			return false, nil
		})
	return numbers, err
}

// endRatings ends what rests on an attestation that was revoked, or on behaviour that was erased: number is 0 then.
func (k *Keeper) endRatings(ctx context.Context, subject accesstypes.Member, number uint64, rests func(types.Rating) bool) error {
	numbers, err := k.ratingNumbers(ctx, subject)
	if err != nil {
		return err
	}
	now := blockTime(ctx)
	for _, id := range numbers {
		rating, err := k.Rating(ctx, id)
		if err != nil {
			return err
		}
		if !rating.IsValid(now) || !rests(rating) {
			continue
		}
		if err := k.endRating(ctx, rating, number); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) endRating(ctx context.Context, rating types.Rating, attestation uint64) error {
	rating.ValidUntil = domain.ValidUntil(blockTime(ctx), rating.ValidUntil)
	if err := k.ratings.Set(ctx, rating.Id, rating); err != nil {
		return err
	}
	return emit(ctx, &types.EventRatingEnded{RatingId: rating.Id, Subject: rating.Subject, AttestationId: attestation})
}

// open recomputes a published rating from revealed values and records what came out. The values stand in the
// block from then on: that needs the subject's consent, or a law, for the purpose of a dispute.
func (k *Keeper) open(ctx context.Context, actor accesstypes.Actor, rating types.Rating, openings []types.Opening) (types.Review, error) {
	switch {
	case rating.Kind != types.RatingPublished:
		return types.Review{}, types.ErrNotPublished.Wrapf("%d", rating.Id)
	case rating.Review != nil:
		return types.Review{}, types.ErrReviewedAlready.Wrapf("%d", rating.Id)
	case rating.Requester.InstitutionId == actor.InstitutionID:
		return types.Review{}, types.ErrInterested.Wrapf("%s published rating %d", actor.InstitutionID, rating.Id)
	}
	if _, err := k.access.CheckSharing(ctx, accesstypes.Sharing{
		Subject: rating.Subject.Scope(), Reader: actor.Scope(), Purpose: accesstypes.Purpose_PURPOSE_DISPUTE,
		Level: types.HighestLevel(rating.Sources),
	}); err != nil {
		return types.Review{}, err
	}
	revealed, err := domain.Open(rating, openings)
	if err != nil {
		return types.Review{}, err
	}
	entry, err := k.Model(ctx, rating.ModelId)
	if err != nil {
		return types.Review{}, err
	}
	rater, err := k.raterOf(ctx, entry)
	if err != nil {
		return types.Review{}, err
	}
	review := domain.Review(rating, rater, revealed)
	review.Operator, review.InstitutionId, review.At = actor.Address, actor.InstitutionID, blockTime(ctx)
	rating.Review = &review
	if err := k.ratings.Set(ctx, rating.Id, rating); err != nil {
		return types.Review{}, err
	}
	if err := emit(ctx, &types.EventRatingReviewed{RatingId: rating.Id, Subject: rating.Subject, Review: review}); err != nil {
		return types.Review{}, err
	}
	if review.Agrees || !rating.IsValid(review.At) {
		return review, nil
	}
	return review, k.endRating(ctx, rating, 0)
}

// Rating returns a rating, or ErrRatingNotFound.
func (k *Keeper) Rating(ctx context.Context, id uint64) (types.Rating, error) {
	rating, err := k.ratings.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Rating{}, types.ErrRatingNotFound.Wrapf("%d", id)
	}
	return rating, err
}

// isValid reports whether a rating is valid now: not over, and the subject's consents to the providers hold.
// Whether the reader has one is for where it reads.
func (k *Keeper) isValid(ctx context.Context, rating types.Rating) (bool, error) {
	if !rating.IsValid(blockTime(ctx)) {
		return false, nil
	}
	for _, source := range rating.Sources {
		_, err := k.access.CheckSharing(ctx, accesstypes.Sharing{
			Subject: rating.Subject.Scope(), Reader: source.Provider(), Purpose: accesstypes.Purpose_PURPOSE_CREDIT_RATING, Level: source.Level,
		})
		if hasNoBasis(err) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}
