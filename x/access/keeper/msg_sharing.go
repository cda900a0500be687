package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// GiveConsent asks about the subject's scope, and then for the subject itself: an institution acts for its
// customers, but does not consent for them.
func (s msgServer) GiveConsent(ctx context.Context, msg *types.MsgGiveConsent) (*types.MsgGiveConsentResponse, error) {
	consent := msg.NewConsent(sdk.UnwrapSDKContext(ctx).BlockTime())
	if err := consent.Validate(); err != nil {
		return nil, err
	}
	actor, err := s.requireSubject(ctx, msg.Operator, consent.Subject.Scope())
	if err != nil {
		return nil, err
	}
	number, err := s.keeper.giveConsent(ctx, actor, consent)
	if err != nil {
		return nil, err
	}
	return &types.MsgGiveConsentResponse{ConsentId: number}, nil
}

func (s msgServer) requireSubject(ctx context.Context, operator string, subject types.Scope) (types.Actor, error) {
	actor, err := s.keeper.Require(ctx, types.Ask{Operator: operator, Permission: types.PermissionConsent, Scope: subject})
	if err != nil {
		return types.Actor{}, err
	}
	if actor.Scope() != subject {
		return types.Actor{}, types.ErrNotSubject.Wrapf("%s acts for %s", actor.Address, scopeText(actor.Scope()))
	}
	return actor, nil
}

func (s msgServer) WithdrawConsent(ctx context.Context, msg *types.MsgWithdrawConsent) (*types.MsgWithdrawConsentResponse, error) {
	consent, err := s.keeper.Consent(ctx, msg.ConsentId)
	if err != nil {
		return nil, err
	}
	actor, err := s.requireSubject(ctx, msg.Operator, consent.Subject.Scope())
	if err != nil {
		return nil, err
	}
	if err := s.keeper.withdrawConsent(ctx, actor, consent); err != nil {
		return nil, err
	}
	return &types.MsgWithdrawConsentResponse{}, nil
}

// RecordLegalBasis: a regulator's word is about anyone, so it is asked about its own scope; an
// institution's is about itself and its customers.
func (s msgServer) RecordLegalBasis(ctx context.Context, msg *types.MsgRecordLegalBasis) (*types.MsgRecordLegalBasisResponse, error) {
	basis := msg.NewLegalBasis(sdk.UnwrapSDKContext(ctx).BlockTime())
	if err := basis.Validate(); err != nil {
		return nil, err
	}
	institution, err := s.institutionOf(ctx, msg.Operator)
	if err != nil {
		return nil, err
	}
	scope := basis.Subject.Scope()
	if institution.Kind == types.InstitutionKind_INSTITUTION_KIND_REGULATOR {
		scope = types.Scope{InstitutionID: institution.Id}
	}
	actor, err := s.keeper.Require(ctx, types.Ask{Operator: msg.Operator, Permission: types.PermissionLegalBasis, Scope: scope})
	if err != nil {
		return nil, err
	}
	if actor.PartyID != "" {
		return nil, types.ErrScopeDenied.Wrapf("%s acts for a party: an institution answers for a legal basis", actor.Address)
	}
	number, err := s.keeper.recordLegalBasis(ctx, basis)
	if err != nil {
		return nil, err
	}
	return &types.MsgRecordLegalBasisResponse{LegalBasisId: number}, nil
}

// institutionOf is the institution of an operator, whether it may act or not.
func (s msgServer) institutionOf(ctx context.Context, address string) (types.Institution, error) {
	operator, err := s.keeper.operator(ctx, address)
	if err != nil {
		return types.Institution{}, err
	}
	return s.keeper.Institution(ctx, operator.InstitutionId)
}

func (s msgServer) RevokeLegalBasis(ctx context.Context, msg *types.MsgRevokeLegalBasis) (*types.MsgRevokeLegalBasisResponse, error) {
	basis, err := s.keeper.LegalBasis(ctx, msg.LegalBasisId)
	if err != nil {
		return nil, err
	}
	institution, err := s.institutionOf(ctx, basis.Operator)
	if err != nil {
		return nil, err
	}
	scope := types.Scope{InstitutionID: institution.Id}
	actor, err := s.keeper.Require(ctx, types.Ask{Operator: msg.Operator, Permission: types.PermissionLegalBasis, Scope: scope})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.revokeLegalBasis(ctx, actor, basis); err != nil {
		return nil, err
	}
	return &types.MsgRevokeLegalBasisResponse{}, nil
}

// OpenBreakGlass works inside an action only: the holders of its maker and approvers are recorded, so that
// none of them reviews it.
func (s msgServer) OpenBreakGlass(ctx context.Context, msg *types.MsgOpenBreakGlass) (*types.MsgOpenBreakGlassResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	institution, err := s.institutionOf(ctx, msg.Operator)
	if err != nil {
		return nil, err
	}
	if institution.Kind != types.InstitutionKind_INSTITUTION_KIND_REGULATOR {
		return nil, types.ErrNotRegulator.Wrap(institution.Id)
	}
	scope := types.Scope{InstitutionID: institution.Id}
	actor, err := s.keeper.Require(ctx, types.Ask{
		Operator: msg.Operator, Permission: types.PermissionBreakGlass, Scope: scope,
		Quorum: types.Quorum{Name: "break-glass", Scope: scope, Permission: types.PermissionBreakGlass, Approvals: 1},
	})
	if err != nil {
		return nil, err
	}
	approvals := types.ApprovalsIn(ctx)
	if approvals == nil {
		return nil, types.ErrApprovalNeeded.Wrap("an emergency access needs a second person")
	}
	number, err := s.keeper.openBreakGlass(ctx, types.BreakGlass{
		RegulatorId: institution.Id, Subject: msg.Subject, Level: msg.Level, LegalReference: msg.LegalReference,
		OpenedBy: actor.Address, ExpiresAt: msg.ExpiresAt,
	}, approvals)
	if err != nil {
		return nil, err
	}
	return &types.MsgOpenBreakGlassResponse{BreakGlassId: number}, nil
}

func (s msgServer) CloseBreakGlass(ctx context.Context, msg *types.MsgCloseBreakGlass) (*types.MsgCloseBreakGlassResponse, error) {
	access, err := s.keeper.BreakGlass(ctx, msg.BreakGlassId)
	if err != nil {
		return nil, err
	}
	actor, err := s.keeper.Require(ctx, types.Ask{Operator: msg.Operator, Permission: types.PermissionBreakGlass, Scope: access.Regulator()})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.closeBreakGlass(ctx, actor, access); err != nil {
		return nil, err
	}
	return &types.MsgCloseBreakGlassResponse{}, nil
}

func (s msgServer) ReviewBreakGlass(ctx context.Context, msg *types.MsgReviewBreakGlass) (*types.MsgReviewBreakGlassResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	access, err := s.keeper.BreakGlass(ctx, msg.BreakGlassId)
	if err != nil {
		return nil, err
	}
	ask := types.Ask{Operator: msg.Operator, Permission: types.PermissionBreakGlassReview, Scope: access.Regulator()}
	if _, err := s.keeper.Require(ctx, ask); err != nil {
		return nil, err
	}
	reviewer, err := s.keeper.operator(ctx, msg.Operator)
	if err != nil {
		return nil, err
	}
	if err := s.keeper.reviewBreakGlass(ctx, reviewer, access, msg); err != nil {
		return nil, err
	}
	return &types.MsgReviewBreakGlassResponse{}, nil
}
