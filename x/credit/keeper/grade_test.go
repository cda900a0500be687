package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

func TestAGradeIsInForceAsLongAsTheNewestRatingIsValid(t *testing.T) {
	f := newFixture(t)
	f.champion()
	f.attest("taxo", number("debt", 2, 600), number("equity", 0, 2))
	f.attest("cust", code("sector", "B"))
	_, err := f.keeper.GradeInForce(f.ctx, acme, product)
	require.ErrorIs(t, err, types.ErrRatingNotFound, "nobody has rated it")
	first, err := f.rate("acme", acme)
	require.NoError(t, err)
	f.after(time.Hour)
	second, err := f.rate("acme", acme)
	require.NoError(t, err)
	require.NotEqual(t, first.Id, second.Id)

	grade, err := f.keeper.GradeInForce(f.ctx, acme, product)
	require.NoError(t, err)
	require.Equal(t, second.Id, grade.RatingID, "the newest counts")
	require.Equal(t, "B-", grade.Grade)
	require.True(t, grade.AtLeast("B-"))
	require.True(t, grade.AtLeast("CCC"))
	require.False(t, grade.AtLeast("B"))
	require.False(t, grade.AtLeast("Baa1"), "a grade of another scale")
	require.False(t, grade.AtLeast(""))

	_, err = f.keeper.GradeInForce(f.ctx, acme, "another")
	require.ErrorIs(t, err, types.ErrRatingNotFound)
	_, err = f.keeper.GradeInForce(f.ctx, zeta, product)
	require.ErrorIs(t, err, types.ErrRatingNotFound)

	f.withdraw(acme, "TAXO", rating)
	_, err = f.keeper.GradeInForce(f.ctx, acme, product)
	require.ErrorIs(t, err, types.ErrRatingNotFound, "it rests on a consent that was withdrawn")
	f.consent(acme, "TAXO", rating, 4)
	f.after(grade.ValidUntil.Sub(f.ctx.BlockTime()))
	_, err = f.keeper.GradeInForce(f.ctx, acme, product)
	require.ErrorIs(t, err, types.ErrRatingNotFound, "it is over")
}
