package engine_test

import (
	"cmp"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/engine"
)

// The reference is slow and obvious: big integers, names instead of places, one walk for the score, one from leaf
// to root for the reasons.

func referenceFeature(m *engine.Model, name string, row []int64) int64 {
	f := m.Features[slices.IndexFunc(m.Features, func(f engine.Feature) bool { return f.Name == name })]
	input := func(name string) *big.Int {
		value := row[slices.IndexFunc(m.Inputs, func(i engine.Input) bool { return i.Name == name })]
		if value == engine.Missing {
			return nil
		}
		return big.NewInt(value)
	}
	missing := func() int64 {
		if f.Missing == engine.MissingFilled {
			return *f.Fill
		}
		return engine.Missing
	}
	total := func(names []string) *big.Int {
		sum := big.NewInt(0)
		for _, name := range names {
			value := input(name)
			if value == nil {
				return nil
			}
			sum.Add(sum, value)
		}
		return sum
	}
	plus, minus, over := total(f.Plus), total(f.Minus), total(f.Over)
	if plus == nil || minus == nil || over == nil {
		return missing()
	}
	switch f.Kind {
	case engine.FeatureTable:
		return f.Table[plus.Int64()]
	case engine.FeatureSame:
		if input(f.Plus[0]).Cmp(input(f.Plus[1])) == 0 {
			return 1
		}
		return 0
	}
	value := plus.Sub(plus, minus)
	if f.Kind == engine.FeatureRatio {
		if over.Sign() == 0 {
			return missing()
		}
		value.Mul(value, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(f.Decimals)), nil))
		// Floor: the quotient that leaves a rest of the divisor's sign.
		quotient, rest := new(big.Int).QuoRem(value, over, new(big.Int))
		if rest.Sign() != 0 && rest.Sign() != over.Sign() {
			quotient.Sub(quotient, big.NewInt(1))
		}
		value = quotient
	}
	most := big.NewInt(engine.MaxMagnitude)
	if value.CmpAbs(most) > 0 {
		value = most.Mul(most, big.NewInt(int64(value.Sign())))
	}
	return value.Int64()
}

func referenceRating(m *engine.Model, row []int64) (score int64, contributions map[string]int64) {
	score, contributions = m.Base, map[string]int64{}
	riskier := int64(1)
	if m.Rises == engine.RisesWithQuality {
		riskier = -1
	}
	for _, a := range m.Scorecard {
		value, points := referenceFeature(m, a.Feature, row), int32(0)
		all := slices.Clone(a.Points)
		if a.MissingPoints != nil {
			all = append(all, *a.MissingPoints)
		}
		if value == engine.Missing {
			points = *a.MissingPoints
		} else {
			points = a.Points[0]
			for i, cut := range a.Cuts {
				if cut <= value {
					points = a.Points[i+1]
				}
			}
		}
		best := slices.MaxFunc(all, func(x, y int32) int { return cmp.Compare(-riskier*int64(x), -riskier*int64(y)) })
		score += int64(points)
		contributions[reasonOf(m, a.Feature)] += riskier * (int64(points) - int64(best))
	}
	for _, tree := range m.Ensemble {
		leaf := walk(m, tree, 0, row, func(feature string, from, to int32) {
			contributions[reasonOf(m, feature)] += riskier * (int64(to) - int64(from))
		})
		score += int64(leaf)
	}
	return score, contributions
}

func reasonOf(m *engine.Model, name string) string {
	return m.Features[slices.IndexFunc(m.Features, func(f engine.Feature) bool { return f.Name == name })].Reason
}

func walk(m *engine.Model, tree engine.Tree, at int64, row []int64, moved func(feature string, from, to int32)) int32 {
	node := tree[at]
	if node.Leaf {
		return node.Value
	}
	name := m.Features[node.Feature].Name
	value := referenceFeature(m, name, row)
	child := node.Right
	if (value == engine.Missing && node.Missing == engine.SideLeft) || (value != engine.Missing && value < node.Threshold) {
		child = node.Left
	}
	moved(name, node.Value, tree[child].Value)
	return walk(m, tree, child, row, moved)
}

func TestRandomModelsRateAsTheReferenceDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 600 {
		m := randomModel(r)
		rater := compile(t, m)
		for range 20 {
			row := randomRow(r, m)
			values, err := rater.Features(row)
			require.NoError(t, err)
			for i, feature := range m.Features {
				require.Equal(t, referenceFeature(m, feature.Name, row), values[i], "%+v of %v", feature, row)
			}
			rating, err := rater.Rate(row)
			require.NoError(t, err)
			score, contributions := referenceRating(m, row)
			require.Equal(t, score, rating.Score)
			requireStrongest(t, m, contributions, rating.Reasons)
			low, high := m.ScoreRange()
			require.True(t, low <= score && score <= high, "score %d outside %d..%d", score, low, high)
		}
	}
}

// requireStrongest sorts all contributions and takes the first four.
func requireStrongest(t *testing.T, m *engine.Model, contributions map[string]int64, given []engine.Reason) {
	t.Helper()
	var codes []string
	for _, f := range m.Features {
		if !slices.Contains(codes, f.Reason) && contributions[f.Reason] != 0 {
			codes = append(codes, f.Reason)
		}
	}
	slices.SortStableFunc(codes, func(a, b string) int {
		return new(big.Int).Abs(big.NewInt(contributions[b])).Cmp(new(big.Int).Abs(big.NewInt(contributions[a])))
	})
	want := []engine.Reason{}
	for _, code := range codes[:min(len(codes), engine.MaxReasonCount)] {
		want = append(want, engine.Reason{Code: code, Contribution: contributions[code]})
	}
	require.Equal(t, want, given)
}

// Contributions, the means of the roots and the base add up to the score of an ensemble exactly.
func TestContributionsOfAnEnsembleAddUpToItsScore(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		m := randomModel(r)
		if m.Ensemble == nil {
			continue
		}
		row := randomRow(r, m)
		_, contributions := referenceRating(m, row)
		rating, err := compile(t, m).Rate(row)
		require.NoError(t, err)
		total := m.Base
		for _, tree := range m.Ensemble {
			total += int64(tree[0].Value)
		}
		for _, contribution := range contributions {
			if m.Rises == engine.RisesWithQuality {
				contribution = -contribution
			}
			total += contribution
		}
		require.Equal(t, rating.Score, total)
	}
}

// A change that is named raises the grade, and one step less does not.
func TestWhatWouldRaiseTheGradeDoesAndNoLess(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	named := 0
	for range 1500 {
		m := randomModel(r)
		// Each feature is an input of its own, so that it can be moved alone.
		m.Features = nil
		for _, input := range m.Inputs[2:] {
			m.Features = append(m.Features, engine.Feature{Name: input.Name, Reason: input.Name, Kind: engine.FeatureSum, Plus: []string{input.Name}, Decimals: 2, Missing: engine.MissingRouted})
		}
		if len(m.Features) == 0 {
			continue
		}
		m.Scorecard, m.Ensemble = nil, nil
		for range 6 {
			var tree engine.Tree
			growTree(r, m, &tree, 3, nil)
			m.Ensemble = append(m.Ensemble, tree)
		}
		rater, row := compile(t, m), randomRow(r, m)
		before, err := rater.Rate(row)
		require.NoError(t, err)
		better, found, err := rater.Improve(row)
		require.NoError(t, err)
		require.Equal(t, before.Grade > 0, found)
		if better.Reachable {
			requireNearestScore(t, rater, better, m.Rises)
		}
		for _, change := range better.Changes {
			named++
			input := slices.IndexFunc(m.Inputs, func(i engine.Input) bool { return i.Name == change.Feature })
			grade := func(value int64) int {
				moved := slices.Clone(row)
				moved[input] = value
				rating, err := rater.Rate(moved)
				require.NoError(t, err)
				return rating.Grade
			}
			require.Less(t, grade(change.To), before.Grade)
			step := int64(1)
			if change.AtLeast {
				step = -1
			}
			require.GreaterOrEqual(t, grade(change.To+step), before.Grade)
		}
	}
	require.Greater(t, named, 300)
}

func requireNearestScore(t *testing.T, rater *engine.Rater, better engine.Improvement, rises engine.Rises) {
	t.Helper()
	grade := func(score int64) int { return rater.Scale().GradeOf(rater.Calibration().PDPpm(score)) }
	worse := better.Score + 1
	if rises == engine.RisesWithQuality {
		worse = better.Score - 1
	}
	require.LessOrEqual(t, grade(better.Score), better.Grade)
	if low, high := rater.Model().ScoreRange(); worse >= low && worse <= high {
		require.Greater(t, grade(worse), better.Grade)
	}
}
