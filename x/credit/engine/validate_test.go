package engine_test

import (
	"math"
	"strings"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

func requireRefused(t *testing.T, want *errorsmod.Error, err error) {
	t.Helper()
	require.Error(t, err)
	codespace, code, _ := errorsmod.ABCIInfo(err, false)
	require.Equal(t, want.Codespace(), codespace, err.Error())
	require.Equal(t, want.ABCICode(), code, err.Error())
}

func TestEachFaultOfAModelHasItsOwnRefusal(t *testing.T) {
	cases := []struct {
		name  string
		want  *errorsmod.Error
		spoil func(m *engine.Model)
	}{
		{"no name", types.ErrName, func(m *engine.Model) { m.Name = "" }},
		{"a name that would need quotes", types.ErrName, func(m *engine.Model) { m.Name = "a,b" }},
		{"a reason that would need quotes", types.ErrName, func(m *engine.Model) { m.Features[0].Reason = "a;b" }},
		{"no horizon", types.ErrHorizon, func(m *engine.Model) { m.HorizonMonths = 0 }},
		{"no direction", types.ErrModelKind, func(m *engine.Model) { m.Rises = "" }},
		{"neither scorecard nor ensemble", types.ErrModelKind, func(m *engine.Model) { m.Ensemble = nil }},
		{"scorecard and ensemble", types.ErrModelKind, func(m *engine.Model) { m.Scorecard = card().Scorecard }},
		{"no inputs", types.ErrInput, func(m *engine.Model) { m.Inputs = nil }},
		{"an input twice", types.ErrName, func(m *engine.Model) { m.Inputs[1].Name = "debt" }},
		{"ten decimals", types.ErrInput, func(m *engine.Model) { m.Inputs[0].Decimals = 10 }},
		{"codes out of order", types.ErrInput, func(m *engine.Model) { m.Inputs[2].Codes = []string{"B", "A"} }},
		{"a code twice", types.ErrInput, func(m *engine.Model) { m.Inputs[2].Codes = []string{"A", "A"} }},
		{"a feature twice", types.ErrName, func(m *engine.Model) { m.Features[1].Name = "gearing" }},
		{"a feature of an absent input", types.ErrAbsentInput, func(m *engine.Model) { m.Features[0].Over = []string{"assets"} }},
		{"a feature of an unknown kind", types.ErrFeature, func(m *engine.Model) { m.Features[0].Kind = "product" }},
		{"a ratio of a code", types.ErrFeature, func(m *engine.Model) { m.Features[0].Plus = []string{"sector"} }},
		{"a table of a number", types.ErrFeature, func(m *engine.Model) { m.Features[2].Plus = []string{"debt"} }},
		{"a sum with other decimals than its inputs", types.ErrFeature, func(m *engine.Model) { m.Features[1].Decimals = 3 }},
		{"a ratio of inputs with different decimals", types.ErrFeature, func(m *engine.Model) { m.Inputs[1].Decimals = 3 }},
		{"a table that is too short", types.ErrFeature, func(m *engine.Model) { m.Features[2].Table = []int64{1} }},
		{"sameness of different codes", types.ErrFeature, func(m *engine.Model) { m.Inputs[3].Codes = []string{"A", "C"} }},
		{"a fill out of range", types.ErrFeature, func(m *engine.Model) { *m.Features[1].Fill = engine.MaxMagnitude + 1 }},
		{"nothing about missing values", types.ErrMissingPolicy, func(m *engine.Model) { m.Features[0].Missing = "" }},
		{"a fill and a route", types.ErrMissingPolicy, func(m *engine.Model) { m.Features[1].Missing = engine.MissingRouted }},
		{"a routed feature without a side", types.ErrMissingPolicy, func(m *engine.Model) { m.Ensemble[0][0].Missing = engine.SideNone }},
		{"a filled feature with a side", types.ErrMissingPolicy, func(m *engine.Model) { m.Ensemble[0][2].Missing = engine.SideLeft }},
		{"a side that does not exist", types.ErrMissingPolicy, func(m *engine.Model) { m.Ensemble[0][0].Missing = 3 }},
		{"an absent feature", types.ErrAbsentFeature, func(m *engine.Model) { m.Ensemble[0][0].Feature = 4 }},
		{"a feature below zero", types.ErrAbsentFeature, func(m *engine.Model) { m.Ensemble[0][0].Feature = -1 }},
		{"a node that leads to itself", types.ErrCycle, func(m *engine.Model) { m.Ensemble[0][2].Left = 2 }},
		{"a node that leads to the root", types.ErrCycle, func(m *engine.Model) { m.Ensemble[0][2].Right = 0 }},
		{"a child below zero", types.ErrCycle, func(m *engine.Model) { m.Ensemble[0][0].Left = math.MinInt64 }},
		{"a child that does not exist", types.ErrTreeShape, func(m *engine.Model) { m.Ensemble[0][2].Right = 5 }},
		{"a child of two parents", types.ErrTreeShape, func(m *engine.Model) { m.Ensemble[0][2].Right = 3 }},
		{"a node that is never reached", types.ErrTreeShape, func(m *engine.Model) { m.Ensemble[1] = append(m.Ensemble[1], engine.Node{Leaf: true}) }},
		{"a tree without nodes", types.ErrTreeShape, func(m *engine.Model) { m.Ensemble[1] = nil }},
		{"a tree of seven splits in a row", types.ErrTooDeep, func(m *engine.Model) { m.Ensemble[0] = chain(7) }},
		{"a split that nothing passes to the left", types.ErrThresholdOrder, func(m *engine.Model) {
			m.Ensemble[0][2] = engine.Node{Feature: 0, Threshold: 500, Left: 3, Right: 4, Missing: engine.SideRight}
		}},
		{"a split that nothing passes to the right", types.ErrThresholdOrder, func(m *engine.Model) {
			m.Ensemble[1] = engine.Tree{
				{Feature: 1, Threshold: 7, Left: 1, Right: 2}, {Feature: 1, Threshold: 7, Left: 3, Right: 4}, {Leaf: true}, {Leaf: true}, {Leaf: true},
			}
		}},
		{"a threshold out of range", types.ErrThresholdRange, func(m *engine.Model) { m.Ensemble[0][0].Threshold = engine.MaxMagnitude + 1 }},
		{"a base that overflows", types.ErrScoreOverflow, func(m *engine.Model) { m.Base = engine.MaxScore + 1 }},
		{"a base with which a leaf overflows", types.ErrScoreOverflow, func(m *engine.Model) { m.Base = engine.MaxScore - 1_199_999 }},
		{"more trees than allowed", types.ErrModelTooLarge, func(m *engine.Model) { m.Ensemble = make([]engine.Tree, engine.MaxTrees+1) }},
		{"more nodes than allowed", types.ErrModelTooLarge, func(m *engine.Model) { m.Ensemble[0] = make(engine.Tree, engine.MaxNodes) }},
		{"more terms than allowed", types.ErrModelTooLarge, func(m *engine.Model) { m.Features[0].Plus = strings.Fields(strings.Repeat("debt ", 9)) }},
		{"more codes than allowed", types.ErrModelTooLarge, func(m *engine.Model) { m.Inputs[2].Codes = make([]string, engine.MaxCodes+1) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := small()
			require.NoError(t, m.Validate())
			c.spoil(m)
			requireRefused(t, c.want, m.Validate())
		})
	}
}

// chain is a tree that splits one feature again and again to the right.
func chain(splits int) engine.Tree {
	var tree engine.Tree
	for i := range splits {
		tree = append(tree,
			engine.Node{Feature: 1, Threshold: int64(i), Left: int64(2*i + 1), Right: int64(2*i + 2)},
			engine.Node{Leaf: true})
	}
	return append(tree, engine.Node{Leaf: true})
}

func TestATreeOfTheGreatestDepthIsValid(t *testing.T) {
	m := small()
	m.Ensemble[0] = chain(engine.MaxDepth)
	require.NoError(t, m.Validate())
}

func TestASplitThatOnlyAMissingValuePassesIsValid(t *testing.T) {
	m := small()
	m.Ensemble[0][2] = engine.Node{Feature: 0, Threshold: 500, Left: 3, Right: 4, Missing: engine.SideLeft}
	require.NoError(t, m.Validate(), "missing values come here and go left, all others right")
	m.Ensemble[0][0].Missing = engine.SideLeft
	requireRefused(t, types.ErrThresholdOrder, m.Validate())
}

func TestAScoreThatJustFitsIsValid(t *testing.T) {
	m := small()
	m.Base = engine.MaxScore - 1_200_000
	require.NoError(t, m.Validate())
}

func TestEachFaultOfAScorecardHasItsOwnRefusal(t *testing.T) {
	cases := []struct {
		name  string
		want  *errorsmod.Error
		spoil func(m *engine.Model)
	}{
		{"an absent feature", types.ErrAbsentFeature, func(m *engine.Model) { m.Scorecard[0].Feature = "age" }},
		{"cuts out of order", types.ErrThresholdOrder, func(m *engine.Model) { m.Scorecard[0].Cuts = []int64{700, 300} }},
		{"a cut twice", types.ErrThresholdOrder, func(m *engine.Model) { m.Scorecard[0].Cuts = []int64{300, 300} }},
		{"a cut out of range", types.ErrThresholdRange, func(m *engine.Model) { m.Scorecard[0].Cuts[1] = math.MaxInt64 }},
		{"points too few", types.ErrModelForm, func(m *engine.Model) { m.Scorecard[0].Points = []int32{1, 2} }},
		{"no points for a routed missing value", types.ErrMissingPolicy, func(m *engine.Model) { m.Scorecard[0].MissingPoints = nil }},
		{"points for a value that cannot be missing", types.ErrMissingPolicy, func(m *engine.Model) { m.Scorecard[1].MissingPoints = new(int32) }},
		{"more cuts than allowed", types.ErrModelTooLarge, func(m *engine.Model) { m.Scorecard[0].Cuts = make([]int64, engine.MaxCuts+1) }},
		{"an overflow", types.ErrScoreOverflow, func(m *engine.Model) { m.Base = math.MaxInt64 }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := card()
			require.NoError(t, m.Validate())
			c.spoil(m)
			requireRefused(t, c.want, m.Validate())
		})
	}
}

