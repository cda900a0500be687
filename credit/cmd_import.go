package credit

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	errorsmod "cosmossdk.io/errors"

	"github.com/zhilian-network/zhilian/credit/imports"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/x/credit/document"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

const (
	flagFromLibrary = "from"
	flagDescribe    = "describe"
	flagSample      = "sample"
	flagPrediction  = "prediction"
	flagBase        = "base-probability"
	flagHorizon     = "horizon-months"

	// maxExportBytes bounds an export's text; XGBoost writes about 300 bytes a node.
	maxExportBytes = 64 << 20
)

func newImportCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "import EXPORT",
		Short: "Make a model file from an export of XGBoost, LightGBM or scikit-learn",
		Long: `Make a model file from an export of another library, and say how far it is from the model in floating point on a
sample.

  xgboost   Booster.save_model("m.json"), or a JSON array of Booster.get_dump(dump_format="json", with_stats=True)
  lightgbm  Booster.save_model("m.txt"), or the JSON of Booster.dump_model()
  sklearn   what scripts/credit/export_sklearn.py writes of a (Hist)GradientBoostingClassifier

Thresholds are converted exactly: a decimal number goes the way in the model that its floating-point number goes
in the library. Leaves are rounded to millionths of log-odds.

--describe names a draft of a model file without trees: its inputs, features (by the export's names), reasons,
horizon, and, if given, calibration and scale. Without it each feature is a column with six decimals, and the
score is taken as log-odds as it is.`,
		Example: `  zhiliand credit model import booster.json --from xgboost --sample sample.csv --out my.model.json
  zhiliand credit model import model.txt --from lightgbm --describe draft.json --sample sample.csv --prediction p --out my.model.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			command.SilenceUsage = true
			return runImport(command, args[0])
		},
	}
	f := command.Flags()
	f.String(flagFromLibrary, "", "library that wrote the export: xgboost, lightgbm or sklearn")
	f.String(flagDescribe, "", "draft of a model file without trees")
	f.String(flagSample, "", "table of rows to compare on; row_id and the inputs")
	f.String(flagPrediction, "", "column of the sample with the library's own probabilities")
	f.Float64(flagBase, 0.5, "base score of a dump of XGBoost, which does not hold it, as a probability")
	f.Uint32(flagHorizon, 12, "months within which the bad event was looked for, where nothing describes the model")
	f.String(flagOut, "", "model file to write")
	addOutputFlag(command)
	for _, required := range []string{flagFromLibrary, flagOut} {
		if err := command.MarkFlagRequired(required); err != nil {
			panic(err) // the flag was added above
		}
	}
	return command
}

// imported is what the command answers.
type imported struct {
	File      string             `json:"file"`
	Model     string             `json:"model"`
	Digest    string             `json:"digest"`
	Trees     int                `json:"trees"`
	Nodes     int                `json:"nodes"`
	Deviation *imports.Deviation `json:"deviation,omitempty"`
}

func runImport(command *cobra.Command, name string) error {
	if text(command, flagPrediction) != "" && text(command, flagSample) == "" {
		return usagef("--%s is a column of --%s", flagPrediction, flagSample)
	}
	forest, err := readForest(command, name)
	if err != nil {
		return err
	}
	doc, err := describeModel(command, forest, name)
	if err != nil {
		return err
	}
	if err := imports.Convert(forest, &doc.Model); err != nil {
		return errorsmod.Wrap(err, name)
	}
	doc.Stamp()
	rater, err := doc.Rater()
	if err != nil {
		return errorsmod.Wrap(err, name)
	}
	answer := &imported{File: text(command, flagOut), Model: doc.Model.Name, Digest: doc.Digests.Model, Trees: len(doc.Model.Ensemble)}
	for _, tree := range doc.Model.Ensemble {
		answer.Nodes += len(tree)
	}
	if answer.Deviation, err = compareOnSample(command, forest, rater); err != nil {
		return err
	}
	content, err := doc.Write()
	if err != nil {
		return err
	}
	if err := deliver(io.Discard, answer.File, content); err != nil {
		return err
	}
	return respond(command, answer, answer.write)
}

func readForest(command *cobra.Command, name string) (*imports.Forest, error) {
	export, err := readFile(command.InOrStdin(), name, maxExportBytes)
	if err != nil {
		return nil, err
	}
	var forest *imports.Forest
	switch library := text(command, flagFromLibrary); library {
	case "xgboost":
		base, flagErr := command.Flags().GetFloat64(flagBase)
		if flagErr != nil || !(base > 0 && base < 1) {
			return nil, usagef("--%s is between 0 and 1", flagBase)
		}
		forest, err = imports.XGBoost(export, base)
	case "lightgbm":
		forest, err = imports.LightGBM(export)
	case "sklearn":
		forest, err = imports.Sklearn(export)
	default:
		return nil, usagef("--%s %q: xgboost, lightgbm or sklearn", flagFromLibrary, library)
	}
	if err != nil {
		return nil, errorsmod.Wrap(err, name)
	}
	return forest, nil
}

// describeModel is the document without trees: as a file describes it, or the plainest one.
func describeModel(command *cobra.Command, forest *imports.Forest, name string) (*document.Document, error) {
	doc := &document.Document{}
	if described := text(command, flagDescribe); described != "" {
		content, err := readFile(command.InOrStdin(), described, document.MaxBytes)
		if err != nil {
			return nil, err
		}
		if doc, err = document.ReadDescription(content); err != nil {
			return nil, errorsmod.Wrap(err, described)
		}
	} else {
		horizon, err := command.Flags().GetUint32(flagHorizon)
		if err != nil {
			return nil, err
		}
		base, _, _ := strings.Cut(filepath.Base(name), ".")
		doc.Model = engine.Model{Name: base, Version: 1, HorizonMonths: horizon}
		imports.Describe(forest, &doc.Model)
	}
	return doc, doc.Complete()
}

func compareOnSample(command *cobra.Command, forest *imports.Forest, rater *engine.Rater) (*imports.Deviation, error) {
	name := text(command, flagSample)
	if name == "" {
		return nil, nil
	}
	source, err := open(command.InOrStdin(), name)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	rows, err := newTable(source, rater.Model().Inputs)
	if err != nil {
		return nil, errorsmod.Wrap(err, name)
	}
	prediction := -1
	if column := text(command, flagPrediction); column != "" {
		if prediction, err = rows.column(column); err != nil {
			return nil, errorsmod.Wrap(err, name)
		}
	}
	comparison := imports.NewComparison(forest, rater)
	for {
		id, row, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errorsmod.Wrap(err, name)
		}
		expected := math.NaN()
		if prediction >= 0 {
			if expected, err = strconv.ParseFloat(rows.record[prediction], 64); err != nil {
				return nil, rows.wrap(types.ErrNotNumber.Wrapf("%.40q", rows.record[prediction]), id, prediction)
			}
		}
		if err := comparison.Add(id, row, rows.floats(), expected); err != nil {
			return nil, rows.wrapRow(err, id)
		}
	}
	if comparison.Deviation.Rows == 0 {
		return nil, types.ErrTable.Wrapf("%s has no rows to compare on", name)
	}
	return &comparison.Deviation, nil
}

func (i *imported) write(w io.Writer) error {
	fmt.Fprintf(w, "Wrote %s: model %s, %d trees, %d nodes, digest %s\n", terminal.Inert(i.File), i.Model, i.Trees, i.Nodes, i.Digest)
	d := i.Deviation
	if d == nil {
		fmt.Fprintf(w, "It was not compared with the export: give --%s.\n", flagSample)
		return nil
	}
	fmt.Fprintf(w, "On %d rows, integers against floating point:\n", d.Rows)
	fmt.Fprintf(w, "  largest difference of log-odds    %.3g, row %s\n", d.LogOdds, terminal.Inert(d.LogOddsRow))
	fmt.Fprintf(w, "  largest difference of probability %.3g, row %s\n", d.Probability, terminal.Inert(d.ProbabilityRow))
	fmt.Fprintf(w, "  rows that reach another leaf      %d\n", d.OtherPaths)
	if d.Library != nil {
		fmt.Fprintf(w, "  largest difference of the export as read from the library's own probability %.3g, row %s\n", *d.Library, terminal.Inert(d.LibraryRow))
	}
	return nil
}
