package engine_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Worked by hand: gearing is 6.00/8.00 = 0.750, net is 2.00-6.00 = -4.00, sector B is worth 5.
func TestASmallEnsembleRatesAsWorkedByHand(t *testing.T) {
	rating, err := compile(t, small()).Rate([]int64{600, 200, 1, 0})
	require.NoError(t, err)
	require.Equal(t, engine.Rating{
		Score: -2_000_000 + 900_000 + 300_000,
		// The sigmoid of -0.8 is 310,026 ppm; on the line between the points 294,215 and 320,821 of the table lies this.
		PDPpm: 310_178,
		Grade: 16,
		Reasons: []engine.Reason{
			{Code: "size", Contribution: 900_000 - 400_000},
			{Code: "leverage", Contribution: 400_000 - 100_000},
			{Code: "sector", Contribution: 300_000},
		},
	}, rating)
}

func TestAScorecardsReasonsAreThePointsLost(t *testing.T) {
	rating, err := compile(t, card()).Rate([]int64{600, 200, 1, 0})
	require.NoError(t, err)
	require.Equal(t, int64(600-60-20), rating.Score)
	require.Equal(t, []engine.Reason{{Code: "leverage", Contribution: 100}, {Code: "size", Contribution: 35}}, rating.Reasons)
}

func TestWhatHappensToMissingValuesIsWhatTheModelSays(t *testing.T) {
	rater := compile(t, small())
	values, err := rater.Features([]int64{engine.Missing, 200, engine.Missing, 0})
	require.NoError(t, err)
	require.Equal(t, []int64{engine.Missing, 0, engine.Missing, engine.Missing}, values)
	rating, err := rater.Rate([]int64{engine.Missing, 200, engine.Missing, 0})
	require.NoError(t, err)
	require.Equal(t, int64(-2_000_000+200_000-100_000), rating.Score, "gearing goes right, net is taken as 0, the sector goes left")

	m := small()
	m.Features[1].Missing, m.Features[1].Fill = engine.MissingRefused, nil
	_, err = compile(t, m).Rate([]int64{engine.Missing, 200, 0, 0})
	requireRefused(t, types.ErrMissingValue, err)
}

func TestARatioIsRoundedDownOnBothSidesOfZero(t *testing.T) {
	rater := compile(t, small())
	for _, c := range []struct{ debt, equity, gearing int64 }{
		{100, 200, 333}, {-100, 400, -334}, {100, -400, -334}, {-100, -200, 333}, {100, 100, 500}, {0, 700, 0},
		{engine.MaxMagnitude, 1 - engine.MaxMagnitude, engine.MaxMagnitude}, {-engine.MaxMagnitude, engine.MaxMagnitude - 1, engine.MaxMagnitude},
		{engine.MaxMagnitude, -1 - engine.MaxMagnitude + 1, engine.Missing},
	} {
		values, err := rater.Features([]int64{c.debt, c.equity, 0, 0})
		require.NoError(t, err)
		require.Equal(t, c.gearing, values[0], "%d / (%d + %d)", c.debt, c.debt, c.equity)
	}
}

func TestLogOddsAreRoundedDownBelowZero(t *testing.T) {
	c := &engine.Calibration{SlopePpm: 500_000}
	require.Equal(t, uint32(499_999), c.PDPpm(-1), "minus a half is minus one")
	require.Equal(t, uint32(500_000), c.PDPpm(1), "a half is nothing")
}

func TestARatioOverZeroIsMissing(t *testing.T) {
	values, err := compile(t, small()).Features([]int64{200, -200, 0, 0})
	require.NoError(t, err)
	require.Equal(t, engine.Missing, int(values[0]))
}

func TestRowsThatAreNotOfTheModelAreRefused(t *testing.T) {
	rater := compile(t, small())
	for name, row := range map[string][]int64{"short": {1, 2, 0}, "long": {1, 2, 0, 0, 0}} {
		_, err := rater.Rate(row)
		requireRefused(t, types.ErrRowLength, err)
		require.NotEmpty(t, name)
	}
	for _, row := range [][]int64{
		{engine.MaxMagnitude + 1, 2, 0, 0}, {math.MaxInt64, 2, 0, 0}, {-engine.MaxMagnitude - 1, 2, 0, 0}, {1, 2, 2, 0}, {1, 2, -1, 0},
	} {
		_, err := rater.Rate(row)
		requireRefused(t, types.ErrValueTooLarge, err)
	}
}

