package domain

import (
	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// PriorityOf is the place of a claim: refunds to people first, who cannot wait, then those to enterprises, interest
// last. Claims of one place are served as they arose.
func PriorityOf(remedy types.RemedyKind, payee accesstypes.PartyKind) types.ClaimPriority {
	switch {
	case remedy == types.RemedyInterest:
		return types.PriorityInterest
	case payee == accesstypes.PartyKind_PARTY_KIND_NATURAL_PERSON:
		return types.PriorityPerson
	}
	return types.PriorityEnterprise
}

// LeftOf is what is still owed, in minor units.
func LeftOf(claim types.Claim) math.Int {
	if claim.Status != types.ClaimOpen {
		return math.ZeroInt()
	}
	return claim.Amount.Sub(claim.Paid)
}

// Payable is what a payer pays now of what it owes.
func Payable(available, owed math.Int) math.Int { return math.MinInt(available, owed) }

// PayClaim is a claim after a payment on it; a payment of more than is owed is refused.
func PayClaim(claim types.Claim, amount math.Int) (types.Claim, error) {
	if claim.Status != types.ClaimOpen {
		return claim, types.ErrClaimEnded.Wrapf("%d", claim.Id)
	}
	if !amount.IsPositive() || amount.GT(LeftOf(claim)) {
		return claim, types.ErrBooks.Wrapf("%s paid on claim %d, which has %s left", amount, claim.Id, LeftOf(claim))
	}
	claim.Paid, claim.Payments = claim.Paid.Add(amount), claim.Payments+1
	if claim.Paid.Equal(claim.Amount) {
		claim.Status = types.ClaimPaid
	}
	return claim, nil
}

// EndClaim is a claim that is given up or lapses.
func EndClaim(claim types.Claim, status types.ClaimStatus) (types.Claim, error) {
	if claim.Status != types.ClaimOpen {
		return claim, types.ErrClaimEnded.Wrapf("%d", claim.Id)
	}
	claim.Status = status
	return claim, nil
}

// ReturnReason is the ISO 20022 reason by which a refund returns a payment.
func ReturnReason(reason types.CaseReason) string {
	switch reason {
	case types.CaseReason_CASE_REASON_UNAUTHORISED:
		return "FRAD"
	case types.CaseReason_CASE_REASON_DUPLICATE:
		return "DUPL"
	case types.CaseReason_CASE_REASON_WRONG_AMOUNT:
		return "AM09"
	case types.CaseReason_CASE_REASON_WRONG_PAYEE:
		return "AC03"
	case types.CaseReason_CASE_REASON_PROCESSING_ERROR:
		return "TECH"
	}
	return "CUST"
}
