package keeper

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/internal/paging"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// MaxPageRows is the most rows that a list answers with.
const MaxPageRows = paging.RowsMax

type queryServer struct{ keeper *Keeper }

// NewQueryServer answers zhilian.credit.v1.Query. Who may ask is decided where queries come in.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{k} }

func (s queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := s.keeper.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryParamsResponse{Params: params}, nil
}

func (s queryServer) Attestation(ctx context.Context, request *types.QueryAttestationRequest) (*types.QueryAttestationResponse, error) {
	attestation, err := s.keeper.Attestation(ctx, request.GetAttestationId())
	if err != nil {
		return nil, err
	}
	inForce, err := s.keeper.inForce(ctx, attestation)
	if err != nil {
		return nil, err
	}
	return &types.QueryAttestationResponse{Attestation: attestation, InForce: inForce}, nil
}

// inForce reports whether an attestation can be used now.
func (k *Keeper) inForce(ctx context.Context, attestation types.Attestation) (bool, error) {
	if !attestation.IsActive(blockTime(ctx)) {
		return false, nil
	}
	_, err := k.providerBasis(ctx, attestation)
	if hasNoBasis(err) {
		return false, nil
	}
	return err == nil, err
}

// hasNoBasis reports whether access said that nothing allows a sharing, or nothing does any more.
func hasNoBasis(err error) bool {
	return errors.Is(err, accesstypes.ErrConsentMissing) || errors.Is(err, accesstypes.ErrConsentEnded)
}

func (s queryServer) Attestations(ctx context.Context, request *types.QueryAttestationsRequest) (*types.QueryAttestationsResponse, error) {
	rows, page, err := listOf(ctx, s.keeper.attestationsOfSubject, request.GetInstitutionId(), request.GetPartyId(), request.GetPagination(), s.keeper.Attestation)
	if err != nil {
		return nil, err
	}
	return &types.QueryAttestationsResponse{Attestations: rows, Pagination: page}, nil
}

func (s queryServer) Model(ctx context.Context, request *types.QueryModelRequest) (*types.QueryModelResponse, error) {
	entry, err := s.keeper.Model(ctx, request.GetModelId())
	if err != nil {
		return nil, err
	}
	objects, err := s.keeper.objectsOf(ctx, entry)
	if err != nil {
		return nil, err
	}
	return &types.QueryModelResponse{Entry: entry, Model: objects.Model, Calibration: objects.Calibration, Scale: objects.Scale}, nil
}

func (s queryServer) Models(ctx context.Context, request *types.QueryModelsRequest) (*types.QueryModelsResponse, error) {
	newest := paging.Of(request.GetPagination()).NewestFirst()
	var rows []types.ModelEntry
	var page *query.PageResponse
	var err error
	if product := request.GetProduct(); product == "" {
		rows, page, err = paging.List(ctx, s.keeper.models, newest, func(_ uint64, entry types.ModelEntry) (types.ModelEntry, error) { return entry, nil })
	} else {
		if !types.IsProduct(product) {
			return nil, status.Errorf(codes.InvalidArgument, "%.40q is no product", product)
		}
		rows, page, err = paging.ListBelow(ctx, s.keeper.modelsOfProduct, collections.PairPrefix[string, uint64](product), newest,
			func(key productKey, _ collections.NoValue) (types.ModelEntry, error) {
				return s.keeper.Model(ctx, key.K2())
			})
	}
	if err != nil {
		return nil, err
	}
	return &types.QueryModelsResponse{Entries: rows, Pagination: page}, nil
}

func (s queryServer) Champion(ctx context.Context, request *types.QueryChampionRequest) (*types.QueryChampionResponse, error) {
	entry, err := s.keeper.Champion(ctx, request.GetProduct())
	if err != nil {
		return nil, err
	}
	return &types.QueryChampionResponse{Entry: entry}, nil
}

func (s queryServer) Rating(ctx context.Context, request *types.QueryRatingRequest) (*types.QueryRatingResponse, error) {
	rating, err := s.keeper.Rating(ctx, request.GetRatingId())
	if err != nil {
		return nil, err
	}
	valid, err := s.keeper.isValid(ctx, rating)
	if err != nil {
		return nil, err
	}
	return &types.QueryRatingResponse{Rating: rating, Valid: valid}, nil
}

func (s queryServer) Ratings(ctx context.Context, request *types.QueryRatingsRequest) (*types.QueryRatingsResponse, error) {
	rows, page, err := listOf(ctx, s.keeper.ratingsOfSubject, request.GetInstitutionId(), request.GetPartyId(), request.GetPagination(), s.keeper.Rating)
	if err != nil {
		return nil, err
	}
	return &types.QueryRatingsResponse{Ratings: rows, Pagination: page}, nil
}

// Improvement is computed for who asks, and not stored with the rating: it tries each threshold of the model.
func (s queryServer) Improvement(ctx context.Context, request *types.QueryImprovementRequest) (*types.QueryImprovementResponse, error) {
	rating, err := s.keeper.Rating(ctx, request.GetRatingId())
	if err != nil {
		return nil, err
	}
	if rating.Kind != types.RatingComputed {
		return nil, types.ErrNotComputed.Wrapf("%d", rating.Id)
	}
	entry, err := s.keeper.Model(ctx, rating.ModelId)
	if err != nil {
		return nil, err
	}
	rater, err := s.keeper.raterOf(ctx, entry)
	if err != nil {
		return nil, err
	}
	return domain.Improvement(rater, rating.Inputs)
}

// Behaviour answers with months without counterparties: what a subject has to do with whom is told to nobody.
func (s queryServer) Behaviour(ctx context.Context, request *types.QueryBehaviourRequest) (*types.QueryBehaviourResponse, error) {
	subject := accesstypes.Member{InstitutionId: request.GetInstitutionId(), PartyId: request.GetPartyId()}
	if err := subject.Validate(); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	enrolment, err := s.keeper.Enrolment(ctx, subject)
	if err != nil {
		return nil, err
	}
	behaviour, err := s.keeper.behaviourOf(ctx, enrolment, enrolment.Currencies)
	if err != nil {
		return nil, err
	}
	answer := &types.QueryBehaviourResponse{
		Enrolment: enrolment, Figures: domain.Figures(behaviour, blockTime(ctx)), Disputes: behaviour.Disputes,
	}
	for _, flow := range behaviour.Flows {
		answer.Months = append(answer.Months, types.MonthFlow{
			Month: flow.Month, Currency: flow.Currency, InflowMinor: flow.InflowMinor, OutflowMinor: flow.OutflowMinor,
			ReturnedOutMinor: flow.ReturnedOutMinor, ReturnedInMinor: flow.ReturnedInMinor, Receivables: flow.Receivables, Loans: flow.Loans,
		})
	}
	return answer, nil
}

// listOf lists what is numbered below a member, the highest number first.
func listOf[T any](
	ctx context.Context, index collections.KeySet[numberOfMemberKey], institution, party string,
	asked *query.PageRequest, load func(context.Context, uint64) (T, error),
) ([]T, *query.PageResponse, error) {
	// A key of the store could not be made of what is the id of no member.
	if err := (accesstypes.Scope{InstitutionID: institution, PartyID: party}).Validate(); err != nil {
		return nil, nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return paging.ListBelow(ctx, index, collections.TripleSuperPrefix[string, string, uint64](institution, party), paging.Of(asked).NewestFirst(),
		func(key numberOfMemberKey, _ collections.NoValue) (T, error) { return load(ctx, key.K3()) })
}
