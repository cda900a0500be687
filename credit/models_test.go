package credit_test

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/testutil/nodebinary"
	"github.com/zhilian-network/zhilian/testutil/shareddata"
	"github.com/zhilian-network/zhilian/x/credit/document"
	"github.com/zhilian-network/zhilian/x/credit/engine"
)

const models = "../models"

// shipped are the models of ../models: data set, then honest or published, then kind.
var shipped = []string{
	"polish1-ensemble", "polish1-scorecard", "polish5-ensemble", "polish5-scorecard", "sba-ensemble", "sba-scorecard", "us-ensemble", "us-scorecard",
	"polish1-published-ensemble", "polish1-published-scorecard", "polish5-published-ensemble", "polish5-published-scorecard",
}

// leaking are columns that no model may read, and for the honest Polish models five more.
var (
	leaking = []string{"row_id", "y", "w", "src", "approval_fy", "approval_month", "term_LEAKY", "firm", "year"}
	coded   = []string{"A11", "A21", "A27", "A37", "A36"}
)

func readModel(t *testing.T, name string) (*document.Document, *engine.Rater) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(models, name+".model.json"))
	require.NoError(t, err)
	doc, rater, err := document.Read(text)
	require.NoError(t, err, name)
	return doc, rater
}

func TestEveryModelFileHasACardAndEveryCardAModel(t *testing.T) {
	entries, err := os.ReadDir(models)
	require.NoError(t, err)
	var found []string
	for _, entry := range entries {
		if entry.Name() != "README.md" {
			found = append(found, entry.Name())
		}
	}
	var expected []string
	for _, name := range shipped {
		expected = append(expected, name+".model.json", name+".md")
	}
	require.ElementsMatch(t, expected, found)
}

var update = flag.Bool("update", false, "write the golden files again")

// Made-up rows, with blanks, exponents, zeros to divide by and unknown codes: the ratings are frozen to the last bit.
func TestShippedModelsRateMadeUpRowsAsTheGoldenFileSays(t *testing.T) {
	const golden = "testdata/ratings.txt"
	var out strings.Builder
	for _, name := range shipped {
		set := strings.TrimRight(strings.SplitN(name, "-", 2)[0], "15")
		rated, err := run(t, "", "rate", filepath.Join(models, name+".model.json"), filepath.Join("testdata", set+".csv"))
		require.NoError(t, err)
		fmt.Fprintf(&out, "== %s\n%s", name, rated)
	}
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(out.String()), 0o644))
	}
	expected, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(expected), out.String())
}

// The list of models says of each what its card says.
func TestTheListOfModelsIsThatOfTheCards(t *testing.T) {
	list, err := os.ReadFile(filepath.Join(models, "README.md"))
	require.NoError(t, err)
	for _, name := range shipped {
		found := cardAUC.FindStringSubmatch(cardOf(t, name))
		require.NotNil(t, found, name)
		require.Contains(t, string(list), fmt.Sprintf("| [%s](%s.md) |", name, name))
		require.Contains(t, string(list), fmt.Sprintf("| %s (%s) |", found[1], found[2]), name)
	}
	require.Equal(t, len(shipped), strings.Count(string(list), ".md) |"))
}

func TestShippedModelsKeepTheirBoundsAndReadNothingThatLeaks(t *testing.T) {
	for _, name := range shipped {
		doc, rater := readModel(t, name)
		require.Equal(t, name, doc.Model.Name)
		for _, input := range doc.Model.Inputs {
			require.NotContains(t, leaking, input.Name, name)
			if strings.HasPrefix(name, "polish") && !strings.Contains(name, "published") {
				require.NotContains(t, coded, input.Name, name)
			}
		}
		for _, feature := range doc.Model.Features {
			if strings.HasPrefix(name, "polish") && !strings.Contains(name, "published") {
				require.Equal(t, engine.MissingFilled, feature.Missing, "%s: that %s is missing tells nothing", name, feature.Name)
			}
		}
		if strings.HasSuffix(name, "ensemble") {
			require.Len(t, rater.Model().Ensemble, 100, name)
		} else {
			require.NotEmpty(t, rater.Model().Scorecard, name)
		}
		for _, tree := range rater.Model().Ensemble {
			require.LessOrEqual(t, depthOf(tree, 0), 4, name)
		}
		for _, attribute := range rater.Model().Scorecard {
			up, down := slices.Clone(attribute.Points), slices.Clone(attribute.Points)
			slices.Sort(up)
			slices.Sort(down)
			slices.Reverse(down)
			require.True(t, slices.Equal(up, attribute.Points) || slices.Equal(down, attribute.Points), "%s: points of %s are monotone", name, attribute.Feature)
		}
	}
}