func TestTheTableOfTheSigmoidIsCloseAndNeverFalls(t *testing.T) {
	c := &engine.Calibration{SlopePpm: 1_000_000}
	last := uint32(0)
	for micro := int64(-13_000_000); micro <= 13_000_000; micro += 1_009 {
		ppm := c.PDPpm(micro)
		require.GreaterOrEqual(t, ppm, last)
		last = ppm
		exact := 1e6 / (1 + math.Exp(-float64(micro)/1e6))
		require.InDelta(t, exact, float64(ppm), 190, "at %d", micro)
	}
	require.Equal(t, uint32(500_000), c.PDPpm(0))
	require.Equal(t, uint32(6), c.PDPpm(-1e12))
	require.Equal(t, uint32(999_994), c.PDPpm(1e12))
}

func TestGradesAreTheBandsOfTheScaleAndNoBetterThanTheFloor(t *testing.T) {
	scale, _ := engine.DefaultScale(12)
	for ppm, grade := range map[uint32]string{0: "AAA", 29: "AAA", 30: "AA", 44_999: "B", 45_000: "B-", 299_999: "CC", 300_000: "C", 1_000_000: "C"} {
		require.Equal(t, grade, scale.Grades[scale.GradeOf(ppm)].Name)
	}
	m := small()
	m.Base = -12_000_000
	c := calibrationOf(m)
	c.GradeFloorPpm = 855
	rater, err := engine.Compile(m, c, scale)
	require.NoError(t, err)
	rating, err := rater.Rate([]int64{100, 900, 0, 0})
	require.NoError(t, err)
	require.Less(t, rating.PDPpm, uint32(10))
	require.Equal(t, "BBB", scale.Grades[rating.Grade].Name)
	_, found, err := rater.Improve([]int64{100, 900, 0, 0})
	require.NoError(t, err)
	require.False(t, found, "the floor's grade cannot be raised")
}

func TestTheScaleOfAnotherHorizonHasTheSameHazard(t *testing.T) {
	scale, found := engine.DefaultScale(60)
	require.True(t, found)
	require.NoError(t, scale.Validate())
	one, _ := engine.DefaultScale(12)
	for i, grade := range scale.Grades {
		exact := 1e6 * (1 - math.Pow(1-float64(one.Grades[i].BelowPpm)/1e6, 5))
		require.InDelta(t, exact, float64(grade.BelowPpm), 1)
	}
	for _, months := range []uint32{0, 6, 18, 612} {
		_, found := engine.DefaultScale(months)
		require.False(t, found, "%d", months)
	}
}

func TestDecimalsAreReadExactlyAndRoundedHalfToEven(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "1": 1_000_000, "-12.5": -12_500_000, "+3": 3_000_000, ".5": 500_000, "5.": 5_000_000,
		"0.0000005": 0, "0.0000015": 2, "0.0000025": 2, "0.00000250000000000000000001": 3, "-0.0000015": -2, "0.0000004999": 0,
		"0.00000051": 1, "1e-6": 1, "1.25E2": 125_000_000, "125e-8": 1, "9999999999": engine.MaxMagnitude, "-1e300": -engine.MaxMagnitude,
		"1000000000": engine.MaxMagnitude, "999999999.9999994": engine.MaxMagnitude - 1, "0e999": 0, "1e-999": 0, "000012": 12_000_000,
		"33.000000000000010": 33_000_000,
	} {
		got, err := engine.ParseDecimal(text, 6)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "-", ".", "NaN", "nan", "inf", "-Infinity", "1,5", "0x10", "1e", "e5", "1e5.5", "--1", "1 000", "１", "1e1000", "_1"} {
		_, err := engine.ParseDecimal(text, 6)
		requireRefused(t, types.ErrNotNumber, err)
	}
	_, err := engine.ParseDecimal(strings.Repeat("1", 65), 6)
	requireRefused(t, types.ErrValueTooLarge, err)
}

