package dispute_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/status"

	"github.com/zhilian-network/zhilian/x/dispute/types"
)

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(content)
}

func TestTheReadmesErrorsAreTrue(t *testing.T) {
	readme := read(t, "README.md")
	errors := []struct {
		name string
		err  *errorsmod.Error
	}{
		{"ErrNotAuthority", types.ErrNotAuthority},
		{"ErrInvalidParams", types.ErrInvalidParams},
		{"ErrInvalidGenesis", types.ErrInvalidGenesis},
		{"ErrCaseNotFound", types.ErrCaseNotFound},
		{"ErrInvalidCase", types.ErrInvalidCase},
		{"ErrMatter", types.ErrMatter},
		{"ErrNotConcerned", types.ErrNotConcerned},
		{"ErrSameFacts", types.ErrSameFacts},
		{"ErrTooManyCases", types.ErrTooManyCases},
		{"ErrRemedy", types.ErrRemedy},
		{"ErrAmount", types.ErrAmount},
		{"ErrDepositNeeded", types.ErrDepositNeeded},
		{"ErrEvidence", types.ErrEvidence},
		{"ErrTooMuchEvidence", types.ErrTooMuchEvidence},
		{"ErrLedgerHasIt", types.ErrLedgerHasIt},
		{"ErrTooManyRequests", types.ErrTooManyRequests},
		{"ErrTransition", types.ErrTransition},
		{"ErrDeadline", types.ErrDeadline},
		{"ErrRuled", types.ErrRuled},
		{"ErrNotSide", types.ErrNotSide},
		{"ErrNotRepresentative", types.ErrNotRepresentative},
		{"ErrNotCollective", types.ErrNotCollective},
		{"ErrTooManyClaimants", types.ErrTooManyClaimants},
		{"ErrExtendedAlready", types.ErrExtendedAlready},
		{"ErrAward", types.ErrAward},
		{"ErrOffer", types.ErrOffer},
		{"ErrHandlerInvolved", types.ErrHandlerInvolved},
		{"ErrReceiptNeeded", types.ErrReceiptNeeded},
		{"ErrReceipt", types.ErrReceipt},
		{"ErrLimitation", types.ErrLimitation},
		{"ErrNotArbitrator", types.ErrNotArbitrator},
		{"ErrTooManyArbitrators", types.ErrTooManyArbitrators},
		{"ErrEnrolledAlready", types.ErrEnrolledAlready},
		{"ErrNotSeated", types.ErrNotSeated},
		{"ErrVoteMismatch", types.ErrVoteMismatch},
		{"ErrVotedAlready", types.ErrVotedAlready},
		{"ErrNotCommitted", types.ErrNotCommitted},
		{"ErrPersonalData", types.ErrPersonalData},
		{"ErrReasonsPublished", types.ErrReasonsPublished},
		{"ErrAppealedAlready", types.ErrAppealedAlready},
		{"ErrAppealGround", types.ErrAppealGround},
		{"ErrNothingLost", types.ErrNothingLost},
		{"ErrTooManyInterests", types.ErrTooManyInterests},
		{"ErrClaimNotFound", types.ErrClaimNotFound},
		{"ErrClaimEnded", types.ErrClaimEnded},
		{"ErrBooks", types.ErrBooks},
		{"ErrFeedbackNotFound", types.ErrFeedbackNotFound},
		{"ErrInvalidFeedback", types.ErrInvalidFeedback},
		{"ErrNoInteraction", types.ErrNoInteraction},
		{"ErrNotInvolved", types.ErrNotInvolved},
		{"ErrGivenAlready", types.ErrGivenAlready},
		{"ErrOwnService", types.ErrOwnService},
		{"ErrWords", types.ErrWords},
		{"ErrAnsweredAlready", types.ErrAnsweredAlready},
		{"ErrOtherInstitution", types.ErrOtherInstitution},
		{"ErrTooManyChanges", types.ErrTooManyChanges},
		{"ErrPeriod", types.ErrPeriod},
	}
	for _, e := range errors {
		require.Contains(t, readme, fmt.Sprintf("| %d | `%s` | %s | %s |", e.err.ABCICode(), e.name, status.Code(e.err), e.err.Error()))
	}
	require.Equal(t, len(errors), strings.Count(readme, "| `Err"), "an error that does not exist")
	require.Equal(t, len(errors), strings.Count(read(t, "types/errors.go"), "errorsmod.Register"), "an error that is missing here")
}

