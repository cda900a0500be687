package load

import (
	"math"
	"slices"
)

// Quantile gives the smallest of the values that at least the share q (0 to 1) of them do not exceed:
// the nearest-rank definition, so that the answer is always a value that was measured. It is NaN for
// no values.
func Quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(q * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}
