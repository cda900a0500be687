package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/consortium/domain"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

func (k *Keeper) validator(ctx context.Context, institutionID string) (types.Validator, error) {
	validator, err := k.validators.Get(ctx, institutionID)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Validator{}, types.ErrValidatorNotFound.Wrapf("institution %q", institutionID)
	}
	return validator, err
}

// validatorOrNew returns the institution's validator, or a blank one if it never had any.
func (k *Keeper) validatorOrNew(ctx context.Context, institutionID string) (types.Validator, error) {
	validator, err := k.validators.Get(ctx, institutionID)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Validator{InstitutionId: institutionID}, nil
	}
	return validator, err
}

// allValidators returns at most ValidatorRecordsMax validators by institution.
func (k *Keeper) allValidators(ctx context.Context) ([]types.Validator, error) {
	return collect(ctx, k.validators.Walk, nil)
}

func (k *Keeper) set(ctx context.Context) (domain.Set, error) {
	validators, err := k.allValidators(ctx)
	if err != nil {
		return nil, err
	}
	return domain.NewSet(validators), nil
}

// validatorByAddress finds whom CometBFT means. The key may be one that the validator no longer
// uses; current says whether it still does. A key that was never admitted gives ErrValidatorNotFound.
func (k *Keeper) validatorByAddress(ctx context.Context, address []byte) (validator types.Validator, current bool, err error) {
	key, err := k.consensusKeys.Get(ctx, address)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Validator{}, false, types.ErrValidatorNotFound.Wrapf("consensus address %X", address)
	}
	if err != nil {
		return types.Validator{}, false, err
	}
	validator, err = k.validator(ctx, key.InstitutionId)
	if err != nil {
		return types.Validator{}, false, err
	}
	now, err := types.ConsensusAddress(validator.ConsensusPubkey)
	if err != nil {
		return types.Validator{}, false, err
	}
	return validator, now.Equals(sdk.ConsAddress(address)), nil
}

func (k *Keeper) saveDowntime(ctx context.Context, institutionID string, points uint64) error {
	if points == 0 {
		return k.downtimes.Remove(ctx, institutionID)
	}
	return k.downtimes.Set(ctx, institutionID, types.Downtime{InstitutionId: institutionID, Points: points})
}

func (k *Keeper) proposal(ctx context.Context, id uint64) (types.Proposal, error) {
	proposal, err := k.proposals.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Proposal{}, types.ErrProposalNotFound.Wrapf("proposal %d", id)
	}
	return proposal, err
}

// votesOn returns the votes on a proposal by institution, at most one for each.
func (k *Keeper) votesOn(ctx context.Context, id uint64) ([]types.Vote, error) {
	return collect(ctx, k.votes.Walk, collections.NewPrefixedPairRange[uint64, string](id))
}

func expiryKey(proposal types.Proposal) collections.Pair[time.Time, uint64] {
	return collections.Join(proposal.ExpiresAt, proposal.Id)
}

// collect reads a whole range into memory, so that nobody writes while it is walked.
func collect[K, V any](
	ctx context.Context,
	walk func(context.Context, collections.Ranger[K], func(K, V) (bool, error)) error,
	within collections.Ranger[K],
) ([]V, error) {
	var values []V
	err := walk(ctx, within, func(_ K, value V) (bool, error) {
		values = append(values, value)
		return false, nil
	})
	return values, err
}