// Against big rationals: the nearest integer, at a half the even one, put at the bound.
func TestRandomDecimalsAreReadAsBigRationalsAre(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 20_000 {
		text := randomDecimal(r)
		decimals := uint32(r.IntN(engine.MaxDecimals + 1))
		got, err := engine.ParseDecimal(text, decimals)
		require.NoError(t, err, text)
		exact, ok := new(big.Rat).SetString(text)
		require.True(t, ok, text)
		exact.Mul(exact, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)))
		if new(big.Rat).Abs(exact).Cmp(new(big.Rat).SetInt64(engine.MaxMagnitude)) >= 0 {
			require.Equal(t, int64(exact.Sign())*engine.MaxMagnitude, got, text)
			continue
		}
		distance := new(big.Rat).Sub(exact, new(big.Rat).SetInt64(got))
		half := distance.Abs(distance).Cmp(big.NewRat(1, 2))
		require.LessOrEqual(t, half, 0, "%s with %d decimals is not %d", text, decimals, got)
		require.False(t, half == 0 && got%2 != 0, "%s with %d decimals is half way and %d is odd", text, decimals, got)
	}
}

func randomDecimal(r *rand.Rand) string {
	digits := func(most int) string {
		text := strings.Builder{}
		for range r.IntN(most + 1) {
			text.WriteByte("0000155559"[r.IntN(10)])
		}
		return text.String()
	}
	text := []string{"", "-"}[r.IntN(2)] + "0" + digits(12) + "." + digits(14) + "0"
	if r.IntN(3) == 0 {
		text += []string{"e-3", "e2", "E0", "e-12"}[r.IntN(4)]
	}
	return text
}

func TestFixedPointIsWrittenAsItIsRead(t *testing.T) {
	for _, value := range []int64{0, 1, -1, 10, -12_500_000, 999_999, engine.MaxMagnitude, -engine.MaxMagnitude} {
		for _, decimals := range []uint32{0, 2, 6, 9} {
			back, err := engine.ParseDecimal(engine.FormatDecimal(value, decimals), decimals)
			require.NoError(t, err)
			require.Equal(t, value, back)
		}
	}
	require.Equal(t, "-12.5", engine.FormatDecimal(-12_500_000, 6))
	require.Equal(t, "0.000001", engine.FormatDecimal(1, 6))
	require.Empty(t, engine.FormatDecimal(engine.Missing, 6))
}

func TestAnUnknownCodeIsMissing(t *testing.T) {
	input := engine.Input{Name: "state", Codes: []string{"CA", "NY"}}
	for text, want := range map[string]int64{"CA": 0, " NY ": 1, "": engine.Missing, "TX": engine.Missing} {
		got, err := input.Parse(text)
		require.NoError(t, err)
		require.Equal(t, want, got, text)
	}
}

// BenchmarkRate rates with 100 full trees of depth 4 over 64 inputs, reasons and all.
func BenchmarkRate(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 10))
	m := &engine.Model{Name: "bench", Version: 1, HorizonMonths: 12, Rises: engine.RisesWithRisk}
	for i := range 64 {
		name := "a" + string(rune('0'+i/10)) + string(rune('0'+i%10))
		m.Inputs = append(m.Inputs, engine.Input{Name: name, Decimals: 6})
		m.Features = append(m.Features, engine.Feature{
			Name: name, Reason: "r" + string(rune('a'+i%7)), Kind: engine.FeatureSum, Plus: []string{name}, Decimals: 6, Missing: engine.MissingRouted,
		})
	}
	for range 100 {
		var tree engine.Tree
		fullTree(r, m, &tree, 4)
		m.Ensemble = append(m.Ensemble, tree)
	}
	rater := compile(b, m)
	rows := make([][]int64, 1024)
	for i := range rows {
		rows[i] = randomRow(r, m)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := rater.Rate(rows[i%len(rows)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "subjects/s")
}

// fullTree splits to the bottom, each time by a feature of its own level.
func fullTree(r *rand.Rand, m *engine.Model, tree *engine.Tree, depth int) int64 {
	place := int64(len(*tree))
	if depth == 0 {
		*tree = append(*tree, engine.Node{Leaf: true, Value: int32(r.IntN(200_000) - 100_000)})
		return place
	}
	*tree = append(*tree, engine.Node{Feature: int64(r.IntN(16)*4 + depth - 1), Threshold: r.Int64N(1000) - 500, Missing: engine.SideLeft})
	left := fullTree(r, m, tree, depth-1)
	right := fullTree(r, m, tree, depth-1)
	(*tree)[place].Left, (*tree)[place].Right = left, right
	return place
}
