package imports_test

import (
	"bufio"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/credit/imports"
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

func read(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return content
}

func rater(t *testing.T, forest *imports.Forest) *engine.Rater {
	t.Helper()
	model := &engine.Model{Name: "imported", Version: 1, HorizonMonths: 12}
	imports.Describe(forest, model)
	require.NoError(t, imports.Convert(forest, model))
	scale, _ := engine.DefaultScale(12)
	r, err := engine.Compile(model, &engine.Calibration{Name: "plain", Model: model.Digest().String(), SlopePpm: 1_000_000}, scale)
	require.NoError(t, err)
	return r
}

// The exports in testdata were written by the libraries themselves, the probabilities beside them too.
func TestWhatLibrariesExportedRatesAsTheyDo(t *testing.T) {
	cases := []struct {
		export, sample string
		read           func([]byte) (*imports.Forest, error)
		library        float64
	}{
		// XGBoost adds up in float32.
		{"xgboost.json", "xgboost.csv", func(b []byte) (*imports.Forest, error) { return imports.XGBoost(b, math.NaN()) }, 1e-6},
		{"xgboost.dump.json", "xgboost.csv", func(b []byte) (*imports.Forest, error) { return imports.XGBoost(b, 0.2) }, 1e-6},
		{"sklearn.json", "sklearn.csv", imports.Sklearn, 1e-14},
		{"sklearn.hist.json", "sklearn.hist.csv", imports.Sklearn, 1e-14},
	}
	for _, c := range cases {
		t.Run(c.export, func(t *testing.T) {
			forest, err := c.read(read(t, c.export))
			require.NoError(t, err)
			r := rater(t, forest)
			comparison := imports.NewComparison(forest, r)
			rows, err := csv.NewReader(bufio.NewReader(strings.NewReader(string(read(t, c.sample))))).ReadAll()
			require.NoError(t, err)
			place := map[string]int{}
			for i, name := range rows[0] {
				place[name] = i
			}
			for _, record := range rows[1:] {
				row, raw := make([]int64, len(r.Model().Inputs)), make([]float64, len(r.Model().Inputs))
				for i, input := range r.Model().Inputs {
					text := record[place[input.Name]]
					row[i], err = input.Parse(text)
					require.NoError(t, err)
					if raw[i], err = strconv.ParseFloat(text, 64); err != nil {
						raw[i] = math.NaN()
					}
				}
				expected, err := strconv.ParseFloat(record[place["p"]], 64)
				require.NoError(t, err)
				require.NoError(t, comparison.Add(record[0], row, raw, expected))
			}
			d := comparison.Deviation
			require.Equal(t, 200, d.Rows)
			require.Zero(t, d.OtherPaths)
			require.LessOrEqual(t, *d.Library, c.library)
			require.LessOrEqual(t, d.LogOdds, 9*0.5e-6+1e-7, "eight leaves and a base, each rounded to a millionth")
			require.LessOrEqual(t, d.Probability, 190e-6, "the table's own error")
		})
	}
}

const lightgbmText = `tree
version=v3
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=2
objective=binary sigmoid:1
feature_names=a b c
feature_infos=[0:1] [0:1] none
tree_sizes=400 300

Tree=0
num_leaves=3
num_cat=0
split_feature=0 1
split_gain=8 2
threshold=0.5 0.25000000000000006
decision_type=10 0
left_child=1 -1
right_child=-3 -2
leaf_value=-1.5 0.25 0.75
leaf_weight=5 3 2
leaf_count=50 30 20
internal_value=0 0
internal_weight=0 8
internal_count=100 80
is_linear=0
shrinkage=1

Tree=1
num_leaves=1
num_cat=0
leaf_value=0.125
is_linear=0
shrinkage=0.1

end of trees

feature_importances:
a=1
`

const lightgbmJSON = `{"name":"tree","version":"v3","num_class":1,"objective":"binary sigmoid:1","average_output":false,"feature_names":["a","b","c"],
"tree_info":[{"tree_index":0,"num_leaves":3,"num_cat":0,"shrinkage":1,"tree_structure":
{"split_index":0,"split_feature":0,"split_gain":8,"threshold":0.5,"decision_type":"<=","default_left":true,"missing_type":"NaN","internal_count":100,
 "left_child":{"split_index":1,"split_feature":1,"threshold":0.25000000000000006,"decision_type":"<=","default_left":false,"missing_type":"None","internal_count":80,
  "left_child":{"leaf_index":0,"leaf_value":-1.5,"leaf_count":50},"right_child":{"leaf_index":1,"leaf_value":0.25,"leaf_count":30}},
 "right_child":{"leaf_index":2,"leaf_value":0.75,"leaf_count":20}}},
{"tree_index":1,"num_leaves":1,"num_cat":0,"shrinkage":0.1,"tree_structure":{"leaf_value":0.125}}]}`

// Worked by hand from LightGBM's description of its formats; the package itself was not at hand.
func TestBothFormsOfLightGBMRateAsWorkedByHand(t *testing.T) {
	for name, text := range map[string]string{"text": lightgbmText, "json": lightgbmJSON} {
		t.Run(name, func(t *testing.T) {
			forest, err := imports.LightGBM([]byte(text))
			require.NoError(t, err)
			require.Equal(t, []string{"a", "b", "c"}, forest.Features)
			r := rater(t, forest)
			for _, c := range []struct {
				a, b  int64
				score int64
			}{
				{500_000, 250_000, -1_375_000}, // both at their thresholds: left
				{500_000, 250_001, 375_000},
				{500_001, 0, 875_000},
				{engine.Missing, 0, -1_375_000},       // a goes left by default
				{0, engine.Missing, -1_375_000},       // b was never missing in training: it is taken as zero, left
				{engine.Missing, 1_000_000, 375_000},  //
				{engine.MaxMagnitude, 0, 875_000},     //
				{-engine.MaxMagnitude, 1e12, 375_000}, //
			} {
				rating, err := r.Rate([]int64{c.a, c.b, engine.Missing})
				require.NoError(t, err)
				require.Equal(t, c.score, rating.Score, "a %d, b %d", c.a, c.b)
			}
			root := r.Model().Ensemble[0][0]
			require.Equal(t, int32(math.RoundToEven(1e6*(-1.5*50+0.25*30+0.75*20)/100)), root.Value, "the mean of the rows that came by")
		})
	}
}

// A decimal number goes left in integers if and only if its floating-point number does in the library.
func TestThresholdsPartDecimalNumbersAsFloatsDo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	atTie := 0
	for range 30_000 {
		decimals := uint32(r.IntN(7))
		compare := imports.Compare(r.IntN(3))
		// Thresholds at, and one float beside, numbers on the grid, and half way between two.
		near := r.Int64N(2_000_000) - 1_000_000
		if r.IntN(4) == 0 {
			near *= 1 << 22 // where float32 is coarser than the grid
		}
		threshold := float64(near) / math.Pow10(int(decimals))
		switch r.IntN(4) {
		case 0:
			threshold = float64(float32(threshold))
		case 1:
			threshold = float64(math.Nextafter32(float32(threshold), float32(math.Inf(r.IntN(2)*2-1))))
		case 2:
			threshold += 0.5 / math.Pow10(int(decimals))
		}
		model := &engine.Model{}
		forest := &imports.Forest{Features: []string{"x"}, Compare: compare, Trees: [][]imports.Node{{
			{Threshold: threshold, Left: 1, Right: 2}, {Leaf: true, Cover: 1}, {Leaf: true, Value: 1, Cover: 1},
		}}}
		imports.Describe(forest, model)
		model.Inputs[0].Decimals, model.Features[0].Decimals = decimals, decimals
		require.NoError(t, imports.Convert(forest, model))
		if model.Ensemble[0][0].Leaf {
			continue
		}
		first := model.Ensemble[0][0].Threshold
		for _, n := range []int64{first - 2, first - 1, first, first + 1} {
			// Correctly rounded, as a reader of the decimal text gets it.
			value, err := strconv.ParseFloat(strconv.FormatInt(n, 10)+"e-"+strconv.Itoa(int(decimals)), 64)
			require.NoError(t, err)
			if compare != imports.AtMost {
				single, err := strconv.ParseFloat(strconv.FormatInt(n, 10)+"e-"+strconv.Itoa(int(decimals)), 32)
				require.NoError(t, err)
				value = single
			}
			if value == threshold {
				atTie++
			}
			require.Equal(t, n < first, compare.Left(value, threshold), "%d with %d decimals at %v, compared as %d", n, decimals, threshold, compare)
		}
	}
	require.Greater(t, atTie, 3_000)
}

