package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/consortium/domain"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

func TestPointsRiseByMissesToTheMaximumAndFallBySignatures(t *testing.T) {
	t.Parallel()
	params := types.Params{DowntimePointsPerMiss: 10, DowntimePointsMax: 25}
	var points uint64
	for i, step := range []struct {
		missed bool
		want   uint64
	}{
		{false, 0}, {true, 10}, {false, 9}, {true, 19}, {true, 25}, {true, 25}, {false, 24}, {true, 25},
	} {
		if step.missed {
			points = domain.PointsAfterMiss(points, params)
		} else {
			points = domain.PointsAfterSignature(points)
		}
		require.Equal(t, step.want, points, "step %d", i)
	}
}

func TestPointsAboveALoweredMaximumOnlyFall(t *testing.T) {
	t.Parallel()
	params := types.Params{DowntimePointsPerMiss: 10, DowntimePointsMax: 25}
	require.EqualValues(t, 90, domain.PointsAfterMiss(90, params))
	require.EqualValues(t, 89, domain.PointsAfterSignature(90))
	require.True(t, domain.MustBeJailed(89, params))
}

func TestMaximumIsReachedOnce(t *testing.T) {
	t.Parallel()
	params := types.Params{DowntimePointsPerMiss: 10, DowntimePointsMax: 25}
	require.False(t, domain.ReachedMaximum(10, 24, params))
	require.True(t, domain.ReachedMaximum(24, 25, params))
	require.False(t, domain.ReachedMaximum(25, 25, params))
	require.False(t, domain.ReachedMaximum(25, 24, params))
}
