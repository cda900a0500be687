package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func (s msgServer) RequestFinance(ctx context.Context, msg *types.MsgRequestFinance) (*types.MsgRequestFinanceResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	actor, owner, err := s.actFrom(ctx, msg.Operator, types.PermissionRequest, msg.Account, accesstypes.Money{})
	if err != nil {
		return nil, err
	}
	request := msg.NewRequest(owner)
	request.Operator = actor.Address
	periods := domain.Periods{Bidding: msg.BiddingPeriod, Reveal: msg.RevealPeriod, Decision: msg.DecisionPeriod}
	if request, err = s.keeper.requestFinance(ctx, request, periods); err != nil {
		return nil, err
	}
	return &types.MsgRequestFinanceResponse{RequestId: request.Id, BiddingEndsAt: request.BiddingEndsAt}, nil
}

func (s msgServer) WithdrawRequest(ctx context.Context, msg *types.MsgWithdrawRequest) (*types.MsgWithdrawRequestResponse, error) {
	request, err := s.keeper.Request(ctx, msg.RequestId)
	if err != nil {
		return nil, err
	}
	actor, _, err := s.actFrom(ctx, msg.Operator, types.PermissionRequest, request.Account, accesstypes.Money{})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.withdrawRequest(ctx, actor, msg.RequestId); err != nil {
		return nil, err
	}
	return &types.MsgWithdrawRequestResponse{}, nil
}

func (s msgServer) MakeOffer(ctx context.Context, msg *types.MsgMakeOffer) (*types.MsgMakeOfferResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	request, offers, err := s.keeper.advanced(ctx, msg.RequestId)
	if err != nil {
		return nil, err
	}
	terms := msg.Terms.Normal()
	actor, err := s.commit(ctx, msg.Operator, msg.Account, request.Committed(terms))
	if err != nil {
		return nil, err
	}
	offer, err := s.keeper.makeOffer(ctx, request, offers, newOffer(actor, msg.Account, terms))
	if err != nil {
		return nil, err
	}
	return &types.MsgMakeOfferResponse{OfferId: offer.Id}, nil
}

func (s msgServer) CommitOffer(ctx context.Context, msg *types.MsgCommitOffer) (*types.MsgCommitOfferResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	request, offers, err := s.keeper.advanced(ctx, msg.RequestId)
	if err != nil {
		return nil, err
	}
	actor, _, err := s.actFrom(ctx, msg.Operator, types.PermissionOffer, msg.Account, accesstypes.Money{})
	if err != nil {
		return nil, err
	}
	offer := newOffer(actor, msg.Account, types.OfferTerms{}.Normal())
	offer.Commitment = msg.Commitment
	if offer, err = s.keeper.commitOffer(ctx, request, offers, offer); err != nil {
		return nil, err
	}
	return &types.MsgCommitOfferResponse{OfferId: offer.Id}, nil
}

func (s msgServer) RevealOffer(ctx context.Context, msg *types.MsgRevealOffer) (*types.MsgRevealOfferResponse, error) {
	if err := msg.Validate(); err != nil {
		return nil, err
	}
	request, offer, err := s.offerOf(ctx, msg.OfferId)
	if err != nil {
		return nil, err
	}
	terms := msg.Terms.Normal()
	actor, err := s.commit(ctx, msg.Operator, offer.Account, request.Committed(terms))
	if err != nil {
		return nil, err
	}
	if err := s.keeper.revealOffer(ctx, actor, request, offer, terms, msg.Salt); err != nil {
		return nil, err
	}
	return &types.MsgRevealOfferResponse{}, nil
}

func (s msgServer) WithdrawOffer(ctx context.Context, msg *types.MsgWithdrawOffer) (*types.MsgWithdrawOfferResponse, error) {
	request, offer, err := s.offerOf(ctx, msg.OfferId)
	if err != nil {
		return nil, err
	}
	actor, _, err := s.actFrom(ctx, msg.Operator, types.PermissionOffer, offer.Account, accesstypes.Money{})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.withdrawOffer(ctx, actor, request, offer); err != nil {
		return nil, err
	}
	return &types.MsgWithdrawOfferResponse{}, nil
}

func (s msgServer) DeclineOffer(ctx context.Context, msg *types.MsgDeclineOffer) (*types.MsgDeclineOfferResponse, error) {
	request, offer, err := s.offerOf(ctx, msg.OfferId)
	if err != nil {
		return nil, err
	}
	actor, _, err := s.actFrom(ctx, msg.Operator, types.PermissionRequest, request.Account, accesstypes.Money{})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.moveOffer(ctx, offer, domain.DeclineOffer, actor.Address); err != nil {
		return nil, err
	}
	return &types.MsgDeclineOfferResponse{}, nil
}

func (s msgServer) AcceptOffer(ctx context.Context, msg *types.MsgAcceptOffer) (*types.MsgAcceptOfferResponse, error) {
	request, offer, err := s.offerOf(ctx, msg.OfferId)
	if err != nil {
		return nil, err
	}
	money := request.Committed(offer.Terms)
	actor, _, err := s.actFrom(ctx, msg.Operator, types.PermissionAccept, request.Account, money)
	if err != nil {
		return nil, err
	}
	settled, err := s.keeper.acceptOffer(ctx, actor, offer, types.RegisterEntry{Number: msg.RegistrationNumber, At: msg.RegisteredAt})
	if err != nil {
		return nil, err
	}
	if err := s.keeper.Access.Spend(ctx, actor, money); err != nil {
		return nil, err
	}
	return &types.MsgAcceptOfferResponse{LoanId: settled.LoanId, PaymentUetr: settled.PaymentUetr}, nil
}

// offerOf is an offer and its request, both taken to the time of the block.
func (s msgServer) offerOf(ctx context.Context, id uint64) (types.Request, types.Offer, error) {
	offer, err := s.keeper.Offer(ctx, id)
	if err != nil {
		return types.Request{}, types.Offer{}, err
	}
	request, _, err := s.keeper.advanced(ctx, offer.RequestId)
	if err != nil {
		return types.Request{}, types.Offer{}, err
	}
	offer, err = s.keeper.Offer(ctx, id)
	return request, offer, err
}

// actFrom asks whether an operator may do something with a settlement account, and says whose that is.
func (s msgServer) actFrom(ctx context.Context, operator, permission, account string, money accesstypes.Money) (accesstypes.Actor, accesstypes.Member, error) {
	owned, err := s.keeper.Settlement.Account(ctx, account)
	if err != nil {
		return accesstypes.Actor{}, accesstypes.Member{}, err
	}
	owner := accesstypes.Member{InstitutionId: owned.InstitutionId, PartyId: owned.PartyId}
	actor, err := s.keeper.Access.Require(ctx, accesstypes.Ask{
		Operator: operator, Permission: permission, Scope: owner.Scope(), Account: account, Money: money,
	})
	return actor, owner, err
}

// commit is actFrom for a lender that is bound to pay, and charges it to the operator's day.
func (s msgServer) commit(ctx context.Context, operator, account string, money accesstypes.Money) (accesstypes.Actor, error) {
	actor, _, err := s.actFrom(ctx, operator, types.PermissionOffer, account, money)
	if err != nil {
		return accesstypes.Actor{}, err
	}
	return actor, s.keeper.Access.Spend(ctx, actor, money)
}

// newOffer is of whom its operator acts for: a bank's operator offers for the bank, from any account that the bank
// keeps.
func newOffer(actor accesstypes.Actor, account string, terms types.OfferTerms) types.Offer {
	return types.Offer{Lender: accesstypes.MemberOf(actor.Scope()), Account: account, Operator: actor.Address, Terms: terms}
}
