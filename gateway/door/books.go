package door

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/types/query"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	disputetypes "github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

const (
	participantsPage    = 200
	participantPagesMax = 10
)

// QueryBooks finds whose a thing is by asking the modules' own queries.
type QueryBooks struct {
	Access     accesstypes.QueryServer
	Settlement settlementtypes.QueryServer
	Vault      vaulttypes.QueryServer
	Credit     credittypes.QueryServer
	Financing  financingtypes.QueryServer
	Dispute    disputetypes.QueryServer
	// Index knows payments that have left state.
	Index gatewaytypes.QueryServer
}

var _ Books = QueryBooks{}

// absent reports whether an error only says that there is no such thing, or that its name is none.
func absent(err error) bool {
	switch status.Code(err) {
	case codes.NotFound, codes.InvalidArgument:
		return true
	}
	return false
}

func nobody(err error) ([]accesstypes.Scope, error) {
	if absent(err) {
		return nil, nil
	}
	return nil, err
}

func one(institution, party string) []accesstypes.Scope {
	return []accesstypes.Scope{{InstitutionID: institution, PartyID: party}}
}

// Account is whose a settlement account is: a party's, or that of a bank's reserves.
func (b QueryBooks) Account(ctx context.Context, address string) ([]accesstypes.Scope, error) {
	found, err := b.Settlement.Account(ctx, &settlementtypes.QueryAccountRequest{Address: address})
	switch {
	case err == nil:
		return one(found.Account.InstitutionId, found.Account.PartyId), nil
	case !absent(err):
		return nil, err
	}
	return b.reserves(ctx, address)
}

// reserves looks through the participants, of which there are some hundreds at most.
func (b QueryBooks) reserves(ctx context.Context, address string) ([]accesstypes.Scope, error) {
	page := &query.PageRequest{Limit: participantsPage}
	for range participantPagesMax {
		answer, err := b.Settlement.Participants(ctx, &settlementtypes.QueryParticipantsRequest{Pagination: page})
		if err != nil {
			return nil, err
		}
		for _, participant := range answer.Participants {
			if participant.ReserveAddress == address {
				return one(participant.InstitutionId, ""), nil
			}
		}
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			break
		}
		page.Key = answer.Pagination.NextKey
	}
	return nil, nil
}

// Operator is whom an operator acts for.
func (b QueryBooks) Operator(ctx context.Context, address string) ([]accesstypes.Scope, error) {
	found, err := b.Access.Operator(ctx, &accesstypes.QueryOperatorRequest{Address: address})
	if err != nil {
		return nobody(err)
	}
	return []accesstypes.Scope{found.Operator.Scope()}, nil
}

// Party is the institution that serves a party, and the party.
func (b QueryBooks) Party(ctx context.Context, id string) ([]accesstypes.Scope, error) {
	found, err := b.Access.Party(ctx, &accesstypes.QueryPartyRequest{PartyId: id})
	if err != nil {
		return nobody(err)
	}
	return one(found.Party.InstitutionId, found.Party.Id), nil
}

// Payment is whose accounts a payment names: in state, or in the index once it has left it.
func (b QueryBooks) Payment(ctx context.Context, uetr string) ([]accesstypes.Scope, error) {
	found, err := b.Settlement.Payment(ctx, &settlementtypes.QueryPaymentRequest{Uetr: uetr})
	if err == nil {
		return b.accounts(ctx, found.Payment.Debtor, found.Payment.Creditor)
	}
	if !absent(err) {
		return nil, err
	}
	hold, err := b.Settlement.Hold(ctx, &settlementtypes.QueryHoldRequest{Uetr: uetr})
	if err == nil {
		return b.accounts(ctx, hold.Hold.Debtor, hold.Hold.Creditor)
	}
	if !absent(err) {
		return nil, err
	}
	rows, err := b.Index.FindPayments(ctx, &gatewaytypes.QueryFindPaymentsRequest{Reference: uetr})
	if err != nil {
		return nobody(err)
	}
	var addresses []string
	for _, row := range rows.Payments {
		addresses = append(addresses, row.Debtor, row.Creditor)
	}
	return b.accounts(ctx, addresses...)
}

func (b QueryBooks) accounts(ctx context.Context, addresses ...string) ([]accesstypes.Scope, error) {
	var all []accesstypes.Scope
	for _, address := range addresses {
		scopes, err := b.Account(ctx, address)
		if err != nil {
			return nil, err
		}
		all = append(all, scopes...)
	}
	return all, nil
}

