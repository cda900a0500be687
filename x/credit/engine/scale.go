package engine

// Scale is the master scale: grades from best to worst, each for probabilities below its bound and not below
// the bound before. Default is a fact and not a grade of the scale.
type Scale struct {
	Name          string  `json:"name"`
	Version       uint32  `json:"version"`
	HorizonMonths uint32  `json:"horizon_months"`
	Grades        []Grade `json:"grades"`
}

// Grade is a band of probabilities.
type Grade struct {
	Name string `json:"name"`
	// BelowPpm is exclusive.
	BelowPpm uint32 `json:"below_ppm"`
}

// GradeOf is the index of the grade of a probability.
func (s *Scale) GradeOf(pdPpm uint32) int {
	for i, grade := range s.Grades {
		if pdPpm < grade.BelowPpm {
			return i
		}
	}
	return len(s.Grades) - 1
}

// oneYear are the default bounds: 17 grades, each about 1.6 to 2 times as risky as the one before.
var oneYear = []Grade{
	{"AAA", 30}, {"AA", 80}, {"A+", 150}, {"A", 250}, {"A-", 450},
	{"BBB+", 800}, {"BBB", 1_400}, {"BBB-", 2_500}, {"BB+", 4_500}, {"BB", 8_000}, {"BB-", 14_000},
	{"B+", 25_000}, {"B", 45_000}, {"B-", 80_000}, {"CCC", 150_000}, {"CC", 300_000}, {"C", MaxPDPpm},
}

// DefaultScale is the master scale for a horizon: a grade means the same hazard at each, so a bound p of one
// year becomes 1-(1-p)^(months/12) where the months are whole years; rounded down at each year.
func DefaultScale(horizonMonths uint32) (*Scale, bool) {
	years := horizonMonths / 12
	if years == 0 || horizonMonths%12 != 0 || horizonMonths > MaxHorizon {
		return nil, false
	}
	scale := &Scale{Name: "zhilian-master", Version: 1, HorizonMonths: horizonMonths}
	for _, grade := range oneYear {
		scale.Grades = append(scale.Grades, Grade{Name: grade.Name, BelowPpm: overYears(grade.BelowPpm, years)})
	}
	return scale, true
}

func overYears(pdPpm, years uint32) uint32 {
	const one = int64(million) * million // in 10^-12, so that rounding at each year stays far below one ppm
	left := one
	for range years {
		left = left * int64(MaxPDPpm-pdPpm) / million
	}
	return uint32((one - left) / million)
}
