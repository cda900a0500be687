package engine_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/status"

	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(content)
}

func TestTheReadmesErrorsAreTrue(t *testing.T) {
	readme := read(t, "README.md")
	errors := []struct {
		name string
		err  *errorsmod.Error
	}{
		{"ErrModelForm", types.ErrModelForm},
		{"ErrModelTooLarge", types.ErrModelTooLarge},
		{"ErrName", types.ErrName},
		{"ErrInput", types.ErrInput},
		{"ErrFeature", types.ErrFeature},
		{"ErrAbsentInput", types.ErrAbsentInput},
		{"ErrAbsentFeature", types.ErrAbsentFeature},
		{"ErrMissingPolicy", types.ErrMissingPolicy},
		{"ErrCycle", types.ErrCycle},
		{"ErrTreeShape", types.ErrTreeShape},
		{"ErrTooDeep", types.ErrTooDeep},
		{"ErrThresholdOrder", types.ErrThresholdOrder},
		{"ErrThresholdRange", types.ErrThresholdRange},
		{"ErrScoreOverflow", types.ErrScoreOverflow},
		{"ErrModelKind", types.ErrModelKind},
		{"ErrDigestMismatch", types.ErrDigestMismatch},
		{"ErrCalibration", types.ErrCalibration},
		{"ErrCalibrationModel", types.ErrCalibrationModel},
		{"ErrScale", types.ErrScale},
		{"ErrHorizon", types.ErrHorizon},
		{"ErrCalibrationFit", types.ErrCalibrationFit},
		{"ErrRowLength", types.ErrRowLength},
		{"ErrMissingValue", types.ErrMissingValue},
		{"ErrNotNumber", types.ErrNotNumber},
		{"ErrAbsentColumn", types.ErrAbsentColumn},
		{"ErrTable", types.ErrTable},
		{"ErrValueTooLarge", types.ErrValueTooLarge},
		{"ErrImportForm", types.ErrImportForm},
		{"ErrImportKind", types.ErrImportKind},
		{"ErrNotFinite", types.ErrNotFinite},
		{"ErrImportFeature", types.ErrImportFeature},
		{"ErrObservation", types.ErrObservation},
		{"ErrBacktestData", types.ErrBacktestData},
		{"ErrBacktestSmall", types.ErrBacktestSmall},
		{"ErrChallengerWorse", types.ErrChallengerWorse},
		{"ErrPopulationMoved", types.ErrPopulationMoved},
		{"ErrSameModel", types.ErrSameModel},
	}
	for _, e := range errors {
		require.Contains(t, readme, fmt.Sprintf("| %d | `%s` | %s | %s |", e.err.ABCICode(), e.name, status.Code(e.err), e.err.Error()))
	}
	require.Equal(t, len(errors), strings.Count(readme, "| `Err"), "an error that does not exist")
	require.Equal(t, len(errors), strings.Count(read(t, "../types/errors.go"), "errorsmod.Register"), "an error that is missing here")
}

func TestTheReadmesBoundsAreTrue(t *testing.T) {
	readme := read(t, "README.md")
	bounds := []struct {
		name  string
		value int
	}{
		{"MaxInputs", engine.MaxInputs},
		{"MaxFeatures", engine.MaxFeatures},
		{"MaxTerms", engine.MaxTerms},
		{"MaxCodes", engine.MaxCodes},
		{"MaxDecimals", engine.MaxDecimals},
		{"MaxTrees", engine.MaxTrees},
		{"MaxDepth", engine.MaxDepth},
		{"MaxNodes", engine.MaxNodes},
		{"MaxCuts", engine.MaxCuts},
		{"MaxNameLength", engine.MaxNameLength},
		{"MaxTextLength", engine.MaxTextLength},
		{"MaxCanonical", engine.MaxCanonical},
		{"MaxHorizon", engine.MaxHorizon},
		{"MaxGrades", engine.MaxGrades},
		{"MaxReasonCount", engine.MaxReasonCount},
		{"MaxMagnitude", engine.MaxMagnitude},
		{"MaxScore", engine.MaxScore},
	}
	for _, b := range bounds {
		require.Contains(t, readme, fmt.Sprintf("| `%s` | %d |", b.name, b.value))
	}
	require.Equal(t, len(bounds), strings.Count(readme, "| `Max"), "a bound that does not exist")
}
