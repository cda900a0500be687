package engine

import (
	"fmt"
	"strings"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// Backtest is an assessment of a model with a calibration, and of what data.
type Backtest struct {
	Model       string `json:"model"`
	Calibration string `json:"calibration"`
	Scale       string `json:"scale"`
	// Data is the digest of the rows, their outcomes and weights.
	Data string `json:"data"`
	Assessment
	// StabilityPpm is the stability index against the population that the model was made for, if one was given.
	StabilityPpm *uint64 `json:"stability_ppm,omitempty"`
}

// Rules are what a challenger has to keep to.
type Rules struct {
	// LeastBad is how many bad rows a back-test needs: below it figures are chance.
	LeastBad uint64
	// TolerancePpm is how much worse a figure may be.
	TolerancePpm uint32
	// MostStabilityPpm is how far the population may have moved.
	MostStabilityPpm uint64
}

// DefaultRules ask for 30 bad rows, nothing worse, and no other population.
func DefaultRules() Rules { return Rules{LeastBad: 30, MostStabilityPpm: 250_000} }

// Promote refuses a challenger that is worse than the champion on the same data in any figure: order (AUC, KS),
// error (Brier), calibration by grade; or whose population has moved too far.
func Promote(champion, challenger *Backtest, rules Rules) error {
	if champion.Data != challenger.Data || champion.Rows != challenger.Rows || champion.Bad != challenger.Bad {
		return types.ErrBacktestData.Wrapf("champion: %s, challenger: %s", champion.Data, challenger.Data)
	}
	if champion.Model == challenger.Model && champion.Calibration == challenger.Calibration {
		return types.ErrSameModel.Wrap(champion.Model)
	}
	if challenger.Bad < rules.LeastBad {
		return types.ErrBacktestSmall.Wrapf("%d bad rows; at least %d", challenger.Bad, rules.LeastBad)
	}
	if worse := worseFigures(champion, challenger, rules.TolerancePpm); len(worse) > 0 {
		return types.ErrChallengerWorse.Wrap(strings.Join(worse, ", "))
	}
	if moved := challenger.StabilityPpm; moved != nil && *moved > rules.MostStabilityPpm {
		return types.ErrPopulationMoved.Wrapf("stability index %d ppm; at most %d", *moved, rules.MostStabilityPpm)
	}
	return nil
}

func worseFigures(champion, challenger *Backtest, tolerancePpm uint32) []string {
	figures := []struct {
		name         string
		before, now  uint32
		higherBetter bool
	}{
		{"AUC", champion.AUCPpm, challenger.AUCPpm, true},
		{"KS", champion.KSPpm, challenger.KSPpm, true},
		{"Brier", champion.BrierPpm, challenger.BrierPpm, false},
		{"calibration", champion.CalibrationPpm, challenger.CalibrationPpm, false},
	}
	var worse []string
	for _, f := range figures {
		better, less := f.now, f.before
		if !f.higherBetter {
			better, less = f.before, f.now
		}
		if uint64(better)+uint64(tolerancePpm) < uint64(less) {
			worse = append(worse, fmt.Sprintf("%s %d ppm after %d", f.name, f.now, f.before))
		}
	}
	return worse
}
