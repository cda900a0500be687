package engine

import (
	"slices"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Validate refuses what could not be rated with: each fault has its own error.
func (m *Model) Validate() error {
	checks := []func(*Model) error{
		(*Model).checkBounds, (*Model).checkHead, (*Model).checkInputs, (*Model).checkFeatures,
		(*Model).checkScorecard, (*Model).checkEnsemble, (*Model).checkRange, (*Model).checkSize,
	}
	for _, check := range checks {
		if err := check(m); err != nil {
			return err
		}
	}
	return nil
}

func (m *Model) checkBounds() error {
	bounds := []struct {
		what       string
		count, max int
	}{
		{"inputs", len(m.Inputs), MaxInputs},
		{"features", len(m.Features), MaxFeatures},
		{"attributes", len(m.Scorecard), MaxFeatures},
		{"trees", len(m.Ensemble), MaxTrees},
		{"nodes", m.nodeCount(), MaxNodes},
		{"characters of training text", len(m.Training), MaxTextLength},
	}
	for _, bound := range bounds {
		if bound.count > bound.max {
			return types.ErrModelTooLarge.Wrapf("%d %s; at most %d", bound.count, bound.what, bound.max)
		}
	}
	return nil
}

func (m *Model) checkSize() error {
	if size := len(m.Canonical()); size > MaxCanonical {
		return types.ErrModelTooLarge.Wrapf("%d canonical bytes; at most %d", size, MaxCanonical)
	}
	return nil
}

func (m *Model) checkHead() error {
	if err := checkName("model", m.Name); err != nil {
		return err
	}
	if m.HorizonMonths == 0 || m.HorizonMonths > MaxHorizon {
		return types.ErrHorizon.Wrapf("horizon of %d months; 1 to %d", m.HorizonMonths, MaxHorizon)
	}
	if m.Rises != RisesWithRisk && m.Rises != RisesWithQuality {
		return types.ErrModelKind.Wrapf("score_rises_with %q; %q or %q", m.Rises, RisesWithRisk, RisesWithQuality)
	}
	if (len(m.Scorecard) == 0) == (len(m.Ensemble) == 0) {
		return types.ErrModelKind
	}
	return nil
}

// checkName keeps names to what can stand in a table, a file name and a reason without quoting.
func checkName(what, name string) error {
	allowed := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' || r == '.' || r == '+'
	}
	if name == "" || len(name) > MaxNameLength || slices.ContainsFunc([]rune(name), func(r rune) bool { return !allowed(r) }) {
		return types.ErrName.Wrapf("%s %.80q: 1 to %d of a-z A-Z 0-9 _ - . +", what, name, MaxNameLength)
	}
	return nil
}

func (m *Model) checkInputs() error {
	if len(m.Inputs) == 0 {
		return types.ErrInput.Wrap("the model has none")
	}
	seen := map[string]bool{}
	for _, input := range m.Inputs {
		if err := checkName("input", input.Name); err != nil {
			return err
		}
		if seen[input.Name] {
			return types.ErrName.Wrapf("input %q stands twice", input.Name)
		}
		seen[input.Name] = true
		if err := input.check(); err != nil {
			return err
		}
	}
	return nil
}

func (i *Input) check() error {
	if i.Decimals > MaxDecimals || (len(i.Codes) > 0 && i.Decimals != 0) {
		return types.ErrInput.Wrapf("%q has %d decimals; at most %d, and none with codes", i.Name, i.Decimals, MaxDecimals)
	}
	if len(i.Codes) > MaxCodes {
		return types.ErrModelTooLarge.Wrapf("input %q has %d codes; at most %d", i.Name, len(i.Codes), MaxCodes)
	}
	for k, code := range i.Codes {
		if code == "" || len(code) > MaxNameLength {
			return types.ErrInput.Wrapf("%q: code %.80q is empty or longer than %d", i.Name, code, MaxNameLength)
		}
		if k > 0 && i.Codes[k-1] >= code {
			return types.ErrInput.Wrapf("%q: codes %q and %q are not in ascending order", i.Name, i.Codes[k-1], code)
		}
	}
	return nil
}

func (m *Model) checkFeatures() error {
	if len(m.Features) == 0 {
		return types.ErrFeature.Wrap("the model has none")
	}
	seen := map[string]bool{}
	for i := range m.Features {
		feature := &m.Features[i]
		if err := checkName("feature", feature.Name); err != nil {
			return err
		}
		if seen[feature.Name] {
			return types.ErrName.Wrapf("feature %q stands twice", feature.Name)
		}
		seen[feature.Name] = true
		if err := m.checkFeature(feature); err != nil {
			return err
		}
	}
	return nil
}

