package keeper

import (
	"context"

	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// Exchange settles two legs in one posting, or neither: delivery against payment, payment against payment. A
// leg in deposit money is a payment like any other, and moves reserves between banks in the same posting. It
// asks nobody for permission: the caller has both owners' consent. It returns the UETRs of the payments,
// empty for assets. A repetition is refused: the caller knows whether it has settled.
func (k *Keeper) Exchange(ctx context.Context, operator string, legs [2]types.Leg) (uetrs [2]string, err error) {
	sides, err := k.sides(ctx, legs)
	if err != nil {
		return uetrs, err
	}
	if err := domain.CheckLegs(sides); err != nil {
		return uetrs, err
	}
	var plans [2]domain.Plan
	var captures []ledgertypes.Capture
	event := &types.EventExchangeSettled{Operator: operator}
	for i, side := range sides {
		if legs[i].Hold != nil {
			captures = append(captures, *legs[i].Hold)
		}
		if plans[i], err = k.planLeg(ctx, operator, side, legs[i]); err != nil {
			return [2]string{}, err
		}
		if len(plans[i].Results) > 0 {
			uetrs[i] = plans[i].Results[0].Uetr
		}
		event.Legs = append(event.Legs, types.ExchangeLeg{
			Payer: legs[i].Payer, Payee: legs[i].Payee, Denom: legs[i].Denom, Amount: legs[i].Amount, PaymentUetr: uetrs[i],
		})
	}
	posting, err := plans[0].Posting.Join(plans[1].Posting)
	if err != nil {
		return [2]string{}, err
	}
	if err := k.post(ctx, posting, captures...); err != nil {
		return [2]string{}, err
	}
	for _, plan := range plans {
		plan.Posting = domain.Posting{} // it is posted
		if err := k.apply(ctx, plan); err != nil {
			return [2]string{}, err
		}
	}
	return uetrs, emit(ctx, event)
}

func (k *Keeper) sides(ctx context.Context, legs [2]types.Leg) (sides [2]domain.Leg, err error) {
	for i, leg := range legs {
		sides[i] = domain.Leg{Denom: leg.Denom, Amount: leg.Amount}
		if sides[i].Payer, err = k.account(ctx, leg.Payer, types.ErrDebtorUnknown); err != nil {
			return sides, err
		}
		if sides[i].Payee, err = k.account(ctx, leg.Payee, types.ErrCreditorUnknown); err != nil {
			return sides, err
		}
	}
	return sides, nil
}

// planLeg decides a leg in money as the payment that it is. One in an asset moves it: that it is there the
// ledger makes sure.
func (k *Keeper) planLeg(ctx context.Context, operator string, side domain.Leg, leg types.Leg) (domain.Plan, error) {
	currency, isMoney := side.Currency()
	if !isMoney {
		return domain.Plan{Posting: domain.AssetPosting(side)}, nil
	}
	if err := types.CheckDigest("end-to-end digest", leg.EndToEndDigest); err != nil {
		return domain.Plan{}, err
	}
	batch := domain.Batch{Operator: operator, Currency: currency, Single: true, Mode: types.BestEffort}
	transfer := types.Transfer{Creditor: leg.Payee, Amount: leg.Amount, EndToEndDigest: leg.EndToEndDigest}
	batch, facts, err := k.facts(ctx, side.Payer, batch, []types.Transfer{transfer})
	if err != nil {
		return domain.Plan{}, err
	}
	if leg.Hold != nil {
		facts.Balance = facts.Balance.Add(leg.Hold.Amount)
	}
	plan, err := domain.DecidePayment(batch, facts)
	if err != nil {
		return domain.Plan{}, err
	}
	if plan.Results[0].Replayed {
		return domain.Plan{}, types.ErrDuplicateEndToEnd.Wrapf("payment %s has settled", plan.Results[0].Uetr)
	}
	return plan, nil
}
