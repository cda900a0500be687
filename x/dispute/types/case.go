package types

import (
	"slices"
	"time"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// Short names of the generated enum values.
const (
	Filed      = CaseStatus_CASE_STATUS_FILED
	Gathering  = CaseStatus_CASE_STATUS_EVIDENCE
	Answering  = CaseStatus_CASE_STATUS_ANSWER
	Offered    = CaseStatus_CASE_STATUS_OFFERED
	Mediation  = CaseStatus_CASE_STATUS_MEDIATION
	Drawing    = CaseStatus_CASE_STATUS_DRAWING
	Committing = CaseStatus_CASE_STATUS_COMMIT
	Revealing  = CaseStatus_CASE_STATUS_REVEAL
	Ruled      = CaseStatus_CASE_STATUS_RULED
	Executed   = CaseStatus_CASE_STATUS_EXECUTED
	Refused    = CaseStatus_CASE_STATUS_REFUSED
	Closed     = CaseStatus_CASE_STATUS_CLOSED

	OutcomeNone      = CaseOutcome_CASE_OUTCOME_UNSPECIFIED
	OutcomeRefused   = CaseOutcome_CASE_OUTCOME_REFUSED
	OutcomeWithdrawn = CaseOutcome_CASE_OUTCOME_WITHDRAWN
	OutcomeAccepted  = CaseOutcome_CASE_OUTCOME_ACCEPTED
	OutcomeSettled   = CaseOutcome_CASE_OUTCOME_SETTLED
	OutcomeUpheld    = CaseOutcome_CASE_OUTCOME_UPHELD
	OutcomePartly    = CaseOutcome_CASE_OUTCOME_PARTLY
	OutcomeRejected  = CaseOutcome_CASE_OUTCOME_REJECTED
	OutcomeUndecided = CaseOutcome_CASE_OUTCOME_UNDECIDED

	MatterPayment     = MatterKind_MATTER_KIND_PAYMENT
	MatterHold        = MatterKind_MATTER_KIND_HOLD
	MatterRating      = MatterKind_MATTER_KIND_RATING
	MatterAttestation = MatterKind_MATTER_KIND_ATTESTATION
	MatterConsent     = MatterKind_MATTER_KIND_CONSENT
	MatterRecord      = MatterKind_MATTER_KIND_RECORD
	MatterAccount     = MatterKind_MATTER_KIND_ACCOUNT
	MatterStanding    = MatterKind_MATTER_KIND_STANDING
	MatterReceivable  = MatterKind_MATTER_KIND_RECEIVABLE
	MatterLoan        = MatterKind_MATTER_KIND_LOAN
	MatterService     = MatterKind_MATTER_KIND_SERVICE

	RemedyFinding  = RemedyKind_REMEDY_KIND_FINDING
	RemedyRefund   = RemedyKind_REMEDY_KIND_REFUND
	RemedyInterest = RemedyKind_REMEDY_KIND_INTEREST
	RemedyRelease  = RemedyKind_REMEDY_KIND_RELEASE
	RemedyCorrect  = RemedyKind_REMEDY_KIND_CORRECT
	RemedyRerate   = RemedyKind_REMEDY_KIND_RERATE
	RemedyRevoke   = RemedyKind_REMEDY_KIND_REVOKE
	RemedyLift     = RemedyKind_REMEDY_KIND_LIFT
	RemedyWaive    = RemedyKind_REMEDY_KIND_WAIVE
	RemedyApology  = RemedyKind_REMEDY_KIND_APOLOGY

	RemedyDenied = RemedyStatus_REMEDY_STATUS_DENIED
	RemedyDone   = RemedyStatus_REMEDY_STATUS_DONE
	RemedyQueued = RemedyStatus_REMEDY_STATUS_QUEUED
	RemedyMoot   = RemedyStatus_REMEDY_STATUS_MOOT
	RemedyFailed = RemedyStatus_REMEDY_STATUS_FAILED

	AnswerContest = Answer_ANSWER_CONTEST
	AnswerAccept  = Answer_ANSWER_ACCEPT
	AnswerOffer   = Answer_ANSWER_OFFER
)

// IsOpen reports whether the case counts against its claimants' bounds.
func (c Case) IsOpen() bool { return c.Status != Closed }

// Decides reports whether a panel is at work.
func (c Case) Decides() bool {
	return c.Status == Drawing || c.Status == Committing || c.Status == Revealing
}

// Claimant is the place of a claimant that has not left, and false if a member is none.
func (c Case) Claimant(member accesstypes.Member) (int, bool) {
	for i, claimant := range c.Claimants {
		if claimant.Member == member && !claimant.Left {
			return i, true
		}
	}
	return 0, false
}

// Staying counts the claimants that have not left.
func (c Case) Staying() int {
	staying := 0
	for _, claimant := range c.Claimants {
		if !claimant.Left {
			staying++
		}
	}
	return staying
}

// Sides are the members on both sides, those who left included: a panel that knows one of them is not drawn.
func (c Case) Sides() []accesstypes.Member {
	sides := []accesstypes.Member{c.Respondent}
	for _, claimant := range c.Claimants {
		if !slices.Contains(sides, claimant.Member) {
			sides = append(sides, claimant.Member)
		}
	}
	return sides
}

// Whole is the award of all that is asked for by claimants who have not left.
func (c Case) Whole() Award {
	award := Award{}
	for i, remedy := range c.Remedies {
		if !c.Claimants[remedy.Claimant].Left {
			award.Grants = append(award.Grants, Grant{Remedy: uint32(i), Amount: remedy.Amount})
		}
	}
	return award
}

// Granted is what an award gives of a remedy; zero if it does not name it.
func (a Award) Granted(remedy int) math.Int {
	for _, grant := range a.Grants {
		if grant.Remedy == uint32(remedy) {
			return grant.Amount
		}
	}
	return math.ZeroInt()
}

// Ruling is the ruling of an instance, nil if there is none.
func (c *Case) Ruling(instance uint32) *Ruling {
	for i := range c.Rulings {
		if c.Rulings[i].Instance == instance {
			return &c.Rulings[i]
		}
	}
	return nil
}

// DaysUsed are whole business days from the filing to a time on the clock of cases.
func (c Case) DaysUsed(clock time.Time, params Params) int64 {
	return int64(clock.Sub(c.FiledOnClock) / params.BusinessDays(1))
}

// MovesMoney reports whether a remedy may pay.
func (k RemedyKind) MovesMoney() bool { return k.HasAmount() || k == RemedyInterest }

// HasAmount reports whether a remedy is asked for and granted in minor units, and not whole or not at all.
func (k RemedyKind) HasAmount() bool { return k == RemedyRefund || k == RemedyWaive }
