package report_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/iso20022/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

type specimen struct {
	name    string
	message string
	write   func() ([]byte, error)
}

func specimens() []specimen {
	paymentStatus := func(in report.PaymentStatusReport) func() ([]byte, error) {
		return func() ([]byte, error) { return report.PaymentStatus(in) }
	}
	refused := report.PaymentStatusReport{
		Header: header("ZL-STS-0002"), Original: original("pain.001.001.09", 400), Status: report.Rejected,
		Reasons: []report.Reason{{Code: "AM10", Text: []string{"sum of amounts 18300.49, control sum 18300.50"}}, {Proprietary: "gateway/12"}},
	}
	return []specimen{
		{"pain.002.001.03_partial", report.Pain002V03, paymentStatus(paidAndRefused("pain.001.001.03"))},
		{"pain.002.001.10_partial", report.Pain002V10, paymentStatus(paidAndRefused("pain.001.001.09"))},
		{"pain.002.001.12_partial", report.Pain002V12, paymentStatus(paidAndRefused("pain.001.001.11"))},
		{"pain.002.001.10_whole_file_refused", report.Pain002V10, paymentStatus(refused)},
		{"pacs.002.001.10", report.Pacs002V10, func() ([]byte, error) { return report.FIStatus(interbank("pacs.008.001.08")) }},
		{"pacs.002.001.12", report.Pacs002V12, func() ([]byte, error) { return report.FIStatus(interbank("pacs.008.001.10")) }},
		{"camt.054.001.08_batch_and_return", report.Camt054V08, func() ([]byte, error) { return report.Notification(notification()) }},
		{"camt.053.001.08_four_currencies", report.Camt053V08, func() ([]byte, error) { return report.Statement(statement()) }},
		{"admi.002.001.01", report.Admi002V01, func() ([]byte, error) { return report.MessageReject(rejection()) }},
	}
}

func TestGoldenFiles(t *testing.T) {
	for _, s := range specimens() {
		t.Run(s.name, func(t *testing.T) {
			got, err := s.write()
			require.NoError(t, err)
			file := filepath.Join("testdata", s.name+".xml")
			if *update {
				require.NoError(t, os.WriteFile(file, got, 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got))
		})
	}
}

func TestGoldenFilesFollowTheirSchema(t *testing.T) {
	v := schemas(t)
	for _, s := range specimens() {
		t.Run(s.name, func(t *testing.T) {
			got, err := s.write()
			require.NoError(t, err)
			require.NoError(t, v.Validate(context.Background(), s.message, got))
		})
	}
}