func TestSidesThatNoNumberOnTheGridReachesAreLeftOut(t *testing.T) {
	forest := &imports.Forest{Features: []string{"x"}, Compare: imports.AtMost, Trees: [][]imports.Node{{
		{Threshold: 0.50000011, Left: 1, Right: 2},
		{Leaf: true, Value: 1, Cover: 1},
		{Threshold: 0.50000012, Left: 3, Right: 4}, // no number with six decimals lies between the two
		{Leaf: true, Value: 2, Cover: 1},
		{Leaf: true, Value: 3, Cover: 1},
	}}}
	r := rater(t, forest)
	require.Len(t, r.Model().Ensemble[0], 3)
	rating, err := r.Rate([]int64{500_001})
	require.NoError(t, err)
	require.Equal(t, int64(3_000_000), rating.Score)
}

func TestExportsThatCannotBeTakenAreRefused(t *testing.T) {
	xgb := func(text string) error { _, err := imports.XGBoost([]byte(text), 0.5); return err }
	lgb := func(text string) error { _, err := imports.LightGBM([]byte(text)); return err }
	skl := func(text string) error { _, err := imports.Sklearn([]byte(text)); return err }
	saved, hist := string(read(t, "xgboost.json")), string(read(t, "sklearn.hist.json"))
	dump := `[{"nodeid":0,"split":"a","split_condition":0.5,"yes":1,"no":2,"missing":1,"cover":3,"children":[{"nodeid":1,"leaf":1,"cover":1},{"nodeid":2,"leaf":2,"cover":2}]}]`
	require.NoError(t, xgb(dump))
	cases := []struct {
		name      string
		want      *errorsmod.Error
		read      func(string) error
		text      string
		old, new_ string
	}{
		{"no JSON", types.ErrImportForm, xgb, saved, `{"learner"`, `{"learner`},
		{"another objective", types.ErrImportKind, xgb, saved, "binary:logistic", "multi:softmax"},
		{"a dart booster", types.ErrImportKind, xgb, saved, `"gbtree"`, `"dart"`},
		{"a base score that is none", types.ErrImportForm, xgb, saved, `"base_score":"2E-1"`, `"base_score":"x"`},
		{"a base score of one", types.ErrNotFinite, xgb, saved, `"base_score":"2E-1"`, `"base_score":"1"`},
		{"a NaN among the thresholds", types.ErrNotFinite, xgb, saved, `"split_conditions":[`, `"split_conditions":[NaN,`},
		{"lists of different lengths", types.ErrImportForm, xgb, saved, `"split_conditions":[`, `"split_conditions":[1,`},
		{"a child that leads back", types.ErrCycle, xgb, saved, `"left_children":[1,3,`, `"left_children":[1,1,`},
		{"a dump that leads nowhere", types.ErrImportForm, xgb, dump, `"yes":1`, `"yes":7`},
		{"a dump without statistics", types.ErrImportForm, xgb, dump, `,"cover":2`, ``},
		{"a leaf of NaN in a dump", types.ErrNotFinite, xgb, dump, `"leaf":2`, `"leaf":NaN`},
		{"a leaf of -Infinity in a dump", types.ErrNotFinite, xgb, dump, `"leaf":2`, `"leaf":-Infinity`},
		{"a text that is no model", types.ErrImportForm, lgb, lightgbmText, "num_class=1", ""},
		{"a regression", types.ErrImportKind, lgb, lightgbmText, "binary sigmoid:1", "regression"},
		{"another sigmoid", types.ErrImportKind, lgb, lightgbmText, "sigmoid:1", "sigmoid:2"},
		{"a random forest", types.ErrImportKind, lgb, lightgbmText, "label_index=0", "average_output"},
		{"a categorical split", types.ErrImportKind, lgb, lightgbmText, "decision_type=10 0", "decision_type=11 0"},
		{"zeros for missing values", types.ErrImportKind, lgb, lightgbmText, "decision_type=10 0", "decision_type=6 0"},
		{"linear leaves", types.ErrImportKind, lgb, lightgbmText, "is_linear=0", "is_linear=1"},
		{"a leaf of nan", types.ErrNotFinite, lgb, lightgbmText, "leaf_value=-1.5", "leaf_value=nan"},
		{"a threshold that is none", types.ErrImportForm, lgb, lightgbmText, "threshold=0.5", "threshold=x"},
		{"a missing threshold", types.ErrImportForm, lgb, lightgbmText, "threshold=0.5 ", "threshold="},
		{"a split that leads to itself", types.ErrTreeShape, lgb, lightgbmText, "left_child=1 -1", "left_child=0 -1"},
		{"a split that leads to a node of another", types.ErrCycle, lgb, lightgbmText, "left_child=1 -1", "left_child=-3 -1"},
		{"an absent feature", types.ErrImportFeature, lgb, lightgbmText, "feature_names=a b c", "feature_names=a"},
		{"zeros for missing values in JSON", types.ErrImportKind, lgb, lightgbmJSON, `"missing_type":"NaN"`, `"missing_type":"Zero"`},
		{"a categorical split in JSON", types.ErrImportKind, lgb, lightgbmJSON, `"threshold":0.5,"decision_type":"<="`, `"threshold":"1||3","decision_type":"=="`},
		{"another format", types.ErrImportForm, skl, hist, "zhilian-sklearn-1", "sklearn"},
		{"a random forest of scikit-learn", types.ErrImportKind, skl, hist, "HistGradientBoostingClassifier", "RandomForestClassifier"},
		{"an infinite threshold", types.ErrNotFinite, skl, hist, `"threshold": [`, `"threshold": [Infinity, `},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.Contains(t, c.text, c.old)
			requireRefused(t, c.want, c.read(strings.Replace(c.text, c.old, c.new_, 1)))
		})
	}
}