func TestCalibrationAndScaleMustFitTheModel(t *testing.T) {
	cases := []struct {
		name  string
		want  *errorsmod.Error
		spoil func(c *engine.Calibration, s *engine.Scale)
	}{
		{"a flat calibration", types.ErrCalibration, func(c *engine.Calibration, _ *engine.Scale) { c.SlopePpm = 0 }},
		{"a slope against the score", types.ErrCalibration, func(c *engine.Calibration, _ *engine.Scale) { c.SlopePpm = -1 }},
		{"a slope that overflows", types.ErrScoreOverflow, func(c *engine.Calibration, _ *engine.Scale) { c.SlopePpm = math.MaxInt64 }},
		{"an offset that overflows", types.ErrCalibration, func(c *engine.Calibration, _ *engine.Scale) { c.OffsetMicroLogit = math.MinInt64 }},
		{"a floor above certainty", types.ErrCalibration, func(c *engine.Calibration, _ *engine.Scale) { c.GradeFloorPpm = 1_000_001 }},
		{"another model's calibration", types.ErrCalibrationModel, func(c *engine.Calibration, _ *engine.Scale) { c.Model = card().Digest().String() }},
		{"one grade", types.ErrScale, func(_ *engine.Calibration, s *engine.Scale) { s.Grades = s.Grades[16:] }},
		{"grades out of order", types.ErrScale, func(_ *engine.Calibration, s *engine.Scale) { s.Grades[3].BelowPpm = 1 }},
		{"a grade twice", types.ErrScale, func(_ *engine.Calibration, s *engine.Scale) { s.Grades[3].Name = "AAA" }},
		{"a scale that does not end", types.ErrScale, func(_ *engine.Calibration, s *engine.Scale) { s.Grades[16].BelowPpm = 900_000 }},
		{"a scale for another horizon", types.ErrHorizon, func(_ *engine.Calibration, s *engine.Scale) { s.HorizonMonths = 60 }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := small()
			calibration := calibrationOf(m)
			scale, _ := engine.DefaultScale(12)
			c.spoil(calibration, scale)
			_, err := engine.Compile(m, calibration, scale)
			requireRefused(t, c.want, err)
		})
	}
}

