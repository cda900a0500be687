package iso20022_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/testutil/shareddata"
)

func decimal(n int) string { return strconv.Itoa(n) }

// decisions are the cases that the expectation list leaves to the project, and
// those that another part of the system answers.
var decisions = map[string]struct{ outcome, why string }{
	"atk_comment_in_amount.xml":      {"FF01", "parsers disagree about a value with a comment in it"},
	"control_gb18030.xml":            {"accept", "Chinese ERP systems write it, and the decoding is exact"},
	"inj_path_msgid.xml":             {"accept", "an id is data and never a file name"},
	"sem_duplicate_endtoend.xml":     {"accept", "duplicates are found where the state is (DU04)"},
	"sem_dup_msgid_2.xml":            {"accept", "duplicates are found where the state is (DU01)"},
	"sem_dup_msgid_3_space.xml":      {"accept", "the normalised id is the same, so it is found there too (DU01)"},
	"sem_dup_uetr_across.xml":        {"accept", "duplicates are found where the state is (DU03)"},
	"cnaps2_beps121_bad_ctrlsum.txt": {"FF01", "the CNAPS2 frame is not ISO 20022"},
	"cnaps2_beps121_specimen.txt":    {"FF01", "the CNAPS2 frame is not ISO 20022"},
	"cnaps2_hvps111_specimen.txt":    {"FF01", "the CNAPS2 frame is not ISO 20022"},
}

func TestEveryFileOfTheHostileSetGetsItsVerdict(t *testing.T) {
	dir := filepath.Join(shareddata.Folder(t, "iso20022"), "invalid")
	f, err := os.Open(filepath.Join(dir, "EXPECT.csv"))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(rows), 50)
	for _, row := range rows[1:] {
		t.Run(row[0], func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, row[0]))
			require.NoError(t, err)
			outcomes := outcomesOf(data)
			require.Len(t, outcomes, 1, "one verdict for all transfers")
			require.Contains(t, expectedOutcomes(row), outcomes[0])
		})
	}
}

func expectedOutcomes(row []string) []string {
	if decided, ours := decisions[row[0]]; ours {
		return []string{decided.outcome}
	}
	if row[2] == "accept" {
		return []string{"accept"}
	}
	return strings.Split(row[3], " or ")
}

// outcomesOf gives "accept" or reason codes: one for the file, or the distinct
// ones of its transfers.
func outcomesOf(data []byte) []string {
	m, err := iso20022.Parse(data)
	if err != nil {
		return []string{err.(*iso20022.Rejection).Reason}
	}
	var outcomes []string
	for _, transfer := range m.Transfers() {
		outcome := "accept"
		if transfer.Refusal != nil {
			outcome = transfer.Refusal.Reason
		}
		if !slices.Contains(outcomes, outcome) {
			outcomes = append(outcomes, outcome)
		}
	}
	return outcomes
}

func TestHostileTextIsKeptByteForByte(t *testing.T) {
	dir := filepath.Join(shareddata.Folder(t, "iso20022"), "invalid")
	cases := map[string]string{
		"inj_log_crlf.xml": "a\r\n2026-01-05 INFO accepted",
		"inj_template.xml": "${jndi:ldap://127.0.0.1/a} {{7*7}}",
	}
	for file, want := range cases {
		data, err := os.ReadFile(filepath.Join(dir, file))
		require.NoError(t, err)
		m, err := iso20022.Parse(data)
		require.NoError(t, err)
		require.Equal(t, []string{want}, m.Transfers()[0].Remittance)
	}
}

func TestTheSameMessageInGB18030AndUTF8ReadsTheSame(t *testing.T) {
	dir := filepath.Join(shareddata.Folder(t, "iso20022"), "invalid")
	data, err := os.ReadFile(filepath.Join(dir, "control_gb18030.xml"))
	require.NoError(t, err)
	m, err := iso20022.Parse(data)
	require.NoError(t, err)
	require.Equal(t, "华东示例贸易有限公司", m.Instructions[0].Debtor.Name)
}

// refusedSamples are the public samples of a supported message that are
// refused whole, and why. Samples of other messages are refused as such.
var refusedSamples = map[string]string{
	"aws__pacs.008.xml": "admi.002", // the document has no namespace
	"cbpr-2025__CBPR2025.PACS008-MinMax-0023_diff_wrapper_missing_bic_xsd_issue.xml":                 "RC01",
	"cbpr-2025__cbprplus_pacs008_sample_bic_mismatch.xml":                                            "admi.002", // header and agents differ
	"cbpr-2025__cbprplus_pacs008_sample_dodgy_IBAN_and_bic_mismatch.xml":                             "admi.002",
	"cbpr-2025__cbprplus_pacs008_sample_xsd_issue.xml":                                               "FF01",
	"cbpr-violators__CBPR2025.PACS008-MinMax-0023__violates_pacs.008-R41_commodity_currency_XAU.xml": "AM03",
	"cbpr-violators__cbprplus_pacs008_2025__violates_pacs.008-R41_commodity_currency_XAU.xml":        "AM03",
	"cbpr-violators__cbprplus_pacs008_2026__violates_pacs.008-R31_commodity_currency_XAU.xml":        "AM03",
	"iso20022js-goldman-sachs__pain_001_ach_credit.xml":                                              "DT01", // "YYYY-MM-DD"
	"iso20022js-goldman-sachs__pain_001_v3_sepa.xml":                                                 "DT01",
	"moov__musterfile_pain.001_Nov2020.xml":                                                          "admi.002", // the Swiss namespace
	"pain001__pain.001.001.05.xml":                                                                   "AM18",     // 3 announced, 1 there
	"pain001__pain.001.001.06.xml":                                                                   "AM18",
	"pain001__pain.001.001.07.xml":                                                                   "AM18",
	"pain001__pain.001.001.08.xml":                                                                   "AM18",
	"rtp__pacs008.xml":                                                                               "FF01", // no Document
	"rtp__head001.signature.xml":                                                                     "FF01",
}

func TestEverySampleIsReadOrRefusedForTheKnownReason(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shareddata.Folder(t, "iso20022"), "samples", "*.xml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	read := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		m, err := iso20022.Parse(data)
		reason, listed := refusedSamples[filepath.Base(file)]
		switch {
		case err == nil:
			read++
			require.False(t, listed, "%s is accepted now", file)
			require.NotEmpty(t, m.Instructions)
		case listed:
			require.Equal(t, reason, err.(*iso20022.Rejection).Reason, file)
		default:
			require.Contains(t, []string{"admi.002", "FF01"}, err.(*iso20022.Rejection).Reason, "%s: %v", file, err)
			require.NotContains(t, string(data), ":pain.001.001.", file)
		}
	}
	require.GreaterOrEqual(t, read, 8)
}
