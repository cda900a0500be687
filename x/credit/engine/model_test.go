package engine_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/engine"
)

// small is a model that a reader can evaluate by hand: debt and equity in units, a code, two trees.
func small() *engine.Model {
	fill := int64(0)
	return &engine.Model{
		Name: "small", Version: 1, HorizonMonths: 12, Rises: engine.RisesWithRisk, Training: "made up",
		Inputs: []engine.Input{
			{Name: "debt", Decimals: 2}, {Name: "equity", Decimals: 2}, {Name: "sector", Codes: []string{"A", "B"}}, {Name: "bank_sector", Codes: []string{"A", "B"}},
		},
		Features: []engine.Feature{
			{Name: "gearing", Reason: "leverage", Kind: engine.FeatureRatio, Plus: []string{"debt"}, Over: []string{"debt", "equity"}, Decimals: 3, Missing: engine.MissingRouted},
			{Name: "net", Reason: "size", Kind: engine.FeatureSum, Plus: []string{"equity"}, Minus: []string{"debt"}, Decimals: 2, Missing: engine.MissingFilled, Fill: &fill},
			{Name: "sector_risk", Reason: "sector", Kind: engine.FeatureTable, Plus: []string{"sector"}, Table: []int64{-5, 5}, Decimals: 0, Missing: engine.MissingRouted},
			{Name: "same", Reason: "sector", Kind: engine.FeatureSame, Plus: []string{"sector", "bank_sector"}, Decimals: 0, Missing: engine.MissingRouted},
		},
		Base: -2_000_000,
		Ensemble: []engine.Tree{
			{
				{Feature: 0, Threshold: 500, Left: 1, Right: 2, Missing: engine.SideRight, Value: 100_000},
				{Leaf: true, Value: -500_000},
				{Feature: 1, Threshold: 0, Left: 3, Right: 4, Value: 400_000},
				{Leaf: true, Value: 900_000},
				{Leaf: true, Value: 200_000},
			},
			{
				{Feature: 2, Threshold: 0, Left: 1, Right: 2, Missing: engine.SideLeft, Value: 0},
				{Leaf: true, Value: -100_000},
				{Leaf: true, Value: 300_000},
			},
		},
	}
}

func card() *engine.Model {
	points := int32(0)
	m := small()
	m.Name, m.Rises, m.Base, m.Ensemble = "card", engine.RisesWithQuality, 600, nil
	m.Scorecard = []engine.Attribute{
		{Feature: "gearing", Cuts: []int64{300, 700}, Points: []int32{40, 0, -60}, MissingPoints: &points},
		{Feature: "net", Cuts: []int64{0}, Points: []int32{-20, 15}},
	}
	return m
}

func calibrationOf(m *engine.Model) *engine.Calibration {
	slope := int64(1_000_000)
	if m.Rises == engine.RisesWithQuality {
		slope = -34_657_359_028 // 20 points double the odds
	}
	c := &engine.Calibration{Name: "test", Version: 1, Model: m.Digest().String(), SlopePpm: slope}
	if m.Rises == engine.RisesWithQuality {
		c.OffsetMicroLogit = 16_882_392 // 600 points are odds of 50 to 1
	}
	return c
}

func compile(t testing.TB, m *engine.Model) *engine.Rater {
	t.Helper()
	scale, found := engine.DefaultScale(m.HorizonMonths)
	require.True(t, found)
	rater, err := engine.Compile(m, calibrationOf(m), scale)
	require.NoError(t, err)
	return rater
}

// randomModel has trees of random shape; what it may not have, such as sides that nothing reaches, is not drawn.
func randomModel(r *rand.Rand) *engine.Model {
	m := &engine.Model{Name: "random", Version: 1, HorizonMonths: 12, Rises: engine.RisesWithRisk}
	if r.IntN(2) == 0 {
		m.Rises = engine.RisesWithQuality
	}
	codes := []string{"A", "B", "C"}
	inputs := 2 + r.IntN(6)
	for i := range inputs {
		input := engine.Input{Name: string(rune('a' + i)), Decimals: 2}
		if i < 2 {
			input = engine.Input{Name: input.Name, Codes: codes}
		}
		m.Inputs = append(m.Inputs, input)
	}
	for i := range 1 + r.IntN(8) {
		m.Features = append(m.Features, randomFeature(r, m, i))
	}
	m.Base = r.Int64N(2_000_001) - 1_000_000
	if r.IntN(3) == 0 {
		for range 1 + r.IntN(6) {
			m.Scorecard = append(m.Scorecard, randomAttribute(r, m))
		}
		return m
	}
	for range 1 + r.IntN(12) {
		var tree engine.Tree
		growTree(r, m, &tree, r.IntN(engine.MaxDepth+1), nil)
		m.Ensemble = append(m.Ensemble, tree)
	}
	return m
}