// Numbered is whom a thing with a number is about.
func (b QueryBooks) Numbered(ctx context.Context, kind Kind, id uint64) ([]accesstypes.Scope, error) {
	switch kind {
	case KindAction:
		found, err := b.Access.Action(ctx, &accesstypes.QueryActionRequest{ActionId: id})
		if err != nil {
			return nobody(err)
		}
		return one(found.Action.InstitutionId, found.Action.PartyId), nil
	case KindConsent:
		found, err := b.Access.Consent(ctx, &accesstypes.QueryConsentRequest{ConsentId: id})
		if err != nil {
			return nobody(err)
		}
		return []accesstypes.Scope{found.Consent.Subject.Scope(), found.Consent.Grantee.Scope()}, nil
	case KindBreakGlass:
		found, err := b.Access.BreakGlass(ctx, &accesstypes.QueryBreakGlassRequest{BreakGlassId: id})
		if err != nil {
			return nobody(err)
		}
		return append(one(found.BreakGlass.RegulatorId, ""), found.BreakGlass.Subject.Scope()), nil
	case KindRecord:
		return b.record(ctx, id, true)
	case KindTrail:
		return b.record(ctx, id, false)
	case KindAttestation:
		found, err := b.Credit.Attestation(ctx, &credittypes.QueryAttestationRequest{AttestationId: id})
		if err != nil {
			return nobody(err)
		}
		return []accesstypes.Scope{found.Attestation.Subject.Scope(), found.Attestation.Provider()}, nil
	case KindRating:
		found, err := b.Credit.Rating(ctx, &credittypes.QueryRatingRequest{RatingId: id})
		if err != nil {
			return nobody(err)
		}
		return []accesstypes.Scope{found.Rating.Subject.Scope(), found.Rating.Requester.Scope()}, nil
	case KindFinanceRequest:
		request, err := b.financeRequest(ctx, id)
		if err != nil || request == nil {
			return nil, err
		}
		scopes := []accesstypes.Scope{request.Borrower.Scope()}
		for _, lender := range request.Lenders {
			scopes = append(scopes, lender.Scope())
		}
		return scopes, nil
	case KindOffer:
		return b.offer(ctx, id)
	case KindReceivable:
		return b.receivable(ctx, id)
	case KindCase:
		return b.dispute(ctx, id)
	case KindClaim:
		found, err := b.Dispute.Claim(ctx, &disputetypes.QueryClaimRequest{ClaimId: id})
		if err != nil {
			return nobody(err)
		}
		return b.dispute(ctx, found.Claim.CaseId)
	case KindFeedback:
		found, err := b.Dispute.Feedback(ctx, &disputetypes.QueryFeedbackRequest{FeedbackId: id})
		if err != nil {
			return nobody(err)
		}
		return []accesstypes.Scope{found.Feedback.Author.Scope(), {InstitutionID: found.Feedback.InstitutionId}}, nil
	case KindLoan:
		found, err := b.Financing.Loan(ctx, &financingtypes.QueryLoanRequest{LoanId: id})
		if err != nil {
			return nobody(err)
		}
		return []accesstypes.Scope{found.Loan.Borrower.Scope(), found.Loan.Lender.Scope()}, nil
	case KindFacility:
		found, err := b.Financing.Facility(ctx, &financingtypes.QueryFacilityRequest{FacilityId: id})
		if err != nil {
			return nobody(err)
		}
		return []accesstypes.Scope{found.Facility.Borrower.Scope(), found.Facility.Lender.Scope()}, nil
	}
	return nil, nil
}

// financeRequest is nil if there is none with the number.
func (b QueryBooks) financeRequest(ctx context.Context, id uint64) (*financingtypes.Request, error) {
	found, err := b.Financing.Request(ctx, &financingtypes.QueryRequestRequest{RequestId: id})
	if err != nil {
		_, err = nobody(err)
		return nil, err
	}
	return &found.Request, nil
}

// offer is its lender's, and its borrower may read it.
func (b QueryBooks) offer(ctx context.Context, id uint64) ([]accesstypes.Scope, error) {
	found, err := b.Financing.Offer(ctx, &financingtypes.QueryOfferRequest{OfferId: id})
	if err != nil {
		return nobody(err)
	}
	request, err := b.financeRequest(ctx, found.Offer.RequestId)
	if err != nil || request == nil {
		return nil, err
	}
	return []accesstypes.Scope{found.Offer.Lender.Scope(), request.Borrower.Scope()}, nil
}

// receivable is its supplier's and its debtor's, and of all that hold its units or are secured by them.
func (b QueryBooks) receivable(ctx context.Context, id uint64) ([]accesstypes.Scope, error) {
	found, err := b.Financing.Receivable(ctx, &financingtypes.QueryReceivableRequest{ReceivableId: id})
	if err != nil {
		return nobody(err)
	}
	addresses := []string{found.Receivable.Supplier, found.Receivable.Debtor}
	for _, holding := range found.Holdings {
		addresses = append(addresses, holding.Account)
	}
	for _, security := range found.Securities {
		addresses = append(addresses, security.Secured)
	}
	return b.accounts(ctx, addresses...)
}

// dispute is about its sides, and for the institutions whose arbitrators decide it, as long as they do.
func (b QueryBooks) dispute(ctx context.Context, id uint64) ([]accesstypes.Scope, error) {
	found, err := b.Dispute.Case(ctx, &disputetypes.QueryCaseRequest{CaseId: id})
	if err != nil {
		return nobody(err)
	}
	var scopes []accesstypes.Scope
	for _, side := range found.Case.Sides() {
		scopes = append(scopes, side.Scope())
	}
	if !found.Case.Decides() {
		return scopes, nil
	}
	panels, err := b.Dispute.Panels(ctx, &disputetypes.QueryPanelsRequest{CaseId: id})
	if err != nil {
		return nil, err
	}
	for _, drawn := range panels.Panels {
		for _, seat := range drawn.Panel.Seats {
			if seat.Status == disputetypes.Seated {
				scopes = append(scopes, accesstypes.Scope{InstitutionID: seat.InstitutionId})
			}
		}
	}
	return scopes, nil
}

// record is about its subject, and its custodian answers for it; its readers may read it as well.
func (b QueryBooks) record(ctx context.Context, id uint64, readers bool) ([]accesstypes.Scope, error) {
	found, err := b.Vault.Record(ctx, &vaulttypes.QueryRecordRequest{RecordId: id})
	if err != nil {
		return nobody(err)
	}
	scopes := []accesstypes.Scope{found.Record.Subject.Scope()}
	if found.Record.CustodianId != "" {
		scopes = append(scopes, accesstypes.Scope{InstitutionID: found.Record.CustodianId})
	}
	if !readers {
		return scopes, nil
	}
	for _, share := range found.Shares {
		scopes = append(scopes, share.Reader.Scope())
	}
	return scopes, nil
}
