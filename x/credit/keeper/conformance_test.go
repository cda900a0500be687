package keeper_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/testutil/nodebinary"
	"github.com/zhilian-network/zhilian/testutil/shareddata"
	"github.com/zhilian-network/zhilian/x/credit/document"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

const modelsFolder = "../../../models"

// Two processes of `zhiliand credit rate` and the chain give the same bytes on the whole validation set of every
// model: a provider attests what stands in each row, the chain rates, and its ratings are written as the command
// writes them. It takes some 13 seconds of one core.
func TestTheChainRatesTheValidationSetsToTheBytesOfTwoProcesses(t *testing.T) {
	folder := shareddata.Folder(t, "credit")
	binary, err := nodebinary.In(t.TempDir())
	require.NoError(t, err)
	files, err := filepath.Glob(modelsFolder + "/*.model.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, model := range files {
		name := strings.TrimSuffix(filepath.Base(model), ".model.json")
		t.Run(name, func(t *testing.T) {
			set, _, _ := strings.Cut(name, "-")
			rows := filepath.Join(folder, set+"_valid.csv.gz")
			chain := chainRatings(t, model, rows)
			require.Greater(t, bytes.Count(chain, []byte("\n")), 900)
			for _, environment := range [][]string{{"GOMAXPROCS=1", "TZ=UTC"}, {"GOMAXPROCS=2", "TZ=Asia/Shanghai", "GOGC=10"}} {
				command := exec.Command(binary, "credit", "rate", model, rows, "--home", t.TempDir())
				command.Env = append(os.Environ(), environment...)
				offline, err := command.Output()
				require.NoError(t, err)
				require.True(t, bytes.Equal(chain, offline), "the bytes differ, first at line %d", firstDifference(chain, offline))
			}
		})
	}
}

func firstDifference(a, b []byte) int {
	left, right := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(left), len(right)) {
		if !bytes.Equal(left[i], right[i]) {
			return i + 1
		}
	}
	return min(len(left), len(right)) + 1
}

// chainRatings registers the model, makes it champion, and has the chain rate each row.
func chainRatings(t *testing.T, model, rows string) []byte {
	t.Helper()
	text, err := os.ReadFile(model)
	require.NoError(t, err)
	file, _, err := document.Read(text)
	require.NoError(t, err)
	f := newFixture(t)
	msg := registerMsg("bqdq", &file.Model, 1, 900_000)
	msg.Calibration, msg.Scale = file.Calibration.Canonical(), file.Scale.Canonical()
	registered, err := f.msg.RegisterModel(f.ctx, msg)
	require.NoError(t, err)
	f.must(registered.ModelId, types.StepApprove, types.ModelChallenger)
	f.must(registered.ModelId, types.StepPromote, types.ModelChampion)

	records := readRows(t, rows)
	var out bytes.Buffer
	writer := csv.NewWriter(&out)
	require.NoError(t, writer.Write([]string{"row_id", "score", "pd_ppm", "grade", "reasons"}))
	for _, record := range records[1:] {
		rated := f.rateRow(attestedRow(t, file.Model.Inputs, records[0], record))
		require.NoError(t, writer.Write([]string{
			record[0], strconv.FormatInt(rated.Score, 10), strconv.FormatUint(uint64(rated.PdPpm), 10), rated.Grade, reasonsOf(rated),
		}))
	}
	writer.Flush()
	require.NoError(t, writer.Error())
	return out.Bytes()
}

func readRows(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	unzipped, err := gzip.NewReader(bufio.NewReader(file))
	require.NoError(t, err)
	records, err := csv.NewReader(unzipped).ReadAll()
	require.NoError(t, err)
	require.Equal(t, "row_id", records[0][0])
	return records
}

// rateRow is one subject's attestation and rating, of which the store keeps nothing.
func (f *fixture) rateRow(values []types.InputValue) types.Rating {
	f.t.Helper()
	kept := f.ctx
	defer func() { f.ctx = kept }()
	f.ctx, _ = kept.CacheContext()
	f.ctx = f.ctx.WithEventManager(sdk.NewEventManager())
	_, err := f.msg.Attest(f.ctx, attestMsg("taxo", acme, values...))
	require.NoError(f.t, err)
	answer, err := f.msg.Rate(f.ctx, &types.MsgRate{Operator: "acme", Subject: acme, Product: product})
	require.NoError(f.t, err)
	return answer.Rating
}

// attestedRow is what a provider attests of a row: each number with as many decimals as fit.
func attestedRow(t *testing.T, inputs []engine.Input, header, record []string) []types.InputValue {
	t.Helper()
	var values []types.InputValue
	for _, input := range inputs {
		at := slices.Index(header, input.Name)
		require.GreaterOrEqual(t, at, 0, input.Name)
		cell := strings.TrimSpace(record[at])
		if cell == "" {
			continue
		}
		value := types.InputValue{Name: input.Name}
		if len(input.Codes) > 0 {
			value.Code = cell
		} else {
			value.Value, value.Decimals = finest(t, cell)
		}
		values = append(values, value)
	}
	sortValues(values)
	return values
}

func finest(t *testing.T, text string) (value int64, decimals uint32) {
	t.Helper()
	for decimals = types.MaxDecimals; ; decimals-- {
		value, err := engine.ParseDecimal(text, decimals)
		require.NoError(t, err)
		if value > -types.MaxValue && value < types.MaxValue || decimals == 0 {
			return value, decimals
		}
	}
}

func reasonsOf(rated types.Rating) string {
	var parts []string
	for _, reason := range rated.Reasons {
		parts = append(parts, fmt.Sprintf("%s:%+d", reason.Code, reason.Contribution))
	}
	return strings.Join(parts, ";")
}
