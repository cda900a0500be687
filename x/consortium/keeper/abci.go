package keeper

import (
	"context"

	abci "github.com/cometbft/cometbft/abci/types"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// BeginBlock takes in what CometBFT saw of the validators and what keys it takes. Evidence comes first: whoever is expelled
// is no longer a candidate for jail.
func (k *Keeper) BeginBlock(ctx context.Context) error {
	if err := k.noteKeyTypes(ctx); err != nil {
		return err
	}
	info := sdk.UnwrapSDKContext(ctx).CometInfo()
	if info == nil {
		return nil
	}
	if err := k.punishMisbehaviour(ctx, info.GetEvidence()); err != nil {
		return err
	}
	return k.countDowntime(ctx, info.GetLastCommit().Votes())
}

// EndBlock closes proposals that ran out of time and returns what CometBFT must be told.
func (k *Keeper) EndBlock(ctx context.Context) ([]abci.ValidatorUpdate, error) {
	if err := k.expireProposals(ctx); err != nil {
		return nil, err
	}
	return k.validatorUpdates(ctx)
}
