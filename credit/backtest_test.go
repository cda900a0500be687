package credit_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

// stump writes a model that rates by one threshold of x, with the leaves given.
func stump(t *testing.T, name, leaves string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name+".model.json")
	_, err := run(t, `{"model":{"name":"`+name+`","version":1,"horizon_months":12,"score_rises_with":"risk","training":"","inputs":[{"name":"x","decimals":0}],
		"features":[{"name":"x","reason":"x","kind":"sum","plus":["x"],"decimals":0,"missing":"refuse"}],"base":0,"ensemble":[[[0,5,1,2,0,0],`+leaves+`]]}}`,
		"model", "stamp", "-", "--out", path)
	require.NoError(t, err)
	return path
}

const outcomeTable = "row_id,x,bad,w\na,1,0,1\nb,2,0,1\nc,3,1,1\nd,8,1,2.5\ne,9,0,1\n"

func TestABacktestSaysWhatRatingsWereWorth(t *testing.T) {
	model := stump(t, "fair", "[-1000000],[1000000]")
	out, err := run(t, outcomeTable, "model", "backtest", model, "-", "--outcome", "bad", "--weight", "w")
	require.NoError(t, err)
	// Bad: 1 below, 2.5 above; good: 2 below, 1 above. (2.5*2 + 2.5*1/2 + 1*2/2) / (3.5*3).
	require.Contains(t, out, "fair version 1 on 5 rows, 2 bad")
	require.Contains(t, out, "AUC 0.690476, KS 0.380952")
	require.Regexp(t, `CC +3 +1 +26.8941 +33.3333\nC +2 +1 +73.1059 +71.4285\n`, out)

	out, err = run(t, outcomeTable, "model", "backtest", model, "-", "--outcome", "bad", "-o", "json")
	require.NoError(t, err)
	var answer struct {
		AUC uint32 `json:"auc_ppm"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &answer))
	require.Equal(t, uint32(583_333), answer.AUC)
}

func TestAChallengerThatIsWorseIsRefusedAndABetterOneIsNot(t *testing.T) {
	table := filepath.Join(t.TempDir(), "outcomes.csv")
	require.NoError(t, os.WriteFile(table, []byte(outcomeTable), 0o600))
	fair, wrong := stump(t, "fair", "[-1000000],[1000000]"), stump(t, "wrong", "[1000000],[-1000000]")
	out, err := run(t, "", "model", "compare", wrong, fair, table, "--outcome", "bad", "--least-bad", "2")
	require.NoError(t, err)
	require.Regexp(t, `AUC +0.416666 +0.583333`, out)
	_, err = run(t, "", "model", "compare", fair, wrong, table, "--outcome", "bad", "--least-bad", "2")
	requireRefused(t, types.ErrChallengerWorse, err)
	require.Contains(t, err.Error(), "AUC 416666 ppm after 583333")
	_, err = run(t, "", "model", "compare", wrong, fair, table, "--outcome", "bad")
	requireRefused(t, types.ErrBacktestSmall, err)
	_, err = run(t, "", "model", "compare", fair, fair, table, "--outcome", "bad", "--least-bad", "2")
	requireRefused(t, types.ErrSameModel, err)
}

func TestAPopulationIsComparedWithItsReference(t *testing.T) {
	model, reference := stump(t, "fair", "[-4000000],[1000000]"), filepath.Join(t.TempDir(), "reference.csv")
	require.NoError(t, os.WriteFile(reference, []byte("row_id,x,bad\na,1,0\nb,2,0\nc,3,1\nd,8,0\n"), 0o600))
	out, err := run(t, "row_id,x,bad\na,1,0\nb,7,0\nc,9,1\nd,8,0\n", "model", "backtest", model, "-", "--outcome", "bad", "--reference", reference)
	require.NoError(t, err)
	require.Contains(t, out, "stability index 1.0986", "twice a half times ln 3, each share from a quarter to three quarters or back")
}

func TestOutcomesOtherThanOneAndZeroAreRefused(t *testing.T) {
	model := stump(t, "fair", "[-1000000],[1000000]")
	for _, outcome := range []string{"2", "", "-1"} {
		_, err := run(t, "row_id,x,bad\na,1,0\nb,2,"+outcome+"\n", "model", "backtest", model, "-", "--outcome", "bad")
		requireRefused(t, types.ErrObservation, err)
		require.Contains(t, err.Error(), "line 3, row b, column bad")
	}
}
