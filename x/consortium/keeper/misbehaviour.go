package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/core/comet"

	"github.com/zhilian-network/zhilian/x/consortium/domain"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// punishMisbehaviour expels whoever CometBFT proved to have signed against the protocol. The block's
// size bounds the evidence in it.
func (k *Keeper) punishMisbehaviour(ctx context.Context, evidence comet.EvidenceList) error {
	for i := range evidence.Len() {
		proof := evidence.Get(i)
		if proof.Type() != comet.DuplicateVote && proof.Type() != comet.LightClientAttack {
			continue
		}
		if err := k.expelValidator(ctx, proof.Validator().Address()); err != nil {
			return err
		}
	}
	return nil
}

// expelValidator takes the validator of this key out for good, also when it was removed meanwhile or
// uses another key by now. The last active one stays: a chain without validators is lost to honest
// members too, while this way they can still admit another one and remove this one.
func (k *Keeper) expelValidator(ctx context.Context, address []byte) error {
	before, _, err := k.validatorByAddress(ctx, address)
	if errors.Is(err, types.ErrValidatorNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if before.Status == types.ValidatorStatus_VALIDATOR_STATUS_EXPELLED {
		return nil
	}
	after, err := domain.Expel(before)
	if err != nil {
		return err
	}
	set, err := k.set(ctx)
	if err != nil {
		return err
	}
	if set.CheckDeparture(before.InstitutionId) != nil {
		return k.emitStatusChange(ctx, before, before, reasonLastActive)
	}
	return k.changeValidator(ctx, before, after, reasonEquivocation)
}