func TestAnyChangeOfAModelChangesItsDigest(t *testing.T) {
	changes := map[string]func(m *engine.Model){
		"name":           func(m *engine.Model) { m.Name = "smaller" },
		"version":        func(m *engine.Model) { m.Version++ },
		"horizon":        func(m *engine.Model) { m.HorizonMonths++ },
		"direction":      func(m *engine.Model) { m.Rises = engine.RisesWithQuality },
		"training":       func(m *engine.Model) { m.Training += "." },
		"input name":     func(m *engine.Model) { m.Inputs[0].Name = "debts" },
		"input decimals": func(m *engine.Model) { m.Inputs[0].Decimals++ },
		"code":           func(m *engine.Model) { m.Inputs[2].Codes = []string{"A", "C"} },
		"reason":         func(m *engine.Model) { m.Features[0].Reason = "x" },
		"kind":           func(m *engine.Model) { m.Features[0].Kind = engine.FeatureSum },
		"plus to minus": func(m *engine.Model) {
			m.Features[1].Plus, m.Features[1].Minus = m.Features[1].Minus, m.Features[1].Plus
		},
		"over":          func(m *engine.Model) { m.Features[0].Over = m.Features[0].Over[:1] },
		"table":         func(m *engine.Model) { m.Features[2].Table[0]++ },
		"decimals":      func(m *engine.Model) { m.Features[0].Decimals++ },
		"missing":       func(m *engine.Model) { m.Features[0].Missing = engine.MissingRefused },
		"fill":          func(m *engine.Model) { *m.Features[1].Fill++ },
		"base":          func(m *engine.Model) { m.Base++ },
		"split feature": func(m *engine.Model) { m.Ensemble[0][0].Feature++ },
		"threshold":     func(m *engine.Model) { m.Ensemble[0][0].Threshold++ },
		"left":          func(m *engine.Model) { m.Ensemble[0][0].Left++ },
		"right":         func(m *engine.Model) { m.Ensemble[0][0].Right++ },
		"side":          func(m *engine.Model) { m.Ensemble[0][0].Missing = engine.SideLeft },
		"mean":          func(m *engine.Model) { m.Ensemble[0][0].Value++ },
		"leaf":          func(m *engine.Model) { m.Ensemble[0][1].Value++ },
		"tree":          func(m *engine.Model) { m.Ensemble = m.Ensemble[:1] },
	}
	digests := map[engine.Digest]string{small().Digest(): "nothing"}
	for what, change := range changes {
		m := small()
		change(m)
		require.Empty(t, digests[m.Digest()], what)
		digests[m.Digest()] = what
	}
}
