package door_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/gateway/door"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
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
