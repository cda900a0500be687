package credit

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/zhilian-network/zhilian/gateway"
)

const (
	flagOut         = "out"
	flagCalibration = "calibration"
)

// NewCommand is `zhiliand credit`.
func NewCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "credit",
		Short: "Rate with a model file, offline and to the last bit as validators do; check, show and import models",
		Long: `Rate with a model file, offline and to the last bit as validators do; check, show and import models.

Nothing here needs a node. A model file holds a model (a points scorecard or an ensemble of trees, in integers),
a calibration (from score to probability of default) and a master scale (from probability to grade), each with
its digest.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage.`,
		Example: `  zhiliand credit rate models/us-ensemble.model.json subjects.csv --out ratings.csv
  zhiliand credit explain models/us-ensemble.model.json subjects.csv u-000c1f00d4e6
  zhiliand credit model show models/us-scorecard.model.json
  zhiliand credit model import booster.json --from xgboost --describe features.json --sample sample.csv --out my.model.json`,
		// Files are all that it reads: no home is needed, and none is made.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE:              sdkclient.ValidateCmd,
	}
	command.AddCommand(newRateCommand(), newExplainCommand(), newModelCommand(), newCommitmentCommand())
	return command
}

func newModelCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "model",
		Short: "Check, show, stamp, import, back-test, compare and calibrate models",
		RunE:  sdkclient.ValidateCmd,
	}
	command.AddCommand(newCheckCommand(), newShowCommand(), newStampCommand(), newImportCommand(), newBacktestCommand(), newCompareCommand(), newCalibrateCommand(),
		newRegistrationCommand())
	return command
}

func addOutputFlag(command *cobra.Command) {
	command.Flags().StringP(flags.FlagOutput, "o", flags.OutputFormatText, "what to print: text or json")
}

func usagef(format string, args ...any) error {
	return &gateway.UsageError{Err: fmt.Errorf(format, args...)}
}

// text is what a flag of the command holds.
func text(command *cobra.Command, flag string) string { return command.Flag(flag).Value.String() }

// respond shows an answer as JSON, or as write does it.
func respond(command *cobra.Command, answer any, write func(w io.Writer) error) error {
	format := text(command, flags.FlagOutput)
	if known := []string{flags.OutputFormatText, flags.OutputFormatJSON}; !slices.Contains(known, format) {
		return usagef("--%s must be one of %v", flags.FlagOutput, known)
	}
	w := command.OutOrStdout()
	if format == flags.OutputFormatText {
		return write(w)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(answer)
}
