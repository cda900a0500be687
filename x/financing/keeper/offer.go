package keeper

import (
	"context"

	errorsmod "cosmossdk.io/errors"

	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// sharedLevel is the level of what a lender learns of a borrower by a request: amounts, and its grade.
const sharedLevel = 2

// makeOffer stores an open offer; it takes the place of the lender's earlier one, and comes after those of others
// that were made before it.
func (k *Keeper) makeOffer(ctx context.Context, request types.Request, offers []types.Offer, offer types.Offer) (types.Offer, error) {
	earlier := latestOf(offers, offer.Lender)
	if err := domain.CheckBid(request, offer.Lender, types.ModeOpen, earlier); err != nil {
		return types.Offer{}, err
	}
	if err := domain.CheckTerms(request, offer.Terms); err != nil {
		return types.Offer{}, err
	}
	if _, err := k.checkGrade(ctx, request, offer.Terms); err != nil {
		return types.Offer{}, err
	}
	return k.bid(ctx, request, offer, domain.Offer, earlier)
}

// commitOffer stores a sealed bid, which nothing can take the place of.
func (k *Keeper) commitOffer(ctx context.Context, request types.Request, offers []types.Offer, offer types.Offer) (types.Offer, error) {
	if err := domain.CheckBid(request, offer.Lender, types.ModeSealed, latestOf(offers, offer.Lender)); err != nil {
		return types.Offer{}, err
	}
	offer, err := k.bid(ctx, request, offer, domain.Commit, nil)
	if err != nil {
		return types.Offer{}, err
	}
	_, _, err = k.advanced(ctx, request.Id) // it may have been the last that was waited for
	return offer, err
}

// bid stores an offer of either kind. The lender must have the borrower's consent to what it learns of it.
func (k *Keeper) bid(ctx context.Context, request types.Request, offer types.Offer, event domain.OfferEvent, earlier *types.Offer) (types.Offer, error) {
	if _, err := k.Access.CheckSharing(ctx, accesstypes.Sharing{
		Subject: request.Borrower.Scope(), Reader: offer.Lender.Scope(), Purpose: accesstypes.Purpose_PURPOSE_FINANCING, Level: sharedLevel,
	}); err != nil {
		return types.Offer{}, err
	}
	var err error
	if offer.Status, err = domain.NextOfferStatus(types.OfferNone, event); err != nil {
		return types.Offer{}, err
	}
	made := &types.EventOfferMade{}
	if earlier != nil {
		made.ReplacedOfferId = earlier.Id
		if err := k.removeOffer(ctx, *earlier); err != nil {
			return types.Offer{}, err
		}
	}
	if offer.Id, err = number.Next(ctx, k.nextOffer); err != nil {
		return types.Offer{}, err
	}
	offer.RequestId, offer.MadeAt = request.Id, blockTime(ctx)
	if err := k.insertOffer(ctx, offer); err != nil {
		return types.Offer{}, err
	}
	made.Offer = offer
	return offer, emit(ctx, made)
}

// revealOffer opens a sealed bid.
func (k *Keeper) revealOffer(ctx context.Context, actor accesstypes.Actor, request types.Request, offer types.Offer, terms types.OfferTerms, salt []byte) error {
	revealed, err := domain.RevealBid(request, offer, terms, salt)
	if err != nil {
		return err
	}
	if err := k.offers.Set(ctx, revealed.Id, revealed); err != nil {
		return err
	}
	if err := emit(ctx, &types.EventOfferRevealed{Offer: revealed, Operator: actor.Address}); err != nil {
		return err
	}
	_, _, err = k.advanced(ctx, request.Id) // it may have been the last that was waited for
	return err
}

// withdrawOffer takes an open offer back. A sealed bid binds.
func (k *Keeper) withdrawOffer(ctx context.Context, actor accesstypes.Actor, request types.Request, offer types.Offer) error {
	if request.Mode != types.ModeOpen {
		return types.ErrBiddingMode.Wrapf("offer %d was a sealed bid, which binds", offer.Id)
	}
	return k.moveOffer(ctx, offer, domain.WithdrawOffer, actor.Address)
}

// moveOffer takes an offer through an event of somebody's doing.
func (k *Keeper) moveOffer(ctx context.Context, offer types.Offer, event domain.OfferEvent, operator string) error {
	before := offer.Status
	var err error
	if offer.Status, err = domain.NextOfferStatus(before, event); err != nil {
		return err
	}
	return k.changeOffer(ctx, before, offer, operator)
}

// changeOffer stores an offer whose standing changed, and tells. Of an acceptance its own event tells.
func (k *Keeper) changeOffer(ctx context.Context, before types.OfferStatus, offer types.Offer, operator string) error {
	if err := k.offers.Set(ctx, offer.Id, offer); err != nil {
		return err
	}
	if offer.Status == types.OfferAccepted {
		return nil
	}
	return emit(ctx, &types.EventOfferStatusChanged{
		OfferId: offer.Id, RequestId: offer.RequestId, Lender: offer.Lender, OldStatus: before, NewStatus: offer.Status, Operator: operator,
	})
}

func latestOf(offers []types.Offer, lender accesstypes.Member) *types.Offer {
	for i := range offers {
		if offers[i].Lender == lender {
			return &offers[i]
		}
	}
	return nil
}

// checkGrade refuses an offer whose condition on the borrower's grade does not hold now; it returns the rating that
// it rests on, 0 if it asks for none.
func (k *Keeper) checkGrade(ctx context.Context, request types.Request, terms types.OfferTerms) (uint64, error) {
	if terms.WorstGrade == "" {
		return 0, nil
	}
	grade, err := k.Ratings.GradeInForce(ctx, request.Borrower, request.Product)
	if errorsmod.IsOf(err, credittypes.ErrRatingNotFound) {
		return 0, domain.CheckGrade(terms, nil)
	}
	if err != nil {
		return 0, err
	}
	return grade.RatingID, domain.CheckGrade(terms, &grade)
}
