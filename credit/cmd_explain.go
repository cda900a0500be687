package credit

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

func newExplainCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "explain MODEL FILE.csv ROW_ID",
		Short: "Say why a row has its grade, and what would raise it by one",
		Long: `Say why a row has its grade, and what would raise it by one: the score that is needed, and each single feature
whose change alone would do, everything else as it is. A model sees figures, not causes: that a change would have
given a better grade does not say that making it would make the firm safer.`,
		Example: `  zhiliand credit explain models/polish5-scorecard.model.json companies.csv p5-0038901c58aa
  zhiliand credit explain models/us-ensemble.model.json companies.csv u-000c1f00d4e6 -o json`,
		Args: cobra.ExactArgs(3),
		RunE: func(command *cobra.Command, args []string) error {
			command.SilenceUsage = true
			_, rater, err := readModel(command.InOrStdin(), args[0], text(command, flagCalibration))
			if err != nil {
				return err
			}
			source, err := open(command.InOrStdin(), args[1])
			if err != nil {
				return err
			}
			defer source.Close()
			explained, err := explainRow(rater, source, args[2])
			if err != nil {
				return err
			}
			return respond(command, explained, explained.write)
		},
	}
	command.Flags().String(flagCalibration, "", "file of a calibration to use in the place of the model file's own")
	addOutputFlag(command)
	return command
}

type explanation struct {
	Row     string       `json:"row_id"`
	Score   int64        `json:"score"`
	PDPpm   uint32       `json:"pd_ppm"`
	Grade   string       `json:"grade"`
	Reasons []reasonText `json:"reasons"`
	Better  *betterGrade `json:"better,omitempty"`
}

type reasonText struct {
	Code         string `json:"code"`
	Contribution int64  `json:"contribution"`
}

type betterGrade struct {
	Grade string `json:"grade"`
	// Score is left out where no score of the model has the grade.
	Score   *int64       `json:"score,omitempty"`
	Changes []changeText `json:"changes"`
}

type changeText struct {
	Feature string `json:"feature"`
	From    string `json:"from"`
	AtLeast string `json:"at_least,omitempty"`
	AtMost  string `json:"at_most,omitempty"`
}

func explainRow(rater *engine.Rater, r io.Reader, wanted string) (*explanation, error) {
	rows, err := newTable(r, rater.Model().Inputs)
	if err != nil {
		return nil, err
	}
	for {
		id, row, err := rows.next()
		if errors.Is(err, io.EOF) {
			return nil, types.ErrTable.Wrapf("it has no row %.80q", wanted)
		}
		if err != nil {
			return nil, err
		}
		if id != wanted {
			continue
		}
		explained, err := explain(rater, id, row)
		if err != nil {
			return nil, rows.wrapRow(err, id)
		}
		return explained, nil
	}
}

func explain(rater *engine.Rater, id string, row []int64) (*explanation, error) {
	rating, err := rater.Rate(row)
	if err != nil {
		return nil, err
	}
	grades := rater.Scale().Grades
	explained := &explanation{Row: id, Score: rating.Score, PDPpm: rating.PDPpm, Grade: grades[rating.Grade].Name, Reasons: []reasonText{}}
	for _, reason := range rating.Reasons {
		explained.Reasons = append(explained.Reasons, reasonText(reason))
	}
	better, found, err := rater.Improve(row)
	if err != nil || !found {
		return explained, err
	}
	explained.Better = &betterGrade{Grade: grades[better.Grade].Name, Changes: []changeText{}}
	if better.Reachable {
		explained.Better.Score = &better.Score
	}
	for _, change := range better.Changes {
		explained.Better.Changes = append(explained.Better.Changes, changeAsText(rater.Model(), change))
	}
	return explained, nil
}

func changeAsText(model *engine.Model, change engine.Change) changeText {
	decimals := uint32(0)
	for _, feature := range model.Features {
		if feature.Name == change.Feature {
			decimals = feature.Decimals
		}
	}
	answer := changeText{Feature: change.Feature, From: engine.FormatDecimal(change.From, decimals)}
	if to := engine.FormatDecimal(change.To, decimals); change.AtLeast {
		answer.AtLeast = to
	} else {
		answer.AtMost = to
	}
	return answer
}

func (e *explanation) write(w io.Writer) error {
	fmt.Fprintf(w, "Row %s has grade %s: score %d, probability of default %s %%.\n", terminal.Inert(e.Row), e.Grade, e.Score, percent(e.PDPpm))
	for _, reason := range e.Reasons {
		word := "riskier"
		if reason.Contribution < 0 {
			word = "safer"
		}
		fmt.Fprintf(w, "  %-16s %+d, %s\n", reason.Code, reason.Contribution, word)
	}
	if e.Better == nil {
		fmt.Fprintln(w, "It has the best grade that the calibration gives.")
		return nil
	}
	if e.Better.Score != nil {
		fmt.Fprintf(w, "Grade %s needs a score of %d (%+d).\n", e.Better.Grade, *e.Better.Score, *e.Better.Score-e.Score)
	} else {
		fmt.Fprintf(w, "No score of this model has grade %s.\n", e.Better.Grade)
	}
	return e.Better.write(w)
}

func (b *betterGrade) write(w io.Writer) error {
	if len(b.Changes) == 0 {
		fmt.Fprintln(w, "No single feature would do it alone.")
		return nil
	}
	fmt.Fprintln(w, "One of these alone would do it, all else as it is:")
	rows := make([][]string, 0, len(b.Changes))
	for _, change := range b.Changes {
		to := "at least " + change.AtLeast
		if change.AtLeast == "" {
			to = "at most " + change.AtMost
		}
		rows = append(rows, []string{change.Feature, change.From, to})
	}
	return terminal.WriteTable(w, []string{"FEATURE", "NOW", "INSTEAD"}, map[int]bool{1: true}, rows)
}

// percent writes millionths as a percentage.
func percent(ppm uint32) string { return engine.FormatDecimal(int64(ppm), 4) }
