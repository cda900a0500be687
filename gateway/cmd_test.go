package gateway

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
)

// run executes the command group as the binary does, without a node.
func run(t *testing.T, stdin string, args ...string) (string, error) {
	t.Helper()
	command := NewISOCommand()
	var out bytes.Buffer
	command.SetOut(&out)
	command.SetErr(&out)
	command.SetIn(strings.NewReader(stdin))
	command.SetArgs(args)
	command.SilenceErrors, command.SilenceUsage = true, true
	err := command.ExecuteContext(context.WithValue(t.Context(), sdkclient.ClientContextKey, &sdkclient.Context{}))
	return out.String(), err
}

func TestCheckSaysWhatIsWrongAndWhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.xml")
	require.NoError(t, os.WriteFile(path, []byte("<Document\n xmlns=\"urn:x\"></Document>"), 0o600))
	out, err := run(t, "", "check", path)
	require.ErrorIs(t, err, ErrFileFaulty)
	require.Contains(t, out, "would be refused")
	require.Contains(t, out, "line ")

	out, err = run(t, "no xml \x1b[2J", "check", "-", "-o", "json")
	require.ErrorIs(t, err, ErrFileFaulty)
	require.Contains(t, out, `"accepted":false`)
	require.NotContains(t, out, "\x1b")
}

func TestWrongUsageIsToldApartFromFailure(t *testing.T) {
	for name, args := range map[string][]string{
		"no key":                      {"submit", "x.xml"},
		"no account":                  {"statement"},
		"two accounts":                {"statement", "--account", "1", "--address", "zhilian1"},
		"a day that is none":          {"statement", "--account", "1", "--from-date", "2026-02-30"},
		"a period that ends too soon": {"statement", "--account", "1", "--from-date", "2026-02-03", "--to-date", "2026-02-01"},
		"an unknown format":           {"check", "-", "-o", "yaml"},
	} {
		_, err := run(t, "", args...)
		var usage *UsageError
		require.ErrorAs(t, err, &usage, name)
	}
	_, err := run(t, "", "check", filepath.Join(t.TempDir(), "absent.xml"))
	var usage *UsageError
	require.Error(t, err)
	require.NotErrorAs(t, err, &usage)
}

func TestPeriodsAreDaysOfTheNetwork(t *testing.T) {
	command := newStatementCommand()
	now := time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC) // the 23rd in China
	from, to, err := period(command, now)
	require.NoError(t, err)
	require.Equal(t, "2026-11-23T00:00:00+08:00", from.Format(time.RFC3339))
	require.Equal(t, "2026-11-24T00:00:00+08:00", to.Format(time.RFC3339))

	require.NoError(t, command.Flags().Set(flagFromDate, "2026-11-01"))
	require.NoError(t, command.Flags().Set(flagToDate, "2027-01-01"))
	from, to, err = period(command, now)
	require.NoError(t, err)
	require.Equal(t, "2026-11-01T00:00:00+08:00", from.Format(time.RFC3339))
	require.Equal(t, "2026-11-24T00:00:00+08:00", to.Format(time.RFC3339), "a day to come has no balance")
}

func TestAnInvoiceBecomesThePartThatAReceivableTakes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reference.key")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("0f", 32)), 0o600))
	invoice := []string{
		"invoice", "--reference-key", path, "--seller", "91370200MA999902XK", "--buyer", "91370200MA999901XJ",
		"--number", "24372000000012345678", "--date", "2026-10-31", "--amount", "50000.00",
	}
	out, err := run(t, "", invoice...)
	require.NoError(t, err)
	require.Contains(t, out, `"invoice_amount":"5000000","amount":"5000000"}`)
	part, err := run(t, "", append(invoice, "--take", "0.01")...)
	require.NoError(t, err)
	require.Contains(t, part, `"invoice_amount":"5000000","amount":"1"}`)
	require.Equal(t, out[:len(`{"digest":"`)+44], part[:len(`{"digest":"`)+44], "it is one invoice")

	for name, change := range map[string][]string{
		"a seller that is none":      {"--seller", "91370200MA999902XJ"},
		"a day that is none":         {"--date", "2026-02-30"},
		"more than the invoice":      {"--take", "50000.01"},
		"no number":                  {"--number", ""},
		"a fraction of a minor unit": {"--amount", "1.001"},
	} {
		_, err := run(t, "", append(invoice, change...)...)
		var usage *UsageError
		require.ErrorAs(t, err, &usage, name)
	}
}