func TestTheReadmesBoundsAreTrue(t *testing.T) {
	readme := read(t, "README.md")
	bounds := []struct {
		name  string
		value int
	}{
		{"MaxClaimants", types.MaxClaimants},
		{"MaxRepresentatives", types.MaxRepresentatives},
		{"MaxRemediesPerClaimant", types.MaxRemediesPerClaimant},
		{"MaxRemedies", types.MaxRemedies},
		{"MaxEvidence", types.MaxEvidence},
		{"MaxFiledEvidence", types.MaxFiledEvidence},
		{"MaxRequests", types.MaxRequests},
		{"MaxOffers", types.MaxOffers},
		{"MaxTrailEntries", types.MaxTrailEntries},
		{"MaxServiceLength", types.MaxServiceLength},
		{"MaxReasonsLength", types.MaxReasonsLength},
		{"MaxApologyLength", types.MaxApologyLength},
		{"CommitmentLength", types.CommitmentLength},
		{"MinSaltLength", types.MinSaltLength},
		{"MaxSaltLength", types.MaxSaltLength},
		{"MaxPublicDigits", types.MaxPublicDigits},
		{"MaxArbitrators", types.MaxArbitrators},
		{"MaxArbitratorsPerInstitution", types.MaxArbitratorsPerInstitution},
		{"MaxInterestsPerArbitrator", types.MaxInterestsPerArbitrator},
		{"MaxReserves", types.MaxReserves},
		{"MaxPanelSize", types.MaxPanelSize},
		{"MaxSeats", types.MaxSeats},
		{"MaxDuePerBlock", types.MaxDuePerBlock},
		{"MaxDrawsPerBlock", types.MaxDrawsPerBlock},
		{"MaxPayersPerBlock", types.MaxPayersPerBlock},
		{"MaxClaimsPerPayer", types.MaxClaimsPerPayer},
		{"StepUnits", types.StepUnits},
		{"FileUnits", types.FileUnits},
		{"MaxBusinessDaySeconds", types.MaxBusinessDaySeconds},
		{"MaxCurrencyAmounts", types.MaxCurrencyAmounts},
		{"MaxInterestPpm", types.MaxInterestPpm},
		{"MaxOpenCases", types.MaxOpenCases},
		{"MaxHolds", types.MaxHolds},
		{"MaxFrivolousFree", types.MaxFrivolousFree},
		{"MaxDrawDelayBlocks", types.MaxDrawDelayBlocks},
		{"MaxDraws", types.MaxDraws},
		{"MaxLimitationDays", types.MaxLimitationDays},
		{"MaxStepDays", types.MaxStepDays},
		{"MinGroup", types.MinGroup},
		{"StatisticsDays", types.StatisticsDays},
		{"MaxRecountCases", types.MaxRecountCases},
		{"MaxScore", types.MaxScore},
		{"MaxFeedbackTextLength", types.MaxFeedbackTextLength},
		{"MaxChangesPerFeedback", types.MaxChangesPerFeedback},
		{"MaxFeedbackPerChange", types.MaxFeedbackPerChange},
	}
	_, table, _ := strings.Cut(readme, "| bound |")
	table, _, _ = strings.Cut(table, "\n\n")
	for _, b := range bounds {
		require.Contains(t, table, fmt.Sprintf("| `%s` | %d |", b.name, b.value))
	}
	require.Equal(t, len(bounds), strings.Count(table, "\n| `"), "a bound that does not exist")
}

func TestTheReadmeNamesEveryMessageEventAndQuery(t *testing.T) {
	readme := read(t, "README.md")
	for _, method := range types.Msg_serviceDesc.Methods {
		require.Contains(t, readme, "| `Msg"+method.MethodName+"` |")
	}
	require.Equal(t, len(types.Msg_serviceDesc.Methods), strings.Count(readme, "| `Msg"))
	for _, method := range types.Query_serviceDesc.Methods {
		require.Contains(t, readme, "`"+method.MethodName+"`")
	}
	_, events, _ := strings.Cut(readme, "## Events\n")
	events, _, _ = strings.Cut(events, "## ")
	count := 0
	for _, line := range strings.Split(read(t, "types/events.pb.go"), "\n") {
		if name, found := strings.CutPrefix(line, "type Event"); found {
			count++
			require.Contains(t, events, "`Event"+strings.Fields(name)[0]+"`")
		}
	}
	require.Equal(t, count, strings.Count(events, "`Event"))
}
