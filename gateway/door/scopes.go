package door

import (
	"context"
	"slices"
	"strings"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Books tells whose a thing is. None of its answers is an error if there is no such thing: then it is
// nobody's.
type Books interface {
	// Account is whose a settlement account is.
	Account(ctx context.Context, address string) ([]accesstypes.Scope, error)
	// Operator is whom an operator acts for.
	Operator(ctx context.Context, address string) ([]accesstypes.Scope, error)
	// Party is which institution serves a party, and the party.
	Party(ctx context.Context, id string) ([]accesstypes.Scope, error)
	// Payment is whose accounts a payment or a hold names.
	Payment(ctx context.Context, uetr string) ([]accesstypes.Scope, error)
	// Numbered is whom a thing with a number is about: an action, a consent, a record.
	Numbered(ctx context.Context, kind Kind, id uint64) ([]accesstypes.Scope, error)
}

// Kind is a kind of thing that has a number.
type Kind string

// Kinds of things with numbers.
const (
	KindAction     Kind = "action"
	KindConsent    Kind = "consent"
	KindBreakGlass Kind = "break-glass"
	KindRecord     Kind = "record"
	// KindTrail is the trail of a record: its readers may not read it, its subject may.
	KindTrail Kind = "trail"
	// KindAttestation is what a data provider says about a subject: both may read it.
	KindAttestation Kind = "attestation"
	// KindRating is what a model says of a subject: who asked for it may read it too.
	KindRating Kind = "rating"
	// KindFinanceRequest is what a borrower asks of lenders by name: all of them may read it.
	KindFinanceRequest Kind = "finance-request"
	// KindOffer is what a lender answers: both may read it.
	KindOffer Kind = "offer"
	// KindReceivable is what a debtor owes: its supplier, its debtor, its holders and those it secures may read it.
	KindReceivable Kind = "receivable"
	// KindCase is a case: its sides may read it, and the institutions of those who decide it.
	KindCase Kind = "case"
	// KindClaim is what a payer owes by a ruling: who may read the case may read it.
	KindClaim Kind = "claim"
	// KindFeedback is what a customer says of an institution: both may read it.
	KindFeedback Kind = "feedback"
	// KindLoan is money lent, KindFacility a promise to lend: borrower and lender may read both.
	KindLoan     Kind = "loan"
	KindFacility Kind = "facility"
)

// consented is up to which level, and for which purposes, a subject's consent lets its reader ask a query.
type consented struct {
	level    uint32
	purposes []accesstypes.Purpose
}

// onConsent are the queries that a reader with a subject's consent may ask too, for what is about that subject:
// data for ratings, and what personal offers may rest on. The subject comes first in what they name.
var onConsent = map[string]consented{
	"/zhilian.credit.v1.Query/Attestation":  {2, creditPurposes},
	"/zhilian.credit.v1.Query/Attestations": {2, creditPurposes},
	"/zhilian.credit.v1.Query/Rating":       {2, creditPurposes},
	"/zhilian.credit.v1.Query/Ratings":      {2, creditPurposes},
	"/zhilian.credit.v1.Query/Improvement":  {2, creditPurposes},
	"/zhilian.credit.v1.Query/Behaviour":    {2, append(slices.Clone(creditPurposes), accesstypes.Purpose_PURPOSE_PERSONAL_OFFERS)},
	"/zhilian.dispute.v1.Query/FeedbackOf":  {2, []accesstypes.Purpose{accesstypes.Purpose_PURPOSE_PERSONAL_OFFERS}},
}

// creditPurposes are those for which credit data may be read.
var creditPurposes = []accesstypes.Purpose{
	accesstypes.Purpose_PURPOSE_CREDIT_RATING, accesstypes.Purpose_PURPOSE_FINANCING, accesstypes.Purpose_PURPOSE_DISPUTE,
	accesstypes.Purpose_PURPOSE_SUPERVISION,
}

// supervised are the sensitive queries that tell an institution's totals and nothing of its customers: a regulator's
// operator with the permission asks them about everyone. Supplies in the ledger are none: that of a receivable
// is what one customer owes another.
var supervised = map[string]string{
	"/zhilian.settlement.v1.Query/Reserves": settlementtypes.PermissionSupervise,
}

const trailMethod = "/zhilian.vault.v1.Query/Trail"

// subjects is what requests may name; requests of both generators have these methods. A request that
// names several things is about the first of this order that it fills in.
type (
	hasUetr        interface{ GetUetr() string }
	hasAccount     interface{ GetAccount() string }
	hasDebtor      interface{ GetDebtor() string }
	hasAddress     interface{ GetAddress() string }
	hasInstitution interface{ GetInstitutionId() string }
	hasParty       interface{ GetPartyId() string }
	hasAction      interface{ GetActionId() uint64 }
	hasConsent     interface{ GetConsentId() uint64 }
	hasBreakGlass  interface{ GetBreakGlassId() uint64 }
	hasRecord      interface{ GetRecordId() uint64 }
	hasAttestation interface{ GetAttestationId() uint64 }
	hasRating      interface{ GetRatingId() uint64 }
	hasReceivable  interface{ GetReceivableId() uint64 }
	hasLoan        interface{ GetLoanId() uint64 }
	hasFacility    interface{ GetFacilityId() uint64 }
	hasRequest     interface{ GetRequestId() uint64 }
	hasOffer       interface{ GetOfferId() uint64 }
	hasCase        interface{ GetCaseId() uint64 }
	hasClaim       interface{ GetClaimId() uint64 }
	hasFeedback    interface{ GetFeedbackId() uint64 }
	hasDenom       interface{ GetDenom() string }
)

// scopesOf reads off a request what it is about. A request that names nothing is about nobody, and is
// refused to everybody.
func scopesOf(ctx context.Context, books Books, method string, request any) ([]accesstypes.Scope, error) {
	if r, ok := request.(hasUetr); ok && r.GetUetr() != "" {
		return books.Payment(ctx, r.GetUetr())
	}
	if address := addressOf(request); address != "" {
		scopes, err := books.Account(ctx, address)
		if err != nil || len(scopes) > 0 {
			return scopes, err
		}
		return books.Operator(ctx, address)
	}
	if kind, id := numberOf(request); kind != "" {
		if method == trailMethod {
			kind = KindTrail
		}
		return books.Numbered(ctx, kind, id)
	}
	scope := accesstypes.Scope{}
	if r, ok := request.(hasInstitution); ok {
		scope.InstitutionID = r.GetInstitutionId()
	}
	if r, ok := request.(hasParty); ok {
		scope.PartyID = r.GetPartyId()
	}
	switch {
	case scope.InstitutionID != "":
		return []accesstypes.Scope{scope}, nil
	case scope.PartyID != "":
		return books.Party(ctx, scope.PartyID)
	}
	if r, ok := request.(hasDenom); ok {
		if issuer, _, found := strings.Cut(r.GetDenom(), "/"); found {
			return []accesstypes.Scope{{InstitutionID: issuer}}, nil
		}
	}
	return nil, nil
}

func addressOf(request any) string {
	if r, ok := request.(hasAccount); ok && r.GetAccount() != "" {
		return r.GetAccount()
	}
	if r, ok := request.(hasDebtor); ok && r.GetDebtor() != "" {
		return r.GetDebtor()
	}
	if r, ok := request.(hasAddress); ok {
		return r.GetAddress()
	}
	return ""
}

func numberOf(request any) (Kind, uint64) {
	if r, ok := request.(hasAction); ok {
		return KindAction, r.GetActionId()
	}
	if r, ok := request.(hasConsent); ok {
		return KindConsent, r.GetConsentId()
	}
	if r, ok := request.(hasBreakGlass); ok {
		return KindBreakGlass, r.GetBreakGlassId()
	}
	if r, ok := request.(hasRecord); ok {
		return KindRecord, r.GetRecordId()
	}
	if r, ok := request.(hasAttestation); ok {
		return KindAttestation, r.GetAttestationId()
	}
	if r, ok := request.(hasRating); ok {
		return KindRating, r.GetRatingId()
	}
	if r, ok := request.(hasLoan); ok {
		return KindLoan, r.GetLoanId()
	}
	if r, ok := request.(hasFacility); ok {
		return KindFacility, r.GetFacilityId()
	}
	if r, ok := request.(hasReceivable); ok {
		return KindReceivable, r.GetReceivableId()
	}
	if r, ok := request.(hasRequest); ok {
		return KindFinanceRequest, r.GetRequestId()
	}
	if r, ok := request.(hasOffer); ok {
		return KindOffer, r.GetOfferId()
	}
	if r, ok := request.(hasCase); ok {
		return KindCase, r.GetCaseId()
	}
	if r, ok := request.(hasClaim); ok {
		return KindClaim, r.GetClaimId()
	}
	if r, ok := request.(hasFeedback); ok {
		return KindFeedback, r.GetFeedbackId()
	}
	return "", 0
}