func (m *Model) checkFeature(f *Feature) error {
	if err := checkName("reason", f.Reason); err != nil {
		return err
	}
	if err := f.checkMissing(); err != nil {
		return err
	}
	terms := slices.Concat(f.Plus, f.Minus, f.Over)
	if len(terms) > 2*MaxTerms || len(f.Plus)+len(f.Minus) > MaxTerms || len(f.Over) > MaxTerms {
		return types.ErrModelTooLarge.Wrapf("feature %q has %d terms; at most %d above and %d below the line", f.Name, len(terms), MaxTerms, MaxTerms)
	}
	inputs := make([]*Input, 0, len(terms))
	for _, name := range terms {
		index := slices.IndexFunc(m.Inputs, func(input Input) bool { return input.Name == name })
		if index < 0 {
			return types.ErrAbsentInput.Wrapf("feature %q: %.80q", f.Name, name)
		}
		inputs = append(inputs, &m.Inputs[index])
	}
	return f.checkKind(inputs)
}

func (f *Feature) checkMissing() error {
	if f.Missing != MissingRefused && f.Missing != MissingFilled && f.Missing != MissingRouted {
		return types.ErrMissingPolicy.Wrapf("feature %q: missing %q; %q, %q or %q", f.Name, f.Missing, MissingRefused, MissingFilled, MissingRouted)
	}
	if (f.Missing == MissingFilled) != (f.Fill != nil) {
		return types.ErrMissingPolicy.Wrapf("feature %q: fill stands if and only if missing is %q", f.Name, MissingFilled)
	}
	if f.Fill != nil && !inRange(*f.Fill) {
		return types.ErrFeature.Wrapf("%q: fill %d is outside the range of values", f.Name, *f.Fill)
	}
	return nil
}

func (f *Feature) checkKind(inputs []*Input) error {
	if !f.hasShape() {
		return types.ErrFeature.Wrapf("%q: a %.20q is not made of %d plus, %d minus, %d over and a table of %d", f.Name, f.Kind, len(f.Plus), len(f.Minus), len(f.Over), len(f.Table))
	}
	coded := f.Kind == FeatureTable || f.Kind == FeatureSame
	for _, input := range inputs {
		if (len(input.Codes) > 0) != coded {
			return types.ErrFeature.Wrapf("%q: a %q cannot be made of input %q", f.Name, f.Kind, input.Name)
		}
		if input.Decimals != inputs[0].Decimals {
			return types.ErrFeature.Wrapf("%q: inputs %q and %q have different decimals", f.Name, inputs[0].Name, input.Name)
		}
	}
	if f.Decimals > MaxDecimals || (f.Kind == FeatureSum && f.Decimals != inputs[0].Decimals) || (f.Kind == FeatureSame && f.Decimals != 0) {
		return types.ErrFeature.Wrapf("%q: %d decimals do not fit a %q of its inputs", f.Name, f.Decimals, f.Kind)
	}
	return f.checkCodes(inputs)
}

func (f *Feature) checkCodes(inputs []*Input) error {
	switch f.Kind {
	case FeatureTable:
		if len(f.Table) != len(inputs[0].Codes) {
			return types.ErrFeature.Wrapf("%q: a table of %d for %d codes", f.Name, len(f.Table), len(inputs[0].Codes))
		}
		if slices.ContainsFunc(f.Table, func(value int64) bool { return !inRange(value) }) {
			return types.ErrFeature.Wrapf("%q: a value of its table is outside the range of values", f.Name)
		}
	case FeatureSame:
		if !slices.Equal(inputs[0].Codes, inputs[1].Codes) {
			return types.ErrFeature.Wrapf("%q: inputs %q and %q have different codes", f.Name, inputs[0].Name, inputs[1].Name)
		}
	}
	return nil
}

// hasShape says whether the feature has the parts of its kind and no others.
func (f *Feature) hasShape() bool {
	plus, minus, over, table := len(f.Plus), len(f.Minus), len(f.Over), len(f.Table)
	switch f.Kind {
	case FeatureSum:
		return plus > 0 && over == 0 && table == 0
	case FeatureRatio:
		return plus > 0 && over > 0 && table == 0
	case FeatureTable:
		return plus == 1 && minus == 0 && over == 0 && table > 0
	case FeatureSame:
		return plus == 2 && minus == 0 && over == 0 && table == 0
	default:
		return false
	}
}

func inRange(value int64) bool { return value >= -MaxMagnitude && value <= MaxMagnitude }

func (m *Model) checkScorecard() error {
	for i := range m.Scorecard {
		if err := m.checkAttribute(&m.Scorecard[i]); err != nil {
			return err
		}
	}
	return nil
}

