package keeper

import (
	"context"
	"errors"
	"slices"
	"strings"

	"cosmossdk.io/collections"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// CometBFT halts the chain on an update for a validator whose key is of a type that its settings do not name, and
// it judges by the settings with which the block began. A transaction sees those that an earlier one of the same
// block has changed. So the block notes at its beginning what CometBFT takes at its end.

// noteKeyTypes is for the beginning of a block, and for genesis.
func (k *Keeper) noteKeyTypes(ctx context.Context) error {
	known, err := k.takenKeyTypes(ctx)
	if err != nil {
		return err
	}
	named := namedKeyTypes(ctx)
	if slices.Equal(known, named) {
		return nil
	}
	return k.keyTypes.Set(ctx, strings.Join(named, ","))
}

// namedKeyTypes are those of the consensus settings as they stand.
func namedKeyTypes(ctx context.Context) []string {
	settings := sdk.UnwrapSDKContext(ctx).ConsensusParams().Validator
	if settings == nil || len(settings.PubKeyTypes) == 0 {
		return []string{types.DefaultKeyType}
	}
	return settings.PubKeyTypes
}

func (k *Keeper) takenKeyTypes(ctx context.Context) ([]string, error) {
	noted, err := k.keyTypes.Get(ctx)
	if errors.Is(err, collections.ErrNotFound) {
		return []string{types.DefaultKeyType}, nil
	}
	return strings.Split(noted, ","), err
}

// checkKeyType refuses a key that CometBFT would not take.
func (k *Keeper) checkKeyType(ctx context.Context, packed *codectypes.Any) error {
	key, err := types.ConsensusPubKey(packed)
	if err != nil {
		return err
	}
	taken, err := k.takenKeyTypes(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(taken, key.Type()) {
		return types.ErrInvalidConsensusKey.Wrapf("a %s key; the consensus settings name %s (a change of them counts from the next block on)",
			key.Type(), strings.Join(taken, " and "))
	}
	return nil
}
