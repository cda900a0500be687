// Package smallmodel is a rating model for tests that a reader can evaluate by hand.
package smallmodel

import (
	"crypto/sha256"

	"github.com/zhilian-network/zhilian/x/credit/engine"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
)

// Product is what Registration registers for.
const Product = "sme-1y"

// Model rates gearing, from debt and equity, and a sector.
func Model(version uint32) *engine.Model {
	return &engine.Model{
		Name: "small", Version: version, HorizonMonths: 12, Rises: engine.RisesWithRisk, Training: "made up",
		Inputs: []engine.Input{{Name: "debt", Decimals: 2}, {Name: "equity", Decimals: 2}, {Name: "sector", Codes: []string{"A", "B"}}},
		Features: []engine.Feature{
			{
				Name: "gearing", Reason: "leverage", Kind: engine.FeatureRatio, Plus: []string{"debt"}, Over: []string{"debt", "equity"},
				Decimals: 3, Missing: engine.MissingRefused,
			},
			{Name: "sector_risk", Reason: "sector", Kind: engine.FeatureTable, Plus: []string{"sector"}, Table: []int64{0, 1}, Missing: engine.MissingRouted},
		},
		Base: -4_000_000,
		Ensemble: []engine.Tree{
			{
				{Feature: 0, Threshold: 500, Left: 1, Right: 2, Value: 100_000},
				{Leaf: true, Value: -500_000},
				{Leaf: true, Value: 900_000},
			},
			{
				{Feature: 1, Threshold: 1, Left: 1, Right: 2, Missing: engine.SideLeft, Value: 50_000},
				{Leaf: true, Value: -100_000},
				{Leaf: true, Value: 300_000},
			},
		},
	}
}

// Calibration takes the model's score as log-odds.
func Calibration(m *engine.Model, version uint32) *engine.Calibration {
	return &engine.Calibration{Name: "cal", Version: version, Model: m.Digest().String(), SlopePpm: 1_000_000, Basis: "made up"}
}

// Scale is the default one of a year.
func Scale() *engine.Scale {
	scale, _ := engine.DefaultScale(12)
	return scale
}

// BackTest has this area under the curve, and otherwise the same figures always.
func BackTest(aucPpm uint32) credittypes.BackTest {
	data := sha256.Sum256([]byte("the data"))
	return credittypes.BackTest{
		DataDigest: data[:], Data: "made up", Rows: 1_000, Bad: 40, AucPpm: aucPpm, KsPpm: 500_000, BrierPpm: 30_000, CalibrationPpm: 9_000,
		PsiPpm: 50_000, Grades: []credittypes.GradeTest{
			{Grade: "BBB", Rows: 600, Bad: 4, MeanPdPpm: 6_000, ObservedPpm: 6_666}, {Grade: "C", Rows: 400, Bad: 36, MeanPdPpm: 88_000, ObservedPpm: 90_000},
		},
	}
}

// Registration is the message of an operator for a model with this calibration and area under the curve.
func Registration(operator string, m *engine.Model, calibration, aucPpm uint32) *credittypes.MsgRegisterModel {
	return &credittypes.MsgRegisterModel{
		Operator: operator, Product: Product, Model: m.Canonical(), Calibration: Calibration(m, calibration).Canonical(),
		Scale: Scale().Canonical(), TrainingWindow: credittypes.Period{FirstMonth: 202001, LastMonth: 202412}, BackTest: BackTest(aucPpm),
	}
}
