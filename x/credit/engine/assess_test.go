package engine_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

func observation(pdPpm uint32, grade int, bad bool) engine.Observation {
	return engine.Observation{PDPpm: pdPpm, Grade: grade, Bad: bad, Weight: 1_000_000}
}

// Worked by hand: of the six pairs of a bad and a good row five are in order and one is tied.
func TestAnAssessmentIsAsWorkedByHand(t *testing.T) {
	a, err := engine.Assess([]engine.Observation{
		observation(100_000, 0, false), observation(200_000, 0, false), observation(300_000, 1, false),
		observation(300_000, 1, true), observation(900_000, 1, true),
	}, 3)
	require.NoError(t, err)
	require.Equal(t, engine.Assessment{
		Rows: 5, Bad: 2,
		AUCPpm:   916_666, // 5.5 / 6
		KSPpm:    666_666, // after two of three good rows and no bad one
		BrierPpm: 128_000, // (0.01 + 0.04 + 0.09 + 0.49 + 0.01) / 5
		// Grade 0: 0.3 expected, none came. Grade 1: 1.5 expected, two came. (0.3 + 0.5) / 5.
		CalibrationPpm: 160_000,
		Grades: []engine.GradeAssessment{
			{Rows: 2, Weight: 2_000_000, MeanPDPpm: 150_000},
			{Rows: 3, Bad: 2, Weight: 3_000_000, MeanPDPpm: 500_000, ObservedPpm: 666_666},
			{},
		},
	}, a)
}

func TestARowOfDoubleWeightCountsAsTwo(t *testing.T) {
	once := []engine.Observation{observation(100, 0, false), observation(700_000, 1, true), observation(5_000, 1, false), observation(5_000, 1, true)}
	double := append([]engine.Observation{}, once...)
	double[2].Weight *= 2
	twice := append(append([]engine.Observation{}, once...), once[2])
	weighted, err := engine.Assess(double, 2)
	require.NoError(t, err)
	counted, err := engine.Assess(twice, 2)
	require.NoError(t, err)
	require.Equal(t, counted.AUCPpm, weighted.AUCPpm)
	require.Equal(t, counted.KSPpm, weighted.KSPpm)
	require.Equal(t, counted.BrierPpm, weighted.BrierPpm)
	require.Equal(t, counted.CalibrationPpm, weighted.CalibrationPpm)
}

// Against floating point and every pair.
func TestRandomAssessmentsAreWhatEveryPairSays(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 200 {
		observations := make([]engine.Observation, 2+r.IntN(60))
		for i := range observations {
			observations[i] = engine.Observation{PDPpm: uint32(r.IntN(20)) * 50_000, Grade: r.IntN(4), Bad: r.IntN(3) == 0, Weight: 1 + r.Int64N(5_000_000)}
		}
		observations[0].Bad, observations[1].Bad = true, false
		a, err := engine.Assess(observations, 4)
		require.NoError(t, err)
		var area, pairs, squares, weights float64
		for _, o := range observations {
			outcome := 0.0
			if o.Bad {
				outcome = 1
			}
			squares += float64(o.Weight) * math.Pow(outcome-float64(o.PDPpm)/1e6, 2)
			weights += float64(o.Weight)
			for _, p := range observations {
				if !o.Bad || p.Bad {
					continue
				}
				pair := float64(o.Weight) * float64(p.Weight)
				pairs += pair
				switch {
				case o.PDPpm > p.PDPpm:
					area += pair
				case o.PDPpm == p.PDPpm:
					area += pair / 2
				}
			}
		}
		require.InDelta(t, 1e6*area/pairs, float64(a.AUCPpm), 1.001)
		require.InDelta(t, 1e6*squares/weights, float64(a.BrierPpm), 1.001)
	}
}

func TestOutcomesThatDoNotFitAreRefused(t *testing.T) {
	good, bad := observation(1, 0, false), observation(1, 0, true)
	for name, observations := range map[string][]engine.Observation{
		"none":                      {},
		"only bad ones":             {bad, bad},
		"only good ones":            {good},
		"an unknown grade":          {good, bad, observation(1, 2, true)},
		"a grade below the first":   {good, bad, observation(1, -1, true)},
		"more than certain":         {good, bad, observation(1_000_001, 0, true)},
		"no weight":                 {good, bad, {PDPpm: 1, Bad: true}},
		"weights beyond an int64":   slices.Repeat([]engine.Observation{{PDPpm: 1, Bad: true, Weight: engine.MaxWeight}}, 1<<62/engine.MaxWeight+1),
		"a weight beyond the bound": {good, bad, {PDPpm: 1, Weight: engine.MaxWeight + 1}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := engine.Assess(observations, 2)
			requireRefused(t, types.ErrObservation, err)
		})
	}
}

func TestTheStabilityIndexIsThatOfFloatingPoint(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for range 500 {
		reference, actual := randomGrades(r), randomGrades(r)
		got, err := engine.StabilityPpm(reference, actual)
		require.NoError(t, err)
		back, err := engine.StabilityPpm(actual, reference)
		require.NoError(t, err)
		require.Equal(t, got, back)
		want := 0.0
		p, q := sharesOf(reference), sharesOf(actual)
		for i := range p {
			want += (p[i] - q[i]) * math.Log(p[i]/q[i])
		}
		require.InDelta(t, 1e6*want, float64(got), 300, "shares are rounded to a ppm, of which a small one has few")
	}
	same := randomGrades(r)
	got, err := engine.StabilityPpm(same, same)
	require.NoError(t, err)
	require.Zero(t, got)
	empty, err := engine.StabilityPpm(same, &engine.Assessment{Grades: make([]engine.GradeAssessment, 8)})
	require.NoError(t, err)
	require.Positive(t, empty, "nobody is another population")
	_, err = engine.StabilityPpm(same, &engine.Assessment{})
	requireRefused(t, types.ErrObservation, err)
}

func randomGrades(r *rand.Rand) *engine.Assessment {
	a := &engine.Assessment{Grades: make([]engine.GradeAssessment, 8)}
	for i := range a.Grades {
		a.Grades[i].Weight = uint64(1_000_000+r.Int64N(1_000_000)) * uint64(1+r.IntN(50))
	}
	return a
}

func sharesOf(a *engine.Assessment) []float64 {
	total := 0.0
	for _, grade := range a.Grades {
		total += float64(grade.Weight)
	}
	shares := make([]float64, len(a.Grades))
	for i, grade := range a.Grades {
		shares[i] = float64(grade.Weight) / total
	}
	return shares
}
