package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// requestFinance puts a request to lenders, from the time of the block on.
func (k *Keeper) requestFinance(ctx context.Context, request types.Request, periods domain.Periods) (types.Request, error) {
	request, err := domain.NewRequest(request, periods, types.MaxRequestPeriod, blockTime(ctx))
	if err != nil {
		return types.Request{}, err
	}
	if err := k.checkAvailable(ctx, request); err != nil {
		return types.Request{}, err
	}
	if request.Id, err = number.Next(ctx, k.nextRequest); err != nil {
		return types.Request{}, err
	}
	request.NextAt = request.BiddingEndsAt.Unix()
	if err := k.insertRequest(ctx, request); err != nil {
		return types.Request{}, err
	}
	if err := k.enqueue(ctx, request.NextAt, types.DueRequest, request.Id); err != nil {
		return types.Request{}, err
	}
	return request, emit(ctx, &types.EventFinanceRequested{Request: request})
}

// advanced is a request with its offers, taken to the time of the block: what acts on a request sees it as it would
// stand had every block had time for it.
func (k *Keeper) advanced(ctx context.Context, id uint64) (types.Request, []types.Offer, error) {
	request, err := k.Request(ctx, id)
	if err != nil {
		return types.Request{}, nil, err
	}
	offers, err := k.offersOf(ctx, id)
	if err != nil {
		return types.Request{}, nil, err
	}
	for {
		next, changed, moved, err := domain.AdvanceRequest(request, offers, blockTime(ctx))
		if err != nil || !moved {
			return next, offers, err
		}
		if request, err = k.step(ctx, request, next, offers, changed, ""); err != nil {
			return types.Request{}, nil, err
		}
		offers = withChanges(offers, changed)
	}
}

// step stores that a request went further, with those of its offers that changed, and tells.
func (k *Keeper) step(ctx context.Context, before, after types.Request, offers, changed []types.Offer, operator string) (types.Request, error) {
	after, err := k.reschedule(ctx, before, after)
	if err != nil {
		return types.Request{}, err
	}
	if err := k.requests.Set(ctx, after.Id, after); err != nil {
		return types.Request{}, err
	}
	if err := emit(ctx, &types.EventRequestStatusChanged{
		RequestId: after.Id, Borrower: after.Borrower, OldStatus: before.Status, NewStatus: after.Status, Operator: operator,
	}); err != nil {
		return types.Request{}, err
	}
	for _, offer := range changed {
		if err := k.changeOffer(ctx, statusOf(offers, offer.Id), offer, ""); err != nil {
			return types.Request{}, err
		}
	}
	return after, nil
}

// reschedule has a block look at a request at its next deadline, and at an ended one when it is to be forgotten.
func (k *Keeper) reschedule(ctx context.Context, before, after types.Request) (types.Request, error) {
	if err := k.dequeue(ctx, before.NextAt, types.DueRequest, before.Id); err != nil {
		return after, err
	}
	if due, runs := after.DueAt(); runs {
		after.NextAt = due.Unix()
	} else {
		params, err := k.params.Get(ctx)
		if err != nil {
			return after, err
		}
		after.NextAt = domain.NewCalendar(params.BusinessDaySeconds).AfterDays(after.EndedAt, params.RetentionDays).Unix()
	}
	return after, k.enqueue(ctx, after.NextAt, types.DueRequest, after.Id)
}

// requestDue is what the queue does with a request: it goes further, or is forgotten.
func (k *Keeper) requestDue(ctx context.Context, id uint64) (work int, err error) {
	before, err := k.Request(ctx, id)
	if err != nil {
		return 1, err
	}
	if before.IsEnded() {
		offers, err := k.offersOf(ctx, id)
		if err != nil {
			return 1, err
		}
		return 1 + len(offers), k.forgetRequest(ctx, before, offers)
	}
	_, offers, err := k.advanced(ctx, id)
	return 1 + len(offers), err
}

// withdrawRequest takes a request back; its offers end with it.
func (k *Keeper) withdrawRequest(ctx context.Context, actor accesstypes.Actor, id uint64) error {
	request, offers, err := k.advanced(ctx, id)
	if err != nil {
		return err
	}
	withdrawn, changed, err := domain.WithdrawnRequest(request, offers, blockTime(ctx))
	if err != nil {
		return err
	}
	_, err = k.step(ctx, request, withdrawn, offers, changed, actor.Address)
	return err
}

func withChanges(offers, changed []types.Offer) []types.Offer {
	merged := make([]types.Offer, len(offers))
	for i, offer := range offers {
		merged[i] = offer
		for _, other := range changed {
			if other.Id == offer.Id {
				merged[i] = other
			}
		}
	}
	return merged
}

func statusOf(offers []types.Offer, id uint64) types.OfferStatus {
	for _, offer := range offers {
		if offer.Id == id {
			return offer.Status
		}
	}
	return types.OfferNone
}
