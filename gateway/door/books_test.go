package door_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/gateway/door"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	disputetypes "github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// creditBooks has attestation 1 of TAXO and rating 1 for globex, both about acme.
type creditBooks struct{ credittypes.QueryServer }

func (creditBooks) Attestation(_ context.Context, request *credittypes.QueryAttestationRequest) (*credittypes.QueryAttestationResponse, error) {
	if request.AttestationId != 1 {
		return nil, credittypes.ErrAttestationNotFound
	}
	return &credittypes.QueryAttestationResponse{Attestation: credittypes.Attestation{Subject: accesstypes.MemberOf(acme), ProviderId: "TAXO"}}, nil
}

func (creditBooks) Rating(_ context.Context, request *credittypes.QueryRatingRequest) (*credittypes.QueryRatingResponse, error) {
	if request.RatingId != 1 {
		return nil, credittypes.ErrRatingNotFound
	}
	return &credittypes.QueryRatingResponse{Rating: credittypes.Rating{
		Subject: accesstypes.MemberOf(acme), Requester: accesstypes.MemberOf(globex),
	}}, nil
}

// The subject comes first: a consent is looked for of the first.
func TestCreditDataAreTheSubjectsAndOfWhoMadeThem(t *testing.T) {
	books := door.QueryBooks{Credit: creditBooks{}}
	for kind, want := range map[door.Kind][]accesstypes.Scope{
		door.KindAttestation: {acme, {InstitutionID: "TAXO"}},
		door.KindRating:      {acme, globex},
	} {
		scopes, err := books.Numbered(context.Background(), kind, 1)
		require.NoError(t, err)
		require.Equal(t, want, scopes, kind)
		scopes, err = books.Numbered(context.Background(), kind, 2)
		require.NoError(t, err, "what is not there is nobody's")
		require.Empty(t, scopes, kind)
	}
}

// financeBooks has request 1 of acme, put to globex and initech, with offer 1 of globex.
type financeBooks struct{ financingtypes.QueryServer }

func (financeBooks) Request(_ context.Context, request *financingtypes.QueryRequestRequest) (*financingtypes.QueryRequestResponse, error) {
	if request.RequestId != 1 {
		return nil, financingtypes.ErrRequestNotFound
	}
	return &financingtypes.QueryRequestResponse{Request: financingtypes.Request{
		Borrower: accesstypes.MemberOf(acme), Lenders: []accesstypes.Member{accesstypes.MemberOf(globex), accesstypes.MemberOf(initech)},
	}}, nil
}

func (financeBooks) Offer(_ context.Context, request *financingtypes.QueryOfferRequest) (*financingtypes.QueryOfferResponse, error) {
	if request.OfferId != 1 {
		return nil, financingtypes.ErrOfferNotFound
	}
	return &financingtypes.QueryOfferResponse{Offer: financingtypes.Offer{RequestId: 1, Lender: accesstypes.MemberOf(globex)}}, nil
}

func TestARequestIsItsLendersToReadAndAnOfferIsBetweenTwo(t *testing.T) {
	books := door.QueryBooks{Financing: financeBooks{}}
	for kind, want := range map[door.Kind][]accesstypes.Scope{
		door.KindFinanceRequest: {acme, globex, initech},
		door.KindOffer:          {globex, acme},
	} {
		scopes, err := books.Numbered(context.Background(), kind, 1)
		require.NoError(t, err)
		require.Equal(t, want, scopes, kind)
		scopes, err = books.Numbered(context.Background(), kind, 2)
		require.NoError(t, err, "what is not there is nobody's")
		require.Empty(t, scopes, kind)
	}
}

// receivableBooks has receivable 1 of acme against globex, held by initech as security for acme.
type receivableBooks struct{ financingtypes.QueryServer }

func (receivableBooks) Receivable(_ context.Context, request *financingtypes.QueryReceivableRequest) (*financingtypes.QueryReceivableResponse, error) {
	if request.ReceivableId != 1 {
		return nil, financingtypes.ErrReceivableNotFound
	}
	return &financingtypes.QueryReceivableResponse{
		Receivable: financingtypes.Receivable{Supplier: "account of acme", Debtor: "account of globex"},
		Holdings:   []financingtypes.Holding{{Account: "account of initech"}},
		Securities: []financingtypes.Security{{Secured: "account of acme"}},
	}, nil
}

// accountBooks knows the accounts of acme, globex and initech.
type accountBooks struct{ settlementtypes.QueryServer }

func (accountBooks) Account(_ context.Context, request *settlementtypes.QueryAccountRequest) (*settlementtypes.QueryAccountResponse, error) {
	for name, scope := range map[string]accesstypes.Scope{"acme": acme, "globex": globex, "initech": initech} {
		if request.Address == "account of "+name {
			return &settlementtypes.QueryAccountResponse{Account: settlementtypes.Account{InstitutionId: scope.InstitutionID, PartyId: scope.PartyID}}, nil
		}
	}
	return nil, settlementtypes.ErrAccountNotFound
}

