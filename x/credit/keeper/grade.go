package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// GradeInForce is the grade of a subject's newest rating for a product, or ErrRatingNotFound if it has none that
// is valid now. An older rating does not stand in for a newer one that has ended: else a subject could choose
// among them. It reads at most MaxRatingsKept ratings.
func (k *Keeper) GradeInForce(ctx context.Context, subject accesstypes.Member, product string) (types.GradeInForce, error) {
	numbers, err := k.ratingNumbers(ctx, subject)
	if err != nil {
		return types.GradeInForce{}, err
	}
	for at := len(numbers) - 1; at >= 0; at-- {
		rating, err := k.Rating(ctx, numbers[at])
		if err != nil {
			return types.GradeInForce{}, err
		}
		if rating.Product == product {
			return k.gradeOf(ctx, rating)
		}
	}
	return types.GradeInForce{}, types.ErrRatingNotFound.Wrapf("%s has none for %.40q", subject.Text(), product)
}

func (k *Keeper) gradeOf(ctx context.Context, rating types.Rating) (types.GradeInForce, error) {
	valid, err := k.isValid(ctx, rating)
	if err != nil {
		return types.GradeInForce{}, err
	}
	if !valid {
		return types.GradeInForce{}, types.ErrRatingNotFound.Wrapf("rating %d of %s is valid no more", rating.Id, rating.Subject.Text())
	}
	entry, err := k.Model(ctx, rating.ModelId)
	if err != nil {
		return types.GradeInForce{}, err
	}
	rater, err := k.raterOf(ctx, entry)
	if err != nil {
		return types.GradeInForce{}, err
	}
	grade := types.GradeInForce{RatingID: rating.Id, Grade: rating.Grade, PDPpm: rating.PdPpm, ValidUntil: rating.ValidUntil}
	for _, g := range rater.Scale().Grades {
		grade.Scale = append(grade.Scale, g.Name)
	}
	return grade, nil
}
