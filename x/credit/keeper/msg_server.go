package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

type msgServer struct{ keeper *Keeper }

// NewMsgServer answers zhilian.credit.v1.Msg.
func NewMsgServer(k *Keeper) types.MsgServer { return msgServer{k} }

// Attest asks about the provider's own scope: whom it is about decides by consent.
func (s msgServer) Attest(ctx context.Context, msg *types.MsgAttest) (*types.MsgAttestResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{Operator: msg.Operator, Permission: types.PermissionAttest, Scope: accesstypes.OwnScope})
	if err != nil {
		return nil, err
	}
	if actor.Kind != accesstypes.InstitutionKind_INSTITUTION_KIND_DATA_PROVIDER {
		return nil, types.ErrNotProvider.Wrapf("%s is of the kind %s", actor.InstitutionID, actor.Kind)
	}
	attestation, err := s.keeper.attest(ctx, actor, msg.NewAttestation(actor.InstitutionID, blockTime(ctx)))
	if err != nil {
		return nil, err
	}
	return &types.MsgAttestResponse{AttestationId: attestation.Id, Conflicts: attestation.Conflicts}, nil
}

func (s msgServer) RevokeAttestation(ctx context.Context, msg *types.MsgRevokeAttestation) (*types.MsgRevokeAttestationResponse, error) {
	attestation, err := s.keeper.Attestation(ctx, msg.AttestationId)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{Operator: msg.Operator, Permission: types.PermissionAttest, Scope: attestation.Provider()})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.revokeAttestation(ctx, actor, attestation); err != nil {
		return nil, err
	}
	return &types.MsgRevokeAttestationResponse{}, nil
}

func (s msgServer) RegisterModel(ctx context.Context, msg *types.MsgRegisterModel) (*types.MsgRegisterModelResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.officer(ctx, msg.Operator, types.PermissionModel)
	if err != nil {
		return nil, err
	}
	number, err := s.keeper.registerModel(ctx, actor, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgRegisterModelResponse{ModelId: number}, nil
}

// officer asks for a permission over the operator's own institution, which must be one that votes.
func (s msgServer) officer(ctx context.Context, operator, permission string) (accesstypes.Actor, error) {
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{Operator: operator, Permission: permission, Scope: accesstypes.OwnScope})
	if err != nil {
		return accesstypes.Actor{}, err
	}
	return actor, domain.CheckOfficer(actor)
}

func (s msgServer) EndorseModel(ctx context.Context, msg *types.MsgEndorseModel) (*types.MsgEndorseModelResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	entry, err := s.keeper.Model(ctx, msg.ModelId)
	if err != nil {
		return nil, err
	}
	actor, err := s.officer(ctx, msg.Operator, types.PermissionEndorse)
	if err != nil {
		return nil, err
	}
	status, err := s.keeper.endorseModel(ctx, actor, entry, msg.Step)
	if err != nil {
		return nil, err
	}
	return &types.MsgEndorseModelResponse{Status: status}, nil
}

// Rate asks about whatever the operator acts for: whom it may rate is decided by consent.
func (s msgServer) Rate(ctx context.Context, msg *types.MsgRate) (*types.MsgRateResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{Operator: msg.Operator, Permission: types.PermissionRate, Scope: accesstypes.OwnScope})
	if err != nil {
		return nil, err
	}
	rating, err := s.keeper.rate(ctx, actor, msg.Subject, msg.Product)
	if err != nil {
		return nil, err
	}
	return &types.MsgRateResponse{Rating: rating}, nil
}

func (s msgServer) PublishRating(ctx context.Context, msg *types.MsgPublishRating) (*types.MsgPublishRatingResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{Operator: msg.Operator, Permission: types.PermissionPublish, Scope: accesstypes.OwnScope})
	if err != nil {
		return nil, err
	}
	rating, err := s.keeper.publish(ctx, actor, msg)
	if err != nil {
		return nil, err
	}
	return &types.MsgPublishRatingResponse{RatingId: rating.Id}, nil
}

func (s msgServer) OpenRating(ctx context.Context, msg *types.MsgOpenRating) (*types.MsgOpenRatingResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	rating, err := s.keeper.Rating(ctx, msg.RatingId)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{Operator: msg.Operator, Permission: types.PermissionArbitrate, Scope: accesstypes.OwnScope})
	if err != nil {
		return nil, err
	}
	review, err := s.keeper.open(ctx, actor, rating, msg.Openings)
	if err != nil {
		return nil, err
	}
	return &types.MsgOpenRatingResponse{Review: review}, nil
}

func (s msgServer) EnrolBehaviour(ctx context.Context, msg *types.MsgEnrolBehaviour) (*types.MsgEnrolBehaviourResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.subject(ctx, msg.Operator, msg.Subject)
	if err != nil {
		return nil, err
	}
	enrolment, err := s.keeper.enrol(ctx, types.Enrolment{
		Subject: msg.Subject, Currencies: msg.Currencies, Since: blockTime(ctx), EndsAt: msg.EndsAt.UTC(), Operator: actor.Address,
	})
	if err != nil {
		return nil, err
	}
	return &types.MsgEnrolBehaviourResponse{Since: enrolment.Since}, nil
}

// subject asks as access does for consents: nobody but the subject's own operators decides, not its bank's either.
func (s msgServer) subject(ctx context.Context, operator string, subject accesstypes.Member) (accesstypes.Actor, error) {
	actor, err := s.keeper.access.Require(ctx, accesstypes.Ask{
		Operator: operator, Permission: accesstypes.PermissionConsent, Scope: subject.Scope(),
	})
	if err != nil {
		return accesstypes.Actor{}, err
	}
	if actor.Scope() != subject.Scope() {
		return accesstypes.Actor{}, accesstypes.ErrNotSubject.Wrapf("%s acts for %s %s", actor.Address, actor.InstitutionID, actor.PartyID)
	}
	return actor, nil
}

func (s msgServer) EndBehaviour(ctx context.Context, msg *types.MsgEndBehaviour) (*types.MsgEndBehaviourResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.subject(ctx, msg.Operator, msg.Subject)
	if err != nil {
		return nil, err
	}
	enrolment, err := s.keeper.Enrolment(ctx, msg.Subject)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.endEnrolment(ctx, enrolment, actor.Address); err != nil {
		return nil, err
	}
	return &types.MsgEndBehaviourResponse{}, nil
}

func (s msgServer) UpdateParams(ctx context.Context, msg *types.MsgUpdateParams) (*types.MsgUpdateParamsResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	if msg.Authority != s.keeper.authority {
		return nil, types.ErrNotAuthority.Wrapf("%s is needed, not %.100q", s.keeper.authority, msg.Authority)
	}
	if err := s.keeper.params.Set(ctx, msg.Params); err != nil {
		return nil, err
	}
	if err := emit(ctx, &types.EventParamsUpdated{Params: msg.Params}); err != nil {
		return nil, err
	}
	return &types.MsgUpdateParamsResponse{}, nil
}