func (receivableBooks) Loan(_ context.Context, request *financingtypes.QueryLoanRequest) (*financingtypes.QueryLoanResponse, error) {
	if request.LoanId != 1 {
		return nil, financingtypes.ErrLoanNotFound
	}
	return &financingtypes.QueryLoanResponse{Loan: financingtypes.Loan{
		Borrower: accesstypes.MemberOf(acme), Lender: accesstypes.Member{InstitutionId: "BQDQ"},
	}}, nil
}

func (receivableBooks) Facility(_ context.Context, request *financingtypes.QueryFacilityRequest) (*financingtypes.QueryFacilityResponse, error) {
	if request.FacilityId != 1 {
		return nil, financingtypes.ErrFacilityNotFound
	}
	return &financingtypes.QueryFacilityResponse{Facility: financingtypes.Facility{
		Borrower: accesstypes.MemberOf(acme), Lender: accesstypes.Member{InstitutionId: "BQDQ"},
	}}, nil
}

func TestALoanAndAFacilityAreReadByBorrowerAndLender(t *testing.T) {
	books := door.QueryBooks{Financing: receivableBooks{}}
	for _, kind := range []door.Kind{door.KindLoan, door.KindFacility} {
		scopes, err := books.Numbered(context.Background(), kind, 1)
		require.NoError(t, err)
		require.Equal(t, []accesstypes.Scope{acme, {InstitutionID: "BQDQ"}}, scopes)
		scopes, err = books.Numbered(context.Background(), kind, 2)
		require.NoError(t, err)
		require.Empty(t, scopes, "what does not exist is nobody's")
	}
}

func TestAReceivableIsReadByAllThatItConcerns(t *testing.T) {
	books := door.QueryBooks{Financing: receivableBooks{}, Settlement: accountBooks{}}
	scopes, err := books.Numbered(context.Background(), door.KindReceivable, 1)
	require.NoError(t, err)
	require.Equal(t, []accesstypes.Scope{acme, globex, initech, acme}, scopes)
	scopes, err = books.Numbered(context.Background(), door.KindReceivable, 2)
	require.NoError(t, err)
	require.Empty(t, scopes, "what is not there is nobody's")
}

// caseBooks has case 1 of acme against globex's bank, before a panel of which JURY still decides, and claim 1 of it.
type caseBooks struct {
	disputetypes.QueryServer
	status disputetypes.CaseStatus
}

func (b caseBooks) Case(_ context.Context, request *disputetypes.QueryCaseRequest) (*disputetypes.QueryCaseResponse, error) {
	if request.CaseId != 1 {
		return nil, disputetypes.ErrCaseNotFound
	}
	return &disputetypes.QueryCaseResponse{Case: disputetypes.Case{
		Id: 1, Status: b.status, Respondent: accesstypes.Member{InstitutionId: globex.InstitutionID},
		Claimants: []disputetypes.Claimant{{Member: accesstypes.MemberOf(acme)}},
	}}, nil
}

func (caseBooks) Panels(context.Context, *disputetypes.QueryPanelsRequest) (*disputetypes.QueryPanelsResponse, error) {
	return &disputetypes.QueryPanelsResponse{Panels: []disputetypes.DrawnPanel{{Panel: disputetypes.Panel{Seats: []disputetypes.Seat{
		{InstitutionId: "GONE", Status: disputetypes.Silent}, {InstitutionId: "JURY", Status: disputetypes.Seated},
	}}}}}, nil
}

func (caseBooks) Claim(_ context.Context, request *disputetypes.QueryClaimRequest) (*disputetypes.QueryClaimResponse, error) {
	return &disputetypes.QueryClaimResponse{Claim: disputetypes.Claim{Id: request.ClaimId, CaseId: request.ClaimId}}, nil
}

func TestACaseIsItsSidesAndItsPanelsAsLongAsThatDecides(t *testing.T) {
	sides := []accesstypes.Scope{{InstitutionID: globex.InstitutionID}, acme}
	for status, want := range map[disputetypes.CaseStatus][]accesstypes.Scope{
		disputetypes.Filed: sides, disputetypes.Ruled: sides, disputetypes.Closed: sides,
		disputetypes.Committing: append(sides[:2:2], accesstypes.Scope{InstitutionID: "JURY"}),
	} {
		books := door.QueryBooks{Dispute: caseBooks{status: status}}
		for _, kind := range []door.Kind{door.KindCase, door.KindClaim} {
			scopes, err := books.Numbered(context.Background(), kind, 1)
			require.NoError(t, err)
			require.Equal(t, want, scopes, "%s %s", kind, status)
			scopes, err = books.Numbered(context.Background(), kind, 2)
			require.NoError(t, err, "what is not there is nobody's")
			require.Empty(t, scopes)
		}
	}
}
