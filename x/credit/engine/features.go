package engine

import (
	"math/bits"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// compiledFeature has places of inputs instead of their names.
type compiledFeature struct {
	*Feature
	plus, minus, over []int
	scale             uint64
}

func (m *Model) compileFeatures() []compiledFeature {
	places := make(map[string]int, len(m.Inputs))
	for i, input := range m.Inputs {
		places[input.Name] = i
	}
	find := func(names []string) []int {
		found := make([]int, len(names))
		for i, name := range names {
			found[i] = places[name]
		}
		return found
	}
	features := make([]compiledFeature, len(m.Features))
	for i := range m.Features {
		f := &m.Features[i]
		features[i] = compiledFeature{Feature: f, plus: find(f.Plus), minus: find(f.Minus), over: find(f.Over), scale: powerOfTen(f.Decimals)}
	}
	return features
}

func powerOfTen(exponent uint32) uint64 {
	power := uint64(1)
	for range exponent {
		power *= 10
	}
	return power
}

// value is what the feature is in a row of inputs within MaxMagnitude.
func (f *compiledFeature) value(row []int64) (int64, error) {
	value := f.raw(row)
	if value != Missing {
		return value, nil
	}
	switch f.Missing {
	case MissingFilled:
		return *f.Fill, nil
	case MissingRouted:
		return Missing, nil
	default:
		return 0, types.ErrMissingValue.Wrapf("feature %q", f.Name)
	}
}

func (f *compiledFeature) raw(row []int64) int64 {
	switch f.Kind {
	case FeatureTable:
		if code := row[f.plus[0]]; code != Missing {
			return f.Table[code]
		}
		return Missing
	case FeatureSame:
		return same(row[f.plus[0]], row[f.plus[1]])
	}
	above, known := sum(row, f.plus)
	less, knownToo := sum(row, f.minus)
	if !known || !knownToo {
		return Missing
	}
	if f.Kind == FeatureSum {
		return clamp(above - less)
	}
	below, known := sum(row, f.over)
	if !known || below == 0 {
		return Missing
	}
	return ratioRoundedDown(above-less, below, f.scale)
}

func same(a, b int64) int64 {
	switch {
	case a == Missing || b == Missing:
		return Missing
	case a == b:
		return 1
	default:
		return 0
	}
}

func sum(row []int64, places []int) (total int64, known bool) {
	for _, place := range places {
		if row[place] == Missing {
			return 0, false
		}
		total += row[place]
	}
	return total, true
}

func clamp(value int64) int64 { return min(max(value, -MaxMagnitude), MaxMagnitude) }

// ratioRoundedDown is floor(above*scale/below), put at MaxMagnitude where it is larger. The product has 128 bits.
func ratioRoundedDown(above, below int64, scale uint64) int64 {
	negative := (above < 0) != (below < 0)
	divisor := magnitude(below)
	high, low := bits.Mul64(magnitude(above), scale)
	if high >= divisor {
		return clampSigned(MaxMagnitude+1, negative)
	}
	quotient, rest := bits.Div64(high, low, divisor)
	if negative && rest != 0 && quotient <= MaxMagnitude {
		quotient++
	}
	return clampSigned(quotient, negative)
}

func clampSigned(value uint64, negative bool) int64 {
	signed := int64(min(value, MaxMagnitude))
	if negative {
		return -signed
	}
	return signed
}

func magnitude(value int64) uint64 {
	if value < 0 {
		return uint64(-value)
	}
	return uint64(value)
}