func (m *Model) checkAttribute(a *Attribute) error {
	index := m.featureIndex(a.Feature)
	if index < 0 {
		return types.ErrAbsentFeature.Wrapf("attribute of %.80q", a.Feature)
	}
	if len(a.Cuts) > MaxCuts {
		return types.ErrModelTooLarge.Wrapf("attribute of %q has %d cuts; at most %d", a.Feature, len(a.Cuts), MaxCuts)
	}
	if len(a.Points) != len(a.Cuts)+1 {
		return types.ErrModelForm.Wrapf("attribute of %q has %d points for %d cuts; one more is needed", a.Feature, len(a.Points), len(a.Cuts))
	}
	for i, cut := range a.Cuts {
		if !inRange(cut) {
			return types.ErrThresholdRange.Wrapf("attribute of %q: cut %d", a.Feature, cut)
		}
		if i > 0 && a.Cuts[i-1] >= cut {
			return types.ErrThresholdOrder.Wrapf("attribute of %q: cut %d follows %d", a.Feature, cut, a.Cuts[i-1])
		}
	}
	if routed := m.Features[index].Missing == MissingRouted; routed != (a.MissingPoints != nil) {
		return types.ErrMissingPolicy.Wrapf("attribute of %q: missing_points stand if and only if the feature's missing is %q", a.Feature, MissingRouted)
	}
	return nil
}

func (m *Model) checkEnsemble() error {
	for number, tree := range m.Ensemble {
		if err := m.checkTree(number, tree); err != nil {
			return err
		}
	}
	return nil
}

// checkTree walks the nodes in their order. Children come after their parents, so one pass meets every parent
// first, and a tree that passes has neither a cycle nor a node that two parents share.
func (m *Model) checkTree(number int, tree Tree) error {
	if len(tree) == 0 {
		return types.ErrTreeShape.Wrapf("tree %d has no node", number)
	}
	places := make([]*place, len(tree))
	places[0] = &place{}
	for i, node := range tree {
		here := places[i]
		if here == nil {
			return types.ErrTreeShape.Wrapf("tree %d: node %d is never reached", number, i)
		}
		if node.Leaf {
			continue
		}
		if here.depth == MaxDepth {
			return types.ErrTooDeep.Wrapf("tree %d: node %d splits at depth %d; at most %d", number, i, here.depth, MaxDepth)
		}
		if err := m.checkSplit(number, i, node, here); err != nil {
			return err
		}
		for side, child := range []int64{node.Left, node.Right} {
			if child <= int64(i) {
				return types.ErrCycle.Wrapf("tree %d: node %d leads back to node %d", number, i, child)
			}
			if child >= int64(len(tree)) || places[child] != nil {
				return types.ErrTreeShape.Wrapf("tree %d: node %d leads to node %d, which does not exist or has a parent already", number, i, child)
			}
			places[child] = &place{parent: here, depth: here.depth + 1, split: node, right: side == 1}
		}
	}
	return nil
}

// place is where a node stands: the split above it and the side it is on.
type place struct {
	parent *place
	depth  int
	split  Node
	right  bool
}

func (m *Model) checkSplit(number, i int, node Node, here *place) error {
	if node.Feature < 0 || node.Feature >= int64(len(m.Features)) {
		return types.ErrAbsentFeature.Wrapf("tree %d: node %d reads feature %d of %d", number, i, node.Feature, len(m.Features))
	}
	feature := &m.Features[node.Feature]
	if !inRange(node.Threshold) {
		return types.ErrThresholdRange.Wrapf("tree %d: node %d, threshold %d of %q", number, i, node.Threshold, feature.Name)
	}
	if routed := feature.Missing == MissingRouted; node.Missing < SideNone || node.Missing > SideRight || routed != (node.Missing != SideNone) {
		return types.ErrMissingPolicy.Wrapf("tree %d: node %d says %d for missing values of %q, whose missing is %q; 1 or 2 if it is %q, else 0",
			number, i, node.Missing, feature.Name, feature.Missing, MissingRouted)
	}
	if dead := here.deadSide(node); dead != "" {
		return types.ErrThresholdOrder.Wrapf("tree %d: node %d splits %q at %d: nothing that reaches it goes %s", number, i, feature.Name, node.Threshold, dead)
	}
	return nil
}

// deadSide is the side of a split that no row can reach, given the splits of the same feature above it. A side
// that only a missing value reaches is alive.
func (p *place) deadSide(node Node) string {
	low, high, missing := int64(-MaxMagnitude), int64(MaxMagnitude+1), node.Missing != SideNone
	for at := p; at.parent != nil; at = at.parent {
		above := at.split
		if above.Feature != node.Feature {
			continue
		}
		missing = missing && (above.Missing == SideRight) == at.right
		if at.right {
			low = max(low, above.Threshold)
		} else {
			high = min(high, above.Threshold)
		}
	}
	switch {
	case (node.Threshold <= low || low >= high) && !(missing && node.Missing == SideLeft):
		return "left"
	case (node.Threshold >= high || low >= high) && !(missing && node.Missing == SideRight):
		return "right"
	default:
		return ""
	}
}

