package access_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/status"

	"github.com/zhilian-network/zhilian/x/access/keeper"
	"github.com/zhilian-network/zhilian/x/access/types"
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
		{"ErrPermissionDenied", types.ErrPermissionDenied},
		{"ErrScopeDenied", types.ErrScopeDenied},
		{"ErrInvalidAddress", types.ErrInvalidAddress},
		{"ErrInvalidParams", types.ErrInvalidParams},
		{"ErrIDTaken", types.ErrIDTaken},
		{"ErrInvalidStatus", types.ErrInvalidStatus},
		{"ErrInstitutionNotFound", types.ErrInstitutionNotFound},
		{"ErrInstitutionInactive", types.ErrInstitutionInactive},
		{"ErrInvalidInstitution", types.ErrInvalidInstitution},
		{"ErrIdentifierTaken", types.ErrIdentifierTaken},
		{"ErrTooManyInstitutions", types.ErrTooManyInstitutions},
		{"ErrPartyNotFound", types.ErrPartyNotFound},
		{"ErrPartyInactive", types.ErrPartyInactive},
		{"ErrInvalidParty", types.ErrInvalidParty},
		{"ErrPartyNotServed", types.ErrPartyNotServed},
		{"ErrOperatorNotFound", types.ErrOperatorNotFound},
		{"ErrOperatorInactive", types.ErrOperatorInactive},
		{"ErrInvalidOperator", types.ErrInvalidOperator},
		{"ErrOperatorExists", types.ErrOperatorExists},
		{"ErrTooManyOperators", types.ErrTooManyOperators},
		{"ErrLastAdministrator", types.ErrLastAdministrator},
		{"ErrQuotaExceeded", types.ErrQuotaExceeded},
		{"ErrRoleNotFound", types.ErrRoleNotFound},
		{"ErrInvalidRole", types.ErrInvalidRole},
		{"ErrGrantDenied", types.ErrGrantDenied},
		{"ErrLimitExceeded", types.ErrLimitExceeded},
		{"ErrKycDenied", types.ErrKycDenied},
		{"ErrInvalidLimit", types.ErrInvalidLimit},
		{"ErrRoleScope", types.ErrRoleScope},
		{"ErrHolderSet", types.ErrHolderSet},
		{"ErrInvalidMoney", types.ErrInvalidMoney},
		{"ErrInvalidGenesis", types.ErrInvalidGenesis},
		{"ErrApprovalNeeded", types.ErrApprovalNeeded},
		{"ErrInvalidPolicy", types.ErrInvalidPolicy},
		{"ErrPolicyLocksOut", types.ErrPolicyLocksOut},
		{"ErrActionNotFound", types.ErrActionNotFound},
		{"ErrActionDecided", types.ErrActionDecided},
		{"ErrInvalidAction", types.ErrInvalidAction},
		{"ErrMakerApproves", types.ErrMakerApproves},
		{"ErrAlreadyApproved", types.ErrAlreadyApproved},
		{"ErrNotApprover", types.ErrNotApprover},
		{"ErrDigestMismatch", types.ErrDigestMismatch},
		{"ErrHolderMissing", types.ErrHolderMissing},
		{"ErrTooManyActions", types.ErrTooManyActions},
		{"ErrDelegationNotFound", types.ErrDelegationNotFound},
		{"ErrInvalidDelegation", types.ErrInvalidDelegation},
		{"ErrInvalidKey", types.ErrInvalidKey},
		{"ErrActionExpired", types.ErrActionExpired},
		{"ErrMessageNotRoutable", types.ErrMessageNotRoutable},
		{"ErrMessagePanicked", types.ErrMessagePanicked},
		{"ErrNotMaker", types.ErrNotMaker},
		{"ErrConsentMissing", types.ErrConsentMissing},
		{"ErrConsentNotFound", types.ErrConsentNotFound},
		{"ErrInvalidConsent", types.ErrInvalidConsent},
		{"ErrConsentEnded", types.ErrConsentEnded},
		{"ErrLegalBasisNotFound", types.ErrLegalBasisNotFound},
		{"ErrInvalidLegalBasis", types.ErrInvalidLegalBasis},
		{"ErrNotSubject", types.ErrNotSubject},
		{"ErrBreakGlassNotFound", types.ErrBreakGlassNotFound},
		{"ErrInvalidBreakGlass", types.ErrInvalidBreakGlass},
		{"ErrReviewOverdue", types.ErrReviewOverdue},
		{"ErrReviewerInvolved", types.ErrReviewerInvolved},
		{"ErrNotRegulator", types.ErrNotRegulator},
		{"ErrTooManyConsents", types.ErrTooManyConsents},
		{"ErrLegalBasisEnded", types.ErrLegalBasisEnded},
		{"ErrBreakGlassStatus", types.ErrBreakGlassStatus},
		{"ErrTooManyBreakGlass", types.ErrTooManyBreakGlass},
		{"ErrInvalidSharing", types.ErrInvalidSharing},
	}
	for _, e := range errors {
		require.Contains(t, readme, fmt.Sprintf("| %d | `%s` | %s | %s |",
			e.err.ABCICode(), e.name, status.Code(e.err), e.err.Error()))
	}
	require.Equal(t, len(errors), strings.Count(readme, "| `Err"), "an error that does not exist")
	require.Equal(t, len(errors), strings.Count(read(t, "types/errors.go"), "errorsmod.Register"), "an error that is missing here")
}

