package stage

import (
	"cmp"
	"slices"

	"github.com/google/pprof/profile"
)

// Function is a function and the share of the profile (0 to 1) in which it was at work, itself or by
// what it called.
type Function struct {
	Name  string
	Share float64
}

// Largest lists the functions with the largest shares within a stage, at most n of them.
func Largest(p *profile.Profile, stage Stage, n int) []Function {
	weights := map[string]int64{}
	var total int64
	each(p, func(functions []string, weight int64) {
		total += weight
		if Of(functions) != stage {
			return
		}
		slices.Sort(functions)
		for _, function := range slices.Compact(functions) {
			weights[function] += weight
		}
	})
	var largest []Function
	for name, weight := range weights {
		largest = append(largest, Function{Name: name, Share: float64(weight) / float64(total)})
	}
	slices.SortFunc(largest, func(a, b Function) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Name, b.Name))
	})
	return largest[:min(n, len(largest))]
}
