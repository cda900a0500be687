package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// initSharing fills the store with what sharing rests on. What has ended is kept for the retention from
// now on: the state does not say when it was withdrawn.
func (k *Keeper) initSharing(ctx context.Context, state *types.GenesisState) error {
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	pruneAt := now.Add(state.Params.Retention)
	for _, consent := range state.Consents {
		if domain.IsInForce(consent.Grant(), now) {
			if err := k.insertConsent(ctx, consent); err != nil {
				return err
			}
			continue
		}
		if err := k.sharing.consents.insertEnded(ctx, consent.Grant(), consent); err != nil {
			return err
		}
		if err := k.sharing.due.Set(ctx, collections.Join3(pruneAt, dueConsentPrune, consent.Id)); err != nil {
			return err
		}
	}
	for _, basis := range state.LegalBases {
		if domain.IsInForce(basis.Grant(), now) {
			if err := k.insertLegalBasis(ctx, basis); err != nil {
				return err
			}
			continue
		}
		if err := k.sharing.legalBases.insertEnded(ctx, basis.Grant(), basis); err != nil {
			return err
		}
		if err := k.sharing.due.Set(ctx, collections.Join3(pruneAt, dueLegalBasisPrune, basis.Id)); err != nil {
			return err
		}
	}
	for _, access := range state.BreakGlasses {
		if err := k.insertBreakGlass(ctx, access); err != nil {
			return err
		}
		if access.Status != types.BreakGlassReviewed {
			continue
		}
		if err := k.sharing.due.Set(ctx, collections.Join3(pruneAt, dueBreakGlassPrune, access.Id)); err != nil {
			return err
		}
	}
	return k.initSharingNumbers(ctx, state)
}

func (k *Keeper) initSharingNumbers(ctx context.Context, state *types.GenesisState) error {
	if err := k.sharing.consents.next.Set(ctx, max(state.NextConsentId, 1)); err != nil {
		return err
	}
	if err := k.sharing.legalBases.next.Set(ctx, max(state.NextLegalBasisId, 1)); err != nil {
		return err
	}
	return k.sharing.nextBreakGlass.Set(ctx, max(state.NextBreakGlassId, 1))
}

func (k *Keeper) exportSharing(ctx context.Context, state *types.GenesisState) error {
	err := k.sharing.consents.records.Walk(ctx, nil, func(_ uint64, consent types.Consent) (bool, error) {
		state.Consents = append(state.Consents, consent)
		return false, nil
	})
	if err != nil {
		return err
	}
	err = k.sharing.legalBases.records.Walk(ctx, nil, func(_ uint64, basis types.LegalBasis) (bool, error) {
		state.LegalBases = append(state.LegalBases, basis)
		return false, nil
	})
	if err != nil {
		return err
	}
	err = k.sharing.breakGlasses.Walk(ctx, nil, func(_ uint64, access types.BreakGlass) (bool, error) {
		state.BreakGlasses = append(state.BreakGlasses, access)
		return false, nil
	})
	if err != nil {
		return err
	}
	if state.NextConsentId, err = k.sharing.consents.next.Peek(ctx); err != nil {
		return err
	}
	if state.NextLegalBasisId, err = k.sharing.legalBases.next.Peek(ctx); err != nil {
		return err
	}
	state.NextBreakGlassId, err = k.sharing.nextBreakGlass.Peek(ctx)
	return err
}