func TestWhatTheDescriptionLacksIsRefused(t *testing.T) {
	forest, err := imports.LightGBM([]byte(lightgbmText))
	require.NoError(t, err)
	model := &engine.Model{}
	imports.Describe(forest, model)
	model.Features = model.Features[1:]
	requireRefused(t, types.ErrImportFeature, imports.Convert(forest, model))
}

func TestALeafThatDoesNotFitIsRefused(t *testing.T) {
	forest := &imports.Forest{Trees: [][]imports.Node{{{Leaf: true, Value: 2148}}}}
	requireRefused(t, types.ErrScoreOverflow, imports.Convert(forest, &engine.Model{}))
	forest = &imports.Forest{Base: 1e300, Trees: [][]imports.Node{{{Leaf: true}}}}
	requireRefused(t, types.ErrScoreOverflow, imports.Convert(forest, &engine.Model{}))
}

// Whatever bytes come, an import ends with a model that validates or with a registered refusal.
func FuzzImport(f *testing.F) {
	f.Add(read(f, "xgboost.json"))
	f.Add(read(f, "xgboost.dump.json"))
	f.Add(read(f, "sklearn.hist.json"))
	f.Add([]byte(lightgbmText))
	f.Add([]byte(lightgbmJSON))
	f.Fuzz(func(t *testing.T, text []byte) {
		forest, err := imports.XGBoost(text, 0.5)
		if err != nil {
			forest, err = imports.LightGBM(text)
		}
		if err != nil {
			forest, err = imports.Sklearn(text)
		}
		if err == nil {
			model := &engine.Model{Name: "fuzzed", Version: 1, HorizonMonths: 12}
			imports.Describe(forest, model)
			if err = imports.Convert(forest, model); err == nil {
				err = model.Validate()
			}
		}
		if err != nil {
			codespace, _, _ := errorsmod.ABCIInfo(err, false)
			require.Equal(t, types.ModuleName, codespace, err.Error())
		}
	})
}
