package engine

// Calibration turns the scores of one model into probabilities of default: the log-odds in millionths are
// score*SlopePpm/1,000,000, rounded down, plus OffsetMicroLogit. It is governed apart from its model, because
// a book drifts faster than the order of risks in it.
type Calibration struct {
	Name    string `json:"name"`
	Version uint32 `json:"version"`
	// Model is the digest of the model that it is for, in hexadecimal.
	Model            string `json:"model"`
	SlopePpm         int64  `json:"slope_ppm"`
	OffsetMicroLogit int64  `json:"offset_micro_logit"`
	// GradeFloorPpm keeps grades within what the data can support: a grade is given as if the probability were
	// at least this. Three in the number of rows is what a sample without a default supports.
	GradeFloorPpm uint32 `json:"grade_floor_ppm"`
	// Basis says in words what it was fitted on.
	Basis string `json:"basis"`
}

const (
	million = 1_000_000
	// The table of the logistic function: 193 points, an eighth apart, from -12 to 12.
	sigmoidStep  = 125_000
	sigmoidBound = 12 * million
)

// sigmoid is 1,000,000/(1+exp(-x)) at x = -12 + i/8, rounded to the nearest integer. Frozen: another table
// would be another engine. Between two points lies a straight line, rounded down; that is within 189 ppm.
var sigmoid = [2*sigmoidBound/sigmoidStep + 1]int64{
	6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 21, 24,
	28, 31, 35, 40, 45, 51, 58, 66, 75, 85, 96, 109,
	123, 140, 158, 180, 203, 231, 261, 296, 335, 380, 431, 488,
	553, 626, 710, 804, 911, 1032, 1170, 1325, 1501, 1701, 1927, 2183,
	2473, 2801, 3173, 3594, 4070, 4610, 5220, 5911, 6693, 7577, 8577, 9708,
	10987, 12432, 14064, 15906, 17986, 20332, 22977, 25957, 29312, 33086, 37327, 42088,
	47426, 53403, 60087, 67547, 75858, 85099, 95349, 106691, 119203, 132964, 148047, 164516,
	182426, 201813, 222700, 245085, 268941, 294215, 320821, 348645, 377541, 407333, 437823, 468791,
	500000, 531209, 562177, 592667, 622459, 651355, 679179, 705785, 731059, 754915, 777300, 798187,
	817574, 835484, 851953, 867036, 880797, 893309, 904651, 914901, 924142, 932453, 939913, 946597,
	952574, 957912, 962673, 966914, 970688, 974043, 977023, 979668, 982014, 984094, 985936, 987568,
	989013, 990292, 991423, 992423, 993307, 994089, 994780, 995390, 995930, 996406, 996827, 997199,
	997527, 997817, 998073, 998299, 998499, 998675, 998830, 998968, 999089, 999196, 999290, 999374,
	999447, 999512, 999569, 999620, 999665, 999704, 999739, 999769, 999797, 999820, 999842, 999860,
	999877, 999891, 999904, 999915, 999925, 999934, 999942, 999949, 999955, 999960, 999965, 999969,
	999972, 999976, 999979, 999981, 999983, 999985, 999987, 999989, 999990, 999991, 999992, 999993,
	999994,
}

// pdPpm is the probability of default at log-odds in millionths.
func pdPpm(microLogit int64) uint32 {
	x := min(max(microLogit, -sigmoidBound), sigmoidBound) + sigmoidBound
	i, rest := x/sigmoidStep, x%sigmoidStep
	if rest == 0 {
		return uint32(sigmoid[i])
	}
	return uint32(sigmoid[i] + (sigmoid[i+1]-sigmoid[i])*rest/sigmoidStep)
}

// PDPpm is the probability of default of a score. Scores within MaxScore and slopes within what Compile accepts
// cannot overflow.
func (c *Calibration) PDPpm(score int64) uint32 {
	return pdPpm(floorDivide(score*c.SlopePpm, million) + c.OffsetMicroLogit)
}

// floorDivide rounds down, also below zero; the divisor is positive.
func floorDivide(a, b int64) int64 {
	quotient := a / b
	if a%b < 0 {
		quotient--
	}
	return quotient
}
