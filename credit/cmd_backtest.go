package credit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	errorsmod "cosmossdk.io/errors"

	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

const (
	flagOutcome   = "outcome"
	flagWeight    = "weight"
	flagReference = "reference"
	flagTolerance = "tolerance-ppm"
	flagLeastBad  = "least-bad"

	// weightDecimals: weights are in millionths, as the engine takes them.
	weightDecimals = 6
)

func newBacktestCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "backtest MODEL FILE.csv",
		Short: "Say what a model's ratings were worth: AUC, KS, Brier, calibration by grade, stability",
		Long: `Say what a model's ratings were worth on rows whose outcome is known. All figures are exact integers in ppm, the
same on every machine: anyone with the table can check a back-test that another has published.`,
		Example: `  zhiliand credit model backtest models/us-ensemble.model.json outcomes.csv --outcome y
  zhiliand credit model backtest my.model.json outcomes.csv --outcome y --weight w --reference training.csv -o json`,
		Args: cobra.ExactArgs(2),
		RunE: func(command *cobra.Command, args []string) error {
			command.SilenceUsage = true
			tested, rater, err := backtest(command, args[0], text(command, flagCalibration), args[1])
			if err != nil {
				return err
			}
			return respond(command, tested, func(w io.Writer) error { return writeBacktest(w, rater, tested) })
		},
	}
	addBacktestFlags(command)
	command.Flags().String(flagCalibration, "", "file of a calibration to use in the place of the model file's own")
	return command
}

func newCompareCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "compare CHAMPION CHALLENGER FILE.csv",
		Short: "Say whether a challenger may take the champion's place; refused if it is worse",
		Long: `Back-test two models on the same rows and decide as the registry does: the challenger is refused if its AUC, KS,
Brier or calibration is worse by more than the tolerance, if there are too few bad rows to tell, or if the
population has moved too far from the reference. Exit code 1 if it is refused.`,
		Example: `  zhiliand credit model compare models/us-scorecard.model.json models/us-ensemble.model.json outcomes.csv --outcome y`,
		Args:    cobra.ExactArgs(3),
		RunE: func(command *cobra.Command, args []string) error {
			command.SilenceUsage = true
			return compare(command, args)
		},
	}
	addBacktestFlags(command)
	rules := engine.DefaultRules()
	command.Flags().Uint32(flagTolerance, rules.TolerancePpm, "how much worse a figure may be")
	command.Flags().Uint64(flagLeastBad, rules.LeastBad, "how many bad rows are needed")
	return command
}

func addBacktestFlags(command *cobra.Command) {
	f := command.Flags()
	f.String(flagOutcome, "", "column that is 1 for a bad row and 0 for a good one")
	f.String(flagWeight, "", "column of weights: how many rows of the population a row stands for")
	f.String(flagReference, "", "table of the population that the model was made for, to measure how far it has moved; with the same columns")
	addOutputFlag(command)
	if err := command.MarkFlagRequired(flagOutcome); err != nil {
		panic(err) // the flag was added above
	}
}

func compare(command *cobra.Command, args []string) error {
	rules := engine.DefaultRules()
	var err error
	if rules.TolerancePpm, err = command.Flags().GetUint32(flagTolerance); err != nil {
		return err
	}
	if rules.LeastBad, err = command.Flags().GetUint64(flagLeastBad); err != nil {
		return err
	}
	champion, _, err := backtest(command, args[0], "", args[2])
	if err != nil {
		return err
	}
	challenger, _, err := backtest(command, args[1], "", args[2])
	if err != nil {
		return err
	}
	refusal := engine.Promote(champion, challenger, rules)
	answer := struct {
		Champion   *engine.Backtest `json:"champion"`
		Challenger *engine.Backtest `json:"challenger"`
		Promoted   bool             `json:"promoted"`
	}{champion, challenger, refusal == nil}
	if err := respond(command, answer, func(w io.Writer) error { return writeComparison(w, champion, challenger) }); err != nil {
		return err
	}
	return refusal
}

// backtest rates a table whose outcomes are known.
func backtest(command *cobra.Command, model, calibration, name string) (*engine.Backtest, *engine.Rater, error) {
	doc, rater, err := readModel(command.InOrStdin(), model, calibration)
	if err != nil {
		return nil, nil, err
	}
	tested := &engine.Backtest{Model: doc.Digests.Model, Calibration: rater.Calibration().Digest().String(), Scale: doc.Digests.Scale}
	if tested.Assessment, tested.Data, err = assess(command, rater, name); err != nil {
		return nil, nil, errorsmod.Wrap(err, name)
	}
	reference := text(command, flagReference)
	if reference == "" {
		return tested, rater, nil
	}
	was, _, err := assess(command, rater, reference)
	if err != nil {
		return nil, nil, errorsmod.Wrap(err, reference)
	}
	stability, err := engine.StabilityPpm(&was, &tested.Assessment)
	tested.StabilityPpm = &stability
	return tested, rater, err
}

