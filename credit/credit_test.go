package credit_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/credit"
	"github.com/zhilian-network/zhilian/gateway"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

const example = "../x/credit/document/testdata/example.model.json"

const firms = `row_id,label,equity,sector,debt
one,1,200.00,B,600.00
two,0,900.005,A,99.99500
three,0,,A,5
four,1,-1.5e1,B,15
`

// Worked by hand: gearing 0.750, 0.099 (of 99.99 and 900.00: halves go to the even cent), missing, without a value.
const ratings = `row_id,score,pd_ppm,grade,reasons
one,-1999940,119209,CCC,leverage:+100
two,-2000040,119198,CCC,
three,-2000005,119202,CCC,leverage:+35
four,-2000005,119202,CCC,leverage:+35
`

func run(t *testing.T, stdin string, args ...string) (stdout string, err error) {
	t.Helper()
	command := credit.NewCommand()
	command.SilenceErrors, command.SilenceUsage = true, true
	var out bytes.Buffer
	command.SetOut(&out)
	command.SetErr(&out)
	command.SetIn(strings.NewReader(stdin))
	command.SetArgs(args)
	err = command.ExecuteContext(context.Background())
	return out.String(), err
}

func requireRefused(t *testing.T, want *errorsmod.Error, err error) {
	t.Helper()
	require.Error(t, err)
	codespace, code, _ := errorsmod.ABCIInfo(err, false)
	require.Equal(t, want.Codespace(), codespace, err.Error())
	require.Equal(t, want.ABCICode(), code, err.Error())
}

func TestATableIsRatedAsWorkedByHand(t *testing.T) {
	out, err := run(t, firms, "rate", example, "-")
	require.NoError(t, err)
	require.Equal(t, ratings, out)
}

// As a spreadsheet, or a bank of another country, may hand it over.
func TestATableIsRatedTheSameWhateverItsColumnsOrderCaseAndCompany(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(firms)).ReadAll()
	require.NoError(t, err)
	label := slices.Index(rows[0], "label")
	require.GreaterOrEqual(t, label, 0)
	cases := map[string]func(i int, row []string) []string{
		"backwards":         func(_ int, row []string) []string { row = slices.Clone(row); slices.Reverse(row); return row },
		"without the label": func(_ int, row []string) []string { return slices.Delete(slices.Clone(row), label, label+1) },
		"with columns nobody reads": func(i int, row []string) []string {
			return append([]string{fmt.Sprint("more ", i)}, append(slices.Clone(row), "")...)
		},
		"with names in capitals and blanks around them": func(i int, row []string) []string {
			row = slices.Clone(row)
			for c := range row {
				if i == 0 {
					row[c] = " " + strings.ToUpper(row[c]) + " "
				}
			}
			return row
		},
		"with a name in capitals that is another column": func(i int, row []string) []string {
			if i == 0 {
				return append([]string{"DEBT"}, row...)
			}
			return append([]string{"not a number"}, row...)
		},
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			var changed strings.Builder
			writer := csv.NewWriter(&changed)
			for i, row := range rows {
				require.NoError(t, writer.Write(change(i, row)))
			}
			writer.Flush()
			require.NotEqual(t, firms, changed.String())
			out, err := run(t, changed.String(), "rate", example, "-")
			require.NoError(t, err)
			require.Equal(t, ratings, out)
		})
	}
}

func TestATableMayBeCompressedAndTheResultAFile(t *testing.T) {
	folder := t.TempDir()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte("\ufeff" + strings.ReplaceAll(firms, "\n", "\r\n")))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	source, target := filepath.Join(folder, "firms.csv.gz"), filepath.Join(folder, "ratings.csv")
	require.NoError(t, os.WriteFile(source, packed.Bytes(), 0o600))
	out, err := run(t, "", "rate", example, source, "--out", target)
	require.NoError(t, err)
	require.Empty(t, out)
	content, err := os.ReadFile(target)
	require.NoError(t, err)
	require.Equal(t, ratings, string(content))
}