func TestTheReadmesBoundsAreTrue(t *testing.T) {
	readme := read(t, "README.md")
	bounds := []struct {
		name  string
		value any
	}{
		{"MinInstitutionIDLength", types.MinInstitutionIDLength},
		{"MaxInstitutionIDLength", types.MaxInstitutionIDLength},
		{"MaxInstitutionNameLength", types.MaxInstitutionNameLength},
		{"MaxClearingMembers", types.MaxClearingMembers},
		{"MaxClearingMemberLength", types.MaxClearingMemberLength},
		{"MaxPartyIDLength", types.MaxPartyIDLength},
		{"MaxRoleIDLength", types.MaxRoleIDLength},
		{"MaxPermissionLength", types.MaxPermissionLength},
		{"MaxPermissionsPerRole", types.MaxPermissionsPerRole},
		{"MaxRolesPerOperator", types.MaxRolesPerOperator},
		{"IdentityCommitmentLength", types.IdentityCommitmentLength},
		{"MinKYCLevel", types.MinKYCLevel},
		{"MaxKYCLevel", types.MaxKYCLevel},
		{"MaxInstitutions", types.MaxInstitutions},
		{"MaxOperatorsPerScope", types.MaxOperatorsPerScope},
		{"MaxQuotaPerBlock", types.MaxQuotaPerBlock},
		{"DefaultQuotaPerBlock", types.DefaultQuotaPerBlock},
		{"MaxLimits", types.MaxLimits},
		{"MaxAmountBits", types.MaxAmountBits},
		{"MaxAccountRoles", types.MaxAccountRoles},
		{"MaxHolderLength", types.MaxHolderLength},
		{"MaxAddressLength", types.MaxAddressLength},
		{"MaxPolicies", types.MaxPolicies},
		{"MaxApprovals", types.MaxApprovals},
		{"MaxRolesPerPolicy", types.MaxRolesPerPolicy},
		{"MaxDelegationsPerOperator", types.MaxDelegationsPerOperator},
		{"MaxDelegationTime", types.MaxDelegationTime},
		{"MaxExplainApprovers", types.MaxExplainApprovers},
		{"MaxUTCOffsetMinutes", types.MaxUTCOffsetMinutes},
		{"MinActionLifetime", types.MinActionLifetime},
		{"MaxActionLifetime", types.MaxActionLifetime},
		{"MinRetention", types.MinRetention},
		{"MaxRetention", types.MaxRetention},
		{"MinBreakGlass", types.MinBreakGlass},
		{"MaxBreakGlass", types.MaxBreakGlass},
		{"MinBreakGlassReview", types.MinBreakGlassReview},
		{"MaxBreakGlassReview", types.MaxBreakGlassReview},
		{"MaxConsentsPerSubject", types.MaxConsentsPerSubject},
		{"MaxEndedConsentsRead", types.MaxEndedConsentsRead},
		{"MaxPageRows", keeper.MaxPageRows},
	}
	for _, b := range bounds {
		require.Contains(t, readme, fmt.Sprintf("| `%s` | %v |", b.name, b.value))
	}
}

func TestTheReadmeNamesEveryMessageAndEvent(t *testing.T) {
	readme := read(t, "README.md")
	for _, method := range types.Msg_serviceDesc.Methods {
		require.Contains(t, readme, "| `Msg"+method.MethodName+"` |")
	}
	require.Equal(t, len(types.Msg_serviceDesc.Methods), strings.Count(readme, "| `Msg"))
	events := 0
	for _, line := range strings.Split(read(t, "types/events.pb.go"), "\n") {
		if name, found := strings.CutPrefix(line, "type Event"); found {
			events++
			require.Contains(t, readme, "`Event"+strings.Fields(name)[0]+"`")
		}
	}
	require.Greater(t, events, 20)
}