// checkRange refuses a model for which some row could have a score outside MaxScore: the range that the leaves
// allow is computed, so overflow is impossible and not only unlikely.
func (m *Model) checkRange() error {
	if m.Base < -MaxScore || m.Base > MaxScore {
		return types.ErrScoreOverflow.Wrapf("base %d is outside ±%d", m.Base, int64(MaxScore))
	}
	if low, high := m.ScoreRange(); low < -MaxScore || high > MaxScore {
		return types.ErrScoreOverflow.Wrapf("scores reach from %d to %d; at most ±%d", low, high, int64(MaxScore))
	}
	return nil
}

// ScoreRange is the lowest and the highest score that the leaves or points allow.
func (m *Model) ScoreRange() (low, high int64) {
	low, high = m.Base, m.Base
	for i := range m.Scorecard {
		points := m.Scorecard[i].allPoints()
		low, high = low+int64(slices.Min(points)), high+int64(slices.Max(points))
	}
	for _, tree := range m.Ensemble {
		least, most := tree.leafRange()
		low, high = low+least, high+most
	}
	return low, high
}

func (a *Attribute) allPoints() []int32 {
	if a.MissingPoints == nil {
		return a.Points
	}
	return append(slices.Clone(a.Points), *a.MissingPoints)
}

func (t Tree) leafRange() (low, high int64) {
	first := true
	for _, node := range t {
		if !node.Leaf {
			continue
		}
		value := int64(node.Value)
		if first {
			low, high, first = value, value, false
		}
		low, high = min(low, value), max(high, value)
	}
	return low, high
}

func (m *Model) nodeCount() int {
	count := 0
	for _, tree := range m.Ensemble {
		count += len(tree)
	}
	return count
}

func (m *Model) featureIndex(name string) int {
	return slices.IndexFunc(m.Features, func(feature Feature) bool { return feature.Name == name })
}

// Validate refuses a calibration that says nothing sensible about any model.
func (c *Calibration) Validate() error {
	if err := checkName("calibration", c.Name); err != nil {
		return err
	}
	if c.SlopePpm == 0 || c.OffsetMicroLogit < -MaxScore || c.OffsetMicroLogit > MaxScore {
		return types.ErrCalibration.Wrapf("slope %d, offset %d; the slope is not zero, the offset within ±%d", c.SlopePpm, c.OffsetMicroLogit, int64(MaxScore))
	}
	if c.GradeFloorPpm > MaxPDPpm {
		return types.ErrCalibration.Wrapf("grade floor %d ppm is above %d", c.GradeFloorPpm, MaxPDPpm)
	}
	if len(c.Basis) > MaxTextLength {
		return types.ErrModelTooLarge.Wrapf("basis of %d characters; at most %d", len(c.Basis), MaxTextLength)
	}
	return nil
}

// fits refuses a calibration for another model, against the direction of its score, or so steep that a score of
// the model times the slope would leave an int64.
func (c *Calibration) fits(m *Model) error {
	if digest := m.Digest().String(); c.Model != digest {
		return types.ErrCalibrationModel.Wrapf("%q is for model %.64q, not %s", c.Name, c.Model, digest)
	}
	if (c.SlopePpm > 0) != (m.Rises == RisesWithRisk) {
		return types.ErrCalibration.Wrapf("slope %d goes against a score that rises with %s", c.SlopePpm, m.Rises)
	}
	const mostProduct = int64(1) << 62
	low, high := m.ScoreRange()
	if farthest := max(-low, high, 1); magnitude(c.SlopePpm) > uint64(mostProduct/farthest) {
		return types.ErrScoreOverflow.Wrapf("slope %d times a score of %d", c.SlopePpm, farthest)
	}
	return nil
}

// Validate refuses a scale whose bounds do not ascend to certainty.
func (s *Scale) Validate() error {
	if err := checkName("scale", s.Name); err != nil {
		return err
	}
	if len(s.Grades) < 2 || len(s.Grades) > MaxGrades {
		return types.ErrScale.Wrapf("%d grades; 2 to %d", len(s.Grades), MaxGrades)
	}
	seen, last := map[string]bool{}, uint32(0)
	for _, grade := range s.Grades {
		if err := checkName("grade", grade.Name); err != nil {
			return err
		}
		if seen[grade.Name] {
			return types.ErrScale.Wrapf("grade %q stands twice", grade.Name)
		}
		if grade.BelowPpm <= last {
			return types.ErrScale.Wrapf("grade %q ends at %d ppm, the one before at %d", grade.Name, grade.BelowPpm, last)
		}
		seen[grade.Name], last = true, grade.BelowPpm
	}
	if last != MaxPDPpm {
		return types.ErrScale.Wrapf("the worst grade ends at %d ppm; it must end at %d", last, MaxPDPpm)
	}
	return nil
}
