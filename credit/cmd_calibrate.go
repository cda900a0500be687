package credit

import (
	"fmt"
	"io"
	"math"

	"github.com/spf13/cobra"

	errorsmod "cosmossdk.io/errors"

	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/x/credit/document"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

const flagBasis = "basis"

func newCalibrateCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "calibrate MODEL FILE.csv",
		Short: "Fit a new calibration of a model to outcomes, and write it to a file",
		Long: `Fit a new calibration of a model to outcomes: the slope and the offset with which its scores, as log-odds, make
the outcomes most likely. The model stays as it is. Use rows that the model was not trained on.

The calibration's version is the one after the model file's; grades are no better than three in the number of rows.
Rate with it by --calibration.`,
		Example: `  zhiliand credit model calibrate models/sba-ensemble.model.json outcomes-2010.csv --outcome y --weight w \
    --basis "loans approved in 2010" --out sba-2010.calibration.json
  zhiliand credit model backtest models/sba-ensemble.model.json outcomes-2011.csv --outcome y --calibration sba-2010.calibration.json`,
		Args: cobra.ExactArgs(2),
		RunE: func(command *cobra.Command, args []string) error {
			command.SilenceUsage = true
			return calibrate(command, args[0], args[1])
		},
	}
	f := command.Flags()
	f.String(flagOutcome, "", "column that is 1 for a bad row and 0 for a good one")
	f.String(flagWeight, "", "column of weights: how many rows of the population a row stands for")
	f.String(flagBasis, "", "what the rows are, in words: it stands in the calibration")
	f.String(flagOut, "", "file to write")
	addOutputFlag(command)
	for _, required := range []string{flagOutcome, flagBasis, flagOut} {
		if err := command.MarkFlagRequired(required); err != nil {
			panic(err) // the flag was added above
		}
	}
	return command
}

// calibrated is what the command answers.
type calibrated struct {
	File        string             `json:"file"`
	Digest      string             `json:"digest"`
	Calibration engine.Calibration `json:"calibration"`
	Before      engine.Assessment  `json:"before"`
	After       engine.Assessment  `json:"after"`
}

func calibrate(command *cobra.Command, model, name string) error {
	doc, rater, err := readModel(command.InOrStdin(), model, "")
	if err != nil {
		return err
	}
	observations, scores, _, err := observe(command, rater, name)
	if err != nil {
		return errorsmod.Wrap(err, name)
	}
	answer := &calibrated{File: text(command, flagOut)}
	grades := len(doc.Scale.Grades)
	if answer.Before, err = engine.Assess(observations, grades); err != nil {
		return errorsmod.Wrap(err, name)
	}
	slope, offset, err := fit(scores, observations)
	if err != nil {
		return errorsmod.Wrap(err, name)
	}
	answer.Calibration = doc.Calibration
	answer.Calibration.Version++
	answer.Calibration.SlopePpm, answer.Calibration.OffsetMicroLogit = slope, offset
	answer.Calibration.GradeFloorPpm = uint32(min((3*engine.MaxPDPpm+len(scores)-1)/len(scores), engine.MaxPDPpm))
	answer.Calibration.Basis = text(command, flagBasis)
	if rater, err = engine.Compile(&doc.Model, &answer.Calibration, &doc.Scale); err != nil {
		return err
	}
	for i := range observations {
		observations[i].PDPpm = answer.Calibration.PDPpm(scores[i])
		observations[i].Grade = rater.Scale().GradeOf(max(observations[i].PDPpm, answer.Calibration.GradeFloorPpm))
	}
	if answer.After, err = engine.Assess(observations, grades); err != nil {
		return err
	}
	answer.Digest = answer.Calibration.Digest().String()
	content, err := document.WriteCalibration(&answer.Calibration)
	if err != nil {
		return err
	}
	if err := deliver(io.Discard, answer.File, content); err != nil {
		return err
	}
	return respond(command, answer, answer.write)
}

func (c *calibrated) write(w io.Writer) error {
	fmt.Fprintf(w, "Wrote %s: %s version %d, slope %d ppm, offset %d, digest %s\n", terminal.Inert(c.File),
		c.Calibration.Name, c.Calibration.Version, c.Calibration.SlopePpm, c.Calibration.OffsetMicroLogit, c.Digest)
	return terminal.WriteTable(w, []string{"FIGURE", "BEFORE", "AFTER"}, map[int]bool{1: true, 2: true}, [][]string{
		{"Brier", parts(c.Before.BrierPpm), parts(c.After.BrierPpm)},
		{"calibration", parts(c.Before.CalibrationPpm), parts(c.After.CalibrationPpm)},
	})
}

const (
	mostSteps   = 100
	smallEnough = 1e-10
)

// fit is a logistic regression of the outcomes on the score, by Newton's steps on the standardised score. It
// computes in floating point: what it proposes is integers, and what is approved is those.
func fit(scores []int64, observations []engine.Observation) (slopePpm, offsetMicroLogit int64, err error) {
	mean, deviation := moments(scores, observations)
	if deviation == 0 {
		return 0, 0, types.ErrCalibrationFit.Wrap("all scores are equal")
	}
	var a, b float64
	for range mostSteps {
		var gradientA, gradientB, hessAA, hessAB, hessBB float64
		for i, o := range observations {
			x, weight := (float64(scores[i])-mean)/deviation, float64(o.Weight)
			p := 1 / (1 + math.Exp(-(a + b*x)))
			outcome := 0.0
			if o.Bad {
				outcome = 1
			}
			gradientA, gradientB = gradientA+weight*(outcome-p), gradientB+weight*(outcome-p)*x
			curve := weight * p * (1 - p)
			hessAA, hessAB, hessBB = hessAA+curve, hessAB+curve*x, hessBB+curve*x*x
		}
		determinant := hessAA*hessBB - hessAB*hessAB
		stepA := (hessBB*gradientA - hessAB*gradientB) / determinant
		stepB := (hessAA*gradientB - hessAB*gradientA) / determinant
		a, b = a+stepA, b+stepB
		if math.Abs(stepA)+math.Abs(stepB) < smallEnough {
			const million = 1e6
			return inInteger(b / deviation * million * million), inInteger((a - b*mean/deviation) * million), nil
		}
	}
	return 0, 0, types.ErrCalibrationFit.Wrap("scores part bad and good rows completely, or the fit does not settle")
}

func moments(scores []int64, observations []engine.Observation) (mean, deviation float64) {
	var total float64
	for i, o := range observations {
		total, mean = total+float64(o.Weight), mean+float64(o.Weight)*float64(scores[i])
	}
	mean /= total
	for i, o := range observations {
		deviation += float64(o.Weight) * (float64(scores[i]) - mean) * (float64(scores[i]) - mean)
	}
	return mean, math.Sqrt(deviation / total)
}

// inInteger rounds; what does not fit is put where Compile refuses it.
func inInteger(value float64) int64 {
	if math.Abs(value) >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(math.RoundToEven(value))
}
