package domain

import (
	"encoding/hex"
	"slices"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Objects are canonical bytes of a model, its calibration and a scale.
type Objects struct{ Model, Calibration, Scale []byte }

// Read makes a rater of canonical bytes: each is valid, and they fit each other.
func (o Objects) Read() (*engine.Rater, error) {
	model, err := engine.ParseModel(o.Model)
	if err != nil {
		return nil, err
	}
	calibration, err := engine.ParseCalibration(o.Calibration)
	if err != nil {
		return nil, err
	}
	scale, err := engine.ParseScale(o.Scale)
	if err != nil {
		return nil, err
	}
	return engine.Compile(model, calibration, scale)
}

// CheckInputs refuses a model that reads a protected attribute, or behaviour that the chain knows nothing of.
func CheckInputs(model *engine.Model, params types.Params) error {
	for _, input := range model.Inputs {
		if err := params.CheckInput(input.Name); err != nil {
			return err
		}
		if !types.IsBehaviourInput(input.Name) {
			continue
		}
		if _, err := types.CurrencyOfInput(input.Name); err != nil {
			return err
		}
		if len(input.Codes) > 0 {
			return types.ErrBehaviourInput.Wrapf("%q has codes", input.Name)
		}
	}
	return nil
}

// CheckGrades refuses a back-test whose grades are not those of a scale, from best to worst.
func CheckGrades(test types.BackTest, scale *engine.Scale) error {
	at := 0
	for _, tested := range test.Grades {
		found := slices.IndexFunc(scale.Grades[at:], func(g engine.Grade) bool { return g.Name == tested.Grade })
		if found < 0 {
			return types.ErrInvalidBackTest.Wrapf("grade %.70q is not of scale %s, or not in its order", tested.Grade, scale.Name)
		}
		at += found + 1
	}
	return nil
}

// CheckOfficer refuses whom the registry is not for: parties, and institutions that do not vote.
func CheckOfficer(actor accesstypes.Actor) error {
	if actor.PartyID != "" || !actor.Kind.Votes() {
		return types.ErrNotEndorser.Wrapf("%s acts for %s %s", actor.Address, actor.InstitutionID, actor.PartyID)
	}
	return nil
}

// modelSteps are where a step leads from where an entry stands. The champion before a promoted one steps back
// to challenger; nothing leads out of retirement.
var modelSteps = map[types.ModelStatus]map[types.ModelStep]types.ModelStatus{
	types.ModelProposed:   {types.StepApprove: types.ModelChallenger, types.StepRetire: types.ModelRetired},
	types.ModelChallenger: {types.StepPromote: types.ModelChampion, types.StepRetire: types.ModelRetired},
	types.ModelChampion:   {types.StepRetire: types.ModelRetired},
}

// StepFrom is where a step leads, or ErrModelTransition.
func StepFrom(from types.ModelStatus, step types.ModelStep) (types.ModelStatus, error) {
	to, known := modelSteps[from][step]
	if !known {
		return 0, types.ErrModelTransition.Wrapf("%s from %s", step, from)
	}
	return to, nil
}

// Endorse adds an institution's endorsement. decided is true if it was the last that was needed, or if who
// registered a model that is still proposed takes it back.
func Endorse(entry types.ModelEntry, endorsement types.Endorsement, needed uint32) (types.ModelEntry, bool, error) {
	own := endorsement.InstitutionId == entry.InstitutionId
	if own && endorsement.Step == types.StepRetire && entry.Status == types.ModelProposed {
		return entry, true, nil
	}
	if endorsement.Operator == entry.Operator {
		return entry, false, types.ErrNotEndorser.Wrapf("%s registered model %d", entry.Operator, entry.Id)
	}
	count := uint32(1)
	for _, earlier := range entry.Endorsements {
		if earlier.Step != endorsement.Step {
			continue
		}
		if earlier.InstitutionId == endorsement.InstitutionId {
			return entry, false, types.ErrEndorsedAlready.Wrapf("%s, model %d", endorsement.InstitutionId, entry.Id)
		}
		count++
	}
	entry.Endorsements = append(slices.Clone(entry.Endorsements), endorsement)
	return entry, count >= needed, nil
}

// EndorsementsOf counts those of a step.
func EndorsementsOf(entry types.ModelEntry, step types.ModelStep) uint32 {
	count := uint32(0)
	for _, endorsement := range entry.Endorsements {
		if endorsement.Step == step {
			count++
		}
	}
	return count
}

// CheckPromotion refuses a challenger that is worse than the champion on the same data (Promote). The first
// champion of a product has nobody to be worse than: its test must be large enough and its population that of
// the training.
func CheckPromotion(champion *types.ModelEntry, challenger types.ModelEntry, params types.Params) error {
	rules := engine.Rules{LeastBad: params.BadRowsMin, TolerancePpm: params.TolerancePpm, MostStabilityPpm: uint64(params.PsiMaxPpm)}
	if champion != nil {
		return engine.Promote(backtestOf(*champion), backtestOf(challenger), rules)
	}
	if challenger.BackTest.Bad < rules.LeastBad {
		return types.ErrBacktestSmall.Wrapf("%d bad rows; at least %d", challenger.BackTest.Bad, rules.LeastBad)
	}
	if psi := uint64(challenger.BackTest.PsiPpm); psi > rules.MostStabilityPpm {
		return types.ErrPopulationMoved.Wrapf("stability index %d ppm; at most %d", psi, rules.MostStabilityPpm)
	}
	return nil
}

func backtestOf(entry types.ModelEntry) *engine.Backtest {
	test, psi := entry.BackTest, uint64(entry.BackTest.PsiPpm)
	return &engine.Backtest{
		Model: hex.EncodeToString(entry.ModelDigest), Calibration: hex.EncodeToString(entry.CalibrationDigest),
		Scale: hex.EncodeToString(entry.ScaleDigest), Data: hex.EncodeToString(test.DataDigest),
		Assessment: engine.Assessment{
			Rows: test.Rows, Bad: test.Bad, AUCPpm: test.AucPpm, KSPpm: test.KsPpm, BrierPpm: test.BrierPpm, CalibrationPpm: test.CalibrationPpm,
		},
		StabilityPpm: &psi,
	}
}
