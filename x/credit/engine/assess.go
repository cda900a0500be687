package engine

import (
	"cmp"
	"math/big"
	"math/bits"
	"slices"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Observation is a rating and what came of it.
type Observation struct {
	PDPpm uint32
	Grade int
	Bad   bool
	// Weight is how many rows of the population the row stands for, in millionths.
	Weight int64
}

// MaxWeight bounds a weight: a row stands for a million others at most.
const MaxWeight = million * million

// maxTotalWeight keeps sums of weights within an int64.
const maxTotalWeight = 1 << 62

// Assessment is what ratings were worth. All figures are exact and rounded down once.
type Assessment struct {
	Rows uint64 `json:"rows"`
	Bad  uint64 `json:"bad"`
	// AUCPpm is the chance that a bad row has a higher probability than a good one; ties count half.
	AUCPpm uint32 `json:"auc_ppm"`
	// KSPpm is the largest distance between the shares of bad and of good rows up to a probability.
	KSPpm uint32 `json:"ks_ppm"`
	// BrierPpm is the mean of the squared errors of the probability.
	BrierPpm uint32 `json:"brier_ppm"`
	// CalibrationPpm is the mean distance of a grade's mean probability from what was observed in it.
	CalibrationPpm uint32            `json:"calibration_ppm"`
	Grades         []GradeAssessment `json:"grades"`
}

// GradeAssessment is one grade's part. Weight is in millionths of a row.
type GradeAssessment struct {
	Rows        uint64 `json:"rows"`
	Bad         uint64 `json:"bad"`
	Weight      uint64 `json:"weight"`
	MeanPDPpm   uint32 `json:"mean_pd_ppm"`
	ObservedPpm uint32 `json:"observed_ppm"`
}

// Assess compares ratings with outcomes. There must be bad and good rows.
func Assess(observations []Observation, grades int) (Assessment, error) {
	a, total := Assessment{Rows: uint64(len(observations)), Grades: make([]GradeAssessment, grades)}, int64(0)
	for i := range observations {
		o := &observations[i]
		if o.Grade < 0 || o.Grade >= grades || o.PDPpm > MaxPDPpm || o.Weight <= 0 || o.Weight > MaxWeight {
			return Assessment{}, types.ErrObservation.Wrapf("observation %d: grade %d of %d, %d ppm, weight %d", i, o.Grade, grades, o.PDPpm, o.Weight)
		}
		if total += o.Weight; total > maxTotalWeight {
			return Assessment{}, types.ErrObservation.Wrapf("the weights up to observation %d add up to more than %d", i, int64(maxTotalWeight))
		}
		if o.Bad {
			a.Bad++
		}
	}
	if a.Bad == 0 || a.Bad == a.Rows {
		return Assessment{}, types.ErrObservation.Wrapf("%d of %d rows are bad; there must be both", a.Bad, a.Rows)
	}
	levels := levelsOf(observations)
	a.AUCPpm, a.KSPpm = order(levels)
	a.BrierPpm = brier(observations)
	a.gradeUp(observations)
	return a, nil
}

// level is the weight of bad and good rows that have the same probability.
type level struct {
	pdPpm     uint32
	bad, good int64
}

// levelsOf adds up the rows of each probability, ascending.
func levelsOf(observations []Observation) []level {
	sorted := slices.Clone(observations)
	slices.SortFunc(sorted, func(a, b Observation) int { return cmp.Compare(a.PDPpm, b.PDPpm) })
	var levels []level
	for _, o := range sorted {
		if len(levels) == 0 || levels[len(levels)-1].pdPpm != o.PDPpm {
			levels = append(levels, level{pdPpm: o.PDPpm})
		}
		last := &levels[len(levels)-1]
		if o.Bad {
			last.bad += o.Weight
		} else {
			last.good += o.Weight
		}
	}
	return levels
}

func order(levels []level) (aucPpm, ksPpm uint32) {
	area, bad, good := new(big.Int), new(big.Int), new(big.Int)
	term := new(big.Int)
	for _, l := range levels {
		// Twice the area, so that half of a tie is whole.
		term.Lsh(good, 1)
		term.Add(term, big.NewInt(l.good))
		area.Add(area, term.Mul(term, big.NewInt(l.bad)))
		bad.Add(bad, big.NewInt(l.bad))
		good.Add(good, big.NewInt(l.good))
	}
	product := new(big.Int).Mul(bad, good)
	widest, badSoFar, goodSoFar := new(big.Int), new(big.Int), new(big.Int)
	for _, l := range levels {
		badSoFar.Add(badSoFar, big.NewInt(l.bad))
		goodSoFar.Add(goodSoFar, big.NewInt(l.good))
		distance := new(big.Int).Mul(goodSoFar, bad)
		distance.Sub(distance, new(big.Int).Mul(badSoFar, good)).Abs(distance)
		if distance.Cmp(widest) > 0 {
			widest = distance
		}
	}
	return ppmRoundedDown(area, new(big.Int).Lsh(product, 1)), ppmRoundedDown(widest, product)
}

func ppmRoundedDown(part, whole *big.Int) uint32 {
	ppm := new(big.Int).Mul(part, big.NewInt(million))
	return uint32(ppm.Quo(ppm, whole).Uint64())
}

func brier(observations []Observation) uint32 {
	squares, weights, term := new(big.Int), new(big.Int), new(big.Int)
	for _, o := range observations {
		distance := int64(o.PDPpm)
		if o.Bad {
			distance = MaxPDPpm - distance
		}
		squares.Add(squares, term.Mul(big.NewInt(distance*distance), big.NewInt(o.Weight)))
		weights.Add(weights, term.SetInt64(o.Weight))
	}
	// Squares are in 10^-12.
	return uint32(squares.Quo(squares, weights.Mul(weights, big.NewInt(million))).Uint64())
}

func (a *Assessment) gradeUp(observations []Observation) {
	type sums struct{ pd, bad, weight *big.Int }
	of := make([]sums, len(a.Grades))
	for i := range of {
		of[i] = sums{new(big.Int), new(big.Int), new(big.Int)}
	}
	term := new(big.Int)
	for _, o := range observations {
		grade, s := &a.Grades[o.Grade], &of[o.Grade]
		grade.Rows++
		s.weight.Add(s.weight, term.SetInt64(o.Weight))
		s.pd.Add(s.pd, term.Mul(big.NewInt(int64(o.PDPpm)), big.NewInt(o.Weight)))
		if o.Bad {
			grade.Bad++
			s.bad.Add(s.bad, term.SetInt64(o.Weight))
		}
	}
	distance, weight := new(big.Int), new(big.Int)
	for i := range of {
		if a.Grades[i].Rows == 0 {
			continue
		}
		s := &of[i]
		bad := new(big.Int).Mul(s.bad, big.NewInt(MaxPDPpm))
		distance.Add(distance, term.Sub(s.pd, bad).Abs(term))
		weight.Add(weight, s.weight)
		a.Grades[i].Weight = s.weight.Uint64()
		a.Grades[i].MeanPDPpm = uint32(new(big.Int).Quo(s.pd, s.weight).Uint64())
		a.Grades[i].ObservedPpm = uint32(bad.Quo(bad, s.weight).Uint64())
	}
	a.CalibrationPpm = uint32(distance.Quo(distance, weight).Uint64())
}

// leastShare stands for an empty grade in the stability index, whose logarithm would have no bound.
const leastShare = 100 // ppm

// StabilityPpm is the population stability index between two assessments of the same scale, by the weight of their
// grades: the sum of (p-q)*ln(p/q). Below 100,000 little has moved, above 250,000 the population is another.
func StabilityPpm(reference, actual *Assessment) (uint64, error) {
	if len(reference.Grades) != len(actual.Grades) {
		return 0, types.ErrObservation.Wrapf("%d grades against %d", len(reference.Grades), len(actual.Grades))
	}
	was, is := reference.shares(), actual.shares()
	total := uint64(0)
	for i := range was {
		larger, smaller := max(was[i], is[i]), min(was[i], is[i])
		total += uint64(larger-smaller) * lnPpm(larger, smaller) / million
	}
	return total, nil
}

// shares are the parts of the grades in ppm, each at least leastShare.
func (a *Assessment) shares() []uint32 {
	whole := new(big.Int)
	for _, grade := range a.Grades {
		whole.Add(whole, new(big.Int).SetUint64(grade.Weight))
	}
	shares := make([]uint32, len(a.Grades))
	for i, grade := range a.Grades {
		if shares[i] = leastShare; grade.Weight > 0 {
			shares[i] = max(ppmRoundedDown(new(big.Int).SetUint64(grade.Weight), whole), leastShare)
		}
	}
	return shares
}

const (
	logBits = 32
	ln2Ppt  = 693_147_180_560 // ln 2 in 10^-12
)

// lnPpm is the natural logarithm of a/b in ppm, rounded down to within one; a is at least b, b at least one. The
// binary logarithm comes bit by bit from squaring.
func lnPpm(a, b uint32) uint64 {
	// x is a/b with 62 bits behind the point, halved into [1, 2).
	ratio, _ := bits.Div64(uint64(a)>>32, uint64(a)<<32, uint64(b))
	exponent := bits.Len64(ratio) - 1
	x := ratio << (62 - exponent)
	logarithm := uint64(exponent-32) << logBits
	for bit := logBits - 1; bit >= 0; bit-- {
		high, low := bits.Mul64(x, x)
		x = high<<2 | low>>62
		if x >= 1<<63 {
			x >>= 1
			logarithm |= 1 << bit
		}
	}
	high, low := bits.Mul64(logarithm, ln2Ppt)
	product := high<<(64-logBits) | low>>logBits
	return product / million
}