func randomFeature(r *rand.Rand, m *engine.Model, i int) engine.Feature {
	numbers := []string{}
	for _, input := range m.Inputs[2:] {
		numbers = append(numbers, input.Name)
	}
	pick := func() []string {
		return []string{numbers[r.IntN(len(numbers))], numbers[r.IntN(len(numbers))]}[:1+r.IntN(2)]
	}
	f := engine.Feature{Name: "f" + string(rune('0'+i)), Reason: []string{"x", "y", "z"}[r.IntN(3)], Missing: engine.MissingRouted}
	kind := r.IntN(4)
	if len(numbers) == 0 {
		kind = 2 + r.IntN(2)
	}
	switch kind {
	case 0:
		f.Kind, f.Plus, f.Minus, f.Decimals = engine.FeatureSum, pick(), pick(), 2
	case 1:
		f.Kind, f.Plus, f.Minus, f.Over, f.Decimals = engine.FeatureRatio, pick(), pick(), pick(), 4
	case 2:
		f.Kind, f.Plus, f.Table = engine.FeatureTable, []string{m.Inputs[r.IntN(2)].Name}, []int64{r.Int64N(500), r.Int64N(500), r.Int64N(500)}
	default:
		f.Kind, f.Plus = engine.FeatureSame, []string{"a", "b"}
	}
	if r.IntN(3) == 0 {
		fill := r.Int64N(1000) - 500
		f.Missing, f.Fill = engine.MissingFilled, &fill
	}
	return f
}

func randomAttribute(r *rand.Rand, m *engine.Model) engine.Attribute {
	f := m.Features[r.IntN(len(m.Features))]
	a := engine.Attribute{Feature: f.Name, Points: []int32{int32(r.IntN(200) - 100)}}
	cuts := map[int64]bool{}
	for range r.IntN(8) {
		cuts[r.Int64N(2000)-1000] = true
	}
	for cut := range cuts {
		a.Cuts = append(a.Cuts, cut)
		a.Points = append(a.Points, int32(r.IntN(200)-100))
	}
	slices.Sort(a.Cuts)
	if f.Missing == engine.MissingRouted {
		missing := int32(r.IntN(200) - 100)
		a.MissingPoints = &missing
	}
	return a
}

type bounds struct{ low, high int64 }

func growTree(r *rand.Rand, m *engine.Model, tree *engine.Tree, depth int, within map[int]bounds) int64 {
	place := int64(len(*tree))
	feature := r.IntN(len(m.Features))
	b, known := within[feature]
	if !known {
		b = bounds{-1000, 1000}
	}
	if depth == 0 || b.high-b.low < 2 || r.IntN(6) == 0 {
		*tree = append(*tree, engine.Node{Leaf: true, Value: int32(r.IntN(2_000_000) - 1_000_000)})
		return place
	}
	threshold := b.low + 1 + r.Int64N(b.high-b.low-1)
	node := engine.Node{Feature: int64(feature), Threshold: threshold, Value: int32(r.IntN(2_000_000) - 1_000_000)}
	if m.Features[feature].Missing == engine.MissingRouted {
		node.Missing = engine.SideLeft + engine.Side(r.IntN(2))
	}
	*tree = append(*tree, node)
	narrowed := func(to bounds) map[int]bounds {
		next := map[int]bounds{}
		for k, v := range within {
			next[k] = v
		}
		next[feature] = to
		return next
	}
	left := growTree(r, m, tree, depth-1, narrowed(bounds{b.low, threshold}))
	right := growTree(r, m, tree, depth-1, narrowed(bounds{threshold, b.high}))
	(*tree)[place].Left, (*tree)[place].Right = left, right
	return place
}

func randomRow(r *rand.Rand, m *engine.Model) []int64 {
	row := make([]int64, len(m.Inputs))
	for i, input := range m.Inputs {
		switch {
		case r.IntN(6) == 0:
			row[i] = engine.Missing
		case len(input.Codes) > 0:
			row[i] = r.Int64N(int64(len(input.Codes)))
		case r.IntN(30) == 0:
			row[i] = []int64{engine.MaxMagnitude, -engine.MaxMagnitude, 0}[r.IntN(3)]
		default:
			row[i] = r.Int64N(2000) - 1000
		}
	}
	return row
}
