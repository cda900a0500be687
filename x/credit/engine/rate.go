package engine

import (
	"slices"
	"sort"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Rater is a model, its calibration and a scale, ready to rate. It holds no state: many may use it at once.
type Rater struct {
	model       *Model
	calibration *Calibration
	scale       *Scale
	features    []compiledFeature
	inputLimits []int64
	reasons     []string
	reasonOf    []int // by feature
	attributes  []compiledAttribute
	trees       []compiledTree
}

type compiledAttribute struct {
	*Attribute
	feature int
	best    int32
	sign    int64
}

// compiledTree has its nodes in one piece of memory.
type compiledTree []compiledNode

type compiledNode struct {
	threshold int64
	feature   int32 // below zero at a leaf
	value     int32
	children  [2]int32
	missing   uint8
}

// Rating is what a model says of a row.
type Rating struct {
	Score int64
	PDPpm uint32
	// Grade is an index into the scale's grades.
	Grade int
	// Reasons are the strongest contributions, the strongest first.
	Reasons []Reason
}

// Reason is what the features of one reason code did to the score; above zero it made it riskier.
type Reason struct {
	Code         string
	Contribution int64
}

// Compile checks the three objects, and that they fit each other.
func Compile(model *Model, calibration *Calibration, scale *Scale) (*Rater, error) {
	for _, object := range []interface{ Validate() error }{model, calibration, scale} {
		if err := object.Validate(); err != nil {
			return nil, err
		}
	}
	if err := calibration.fits(model); err != nil {
		return nil, err
	}
	if model.HorizonMonths != scale.HorizonMonths {
		return nil, types.ErrHorizon.Wrapf("model: %d months, scale: %d", model.HorizonMonths, scale.HorizonMonths)
	}
	r := &Rater{model: model, calibration: calibration, scale: scale, features: model.compileFeatures()}
	for _, input := range model.Inputs {
		r.inputLimits = append(r.inputLimits, int64(len(input.Codes)))
	}
	r.compileReasons()
	r.compileScorecard(model.Scorecard)
	for _, tree := range model.Ensemble {
		r.trees = append(r.trees, compileTree(tree))
	}
	return r, nil
}

func (r *Rater) compileReasons() {
	for _, feature := range r.features {
		index := slices.Index(r.reasons, feature.Reason)
		if index < 0 {
			index = len(r.reasons)
			r.reasons = append(r.reasons, feature.Reason)
		}
		r.reasonOf = append(r.reasonOf, index)
	}
}

func (r *Rater) compileScorecard(card []Attribute) {
	for i := range card {
		attribute := &card[i]
		compiled := compiledAttribute{Attribute: attribute, feature: r.model.featureIndex(attribute.Feature)}
		if r.model.Rises == RisesWithRisk {
			compiled.best, compiled.sign = slices.Min(attribute.allPoints()), 1
		} else {
			compiled.best, compiled.sign = slices.Max(attribute.allPoints()), -1
		}
		r.attributes = append(r.attributes, compiled)
	}
}

func compileTree(tree Tree) compiledTree {
	nodes := make(compiledTree, len(tree))
	for i, node := range tree {
		if node.Leaf {
			nodes[i] = compiledNode{feature: -1, value: node.Value}
			continue
		}
		nodes[i] = compiledNode{
			threshold: node.Threshold, feature: int32(node.Feature), value: node.Value,
			children: [2]int32{int32(node.Left), int32(node.Right)},
		}
		if node.Missing == SideRight {
			nodes[i].missing = 1
		}
	}
	return nodes
}

// Model is what the rater rates with.
func (r *Rater) Model() *Model { return r.model }

// Calibration is what it turns scores into probabilities with.
func (r *Rater) Calibration() *Calibration { return r.calibration }

// Scale is what it grades with.
func (r *Rater) Scale() *Scale { return r.scale }

// Rate rates one row: a value for each input in the model's order, the index of its code for an input with
// codes, Missing where there is none.
func (r *Rater) Rate(row []int64) (Rating, error) {
	values, err := r.Features(row)
	if err != nil {
		return Rating{}, err
	}
	contributions := make([]int64, len(r.reasons))
	score := r.score(values, contributions)
	pdPpm := r.calibration.PDPpm(score)
	return Rating{Score: score, PDPpm: pdPpm, Grade: r.grade(pdPpm), Reasons: r.strongest(contributions)}, nil
}

// Features are the values of the model's features in a row.
func (r *Rater) Features(row []int64) ([]int64, error) {
	if len(row) != len(r.inputLimits) {
		return nil, types.ErrRowLength.Wrapf("%d values for %d inputs", len(row), len(r.inputLimits))
	}
	for i, value := range row {
		if value == Missing {
			continue
		}
		if codes := r.inputLimits[i]; (codes == 0 && !inRange(value)) || (codes > 0 && (value < 0 || value >= codes)) {
			return nil, types.ErrValueTooLarge.Wrapf("input %q: %d", r.model.Inputs[i].Name, value)
		}
	}
	values := make([]int64, len(r.features))
	for i := range r.features {
		var err error
		if values[i], err = r.features[i].value(row); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (r *Rater) grade(pdPpm uint32) int {
	return r.scale.GradeOf(max(pdPpm, r.calibration.GradeFloorPpm))
}

// score adds what each reason did to contributions.
//
// In a scorecard that is the points lost against the best that the attribute gives. In an ensemble each split
// on the way moves the mean of the training rows that came by, from the node's to the child's: the moves
// telescope, so that base, means of the roots and contributions add up to the score exactly.
func (r *Rater) score(values, contributions []int64) int64 {
	score := r.model.Base
	for i := range r.attributes {
		attribute := &r.attributes[i]
		points := attribute.points(values[attribute.feature])
		score += int64(points)
		contributions[r.reasonOf[attribute.feature]] += attribute.sign * (int64(points) - int64(attribute.best))
	}
	sign := int64(1)
	if r.model.Rises == RisesWithQuality {
		sign = -1
	}
	for i := range r.trees {
		nodes := r.trees[i]
		node := &nodes[0]
		for node.feature >= 0 {
			child := &nodes[node.children[node.side(values[node.feature])]]
			contributions[r.reasonOf[node.feature]] += sign * (int64(child.value) - int64(node.value))
			node = child
		}
		score += int64(node.value)
	}
	return score
}

func (n *compiledNode) side(value int64) uint8 {
	switch {
	case value == Missing:
		return n.missing
	case value < n.threshold:
		return 0
	default:
		return 1
	}
}

func (a *compiledAttribute) points(value int64) int32 {
	if value == Missing {
		return *a.MissingPoints
	}
	return a.Points[sort.Search(len(a.Cuts), func(i int) bool { return value < a.Cuts[i] })]
}

// strongest are the contributions of the largest magnitude, at equal ones the reason that comes first in the
// model.
func (r *Rater) strongest(contributions []int64) []Reason {
	reasons := make([]Reason, 0, MaxReasonCount)
	for len(reasons) < MaxReasonCount {
		strongest := 0
		for i := range contributions {
			if magnitude(contributions[i]) > magnitude(contributions[strongest]) {
				strongest = i
			}
		}
		if contributions[strongest] == 0 {
			break
		}
		reasons = append(reasons, Reason{Code: r.reasons[strongest], Contribution: contributions[strongest]})
		contributions[strongest] = 0
	}
	return reasons
}
