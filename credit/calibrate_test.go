package credit_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// tableOf has bad rows out of all below and above the stump's threshold.
func tableOf(badBelow, below, badAbove, above int) string {
	var table strings.Builder
	table.WriteString("row_id,x,bad\n")
	for i := range below + above {
		x, bad := 1, i < badBelow
		if i >= below {
			x, bad = 9, i-below < badAbove
		}
		fmt.Fprintf(&table, "r%d,%d,%d\n", i, x, map[bool]int{true: 1}[bad])
	}
	return table.String()
}

// With two scores the most likely calibration gives each the rate that was observed.
func TestACalibrationGivesEachScoreTheObservedRate(t *testing.T) {
	model, target := stump(t, "fair", "[-1000000],[1000000]"), filepath.Join(t.TempDir(), "c.json")
	table := tableOf(10, 200, 30, 100)
	out, err := run(t, table, "model", "calibrate", model, "-", "--outcome", "bad", "--basis", "made up", "--out", target, "-o", "json")
	require.NoError(t, err)
	var answer struct {
		Calibration   engine.Calibration
		Before, After engine.Assessment
	}
	require.NoError(t, json.Unmarshal([]byte(out), &answer))
	require.Equal(t, uint32(2), answer.Calibration.Version)
	require.Equal(t, uint32(10_000), answer.Calibration.GradeFloorPpm, "three in 300 rows")
	require.Less(t, answer.After.CalibrationPpm, uint32(200))
	require.Less(t, answer.After.BrierPpm, answer.Before.BrierPpm)
	require.Equal(t, answer.Before.AUCPpm, answer.After.AUCPpm)

	rated, err := run(t, "row_id,x\nlow,1\nhigh,9\n", "rate", model, "-", "--calibration", target)
	require.NoError(t, err)
	require.Regexp(t, `low,-1000000,50\d\d\d,`, rated)
	require.Regexp(t, `high,1000000,300\d\d\d,`, rated)
}

func TestOutcomesThatNoCalibrationFitsAreRefused(t *testing.T) {
	fair, wrong, flat := stump(t, "fair", "[-1000000],[1000000]"), stump(t, "wrong", "[1000000],[-1000000]"), stump(t, "flat", "[5],[5]")
	target := filepath.Join(t.TempDir(), "c.json")
	calibrate := func(model, table string) error {
		_, err := run(t, table, "model", "calibrate", model, "-", "--outcome", "bad", "--basis", "made up", "--out", target)
		return err
	}
	requireRefused(t, types.ErrCalibrationFit, calibrate(fair, tableOf(0, 20, 20, 20)))
	requireRefused(t, types.ErrCalibrationFit, calibrate(flat, tableOf(1, 20, 5, 20)))
	requireRefused(t, types.ErrCalibration, calibrate(wrong, tableOf(1, 20, 5, 20)))
	requireRefused(t, types.ErrObservation, calibrate(fair, tableOf(0, 20, 0, 20)))
	require.NoFileExists(t, target)
}
