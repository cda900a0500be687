package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/iso20022/report"
)

func TestGroupStatus(t *testing.T) {
	for _, row := range []string{
		"ACSC            -> ACSC",
		"ACSC ACSC       -> ACSC",
		"RJCT RJCT       -> RJCT",
		"CANC            -> RJCT",
		"RJCT CANC       -> RJCT",
		"PDNG PDNG       -> PDNG",
		"RCVD            -> RCVD",
		"RCVD PDNG       -> PDNG",
		"ACSC RJCT       -> PART",
		"ACSC CANC       -> PART",
		"ACSC PDNG       -> PART",
		"ACSP RCVD       -> PART",
		"PDNG RJCT       -> PART",
		"ACSC PDNG RJCT  -> PART",
		"ACSC ACSP       -> ACSP",
		"ACSC ACTC ACSP  -> ACTC",
		"ACTC ACTC       -> ACTC",
		"PART            -> PART",
		"PART ACSC       -> PART",
		"                -> ",
	} {
		members, want, _ := strings.Cut(row, "->")
		var statuses []report.Status
		for _, s := range strings.Fields(members) {
			statuses = append(statuses, report.Status(s))
		}
		require.Equal(t, report.Status(strings.TrimSpace(want)), report.GroupStatus(statuses), row)
	}
}

// Every group status against every status of a single member: it may understate, never overstate.
func TestAGroupStatusNeverClaimsMoreThanItsMember(t *testing.T) {
	members := []report.Status{report.Received, report.Pending, report.Validated, report.InProcess, report.Settled, report.Rejected, report.Cancelled}
	allowed := map[report.Status]string{
		report.Received:  "RCVD PDNG ACTC ACSP ACSC RJCT CANC",
		report.Pending:   "RCVD PDNG ACTC ACSP ACSC RJCT CANC",
		report.Partial:   "RCVD PDNG ACTC ACSP ACSC RJCT CANC",
		report.Validated: "ACTC ACSP ACSC",
		report.InProcess: "ACTC ACSP ACSC",
		report.Settled:   "ACSC",
		report.Rejected:  "RJCT CANC",
		report.Cancelled: "RJCT CANC",
	}
	for group, list := range allowed {
		for _, member := range members {
			in := interbank("pacs.008.001.08")
			in.Status = group
			in.Transfers = []report.TransferStatus{{TransactionID: "T", Status: member, Reasons: []report.Reason{{Code: "AC04"}}}}
			_, err := report.FIStatus(in)
			require.Equal(t, strings.Contains(list, string(member)), err == nil, "%s over %s: %v", group, member, err)
		}
	}
}

func TestAnswerTo(t *testing.T) {
	for original, want := range map[string]string{
		"pain.001.001.03": "pain.002.001.03",
		"pain.001.001.04": "pain.002.001.10",
		"pain.001.001.08": "pain.002.001.10",
		"pain.001.001.09": "pain.002.001.10",
		"pain.001.001.10": "pain.002.001.12",
		"pain.001.001.11": "pain.002.001.12",
		"pain.001.001.12": "pain.002.001.12",
		"pain.008.001.02": "pain.002.001.03",
		"pain.008.001.08": "pain.002.001.10",
		"pacs.008.001.02": "pacs.002.001.10",
		"pacs.008.001.08": "pacs.002.001.10",
		"pacs.008.001.09": "pacs.002.001.12",
		"pacs.008.001.10": "pacs.002.001.12",
		"pacs.008.001.12": "pacs.002.001.12",
		"pacs.009.001.08": "pacs.002.001.10",
		"pacs.004.001.09": "pacs.002.001.10",
		"pacs.004.001.11": "pacs.002.001.12",
	} {
		got, err := report.AnswerTo(original)
		require.NoError(t, err)
		require.Equal(t, want, got, original)
	}
	for _, original := range []string{"", "pain.001.001.02", "pain.001.001.3", "pain.002.001.10", "camt.056.001.08", "pain.001.001.09\n", "pain.001.001.003"} {
		_, err := report.AnswerTo(original)
		require.ErrorIs(t, err, report.ErrNoAnswer, original)
	}
}

func TestAnswersOfTheOtherFamilyAreRefused(t *testing.T) {
	_, err := report.PaymentStatus(paidAndRefused("pacs.008.001.08"))
	require.ErrorIs(t, err, report.ErrNoAnswer)
	_, err = report.FIStatus(interbank("pain.001.001.09"))
	require.ErrorIs(t, err, report.ErrNoAnswer)
}
