package keeper

import (
	"context"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

func (k *Keeper) issueDeposit(
	ctx context.Context, actor accesstypes.Actor, account types.Account, currency string, amount math.Int,
) error {
	before, err := k.outstanding(ctx, currency)
	if err != nil {
		return err
	}
	issuance, err := domain.IssueDeposit(account, amount, before)
	if err != nil {
		return err
	}
	return k.applyIssuance(ctx, issuance, &types.EventDepositIssued{
		Account: account.Address, InstitutionId: account.InstitutionId,
		Currency: currency, Amount: amount, Operator: actor.Address,
	})
}

func (k *Keeper) redeemDeposit(
	ctx context.Context, actor accesstypes.Actor, account types.Account, currency string, amount math.Int,
) error {
	before, err := k.outstanding(ctx, currency)
	if err != nil {
		return err
	}
	balance, err := k.depositAvailable(ctx, account, currency)
	if err != nil {
		return err
	}
	issuance, err := domain.RedeemDeposit(account, balance, amount, before)
	if err != nil {
		return err
	}
	return k.applyIssuance(ctx, issuance, &types.EventDepositRedeemed{
		Account: account.Address, InstitutionId: account.InstitutionId,
		Currency: currency, Amount: amount, Operator: actor.Address,
	})
}

func (k *Keeper) issueReserve(
	ctx context.Context, actor accesstypes.Actor, institutionID, currency string, amount math.Int,
) error {
	bank, before, err := k.reservePosition(ctx, institutionID, currency)
	if err != nil {
		return err
	}
	issuance, err := domain.IssueReserve(bank, amount, before)
	if err != nil {
		return err
	}
	return k.applyIssuance(ctx, issuance, &types.EventReserveIssued{
		InstitutionId: institutionID, Currency: currency, Amount: amount, Operator: actor.Address,
	})
}

func (k *Keeper) redeemReserve(
	ctx context.Context, actor accesstypes.Actor, institutionID, currency string, amount math.Int,
) error {
	bank, before, err := k.reservePosition(ctx, institutionID, currency)
	if err != nil {
		return err
	}
	balance, err := k.reserveAvailable(ctx, institutionID, currency)
	if err != nil {
		return err
	}
	issuance, err := domain.RedeemReserve(bank, balance, amount, before)
	if err != nil {
		return err
	}
	return k.applyIssuance(ctx, issuance, &types.EventReserveRedeemed{
		InstitutionId: institutionID, Currency: currency, Amount: amount, Operator: actor.Address,
	})
}

func (k *Keeper) reservePosition(
	ctx context.Context, institutionID, currency string,
) (types.Participant, types.Outstanding, error) {
	bank, err := k.participant(ctx, institutionID)
	if err != nil {
		return types.Participant{}, types.Outstanding{}, err
	}
	before, err := k.outstanding(ctx, currency)
	return bank, before, err
}

func (k *Keeper) applyIssuance(ctx context.Context, issuance domain.Issuance, event domain.Event) error {
	if err := k.post(ctx, issuance.Posting); err != nil {
		return err
	}
	if err := k.outstandings.Set(ctx, issuance.Outstanding.Currency, issuance.Outstanding); err != nil {
		return err
	}
	return emit(ctx, event)
}
