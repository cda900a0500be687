package credit

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cosmos/gogoproto/jsonpb"
	"github.com/spf13/cobra"

	errorsmod "cosmossdk.io/errors"

	"github.com/zhilian-network/zhilian/x/credit/document"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

const (
	flagData     = "data"
	folderMode   = 0o755
	modelFile    = "model.bin"
	calFile      = "calibration.bin"
	scaleFile    = "scale.bin"
	backTestFile = "back-test.json"
)

func newRegistrationCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "registration MODEL BACKTEST.json --out FOLDER",
		Short: "Write the files that a registration on the chain takes: canonical bytes and the back-test",
		Long: `Write the files that "zhiliand tx credit register-model" takes: the canonical bytes of the model, of its calibration
and of its scale, and the back-test in the form of the registry. BACKTEST.json is what
"zhiliand credit model backtest MODEL FILE.csv --reference TRAINING.csv -o json" has printed.`,
		Example: `  zhiliand credit model registration my.model.json backtest.json --data "SME loans 2025, held out" --out registration
  zhiliand tx credit register-model sme-1y --model registration/model.bin --calibration registration/calibration.bin \
    --scale registration/scale.bin --training-window '{"first_month":202001,"last_month":202412}' \
    --back-test "$(cat registration/back-test.json)" --from risk-officer`,
		Args: cobra.ExactArgs(2),
		RunE: func(command *cobra.Command, args []string) error {
			command.SilenceUsage = true
			return writeRegistration(command, args[0], args[1])
		},
	}
	command.Flags().String(flagData, "", "what the data of the back-test are, in words")
	command.Flags().String(flagOut, "", "folder for the files; it is made if it is not there")
	command.Flags().String(flagCalibration, "", "file of a calibration to register in the place of the model file's own")
	return command
}

func writeRegistration(command *cobra.Command, model, tested string) error {
	folder := text(command, flagOut)
	if folder == "" || text(command, flagData) == "" {
		return usagef("--%s and --%s are needed", flagOut, flagData)
	}
	_, rater, err := readModel(command.InOrStdin(), model, text(command, flagCalibration))
	if err != nil {
		return err
	}
	test, err := readBackTest(command.InOrStdin(), tested, rater, text(command, flagData))
	if err != nil {
		return errorsmod.Wrap(err, tested)
	}
	var written bytes.Buffer
	if err := (&jsonpb.Marshaler{OrigName: true}).Marshal(&written, &test); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return err
	}
	for _, file := range []struct {
		name    string
		content []byte
	}{
		{modelFile, rater.Model().Canonical()}, {calFile, rater.Calibration().Canonical()},
		{scaleFile, rater.Scale().Canonical()}, {backTestFile, append(written.Bytes(), '\n')},
	} {
		path := filepath.Join(folder, file.name)
		if err := deliver(command.OutOrStdout(), path, file.content); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(command.OutOrStdout(), path); err != nil {
			return err
		}
	}
	return nil
}

// readBackTest turns what `backtest` printed into what the registry keeps. It must be of this model, with this
// calibration and scale.
func readBackTest(stdin io.Reader, name string, rater *engine.Rater, data string) (types.BackTest, error) {
	content, err := readFile(stdin, name, document.MaxBytes)
	if err != nil {
		return types.BackTest{}, err
	}
	var read engine.Backtest
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		return types.BackTest{}, types.ErrInvalidBackTest.Wrap(err.Error())
	}
	if read.Model != rater.Model().Digest().String() || read.Calibration != rater.Calibration().Digest().String() || read.Scale != rater.Scale().Digest().String() {
		return types.BackTest{}, types.ErrInvalidBackTest.Wrap("it is of another model, calibration or scale")
	}
	if read.StabilityPpm == nil {
		return types.BackTest{}, types.ErrInvalidBackTest.Wrapf("it has no stability index: run backtest with --%s", flagReference)
	}
	digest, err := hex.DecodeString(read.Data)
	if err != nil {
		return types.BackTest{}, types.ErrInvalidBackTest.Wrap(err.Error())
	}
	test := types.BackTest{
		DataDigest: digest, Data: data, Rows: read.Rows, Bad: read.Bad, AucPpm: read.AUCPpm, KsPpm: read.KSPpm,
		BrierPpm: read.BrierPpm, CalibrationPpm: read.CalibrationPpm, PsiPpm: uint32(min(*read.StabilityPpm, types.MaxPsiPpm)),
	}
	if len(read.Grades) != len(rater.Scale().Grades) {
		return types.BackTest{}, types.ErrInvalidBackTest.Wrapf("%d grades, the scale has %d", len(read.Grades), len(rater.Scale().Grades))
	}
	for i, grade := range read.Grades {
		if grade.Rows > 0 {
			test.Grades = append(test.Grades, types.GradeTest{
				Grade: rater.Scale().Grades[i].Name, Rows: grade.Rows, Bad: grade.Bad, MeanPdPpm: grade.MeanPDPpm, ObservedPpm: grade.ObservedPpm,
			})
		}
	}
	return test, test.Validate()
}
