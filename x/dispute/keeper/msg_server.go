package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

type msgServer struct{ keeper *Keeper }

// NewMsgServer answers zhilian.dispute.v1.Msg.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{k} }

func (s msgServer) FileCase(ctx context.Context, msg *types.MsgFileCase) (*types.MsgFileCaseResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.keeper.forClaimant(ctx, msg.Operator, msg.Claimant)
	if err != nil {
		return nil, err
	}
	c, err := s.keeper.fileCase(ctx, actor, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgFileCaseResponse{CaseId: c.Id, Held: c.Claimants[0].Held}, nil
}

func (s msgServer) JoinCase(ctx context.Context, msg *types.MsgJoinCase) (*types.MsgJoinCaseResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.keeper.forClaimant(ctx, msg.Operator, msg.Claimant)
	if err != nil {
		return nil, err
	}
	c, err := s.keeper.Case(ctx, msg.CaseId)
	if err != nil {
		return nil, err
	}
	held, err := s.keeper.joinCase(ctx, actor, c, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgJoinCaseResponse{Held: held}, nil
}

func (s msgServer) WithdrawCase(ctx context.Context, msg *types.MsgWithdrawCase) (*types.MsgWithdrawCaseResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	c, err := s.keeper.Case(ctx, msg.CaseId)
	if err != nil {
		return nil, err
	}
	place, is := c.Claimant(msg.Claimant)
	if !is {
		return nil, types.ErrNotSide.Wrapf("%s is no claimant of case %d", msg.Claimant.Text(), c.Id)
	}
	actor, err := s.keeper.ofClaimant(ctx, msg.Operator, msg.Claimant)
	if err != nil {
		return nil, err
	}
	c, err = s.keeper.withdraw(ctx, actor, c, place)
	if err != nil {
		return nil, err
	}
	return &types.MsgWithdrawCaseResponse{Status: c.Status}, nil
}

func (s msgServer) BringEvidence(ctx context.Context, msg *types.MsgBringEvidence) (*types.MsgBringEvidenceResponse, error) {
	c, err := s.keeper.Case(ctx, msg.CaseId)
	if err != nil {
		return nil, err
	}
	by, err := s.keeper.eitherSide(ctx, msg.Operator, c)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.bringEvidence(ctx, by, c, msg.RecordId); err != nil {
		return nil, err
	}
	return &types.MsgBringEvidenceResponse{}, nil
}

func (s msgServer) RequestEvidence(ctx context.Context, msg *types.MsgRequestEvidence) (*types.MsgRequestEvidenceResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	c, err := s.keeper.Case(ctx, msg.CaseId)
	if err != nil {
		return nil, err
	}
	by, err := s.keeper.eitherSide(ctx, msg.Operator, c)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.requestEvidence(ctx, by, c, msg.Kind, msg.Of); err != nil {
		return nil, err
	}
	return &types.MsgRequestEvidenceResponse{}, nil
}

func (s msgServer) AcknowledgeCase(ctx context.Context, msg *types.MsgAcknowledgeCase) (*types.MsgAcknowledgeCaseResponse, error) {
	c, err := s.keeper.Case(ctx, msg.CaseId)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.forRespondent(ctx, msg.Operator, c)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.acknowledge(ctx, actor, c, msg.Complex); err != nil {
		return nil, err
	}
	return &types.MsgAcknowledgeCaseResponse{}, nil
}

func (s msgServer) RefuseCase(ctx context.Context, msg *types.MsgRefuseCase) (*types.MsgRefuseCaseResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	c, err := s.keeper.Case(ctx, msg.CaseId)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.forRespondent(ctx, msg.Operator, c)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.refuse(ctx, actor, c, msg.Refusal); err != nil {
		return nil, err
	}
	return &types.MsgRefuseCaseResponse{}, nil
}

// ExtendCase needs a second person of the respondent's institution, whatever its policies say.
func (s msgServer) ExtendCase(ctx context.Context, msg *types.MsgExtendCase) (*types.MsgExtendCaseResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	c, err := s.keeper.Case(ctx, msg.CaseId)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.deps.Access.Require(ctx, accesstypes.Ask{
		Operator: msg.Operator, Permission: types.PermissionExtend, Scope: c.Respondent.Scope(),
		Quorum: accesstypes.Quorum{
			Name: "extension", Scope: accesstypes.Scope{InstitutionID: c.Respondent.InstitutionId}, Permission: types.PermissionExtend, Approvals: 1,
		},
	})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.checkHandler(ctx, actor, c); err != nil {
		return nil, err
	}
	c, err = s.keeper.extend(ctx, actor, c, msg.Reason)
	if err != nil {
		return nil, err
	}
	return &types.MsgExtendCaseResponse{DueOnClock: c.DueOnClock}, nil
}

func (s msgServer) AnswerCase(ctx context.Context, msg *types.MsgAnswerCase) (*types.MsgAnswerCaseResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	c, err := s.keeper.Case(ctx, msg.CaseId)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.forRespondent(ctx, msg.Operator, c)
	if err != nil {
		return nil, err
	}
	c, err = s.keeper.answer(ctx, actor, c, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgAnswerCaseResponse{Status: c.Status}, nil
}

func (s msgServer) DecideOffer(ctx context.Context, msg *types.MsgDecideOffer) (*types.MsgDecideOfferResponse, error) {
	c, err := s.keeper.Case(ctx, msg.CaseId)
	if err != nil {
		return nil, err
	}
	representative, err := s.keeper.representedBy(ctx, msg.Operator, c)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.ofClaimant(ctx, msg.Operator, representative)
	if err != nil {
		return nil, err
	}
	c, err = s.keeper.decideOffer(ctx, actor, c, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgDecideOfferResponse{Status: c.Status}, nil
}

func (s msgServer) EscalateCase(ctx context.Context, msg *types.MsgEscalateCase) (*types.MsgEscalateCaseResponse, error) {
	c, err := s.keeper.Case(ctx, msg.CaseId)
	if err != nil {
		return nil, err
	}
	by, err := s.keeper.eitherSide(ctx, msg.Operator, c)
	if err != nil {
		return nil, err
	}
	height, err := s.keeper.escalate(ctx, by, c)
	if err != nil {
		return nil, err
	}
	return &types.MsgEscalateCaseResponse{DrawHeight: height}, nil
}

func (s msgServer) EnrolArbitrator(ctx context.Context, msg *types.MsgEnrolArbitrator) (*types.MsgEnrolArbitratorResponse, error) {
	actor, err := s.own(ctx, msg.Operator, types.PermissionEnrol)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.enrol(ctx, actor, msg.Arbitrator); err != nil {
		return nil, err
	}
	return &types.MsgEnrolArbitratorResponse{}, nil
}

// own asks for a permission over whatever the operator acts for.
func (s msgServer) own(ctx context.Context, operator, permission string) (accesstypes.Actor, error) {
	return s.keeper.deps.Access.Require(ctx, accesstypes.Ask{Operator: operator, Permission: permission, Scope: accesstypes.OwnScope})
}

func (s msgServer) StrikeArbitrator(ctx context.Context, msg *types.MsgStrikeArbitrator) (*types.MsgStrikeArbitratorResponse, error) {
	actor, err := s.own(ctx, msg.Operator, types.PermissionEnrol)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.strike(ctx, actor, msg.Arbitrator); err != nil {
		return nil, err
	}
	return &types.MsgStrikeArbitratorResponse{}, nil
}

func (s msgServer) DeclareInterest(ctx context.Context, msg *types.MsgDeclareInterest) (*types.MsgDeclareInterestResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.own(ctx, msg.Operator, types.PermissionArbitrate)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.declareInterest(ctx, actor, msg.Member); err != nil {
		return nil, err
	}
	return &types.MsgDeclareInterestResponse{}, nil
}

func (s msgServer) CommitVote(ctx context.Context, msg *types.MsgCommitVote) (*types.MsgCommitVoteResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	c, actor, err := s.panelist(ctx, msg.Operator, msg.CaseId)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.commitVote(ctx, actor, c, msg.Commitment); err != nil {
		return nil, err
	}
	c, err = s.keeper.Case(ctx, msg.CaseId)
	return &types.MsgCommitVoteResponse{Status: c.Status}, err
}

// panelist loads a case for an arbitrator; whether it sits on the panel the keeper knows.
func (s msgServer) panelist(ctx context.Context, operator string, caseID uint64) (types.Case, accesstypes.Actor, error) {
	c, err := s.keeper.Case(ctx, caseID)
	if err != nil {
		return c, accesstypes.Actor{}, err
	}
	actor, err := s.own(ctx, operator, types.PermissionArbitrate)
	return c, actor, err
}

func (s msgServer) RevealVote(ctx context.Context, msg *types.MsgRevealVote) (*types.MsgRevealVoteResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	c, actor, err := s.panelist(ctx, msg.Operator, msg.CaseId)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.revealVote(ctx, actor, c, msg.Vote, msg.Salt); err != nil {
		return nil, err
	}
	c, err = s.keeper.Case(ctx, msg.CaseId)
	return &types.MsgRevealVoteResponse{Status: c.Status}, err
}

func (s msgServer) PublishReasons(ctx context.Context, msg *types.MsgPublishReasons) (*types.MsgPublishReasonsResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	c, actor, err := s.panelist(ctx, msg.Operator, msg.CaseId)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.publishReasons(ctx, actor, c, msg); err != nil {
		return nil, err
	}
	return &types.MsgPublishReasonsResponse{}, nil
}

func (s msgServer) Appeal(ctx context.Context, msg *types.MsgAppeal) (*types.MsgAppealResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	c, err := s.keeper.Case(ctx, msg.CaseId)
	if err != nil {
		return nil, err
	}
	by, err := s.keeper.eitherSide(ctx, msg.Operator, c)
	if err != nil {
		return nil, err
	}
	height, err := s.keeper.appeal(ctx, by, c, msg.Ground)
	if err != nil {
		return nil, err
	}
	return &types.MsgAppealResponse{DrawHeight: height}, nil
}

func (s msgServer) WaiveClaim(ctx context.Context, msg *types.MsgWaiveClaim) (*types.MsgWaiveClaimResponse, error) {
	claim, err := s.keeper.Claim(ctx, msg.ClaimId)
	if err != nil {
		return nil, err
	}
	payee, err := s.keeper.payeeOf(ctx, claim)
	if err != nil {
		return nil, err
	}
	if _, err := s.keeper.ofClaimant(ctx, msg.Operator, payee); err != nil {
		return nil, err
	}
	if err := s.keeper.waive(ctx, claim); err != nil {
		return nil, err
	}
	return &types.MsgWaiveClaimResponse{}, nil
}

func (s msgServer) UpdateParams(ctx context.Context, msg *types.MsgUpdateParams) (*types.MsgUpdateParamsResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if msg.Authority != s.keeper.authority {
		return nil, types.ErrNotAuthority.Wrapf("%s is needed, not %.100q", s.keeper.authority, msg.Authority)
	}
	if err := s.keeper.checkBusinessDay(ctx, msg.Params); err != nil {
		return nil, err
	}
	if err := s.keeper.params.Set(ctx, msg.Params); err != nil {
		return nil, err
	}
	if err := emit(ctx, &types.EventParamsUpdated{Params: msg.Params}); err != nil {
		return nil, err
	}
	return &types.MsgUpdateParamsResponse{}, nil
}

// checkBusinessDay refuses another length of the business day: what cases took is counted in such days, in
// statistics that would not be those of the cases any more.
func (k *Keeper) checkBusinessDay(ctx context.Context, params types.Params) error {
	before, err := k.params.Get(ctx)
	if err == nil && before.BusinessDaySeconds != params.BusinessDaySeconds {
		err = types.ErrInvalidParams.Wrapf("business_day_seconds is %d for the life of the network", before.BusinessDaySeconds)
	}
	return err
}
