package financing_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/status"

	"github.com/zhilian-network/zhilian/x/financing/keeper"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(content)
}

func TestTheReadmesErrorsOfReceivablesAreTrue(t *testing.T) {
	readme := read(t, "README.md")
	errors := []struct {
		name string
		err  *errorsmod.Error
	}{
		{"ErrNotAuthority", types.ErrNotAuthority},
		{"ErrInvalidParams", types.ErrInvalidParams},
		{"ErrInvalidGenesis", types.ErrInvalidGenesis},
		{"ErrBusinessDay", types.ErrBusinessDay},
		{"ErrUnknownDue", types.ErrUnknownDue},
		{"ErrReceivableNotFound", types.ErrReceivableNotFound},
		{"ErrReceivableTransition", types.ErrReceivableTransition},
		{"ErrUnitsInvalid", types.ErrUnitsInvalid},
		{"ErrSameParty", types.ErrSameParty},
		{"ErrTerm", types.ErrTerm},
		{"ErrReasonInvalid", types.ErrReasonInvalid},
		{"ErrAccountUnfit", types.ErrAccountUnfit},
		{"ErrDebtorOverdue", types.ErrDebtorOverdue},
		{"ErrNotHolder", types.ErrNotHolder},
		{"ErrSplitSum", types.ErrSplitSum},
		{"ErrTransferTarget", types.ErrTransferTarget},
		{"ErrTooManyHolders", types.ErrTooManyHolders},
		{"ErrTooManySecurities", types.ErrTooManySecurities},
		{"ErrSecurityNotFound", types.ErrSecurityNotFound},
		{"ErrNotPledge", types.ErrNotPledge},
		{"ErrRegistrationInvalid", types.ErrRegistrationInvalid},
		{"ErrRegistrationTaken", types.ErrRegistrationTaken},
		{"ErrOverpaid", types.ErrOverpaid},
		{"ErrNoRecourse", types.ErrNoRecourse},
		{"ErrNothingPaid", types.ErrNothingPaid},
		{"ErrInvoiceParts", types.ErrInvoiceParts},
		{"ErrInvoiceSum", types.ErrInvoiceSum},
		{"ErrInvoiceFinanced", types.ErrInvoiceFinanced},
		{"ErrInvoiceMismatch", types.ErrInvoiceMismatch},
		{"ErrInvoiceUnknown", types.ErrInvoiceUnknown},
		{"ErrInvoiceAmended", types.ErrInvoiceAmended},
		{"ErrTooManyAmended", types.ErrTooManyAmended},
	}
	for _, e := range errors {
		require.Contains(t, readme, fmt.Sprintf("| %d | `%s` | %s | %s |", e.err.ABCICode(), e.name, status.Code(e.err), e.err.Error()))
	}
	require.Equal(t, len(errors), strings.Count(read(t, "types/errors.go"), "errorsmod.Register"), "an error that is missing here")
}

func TestTheReadmesBoundsOfReceivablesAreTrue(t *testing.T) {
	readme := read(t, "README.md")
	for _, b := range []struct {
		name  string
		value int
	}{
		{"MinBusinessDaySeconds", types.MinBusinessDaySeconds},
		{"MaxBusinessDaySeconds", types.MaxBusinessDaySeconds},
		{"MaxTermDays", types.MaxTermDays},
		{"MaxRetentionDays", types.MaxRetentionDays},
		{"DueWorkPerBlock", types.DueWorkPerBlock},
		{"MaxExplanationLength", types.MaxExplanationLength},
		{"MaxInvoiceParts", types.MaxInvoiceParts},
		{"MaxUnitParts", types.MaxUnitParts},
		{"MaxHolders", types.MaxHolders},
		{"MaxSecurities", types.MaxSecurities},
		{"MaxRegistrationLength", types.MaxRegistrationLength},
		{"MaxReasonLength", types.MaxReasonLength},
		{"DigestLength", types.DigestLength},
		{"MaxAlike", types.MaxAlike},
		{"MaxAmendments", types.MaxAmendments},
		{"MaxInvoicesForgottenPerBlock", types.MaxInvoicesForgottenPerBlock},
		{"PledgeProceedsDays", types.PledgeProceedsDays},
		{"CollectUnits", types.CollectUnits},
		{"MaxPageRows", keeper.MaxPageRows},
		{"MaxViolations", keeper.MaxViolations},
	} {
		require.Contains(t, readme, fmt.Sprintf("| `%s` | %d |", b.name, b.value))
	}
}

