package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// acceptOffer settles an offer: money, units and loan in one step, or nothing of it. The lender has agreed by its
// offer, as long as what it asks for holds: the borrower's grade, now, and the registration.
func (k *Keeper) acceptOffer(ctx context.Context, actor accesstypes.Actor, offer types.Offer, entry types.RegisterEntry) (types.Offer, error) {
	request, offers, err := k.advanced(ctx, offer.RequestId)
	if err != nil {
		return types.Offer{}, err
	}
	if offer, err = k.Offer(ctx, offer.Id); err != nil {
		return types.Offer{}, err
	}
	if err := domain.CheckAcceptance(request, offer, offers); err != nil {
		return types.Offer{}, err
	}
	if err := domain.CheckRegistration(request, offer, entry, blockTime(ctx)); err != nil {
		return types.Offer{}, err
	}
	rating, err := k.checkGrade(ctx, request, offer.Terms)
	if err != nil {
		return types.Offer{}, err
	}
	if offer, err = k.settleOffer(ctx, actor.Address, request, offer, entry); err != nil {
		return types.Offer{}, err
	}
	financed, changed, err := domain.Accepted(request, offer, offers, blockTime(ctx))
	if err != nil {
		return types.Offer{}, err
	}
	if _, err := k.step(ctx, request, financed, offers, changed, actor.Address); err != nil {
		return types.Offer{}, err
	}
	return offer, emit(ctx, &types.EventOfferAccepted{
		OfferId: offer.Id, RequestId: request.Id, Borrower: request.Borrower, Lender: offer.Lender, Kind: request.Kind,
		ReceivableId: request.ReceivableId, Units: request.Units, Currency: request.Currency, Amount: request.Committed(offer.Terms).Total,
		Terms: offer.Terms, LoanId: offer.LoanId, PaymentUetr: offer.PaymentUetr, RatingId: rating, Operator: actor.Address,
	})
}

// settleOffer moves what an offer is about, and returns it with its payment and its loan.
func (k *Keeper) settleOffer(ctx context.Context, operator string, request types.Request, offer types.Offer, entry types.RegisterEntry) (types.Offer, error) {
	if request.Kind == types.KindPurchase {
		uetr, err := k.sellUnits(ctx, sale{
			Operator: operator, ReceivableID: request.ReceivableId, Seller: request.Account, Buyer: offer.Account, Units: request.Units,
			Price: offer.Terms.Price, EndToEndDigest: types.OfferDigest(offer.Id), Recourse: request.Recourse, RegistrationNumber: entry.Number,
		})
		offer.PaymentUetr = uetr
		return offer, err
	}
	result, err := k.Settlement.Pay(ctx, settlementtypes.Order{
		Operator: operator, Debtor: offer.Account, Creditor: request.Account, Currency: request.Currency, Amount: request.Amount,
		EndToEndDigest: types.OfferDigest(offer.Id),
	})
	if err != nil {
		return offer, err
	}
	offer.PaymentUetr = result.Uetr
	repayment := *request.Repayment
	repayment.RatePpm = offer.Terms.RatePpm
	if offer.LoanId, err = k.openLoan(ctx, domain.LoanTerms{
		LenderAccount: offer.Account, BorrowerAccount: request.Account, Currency: request.Currency, Principal: request.Amount,
		Repayment: repayment, FacilityID: offer.Terms.FacilityId, DrawUETR: offer.PaymentUetr,
	}); err != nil || request.Kind != types.KindAdvance {
		return offer, err
	}
	_, err = k.secure(ctx, operator, types.Security{
		ReceivableId: request.ReceivableId, Creditor: request.Account, Secured: offer.Account, Units: request.Units, LoanId: offer.LoanId,
		RegistrationNumber: entry.Number, RegisteredAt: entry.At,
	})
	return offer, err
}
