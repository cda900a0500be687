package imports

import (
	"math"
	"slices"

	"github.com/zhilian-network/zhilian/x/credit/engine"
)

// Deviation is how far a model is from the forest that it was made of.
type Deviation struct {
	Rows int `json:"rows"`
	// OtherPaths are the rows that reach another leaf in some tree.
	OtherPaths int `json:"rows_on_other_paths"`
	// LogOdds and Probability are the largest differences, and the rows that have them.
	LogOdds        float64 `json:"largest_log_odds"`
	LogOddsRow     string  `json:"largest_log_odds_row"`
	Probability    float64 `json:"largest_probability"`
	ProbabilityRow string  `json:"largest_probability_row"`
	// Library is the largest difference of the forest, as it was read, from the probabilities that the library
	// itself gave: above rounding, the export was not understood.
	Library    *float64 `json:"largest_from_library,omitempty"`
	LibraryRow string   `json:"largest_from_library_row,omitempty"`
}

// Comparison rates rows with both.
type Comparison struct {
	forest    *Forest
	rater     *engine.Rater
	places    []int // from the forest's features to the model's
	Deviation Deviation
}

// NewComparison compares a forest and the rater of its model.
func NewComparison(forest *Forest, rater *engine.Rater) *Comparison {
	c := &Comparison{forest: forest, rater: rater}
	for _, name := range forest.Features {
		c.places = append(c.places, slices.IndexFunc(rater.Model().Features, func(f engine.Feature) bool { return f.Name == name }))
	}
	return c
}

// Add rates one row: row in integers, raw the same inputs as floating-point numbers, NaN where missing. expected is
// the library's probability, NaN if it is not known.
func (c *Comparison) Add(id string, row []int64, raw []float64, expected float64) error {
	rating, err := c.rater.Rate(row)
	if err != nil {
		return err
	}
	exact, err := c.rater.Features(row)
	if err != nil {
		return err
	}
	values, onGrid := make([]float64, len(c.places)), make([]float64, len(c.places))
	for i, place := range c.places {
		values[i], onGrid[i] = math.NaN(), math.NaN()
		if place >= 0 {
			values[i] = c.value(place, raw, exact[place])
			onGrid[i] = asFloat(exact[place], c.rater.Model().Features[place].Decimals)
		}
	}
	logOdds, leaves := c.forest.LogOdds(values)
	_, gridLeaves := c.forest.LogOdds(onGrid)
	d := &c.Deviation
	d.Rows++
	if !slices.Equal(leaves, gridLeaves) {
		d.OtherPaths++
	}
	raise(&d.LogOdds, &d.LogOddsRow, math.Abs(logOdds-float64(rating.Score)/million), id)
	calibration := c.rater.Calibration()
	calibrated := logOdds*float64(calibration.SlopePpm)/million + float64(calibration.OffsetMicroLogit)/million
	raise(&d.Probability, &d.ProbabilityRow, math.Abs(sigmoid(calibrated)-float64(rating.PDPpm)/million), id)
	if !math.IsNaN(expected) {
		if d.Library == nil {
			d.Library = new(float64)
		}
		raise(d.Library, &d.LibraryRow, math.Abs(sigmoid(logOdds)-expected), id)
	}
	return nil
}

func raise(most *float64, where *string, value float64, id string) {
	if value > *most || *where == "" {
		*most, *where = value, id
	}
}

func sigmoid(logOdds float64) float64 { return 1 / (1 + math.Exp(-logOdds)) }

// value is the feature in floating point. Codes are exact already.
func (c *Comparison) value(place int, raw []float64, exact int64) float64 {
	feature := &c.rater.Model().Features[place]
	if exact == engine.Missing || feature.Kind == engine.FeatureTable || feature.Kind == engine.FeatureSame {
		return asFloat(exact, feature.Decimals)
	}
	above := c.sum(feature.Plus, raw) - c.sum(feature.Minus, raw)
	if feature.Kind == engine.FeatureRatio {
		above /= c.sum(feature.Over, raw)
	}
	if math.IsNaN(above) || math.IsInf(above, 0) {
		return asFloat(exact, feature.Decimals)
	}
	return above
}

func (c *Comparison) sum(names []string, raw []float64) float64 {
	total := 0.0
	for _, name := range names {
		total += raw[slices.IndexFunc(c.rater.Model().Inputs, func(input engine.Input) bool { return input.Name == name })]
	}
	return total
}

func asFloat(value int64, decimals uint32) float64 {
	if value == engine.Missing {
		return math.NaN()
	}
	return float64(value) / math.Pow10(int(decimals))
}
