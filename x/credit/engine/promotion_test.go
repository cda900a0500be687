package engine_test

import (
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

func champion() *engine.Backtest {
	return &engine.Backtest{
		Model: "old", Calibration: "old", Scale: "scale", Data: "data",
		Assessment: engine.Assessment{Rows: 1_000, Bad: 30, AUCPpm: 800_000, KSPpm: 400_000, BrierPpm: 50_000, CalibrationPpm: 10_000},
	}
}

func TestAChallengerIsPromotedOnlyIfNothingIsWorse(t *testing.T) {
	moved := func(ppm uint64) *uint64 { return &ppm }
	cases := []struct {
		name   string
		change func(c *engine.Backtest, r *engine.Rules)
		want   *errorsmod.Error
	}{
		{"as good in everything", func(*engine.Backtest, *engine.Rules) {}, nil},
		{"better in everything", func(c *engine.Backtest, _ *engine.Rules) {
			c.AUCPpm, c.KSPpm, c.BrierPpm, c.CalibrationPpm = 810_000, 410_000, 49_000, 9_000
		}, nil},
		{"a lower AUC", func(c *engine.Backtest, _ *engine.Rules) { c.AUCPpm-- }, types.ErrChallengerWorse},
		{"a lower KS", func(c *engine.Backtest, _ *engine.Rules) { c.KSPpm-- }, types.ErrChallengerWorse},
		{"a higher Brier", func(c *engine.Backtest, _ *engine.Rules) { c.BrierPpm++ }, types.ErrChallengerWorse},
		{"a worse calibration", func(c *engine.Backtest, _ *engine.Rules) { c.CalibrationPpm++ }, types.ErrChallengerWorse},
		{"much better order and a higher Brier", func(c *engine.Backtest, _ *engine.Rules) { c.AUCPpm, c.BrierPpm = 990_000, 50_001 }, types.ErrChallengerWorse},
		{"worse within the tolerance", func(c *engine.Backtest, r *engine.Rules) {
			c.AUCPpm, c.KSPpm, c.BrierPpm, c.CalibrationPpm, r.TolerancePpm = 799_900, 399_900, 50_100, 10_100, 100
		}, nil},
		{"worse by more than the tolerance", func(c *engine.Backtest, r *engine.Rules) { c.AUCPpm, r.TolerancePpm = 799_899, 100 }, types.ErrChallengerWorse},
		{"other data", func(c *engine.Backtest, _ *engine.Rules) { c.Data = "other" }, types.ErrBacktestData},
		{"fewer rows of the same data", func(c *engine.Backtest, _ *engine.Rules) { c.Rows-- }, types.ErrBacktestData},
		{"the champion itself", func(c *engine.Backtest, _ *engine.Rules) { c.Model, c.Calibration = "old", "old" }, types.ErrSameModel},
		{"the champion's model with a new calibration", func(c *engine.Backtest, _ *engine.Rules) { c.Model = "old" }, nil},
		{"too few bad rows", func(_ *engine.Backtest, r *engine.Rules) { r.LeastBad = 31 }, types.ErrBacktestSmall},
		{"a population at the bound", func(c *engine.Backtest, _ *engine.Rules) { c.StabilityPpm = moved(250_000) }, nil},
		{"a population that moved", func(c *engine.Backtest, _ *engine.Rules) { c.StabilityPpm = moved(250_001) }, types.ErrPopulationMoved},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			challenger, rules := champion(), engine.DefaultRules()
			challenger.Model, challenger.Calibration = "new", "new"
			c.change(challenger, &rules)
			err := engine.Promote(champion(), challenger, rules)
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			codespace, code, _ := errorsmod.ABCIInfo(err, false)
			require.Equal(t, []any{c.want.Codespace(), c.want.ABCICode()}, []any{codespace, code}, "%v", err)
		})
	}
}
