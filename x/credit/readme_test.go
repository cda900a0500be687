package credit_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/status"

	"github.com/zhilian-network/zhilian/x/credit/keeper"
	"github.com/zhilian-network/zhilian/x/credit/types"
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
		{"ErrNotProvider", types.ErrNotProvider},
		{"ErrAttestationNotFound", types.ErrAttestationNotFound},
		{"ErrInvalidAttestation", types.ErrInvalidAttestation},
		{"ErrInvalidValue", types.ErrInvalidValue},
		{"ErrInvalidPeriod", types.ErrInvalidPeriod},
		{"ErrLifetime", types.ErrLifetime},
		{"ErrProtectedInput", types.ErrProtectedInput},
		{"ErrAttestedAlready", types.ErrAttestedAlready},
		{"ErrTooManyAttestations", types.ErrTooManyAttestations},
		{"ErrAttestationEnded", types.ErrAttestationEnded},
		{"ErrAttestationTransition", types.ErrAttestationTransition},
		{"ErrSealedRecord", types.ErrSealedRecord},
		{"ErrReservedInput", types.ErrReservedInput},
		{"ErrBehaviourInput", types.ErrBehaviourInput},
		{"ErrInvalidEnrolment", types.ErrInvalidEnrolment},
		{"ErrNotEnrolled", types.ErrNotEnrolled},
		{"ErrEnrolled", types.ErrEnrolled},
		{"ErrObligation", types.ErrObligation},
		{"ErrModelNotFound", types.ErrModelNotFound},
		{"ErrInvalidEntry", types.ErrInvalidEntry},
		{"ErrInvalidBackTest", types.ErrInvalidBackTest},
		{"ErrModelKnown", types.ErrModelKnown},
		{"ErrTooManyModels", types.ErrTooManyModels},
		{"ErrNotEndorser", types.ErrNotEndorser},
		{"ErrEndorsedAlready", types.ErrEndorsedAlready},
		{"ErrModelTransition", types.ErrModelTransition},
		{"ErrNoChampion", types.ErrNoChampion},
		{"ErrRatingNotFound", types.ErrRatingNotFound},
		{"ErrNoInputs", types.ErrNoInputs},
		{"ErrInputConflict", types.ErrInputConflict},
		{"ErrInvalidRating", types.ErrInvalidRating},
		{"ErrNothingSealed", types.ErrNothingSealed},
		{"ErrSource", types.ErrSource},
		{"ErrInterested", types.ErrInterested},
		{"ErrNotPublished", types.ErrNotPublished},
		{"ErrReviewedAlready", types.ErrReviewedAlready},
		{"ErrOpening", types.ErrOpening},
		{"ErrCommitment", types.ErrCommitment},
		{"ErrNotComputed", types.ErrNotComputed},
	}
	for _, e := range errors {
		require.Contains(t, readme, fmt.Sprintf("| %d | `%s` | %s | %s |",
			e.err.ABCICode(), e.name, status.Code(e.err), e.err.Error()))
	}
	require.Equal(t, len(errors), strings.Count(readme, "| `Err"), "an error that does not exist")
	require.Equal(t, len(errors), strings.Count(read(t, "types/refusals.go"), "errorsmod.Register"), "an error that is missing here")
}

func TestTheReadmesBoundsAreTrue(t *testing.T) {
	readme := read(t, "README.md")
	bounds := []struct {
		name  string
		value int
	}{
		{"MaxValues", types.MaxValues},
		{"MaxInputNameLength", types.MaxInputNameLength},
		{"MaxCodeLength", types.MaxCodeLength},
		{"MaxDecimals", types.MaxDecimals},
		{"MaxValue", types.MaxValue},
		{"CommitmentLength", types.CommitmentLength},
		{"MinSaltLength", types.MinSaltLength},
		{"MaxSaltLength", types.MaxSaltLength},
		{"MaxPeriodMonths", types.MaxPeriodMonths},
		{"MaxActivePerSubject", types.MaxActivePerSubject},
		{"MaxActivePerProvider", types.MaxActivePerProvider},
		{"MaxEndsPerBlock", types.MaxEndsPerBlock},
		{"OpenLevel", types.OpenLevel},
		{"MaxProtectedInputs", types.MaxProtectedInputs},
		{"MaxBehaviourCurrencies", types.MaxBehaviourCurrencies},
		{"MaxCounterparties", types.MaxCounterparties},
		{"BehaviourMonths", types.BehaviourMonths},
		{"MaxEnrolmentYears", types.MaxEnrolmentYears},
		{"MaxEnrolmentEndsPerBlock", types.MaxEnrolmentEndsPerBlock},
		{"MaxSweptPerBlock", types.MaxSweptPerBlock},
		{"MaxFlowMinor", types.MaxFlowMinor},
		{"BehaviourUnits", types.BehaviourUnits},
		{"MaxModelBytes", types.MaxModelBytes},
		{"MaxCalibrationBytes", types.MaxCalibrationBytes},
		{"MaxScaleBytes", types.MaxScaleBytes},
		{"DigestLength", types.DigestLength},
		{"MaxProductLength", types.MaxProductLength},
		{"MaxModelsPerInstitution", types.MaxModelsPerInstitution},
		{"MaxDataTextLength", types.MaxDataTextLength},
		{"MaxGrades", types.MaxGrades},
		{"MaxEndorsementsNeeded", types.MaxEndorsementsNeeded},
		{"MaxBadRowsMin", types.MaxBadRowsMin},
		{"MaxTolerancePpm", types.MaxTolerancePpm},
		{"MaxPsiPpm", types.MaxPsiPpm},
		{"RegistrationUnits", types.RegistrationUnits},
		{"MaxReasons", types.MaxReasons},
		{"MaxSources", types.MaxSources},
		{"MinRatingsKept", types.MinRatingsKept},
		{"MaxRatingsKept", types.MaxRatingsKept},
		{"RatersKept", keeper.RatersKept},
		{"AttestationUnits", types.AttestationUnits},
		{"RatingUnits", types.RatingUnits},
		{"MaxPageRows", keeper.MaxPageRows},
		{"MaxViolations", keeper.MaxViolations},
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