func assess(command *cobra.Command, rater *engine.Rater, name string) (engine.Assessment, string, error) {
	observations, _, data, err := observe(command, rater, name)
	if err != nil {
		return engine.Assessment{}, "", err
	}
	assessment, err := engine.Assess(observations, len(rater.Scale().Grades))
	return assessment, data, err
}

// observe rates a table whose outcomes are known, and names its data by a digest.
func observe(command *cobra.Command, rater *engine.Rater, name string) (observations []engine.Observation, scores []int64, digest string, err error) {
	source, err := open(command.InOrStdin(), name)
	if err != nil {
		return nil, nil, "", err
	}
	defer source.Close()
	outcomes := []engine.Input{{Name: text(command, flagOutcome)}}
	if weight := text(command, flagWeight); weight != "" {
		outcomes = append(outcomes, engine.Input{Name: weight, Decimals: weightDecimals})
	}
	inputs := rater.Model().Inputs
	rows, err := newTable(source, append(outcomes, inputs...))
	if err != nil {
		return nil, nil, "", err
	}
	data := sha256.New()
	for {
		id, row, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, "", err
		}
		rating, err := rater.Rate(row[len(outcomes):])
		if err != nil {
			return nil, nil, "", rows.wrapRow(err, id)
		}
		observed := engine.Observation{PDPpm: rating.PDPpm, Grade: rating.Grade, Bad: row[0] == 1, Weight: 1_000_000}
		if row[0] != 0 && row[0] != 1 {
			return nil, nil, "", rows.wrap(types.ErrObservation.Wrap("an outcome is 1 or 0"), id, rows.columns[0])
		}
		if len(outcomes) > 1 {
			observed.Weight = row[1]
		}
		addToDigest(data, id, observed)
		observations, scores = append(observations, observed), append(scores, rating.Score)
	}
	return observations, scores, hex.EncodeToString(data.Sum(nil)), nil
}

// addToDigest names the data by its rows' names, outcomes and weights: what two back-tests must have in common.
func addToDigest(data hash.Hash, id string, observed engine.Observation) {
	outcome := "0"
	if observed.Bad {
		outcome = "1"
	}
	fmt.Fprintf(data, "%d:%s,%s,%d\n", len(id), id, outcome, observed.Weight)
}

func writeBacktest(w io.Writer, rater *engine.Rater, b *engine.Backtest) error {
	model := rater.Model()
	fmt.Fprintf(w, "%s version %d on %d rows, %d bad (data %.16s…)\n", model.Name, model.Version, b.Rows, b.Bad, b.Data)
	fmt.Fprintf(w, "AUC %s, KS %s, Brier %s; grades are off by %s on average\n", parts(b.AUCPpm), parts(b.KSPpm), parts(b.BrierPpm), parts(b.CalibrationPpm))
	if b.StabilityPpm != nil {
		fmt.Fprintf(w, "stability index %s against the reference\n", engine.FormatDecimal(int64(*b.StabilityPpm), 6))
	}
	fmt.Fprintln(w)
	var rows [][]string
	for i, grade := range b.Grades {
		if grade.Rows == 0 {
			continue
		}
		rows = append(rows, []string{
			rater.Scale().Grades[i].Name, strconv.FormatUint(grade.Rows, 10), strconv.FormatUint(grade.Bad, 10), percentage(grade.MeanPDPpm), percentage(grade.ObservedPpm),
		})
	}
	return terminal.WriteTable(w, []string{"GRADE", "ROWS", "BAD", "MEAN PD %", "OBSERVED %"}, map[int]bool{1: true, 2: true, 3: true, 4: true}, rows)
}

func writeComparison(w io.Writer, champion, challenger *engine.Backtest) error {
	var rows [][]string
	for _, figure := range []struct {
		name        string
		before, now uint32
	}{
		{"AUC", champion.AUCPpm, challenger.AUCPpm},
		{"KS", champion.KSPpm, challenger.KSPpm},
		{"Brier", champion.BrierPpm, challenger.BrierPpm},
		{"calibration", champion.CalibrationPpm, challenger.CalibrationPpm},
	} {
		rows = append(rows, []string{figure.name, parts(figure.before), parts(figure.now)})
	}
	return terminal.WriteTable(w, []string{"FIGURE", "CHAMPION", "CHALLENGER"}, map[int]bool{1: true, 2: true}, rows)
}

// parts writes millionths as a number from 0 to 1, and percentage as one from 0 to 100, with all their digits: in a
// column they stand below each other.
func parts(ppm uint32) string      { return fmt.Sprintf("%d.%06d", ppm/1_000_000, ppm%1_000_000) }
func percentage(ppm uint32) string { return fmt.Sprintf("%d.%04d", ppm/10_000, ppm%10_000) }
