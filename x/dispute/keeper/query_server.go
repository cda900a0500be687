package keeper

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/internal/paging"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// MaxPageRows is the most rows that a list answers with.
const MaxPageRows = paging.RowsMax

type queryServer struct{ keeper *Keeper }

// NewQueryServer answers zhilian.dispute.v1.Query. Who may ask is decided where queries come in.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{k} }

func (s queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := s.keeper.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryParamsResponse{Params: params}, nil
}

func (s queryServer) Case(ctx context.Context, request *types.QueryCaseRequest) (*types.QueryCaseResponse, error) {
	c, err := s.keeper.Case(ctx, request.GetCaseId())
	if err != nil {
		return nil, err
	}
	m, err := s.keeper.moment(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryCaseResponse{Case: c, DueAt: m.clock.At(c.DueOnClock), WaitsFor: domain.Deadline(c, m.clock, m.now, m.params)}, nil
}

func (s queryServer) Cases(ctx context.Context, request *types.QueryCasesRequest) (*types.QueryCasesResponse, error) {
	institution, party := request.GetInstitutionId(), request.GetPartyId()
	// A key of the store could not be made of what is the id of no member.
	if err := (accesstypes.Scope{InstitutionID: institution, PartyID: party}).Validate(); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	rows, page, err := paging.ListBelow(ctx, s.keeper.casesOf, collections.TripleSuperPrefix[string, string, uint64](institution, party),
		paging.Of(request.GetPagination()).NewestFirst(),
		func(key numberOfMemberKey, _ collections.NoValue) (types.Case, error) {
			return s.keeper.Case(ctx, key.K3())
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryCasesResponse{Cases: rows, Pagination: page}, nil
}

func (s queryServer) CaseFacts(ctx context.Context, request *types.QueryCaseFactsRequest) (*types.QueryCaseFactsResponse, error) {
	c, err := s.keeper.Case(ctx, request.GetCaseId())
	if err != nil {
		return nil, err
	}
	facts, err := s.keeper.factsOf(ctx, c)
	if err != nil {
		return nil, err
	}
	return &types.QueryCaseFactsResponse{Facts: facts}, nil
}

// Panels draws each panel once more from what is stored with it.
func (s queryServer) Panels(ctx context.Context, request *types.QueryPanelsRequest) (*types.QueryPanelsResponse, error) {
	c, err := s.keeper.Case(ctx, request.GetCaseId())
	if err != nil {
		return nil, err
	}
	answer := &types.QueryPanelsResponse{}
	for instance := uint32(1); instance <= c.Instance; instance++ {
		panel, exists, err := found(s.keeper.panels.Get(ctx, collections.Join(c.Id, uint64(instance))))
		if err != nil {
			return nil, err
		}
		if !exists {
			continue
		}
		drawn := types.DrawnPanel{Panel: panel}
		if len(panel.BlockHash) > 0 {
			drawn.Again = domain.Draw(panel.BlockHash, c.Id, panel.Instance, panel.Attempt, panel.Candidates)
			drawn.Same = domain.SameDraw(panel, drawn.Again)
		}
		answer.Panels = append(answer.Panels, drawn)
	}
	return answer, nil
}

func (s queryServer) Claim(ctx context.Context, request *types.QueryClaimRequest) (*types.QueryClaimResponse, error) {
	claim, err := s.keeper.Claim(ctx, request.GetClaimId())
	if err != nil {
		return nil, err
	}
	return &types.QueryClaimResponse{Claim: claim}, nil
}

func (s queryServer) Claims(ctx context.Context, request *types.QueryClaimsRequest) (*types.QueryClaimsResponse, error) {
	if _, err := s.keeper.Case(ctx, request.GetCaseId()); err != nil {
		return nil, err
	}
	claims, err := s.keeper.claimsOf(ctx, request.GetCaseId())
	if err != nil {
		return nil, err
	}
	return &types.QueryClaimsResponse{Claims: claims}, nil
}

func (s queryServer) Arbitrators(ctx context.Context, request *types.QueryArbitratorsRequest) (*types.QueryArbitratorsResponse, error) {
	institution := request.GetInstitutionId()
	if err := (accesstypes.Member{InstitutionId: institution}).Validate(); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	answer := &types.QueryArbitratorsResponse{}
	var addresses []string
	err := s.keeper.arbitratorsOf.Walk(ctx, collections.NewPrefixedPairRange[string, string](institution), func(key textKey) (bool, error) {
		addresses = append(addresses, key.K2())
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	for _, address := range addresses {
		arbitrator, err := s.keeper.arbitrators.Get(ctx, address)
		if err != nil {
			return nil, err
		}
		answer.Arbitrators = append(answer.Arbitrators, arbitrator)
	}
	return answer, nil
}

func (s queryServer) Ruling(ctx context.Context, request *types.QueryRulingRequest) (*types.QueryRulingResponse, error) {
	c, err := s.keeper.Case(ctx, request.GetNumber())
	if err != nil {
		return nil, err
	}
	if len(c.Rulings) == 0 {
		return nil, status.Errorf(codes.NotFound, "case %d has no ruling", c.Id)
	}
	ruling := types.PublicRuling{
		Number: c.Id, Kind: c.Kind, Reason: c.Reason, Outcome: c.Outcome, Appealed: c.Ground != types.AppealGround_APPEAL_GROUND_UNSPECIFIED,
	}
	for _, r := range c.Rulings {
		ruling.Reasons = append(ruling.Reasons, r.Reasons)
	}
	return &types.QueryRulingResponse{Ruling: ruling}, nil
}
