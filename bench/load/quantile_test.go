package load_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/bench/load"
)

func TestAQuantileIsAMeasuredValueByNearestRank(t *testing.T) {
	values := []float64{15, 20, 35, 40, 50}
	for _, c := range []struct{ q, want float64 }{
		{0, 15}, {0.05, 15}, {0.20, 15}, {0.30, 20}, {0.40, 20}, {0.50, 35}, {0.99, 50}, {1, 50},
	} {
		require.InDelta(t, c.want, load.Quantile(values, c.q), 0, "quantile %v", c.q)
	}
	require.Equal(t, []float64{15, 20, 35, 40, 50}, values)
	require.InDelta(t, 7, load.Quantile([]float64{7}, 0.5), 0)
	require.True(t, math.IsNaN(load.Quantile(nil, 0.5)))
}

func TestAQuantileDoesNotTrustTheOrder(t *testing.T) {
	require.InDelta(t, 3, load.Quantile([]float64{5, 1, 4, 2, 3}, 0.5), 0)
}
