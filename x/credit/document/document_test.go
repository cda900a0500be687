package document_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/document"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

var update = flag.Bool("update", false, "write the golden files again")

func requireRefused(t *testing.T, want *errorsmod.Error, err error) {
	t.Helper()
	require.Error(t, err)
	codespace, code, _ := errorsmod.ABCIInfo(err, false)
	require.Equal(t, want.Codespace(), codespace, err.Error())
	require.Equal(t, want.ABCICode(), code, err.Error())
}

func example() *document.Document {
	points := int32(-5)
	d := &document.Document{Model: engine.Model{
		Name: "example", Version: 3, HorizonMonths: 12, Rises: engine.RisesWithRisk, Training: `made up, "<quoted>" & 直联`,
		Inputs: []engine.Input{{Name: "debt", Decimals: 2}, {Name: "equity", Decimals: 2}, {Name: "sector", Codes: []string{"A", "B"}}},
		Features: []engine.Feature{
			{Name: "gearing", Reason: "leverage", Kind: engine.FeatureRatio, Plus: []string{"debt"}, Over: []string{"debt", "equity"}, Decimals: 3, Missing: engine.MissingRouted},
			{Name: "sector_risk", Reason: "sector", Kind: engine.FeatureTable, Plus: []string{"sector"}, Table: []int64{-5, 5}, Missing: engine.MissingRefused},
		},
		Base: -2_000_000,
		Scorecard: []engine.Attribute{
			{Feature: "gearing", Cuts: []int64{300, 700}, Points: []int32{-40, 0, 60}, MissingPoints: &points},
			{Feature: "sector_risk", Cuts: []int64{}, Points: []int32{0}},
		},
	}}
	if err := d.Complete(); err != nil {
		panic(err)
	}
	d.Stamp()
	return d
}

func TestADocumentIsWrittenAsTheGoldenFile(t *testing.T) {
	text, err := example().Write()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile("testdata/example.model.json", text, 0o644))
	}
	golden, err := os.ReadFile("testdata/example.model.json")
	require.NoError(t, err)
	require.Equal(t, string(golden), string(text))
}

// The digests of the golden file are frozen: another encoding would change the names of models in use.
func TestTheDigestsOfTheGoldenFileStay(t *testing.T) {
	golden, err := os.ReadFile("testdata/example.model.json")
	require.NoError(t, err)
	d, _, err := document.Read(golden)
	require.NoError(t, err)
	require.Equal(t, example(), d)
	require.Equal(t, document.Digests{
		Model:       "0912d3d650807eb810cf78bde12e555b9485cf2cbc8262011d10a661d81d99d4",
		Calibration: "888a39c379647cd2f7c730939e7fea4eda583b3c7fe0dc63ae8549482dc1b464",
		Scale:       "c7b46fdbf8f42e40d64b0aca0639c6810e33986196471c77d3eb8ff72c198c48",
	}, d.Digests)
}

func TestOnlyTheOneFormIsRead(t *testing.T) {
	good, err := example().Write()
	require.NoError(t, err)
	cases := []struct {
		name     string
		want     *errorsmod.Error
		old, new string
	}{
		{"no JSON", types.ErrModelForm, "{", "["},
		{"another format", types.ErrModelForm, "zhilian-credit-model-1", "zhilian-credit-model-2"},
		{"an unknown field", types.ErrModelForm, `"version": 3`, `"version": 3, "owner": "me"`},
		{"a field twice", types.ErrModelForm, `"version": 3`, `"version": 4, "version": 3`},
		{"a field in capitals", types.ErrModelForm, `"base"`, `"Base"`},
		{"a number with a point", types.ErrModelForm, `"version": 3`, `"version": 3.0`},
		{"a number with an exponent", types.ErrModelForm, `-2000000`, `-2e6`},
		{"NaN", types.ErrModelForm, `-2000000`, `NaN`},
		{"a number of 65 bits", types.ErrModelForm, `-2000000`, `-9223372036854775809`},
		{"points of 33 bits", types.ErrModelForm, `-40`, `-2147483649`},
		{"an escaped character", types.ErrModelForm, `made up`, `m\u0061de up`},
		{"an empty optional list", types.ErrModelForm, `"plus": ["debt"],`, `"plus": ["debt"],"minus":[],`},
		{"something behind it", types.ErrModelForm, "\n}\n", "\n}\n{}"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(string(good), c.old, c.new, 1)
			require.NotEqual(t, string(good), bad)
			_, _, err := document.Read([]byte(bad))
			requireRefused(t, c.want, err)
		})
	}
}