func TestATableThatCannotBeRatedIsRefusedWithItsPlace(t *testing.T) {
	cases := []struct {
		name     string
		want     *errorsmod.Error
		old, new string
		place    string
	}{
		{"an absent column", types.ErrAbsentColumn, "equity", "equities", `"equity"`},
		{"no row names", types.ErrAbsentColumn, "row_id", "id", `"row_id"`},
		{"a column twice", types.ErrTable, "label", "debt", `"debt"`},
		{"a word for a number", types.ErrNotNumber, "600.00", "many", "line 2, row one, column debt"},
		{"NaN for a number", types.ErrNotNumber, "900.005", "NaN", "line 3, row two, column equity"},
		{"a number without end", types.ErrValueTooLarge, "900.005", strings.Repeat("9", 70), "line 3, row two, column equity"},
		{"a row that is too short", types.ErrTable, "15\n", "15\nfive,1\n", "line 6"},
		{"a row without a name", types.ErrTable, "two,", ",", "line 3"},
		{"an unknown code", types.ErrMissingValue, "900.005,A", "900.005,Z", "line 3, row two"},
		{"nothing at all", types.ErrTable, firms, "", "empty"},
		{"columns that are told apart by case alone, and neither as the model writes it", types.ErrTable, "label,equity,sector,debt", "DEBT,equity,sector,Debt", `"debt" stands twice`},
		{"lines that end in a carriage return alone", types.ErrTable, firms, strings.ReplaceAll(firms, "\n", "\r"), "LF or CRLF"},
		{"semicolons for commas", types.ErrAbsentColumn, firms, strings.ReplaceAll(firms, ",", ";"), "separate columns by commas"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(firms, c.old, c.new, 1)
			require.NotEqual(t, firms, bad)
			target := filepath.Join(t.TempDir(), "ratings.csv")
			out, err := run(t, bad, "rate", example, "-", "--out", target)
			requireRefused(t, c.want, err)
			require.Contains(t, err.Error(), c.place)
			require.Empty(t, out)
			require.NoFileExists(t, target)
		})
	}
}

func TestARatingIsExplainedWithWhatWouldRaiseIt(t *testing.T) {
	m := filepath.Join(t.TempDir(), "m.json")
	draft := `{"model":{"name":"m","version":1,"horizon_months":12,"score_rises_with":"risk","training":"","inputs":[{"name":"debt","decimals":2}],
		"features":[{"name":"debt","reason":"leverage","kind":"sum","plus":["debt"],"decimals":2,"missing":"route"}],"base":-3000000,
		"ensemble":[[[0,10000,1,2,2,0],[-1000000],[0,50000,3,4,2,500000],[0],[1000000]]]}}`
	_, err := run(t, draft, "model", "stamp", "-", "--out", m)
	require.NoError(t, err)
	out, err := run(t, "row_id,debt\na,1\nb,600.50\n", "explain", m, "-", "b")
	require.NoError(t, err)
	require.Equal(t, `Row b has grade CCC: score -2000000, probability of default 11.9203 %.
  leverage         +1000000, riskier
Grade B- needs a score of -2443973 (-443973).
One of these alone would do it, all else as it is:
FEATURE    NOW  INSTEAD
debt     600.5  at most 499.99
`, out)
	out, err = run(t, "row_id,debt\na,1\nb,600.50\n", "explain", m, "-", "b", "-o", "json")
	require.NoError(t, err)
	var answer map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &answer))
	require.Equal(t, "B-", answer["better"].(map[string]any)["grade"])
	_, err = run(t, "row_id,debt\na,1\n", "explain", m, "-", "c")
	requireRefused(t, types.ErrTable, err)
}

func TestAnotherCalibrationChangesProbabilityAndGradeOnly(t *testing.T) {
	folder := t.TempDir()
	content, err := os.ReadFile(example)
	require.NoError(t, err)
	var doc struct {
		Calibration json.RawMessage `json:"calibration"`
	}
	require.NoError(t, json.Unmarshal(content, &doc))
	path := filepath.Join(folder, "c.json")
	require.NoError(t, os.WriteFile(path, bytes.Replace(doc.Calibration, []byte(`"offset_micro_logit": 0`), []byte(`"offset_micro_logit": 2000000`), 1), 0o600))
	out, err := run(t, firms, "rate", example, "-", "--calibration", path)
	require.NoError(t, err)
	require.Contains(t, out, "one,-1999940,500014,C,leverage:+100\n")

	require.NoError(t, os.WriteFile(path, bytes.Replace(doc.Calibration, []byte(`"model": "0`), []byte(`"model": "1`), 1), 0o600))
	_, err = run(t, firms, "rate", example, "-", "--calibration", path)
	requireRefused(t, types.ErrCalibrationModel, err)
}

func TestModelsAreCheckedAndShown(t *testing.T) {
	out, err := run(t, "", "model", "check", example)
	require.NoError(t, err)
	require.Contains(t, out, "is valid: example version 3, digest 0912d3d6")
	out, err = run(t, "", "model", "show", example)
	require.NoError(t, err)
	for _, line := range []string{
		"example version 3, a scorecard for 12 months; a higher score has more risk.",
		"scores from -2000040 to -1999940",
		"gearing      (debt) / (debt + equity)  leverage  route       1  rising",
		"sector_risk  table of sector           sector    refuse      1  rising",
	} {
		require.Contains(t, out, line)
	}
	_, err = run(t, "{}", "model", "check", "-")
	requireRefused(t, types.ErrModelForm, err)
}