func TestTheReadmesErrorsOfRequestsAreTrue(t *testing.T) {
	readme := read(t, "README.md")
	errors := []struct {
		name string
		err  *errorsmod.Error
	}{
		{"ErrInvalidRequest", types.ErrInvalidRequest},
		{"ErrRequestNotFound", types.ErrRequestNotFound},
		{"ErrRequestTransition", types.ErrRequestTransition},
		{"ErrRequestPeriod", types.ErrRequestPeriod},
		{"ErrUnitsMissing", types.ErrUnitsMissing},
		{"ErrNotInvited", types.ErrNotInvited},
		{"ErrInvalidOffer", types.ErrInvalidOffer},
		{"ErrOfferNotFound", types.ErrOfferNotFound},
		{"ErrOfferTransition", types.ErrOfferTransition},
		{"ErrBiddingClosed", types.ErrBiddingClosed},
		{"ErrBiddingMode", types.ErrBiddingMode},
		{"ErrOfferedAlready", types.ErrOfferedAlready},
		{"ErrOfferBeyond", types.ErrOfferBeyond},
		{"ErrRevealEarly", types.ErrRevealEarly},
		{"ErrRevealLate", types.ErrRevealLate},
		{"ErrBidMismatch", types.ErrBidMismatch},
		{"ErrNotRevealed", types.ErrNotRevealed},
		{"ErrAcceptEarly", types.ErrAcceptEarly},
		{"ErrAcceptLate", types.ErrAcceptLate},
		{"ErrAcceptedAlready", types.ErrAcceptedAlready},
		{"ErrNotBest", types.ErrNotBest},
		{"ErrGradeOver", types.ErrGradeOver},
		{"ErrGradeTooLow", types.ErrGradeTooLow},
		{"ErrOwnRequest", types.ErrOwnRequest},
		{"ErrNotRegistered", types.ErrNotRegistered},
	}
	for _, e := range errors {
		require.Contains(t, readme, fmt.Sprintf("| %d | `%s` | %s | %s |", e.err.ABCICode(), e.name, status.Code(e.err), e.err.Error()))
	}
	require.Equal(t, len(errors), strings.Count(read(t, "types/request_errors.go"), "errorsmod.Register"), "an error that is missing here")
	for name, value := range map[string]int{
		"MaxLenders": types.MaxLenders, "RequestUnits": types.RequestUnits, "BidLength": types.BidLength, "MinBidSalt": types.MinBidSalt, "MaxBidSalt": types.MaxBidSalt,
		"MaxGradeLength": types.MaxGradeLength,
	} {
		require.Contains(t, readme, fmt.Sprintf("| `%s` | %d |", name, value))
	}
	require.Contains(t, readme, fmt.Sprintf("| `MaxRequestPeriod` | %.0f days", types.MaxRequestPeriod.Hours()/24))
}

func TestTheReadmesErrorsOfLoansAreTrue(t *testing.T) {
	readme := read(t, "README.md")
	errors := []struct {
		name string
		err  *errorsmod.Error
	}{
		{"ErrLoanNotFound", types.ErrLoanNotFound},
		{"ErrLoanTransition", types.ErrLoanTransition},
		{"ErrInvalidTerms", types.ErrInvalidTerms},
		{"ErrInvalidLoan", types.ErrInvalidLoan},
		{"ErrPaymentAboveDebt", types.ErrPaymentAboveDebt},
		{"ErrRepaymentNotFound", types.ErrRepaymentNotFound},
		{"ErrNotReversible", types.ErrNotReversible},
		{"ErrNotRevolving", types.ErrNotRevolving},
		{"ErrNothingToWaive", types.ErrNothingToWaive}, {"ErrStillDue", types.ErrStillDue},
		{"ErrBorrowerLimit", types.ErrBorrowerLimit},
		{"ErrGroupLimit", types.ErrGroupLimit},
		{"ErrLenderLimit", types.ErrLenderLimit},
		{"ErrInvalidLimit", types.ErrInvalidLimit},
		{"ErrLimitBelowUse", types.ErrLimitBelowUse},
		{"ErrFacilityNotFound", types.ErrFacilityNotFound},
		{"ErrFacilityTransition", types.ErrFacilityTransition},
		{"ErrInvalidFacility", types.ErrInvalidFacility},
		{"ErrFacilityLimit", types.ErrFacilityLimit},
		{"ErrNotDrawable", types.ErrNotDrawable},
		{"ErrTooManyLoans", types.ErrTooManyLoans},
		{"ErrInvalidCovenant", types.ErrInvalidCovenant},
		{"ErrCovenantBroken", types.ErrCovenantBroken},
		{"ErrNotUse", types.ErrNotUse},
		{"ErrUsedAlready", types.ErrUsedAlready},
		{"ErrAllTraced", types.ErrAllTraced},
		{"ErrTooManyUses", types.ErrTooManyUses},
	}
	for _, e := range errors {
		require.Contains(t, readme, fmt.Sprintf("| %d | `%s` | %s | %s |", e.err.ABCICode(), e.name, status.Code(e.err), e.err.Error()))
	}
	registered := strings.Count(read(t, "types/loan_errors.go")+read(t, "types/facility_errors.go"), "errorsmod.Register")
	require.Equal(t, len(errors), registered, "an error that is missing here")
}

func TestTheReadmesBoundsOfLoansAreTrue(t *testing.T) {
	readme := read(t, "README.md")
	for _, b := range []struct {
		name  string
		value int
	}{
		{"MaxInstalments", types.MaxInstalments},
		{"MaxPeriodDays", types.MaxPeriodDays},
		{"MaxPeriodMonths", types.MaxPeriodMonths},
		{"MaxRatePpm", types.MaxRatePpm},
		{"MaxEarlyFeePpm", types.MaxEarlyFeePpm},
		{"MaxGraceDays", types.MaxGraceDays},
		{"MaxDefaultDays", types.MaxDefaultDays},
		{"RepaymentsDroppedPerBlock", types.RepaymentsDroppedPerBlock},
		{"MaxCovenants", types.MaxCovenants},
		{"MaxOpenLoans", types.MaxOpenLoans},
		{"MaxOpenDays", types.MaxOpenDays},
		{"MaxTestDays", types.MaxTestDays},
		{"MaxCureDays", types.MaxCureDays},
		{"MaxMarginPpm", types.MaxMarginPpm},
		{"MaxFigureDecimals", types.MaxFigureDecimals},
		{"MaxCovenantName", types.MaxCovenantName},
		{"MaxTraced", types.MaxTraced},
		{"DrawUnits", types.DrawUnits},
		{"LoanUnits", types.LoanUnits},
	} {
		require.Contains(t, readme, fmt.Sprintf("| `%s` | %d |", b.name, b.value))
	}
}