func TestADocumentWhoseDigestsAreNotItsOwnIsRefused(t *testing.T) {
	d := example()
	d.Digests.Scale = strings.Repeat("0", 64)
	text, err := d.Write()
	require.NoError(t, err)
	_, _, err = document.Read(text)
	requireRefused(t, types.ErrDigestMismatch, err)

	d = example()
	d.Model.Base++
	text, err = d.Write()
	require.NoError(t, err)
	_, _, err = document.Read(text)
	requireRefused(t, types.ErrCalibrationModel, err)
}

func TestADocumentThatIsTooLongIsRefused(t *testing.T) {
	_, _, err := document.Read(bytes.Repeat([]byte(" "), document.MaxBytes+1))
	requireRefused(t, types.ErrModelTooLarge, err)
}

func TestWhiteSpaceDoesNotMatter(t *testing.T) {
	good, err := example().Write()
	require.NoError(t, err)
	var compact bytes.Buffer
	require.NoError(t, json.Compact(&compact, good))
	d, _, err := document.Read(compact.Bytes())
	require.NoError(t, err)
	require.Equal(t, example(), d)
}

func TestADraftIsCompletedAndStamped(t *testing.T) {
	draft, err := json.Marshal(map[string]any{"model": example().Model})
	require.NoError(t, err)
	d, rater, err := document.ReadDraft(draft)
	require.NoError(t, err)
	require.Equal(t, example(), d)
	require.Equal(t, 17, len(rater.Scale().Grades))

	halfYear := example().Model
	halfYear.HorizonMonths = 6
	draft, err = json.Marshal(map[string]any{"model": halfYear})
	require.NoError(t, err)
	_, _, err = document.ReadDraft(draft)
	requireRefused(t, types.ErrHorizon, err)
}

func TestNodesAreReadStrictly(t *testing.T) {
	var node engine.Node
	require.NoError(t, node.UnmarshalJSON([]byte("[0, -5, 1, 2, 1, 7]")))
	require.Equal(t, engine.Node{Threshold: -5, Left: 1, Right: 2, Missing: engine.SideLeft, Value: 7}, node)
	for text, want := range map[string]*errorsmod.Error{
		"[]": types.ErrModelForm, "[1,2]": types.ErrModelForm, "[1,2,3,4,5,6,7]": types.ErrModelForm, `{"value":1}`: types.ErrModelForm,
		"[1.5]": types.ErrModelForm, "[NaN]": types.ErrModelForm, "[9223372036854775808]": types.ErrModelForm,
		"[2147483648]": types.ErrScoreOverflow, "[-2147483649]": types.ErrScoreOverflow,
	} {
		requireRefused(t, want, node.UnmarshalJSON([]byte(text)))
	}
}

// Whatever is read is written the same again, and rated without a panic.
func FuzzRead(f *testing.F) {
	good, err := example().Write()
	require.NoError(f, err)
	f.Add(good)
	tree := example()
	tree.Model.Scorecard = nil
	tree.Model.Ensemble = []engine.Tree{{
		{Feature: 0, Threshold: 5, Left: 1, Right: 2, Missing: engine.SideRight, Value: 3}, {Leaf: true, Value: 1}, {Leaf: true, Value: 2},
	}}
	tree.Stamp()
	second, err := tree.Write()
	require.NoError(f, err)
	f.Add(second)
	f.Add([]byte(`{"format":"zhilian-credit-model-1"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, rater, err := document.Read(text)
		if err != nil {
			d, rater, err = document.ReadDraft(text)
		}
		if err != nil {
			return
		}
		again, err := d.Write()
		require.NoError(t, err)
		second, _, err := document.Read(again)
		require.NoError(t, err)
		require.Equal(t, d.Digests, second.Digests)
		for _, value := range []int64{engine.Missing, 0} {
			row := make([]int64, len(d.Model.Inputs))
			for i := range row {
				row[i] = value
			}
			rating, err := rater.Rate(row)
			if err != nil {
				requireRefused(t, types.ErrMissingValue, err)
				continue
			}
			low, high := d.Model.ScoreRange()
			require.True(t, low <= rating.Score && rating.Score <= high)
		}
	})
}
