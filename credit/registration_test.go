package credit_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/cosmos/gogoproto/jsonpb"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// What the command writes, the registry reads: the objects make a rater, and the back-test fits its scale.
func TestARegistrationsFilesAreWhatTheRegistryTakes(t *testing.T) {
	folder := t.TempDir()
	table, tested := filepath.Join(folder, "outcomes.csv"), filepath.Join(folder, "backtest.json")
	require.NoError(t, os.WriteFile(table, []byte(outcomeTable), 0o600))
	model, other := stump(t, "fair", "[-1000000],[1000000]"), stump(t, "other", "[-1000000],[1000001]")
	out, err := run(t, "", "model", "backtest", model, table, "--outcome", "bad", "--reference", table, "-o", "json")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(tested, []byte(out), 0o600))

	_, err = run(t, "", "model", "registration", model, tested, "--data", "five rows", "--out", filepath.Join(folder, "r"))
	require.NoError(t, err)
	read := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join(folder, "r", name))
		require.NoError(t, err)
		return content
	}
	rater, err := domain.Objects{Model: read("model.bin"), Calibration: read("calibration.bin"), Scale: read("scale.bin")}.Read()
	require.NoError(t, err)
	require.Equal(t, "fair", rater.Model().Name)
	var test types.BackTest
	require.NoError(t, jsonpb.UnmarshalString(string(read("back-test.json")), &test))
	require.NoError(t, test.Validate())
	require.NoError(t, domain.CheckGrades(test, rater.Scale()))
	require.EqualValues(t, 583_333, test.AucPpm)
	require.Len(t, test.Grades, 2)

	_, err = run(t, "", "model", "registration", other, tested, "--data", "five rows", "--out", filepath.Join(folder, "s"))
	requireRefused(t, types.ErrInvalidBackTest, err)
	out, err = run(t, "", "model", "backtest", model, table, "--outcome", "bad", "-o", "json")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(tested, []byte(out), 0o600))
	_, err = run(t, "", "model", "registration", model, tested, "--data", "five rows", "--out", filepath.Join(folder, "s"))
	requireRefused(t, types.ErrInvalidBackTest, err)
	require.ErrorContains(t, err, "--reference")
}
