package domain

import (
	"fmt"
	"time"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// reasonsOf are what may be wrong with a matter. A claimant is offered these, and may give any other.
var reasonsOf = map[types.MatterKind][]types.CaseReason{
	types.MatterPayment: {
		types.CaseReason_CASE_REASON_DUPLICATE, types.CaseReason_CASE_REASON_NOT_AS_AGREED, types.CaseReason_CASE_REASON_WRONG_AMOUNT,
		types.CaseReason_CASE_REASON_WRONG_PAYEE, types.CaseReason_CASE_REASON_UNAUTHORISED, types.CaseReason_CASE_REASON_PROCESSING_ERROR,
		types.CaseReason_CASE_REASON_FEE,
	},
	types.MatterHold:        {types.CaseReason_CASE_REASON_FROZEN, types.CaseReason_CASE_REASON_NOT_AS_AGREED},
	types.MatterRating:      {types.CaseReason_CASE_REASON_CREDIT_DATA},
	types.MatterAttestation: {types.CaseReason_CASE_REASON_CREDIT_DATA, types.CaseReason_CASE_REASON_PERSONAL_DATA},
	types.MatterConsent:     {types.CaseReason_CASE_REASON_ACCESS, types.CaseReason_CASE_REASON_PERSONAL_DATA},
	types.MatterRecord:      {types.CaseReason_CASE_REASON_ACCESS, types.CaseReason_CASE_REASON_PERSONAL_DATA},
	types.MatterAccount:     {types.CaseReason_CASE_REASON_FROZEN},
	types.MatterStanding:    {types.CaseReason_CASE_REASON_FROZEN},
	types.MatterReceivable: {
		types.CaseReason_CASE_REASON_NOT_AS_AGREED, types.CaseReason_CASE_REASON_WRONG_AMOUNT, types.CaseReason_CASE_REASON_DUPLICATE,
		types.CaseReason_CASE_REASON_PROCESSING_ERROR,
	},
	types.MatterLoan:    {types.CaseReason_CASE_REASON_PENALTY, types.CaseReason_CASE_REASON_PROCESSING_ERROR, types.CaseReason_CASE_REASON_WRONG_AMOUNT, types.CaseReason_CASE_REASON_FEE},
	types.MatterService: {types.CaseReason_CASE_REASON_SERVICE, types.CaseReason_CASE_REASON_PROCESSING_ERROR},
}

// ReasonsOf are what is offered to a claimant, the likely ones first.
func ReasonsOf(kind types.MatterKind) []types.CaseReason { return reasonsOf[kind] }

// Choices are the remedies that may be asked for of a matter, each with the most of it and what else it needs.
func Choices(kind types.MatterKind, subject Subject) []types.RemedyChoice {
	kinds := append(remediesFor(kind, subject), types.RemedyFinding, types.RemedyApology)
	choices := make([]types.RemedyChoice, len(kinds))
	for i, remedy := range kinds {
		choices[i] = types.RemedyChoice{Kind: remedy, Most: math.OneInt(), Needs: needs[remedy]}
		if remedy.HasAmount() {
			choices[i].Most = subject.Disputed
		}
	}
	return choices
}

// needs are what a remedy cannot do without, and no ledger knows.
var needs = map[types.RemedyKind]string{
	types.RemedyRefund:  "how much, if not all of it",
	types.RemedyCorrect: "the values that are right, by name; of sealed ones the record in which all of them lie, and their commitment",
	types.RemedyWaive:   "how much, if not all of it",
	types.RemedyRerate:  "the product to rate for",
	types.RemedyApology: "its words",
}

// attached are the facts that come to a case by themselves.
var attached = map[types.MatterKind]string{
	types.MatterPayment:     "the payment, what was returned of it, and its leaf in the log of payments, which a receipt proves",
	types.MatterHold:        "the hold",
	types.MatterRating:      "the rating with its reasons and the values it read",
	types.MatterAttestation: "the attestation, with its values if they are open",
	types.MatterConsent:     "the consent",
	types.MatterRecord:      "the record without its text, and the newest entries of its trail",
	types.MatterAccount:     "the account and that it is blocked",
	types.MatterStanding:    "that the customer is suspended",
	types.MatterReceivable:  "the receivable with its parts of invoices, and what its supplier, or of a holder's case the holder, has of it",
	types.MatterLoan:        "the loan as it stands today: its terms and schedule, what was paid, its penalty, and when it defaulted if it did",
	types.MatterService:     "the sealed record with the claimant's words",
}

// Attached says in words which facts of a matter nobody has to bring.
func Attached(kind types.MatterKind) string { return attached[kind] }

// Deadline says in words whose turn it is, until when, and how long that is; empty of a closed case.
func Deadline(c types.Case, clock Clock, now time.Time, params types.Params) string {
	words := WaitsFor(c.Status)
	if words == "" {
		return ""
	}
	return fmt.Sprintf("%s Time: %s, until %s.", words, left(c.DueOnClock.Sub(now), params.BusinessDays(1)),
		clock.At(c.DueOnClock).Format("2006-01-02 15:04:05 UTC"))
}

// left is a span in business days, or in their hours where these are long.
func left(span, businessDay time.Duration) string {
	hours := businessDay / 24
	switch {
	case span <= 0:
		return "over"
	case span >= businessDay:
		return counted(int64(span/businessDay), "business day") + " left"
	case hours >= time.Hour && span >= hours:
		return counted(int64(span/time.Hour), "hour") + " left"
	}
	return "less than " + map[bool]string{true: "an hour left", false: "a business day left"}[hours >= time.Hour]
}

func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
