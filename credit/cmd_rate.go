package credit

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/zhilian-network/zhilian/x/credit/engine"
)

func newRateCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "rate MODEL FILE.csv",
		Short: "Rate each row of a table: row_id,score,pd_ppm,grade,reasons",
		Long: `Rate each row of a table and write row_id,score,pd_ppm,grade,reasons as CSV.

FILE.csv has a header; the columns row_id and those that the model reads are found by name (in any case, if no name is
exactly the model's), in any order; others are ignored.
It may be compressed with gzip; "-" is standard input. Numbers are decimal (12.5, -3, 1.25e-3), read exactly and
rounded half to even to the input's decimals; blank is missing, and so is a code that the model does not know.

score is in the model's own unit, pd_ppm the probability of default in millionths within the model's horizon,
reasons are up to four codes with what they did to the score, the strongest first: + made it riskier, - safer.
In a scorecard that is the points lost against the best that an attribute gives. If one row is refused, nothing
is written.`,
		Example: `  zhiliand credit rate models/polish5-scorecard.model.json companies.csv
  zhiliand credit rate models/us-ensemble.model.json companies.csv.gz --out ratings.csv
  zhiliand credit rate my.model.json companies.csv --calibration recalibrated-2026.json`,
		Args: cobra.ExactArgs(2),
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
			var out bytes.Buffer
			if err := rateTable(rater, source, &out); err != nil {
				return err
			}
			return deliver(command.OutOrStdout(), text(command, flagOut), out.Bytes())
		},
	}
	command.Flags().String(flagOut, "", "file to write (default: standard output)")
	command.Flags().String(flagCalibration, "", "file of a calibration to use in the place of the model file's own")
	return command
}

// rateTable rates each row of r.
func rateTable(rater *engine.Rater, r io.Reader, w io.Writer) error {
	rows, err := newTable(r, rater.Model().Inputs)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{idColumn, "score", "pd_ppm", "grade", "reasons"}); err != nil {
		return err
	}
	for {
		id, row, err := rows.next()
		if errors.Is(err, io.EOF) {
			out.Flush()
			return out.Error()
		}
		if err != nil {
			return err
		}
		rating, err := rater.Rate(row)
		if err != nil {
			return rows.wrapRow(err, id)
		}
		if err := out.Write(ratingRecord(rater, id, rating)); err != nil {
			return err
		}
	}
}

func ratingRecord(rater *engine.Rater, id string, rating engine.Rating) []string {
	return []string{
		id, strconv.FormatInt(rating.Score, 10), strconv.FormatUint(uint64(rating.PDPpm), 10),
		rater.Scale().Grades[rating.Grade].Name, reasonsText(rating.Reasons),
	}
}

// reasonsText is code:+contribution, joined by semicolons.
func reasonsText(reasons []engine.Reason) string {
	parts := make([]string, len(reasons))
	for i, reason := range reasons {
		parts[i] = fmt.Sprintf("%s:%+d", reason.Code, reason.Contribution)
	}
	return strings.Join(parts, ";")
}