func TestAnImportSaysHowFarItIsAndIsRated(t *testing.T) {
	target := filepath.Join(t.TempDir(), "x.model.json")
	out, err := run(t, "", "model", "import", "imports/testdata/xgboost.json", "--from", "xgboost",
		"--sample", "imports/testdata/xgboost.csv", "--prediction", "p", "--out", target, "-o", "json")
	require.NoError(t, err)
	var answer struct {
		Trees     int `json:"trees"`
		Deviation struct {
			Rows    int     `json:"rows"`
			Other   int     `json:"rows_on_other_paths"`
			LogOdds float64 `json:"largest_log_odds"`
			Library float64 `json:"largest_from_library"`
		} `json:"deviation"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &answer))
	require.Equal(t, 8, answer.Trees)
	require.Equal(t, 200, answer.Deviation.Rows)
	require.Zero(t, answer.Deviation.Other)
	require.Less(t, answer.Deviation.LogOdds, 5e-6)
	require.Positive(t, answer.Deviation.LogOdds)
	require.Less(t, answer.Deviation.Library, 1e-6)
	_, err = run(t, "", "rate", target, "imports/testdata/xgboost.csv")
	require.NoError(t, err)
}

// A dump does not hold its base score; the library's own probabilities show that a wrong one was given.
func TestAnImportThatWasNotUnderstoodShowsInTheLibrarysProbabilities(t *testing.T) {
	target := filepath.Join(t.TempDir(), "x.model.json")
	out, err := run(t, "", "model", "import", "imports/testdata/xgboost.dump.json", "--from", "xgboost", "--base-probability", "0.5",
		"--sample", "imports/testdata/xgboost.csv", "--prediction", "p", "--out", target, "-o", "json")
	require.NoError(t, err)
	var answer struct {
		Deviation struct {
			Library float64 `json:"largest_from_library"`
		} `json:"deviation"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &answer))
	require.Greater(t, answer.Deviation.Library, 0.1)
}

func TestWrongUsageIsUsage(t *testing.T) {
	target := filepath.Join(t.TempDir(), "x")
	for _, args := range [][]string{
		{"model", "import", "imports/testdata/xgboost.json", "--from", "catboost", "--out", target},
		{"model", "import", "imports/testdata/xgboost.json", "--from", "xgboost", "--prediction", "p", "--out", target},
		{"model", "import", "imports/testdata/xgboost.dump.json", "--from", "xgboost", "--base-probability", "1", "--out", target},
		{"model", "show", example, "-o", "yaml"},
	} {
		_, err := run(t, "", args...)
		var usage *gateway.UsageError
		require.ErrorAs(t, err, &usage, "%v", args)
		require.NoFileExists(t, target)
	}
}

// A description that rounds a feature more coarsely than the library saw it moves rows to other leaves, and says so.
func TestADescriptionGivesAnImportItsGridReasonsAndHorizon(t *testing.T) {
	folder := t.TempDir()
	describe, target := filepath.Join(folder, "describe.json"), filepath.Join(folder, "x.model.json")
	description := `{"model":{"name":"firms","version":2,"horizon_months":60,
		"inputs":[{"name":"gearing","decimals":DECIMALS},{"name":"margin","decimals":4},{"name":"turnover","decimals":1}],
		"features":[{"name":"gearing","reason":"leverage","kind":"sum","plus":["gearing"],"decimals":DECIMALS,"missing":"route"},
			{"name":"margin","reason":"profit","kind":"sum","plus":["margin"],"decimals":4,"missing":"route"},
			{"name":"turnover","reason":"size","kind":"sum","plus":["turnover"],"decimals":1,"missing":"route"}]},
		"calibration":{"name":"firms","version":1,"slope_ppm":900000,"offset_micro_logit":-100000,"grade_floor_ppm":500,"basis":"out of fold"}}`
	importWith := func(decimals string) string {
		require.NoError(t, os.WriteFile(describe, []byte(strings.ReplaceAll(description, "DECIMALS", decimals)), 0o600))
		out, err := run(t, "", "model", "import", "imports/testdata/xgboost.json", "--from", "xgboost", "--describe", describe,
			"--sample", "imports/testdata/xgboost.csv", "--prediction", "p", "--out", target)
		require.NoError(t, err)
		return out
	}
	require.Contains(t, importWith("2"), "rows that reach another leaf      0\n")
	shown, err := run(t, "", "model", "show", target)
	require.NoError(t, err)
	require.Contains(t, shown, "firms version 2, an ensemble for 60 months")
	require.Contains(t, shown, "grades no better than for 0.05 %")
	require.Regexp(t, `gearing +gearing +leverage`, shown)
	require.NotContains(t, importWith("0"), "rows that reach another leaf      0\n")
}
