package engine

import (
	"slices"
	"sort"
)

// Improvement says what would raise a grade by one.
type Improvement struct {
	// Grade is the better grade, an index into the scale.
	Grade int
	// Score is the nearest score that has it. It is not given where no score of the model has.
	Score     int64
	Reachable bool
	// Changes are single features whose change alone would do, all others as they are.
	Changes []Change
}

// Change is the smallest change of a feature in one direction that raises the grade.
type Change struct {
	Feature  string
	From, To int64
	// AtLeast says that To is a least value; else it is a most.
	AtLeast bool
}

// Improve says what would raise the row's grade by one, or false if it has the best that the calibration
// allows. It tries each threshold of the model at most once for each feature.
func (r *Rater) Improve(row []int64) (Improvement, bool, error) {
	values, err := r.Features(row)
	if err != nil {
		return Improvement{}, false, err
	}
	now := r.gradeAt(values)
	if now == 0 || now == r.scale.GradeOf(r.calibration.GradeFloorPpm) {
		return Improvement{}, false, nil
	}
	better := Improvement{Grade: now - 1}
	better.Score, better.Reachable = r.scoreFor(now - 1)
	for i := range r.features {
		// A code cannot be improved; a value that is not known cannot be moved.
		if kind := r.features[i].Kind; (kind == FeatureSum || kind == FeatureRatio) && values[i] != Missing {
			better.Changes = append(better.Changes, r.changes(values, i, now)...)
		}
	}
	return better, true, nil
}

func (r *Rater) gradeAt(values []int64) int {
	score := r.score(values, make([]int64, len(r.reasons)))
	return r.grade(r.calibration.PDPpm(score))
}

// scoreFor is the score nearest to worse ones that has at least the grade. The probability is monotone in the
// score, so it can be searched for by halving.
func (r *Rater) scoreFor(grade int) (int64, bool) {
	low, high := r.model.ScoreRange()
	span := int(high - low)
	has := func(score int64) bool { return r.grade(r.calibration.PDPpm(score)) <= grade }
	if r.model.Rises == RisesWithQuality {
		found := sort.Search(span+1, func(i int) bool { return has(low + int64(i)) })
		return low + int64(found), found <= span
	}
	found := sort.Search(span+1, func(i int) bool { return has(high - int64(i)) })
	return high - int64(found), found <= span
}

// changes moves one feature over its thresholds, upwards and downwards, up to the first that does.
func (r *Rater) changes(values []int64, feature, now int) []Change {
	from, thresholds := values[feature], r.thresholds(feature)
	first := sort.Search(len(thresholds), func(i int) bool { return thresholds[i] > from })
	moved := slices.Clone(values)
	raises := func(to int64) bool {
		moved[feature] = to
		return r.gradeAt(moved) < now
	}
	name := r.features[feature].Name
	var changes []Change
	for _, threshold := range thresholds[first:] {
		if raises(threshold) {
			changes = append(changes, Change{Feature: name, From: from, To: threshold, AtLeast: true})
			break
		}
	}
	for _, threshold := range slices.Backward(thresholds[:first]) {
		if raises(threshold - 1) {
			changes = append(changes, Change{Feature: name, From: from, To: threshold - 1})
			break
		}
	}
	return changes
}

// thresholds are those of one feature, ascending.
func (r *Rater) thresholds(feature int) []int64 {
	var found []int64
	for i := range r.attributes {
		if r.attributes[i].feature == feature {
			found = append(found, r.attributes[i].Cuts...)
		}
	}
	for _, tree := range r.trees {
		for _, node := range tree {
			if node.feature == int32(feature) {
				found = append(found, node.threshold)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