func depthOf(tree engine.Tree, at int64) int {
	if tree[at].Leaf {
		return 0
	}
	return 1 + max(depthOf(tree, tree[at].Left), depthOf(tree, tree[at].Right))
}

// The digests on a card are those of its model: a card of another version would promise what it does not keep.
func TestCardsAreAboutTheirModels(t *testing.T) {
	for _, name := range shipped {
		doc, _ := readModel(t, name)
		card := cardOf(t, name)
		for part, digest := range map[string]string{"model": doc.Digests.Model, "calibration": doc.Digests.Calibration, "scale": doc.Digests.Scale} {
			require.Contains(t, card, "| "+part+" | `"+digest+"` |", name)
		}
	}
}

func cardOf(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(models, name+".md"))
	require.NoError(t, err)
	return string(text)
}

var cardAUC = regexp.MustCompile(`\| AUC \| (0\.\d{4}) \| (0\.\d{4} to 0\.\d{4}) \|`)

// On the whole validation set, two processes and the package itself give the same bytes, and the AUC is the card's.
func TestTheValidationSetsAreRatedToTheSameBytesWithTheAUCOfTheCards(t *testing.T) {
	folder := shareddata.Folder(t, "credit")
	binary, err := nodebinary.In(t.TempDir())
	require.NoError(t, err)
	for _, name := range shipped {
		t.Run(name, func(t *testing.T) {
			set, _, _ := strings.Cut(name, "-")
			file, model := filepath.Join(folder, set+"_valid.csv.gz"), filepath.Join(models, name+".model.json")
			inProcess, err := run(t, "", "rate", model, file)
			require.NoError(t, err)
			for _, processors := range []string{"1", "2"} {
				command := exec.Command(binary, "credit", "rate", model, file, "--home", t.TempDir())
				command.Env = append(os.Environ(), "GOMAXPROCS="+processors)
				output, err := command.Output()
				require.NoError(t, err)
				require.True(t, inProcess == string(output), "the bytes differ")
			}
			outcome, weight := outcomes(t, file)
			auc := areaUnderCurve(t, inProcess, outcome, weight)
			stated, err := strconv.ParseFloat(cardAUC.FindStringSubmatch(cardOf(t, name))[1], 64)
			require.NoError(t, err)
			require.InDelta(t, stated, auc, 0.00005001)
		})
	}
}

func outcomes(t *testing.T, path string) (outcome map[string]bool, weight map[string]float64) {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	unzipped, err := gzip.NewReader(bufio.NewReader(file))
	require.NoError(t, err)
	rows, err := csv.NewReader(unzipped).ReadAll()
	require.NoError(t, err)
	y, w := slices.Index(rows[0], "y"), slices.Index(rows[0], "w")
	outcome, weight = map[string]bool{}, map[string]float64{}
	for _, row := range rows[1:] {
		outcome[row[0]], weight[row[0]] = row[y] == "1", 1
		if w >= 0 {
			weight[row[0]], err = strconv.ParseFloat(row[w], 64)
			require.NoError(t, err)
		}
	}
	return outcome, weight
}

// areaUnderCurve is the chance that a bad row has a higher probability than a good one; ties count half.
func areaUnderCurve(t *testing.T, ratings string, outcome map[string]bool, weight map[string]float64) float64 {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(ratings)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, len(outcome)+1)
	type level struct{ bad, good float64 }
	levels := map[int]*level{}
	for _, row := range rows[1:] {
		ppm, err := strconv.Atoi(row[2])
		require.NoError(t, err)
		if levels[ppm] == nil {
			levels[ppm] = &level{}
		}
		if outcome[row[0]] {
			levels[ppm].bad += weight[row[0]]
		} else {
			levels[ppm].good += weight[row[0]]
		}
	}
	var order []int
	for ppm := range levels {
		order = append(order, ppm)
	}
	slices.Sort(order)
	var bad, good, area float64
	for _, ppm := range order {
		area += levels[ppm].bad * (good + levels[ppm].good/2)
		bad, good = bad+levels[ppm].bad, good+levels[ppm].good
	}
	return area / (bad * good)
}
