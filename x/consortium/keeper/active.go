package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// ActiveValidators counts the validators that take part in consensus.
func (k *Keeper) ActiveValidators(ctx context.Context) (uint32, error) {
	validators, err := k.allValidators(ctx)
	if err != nil {
		return 0, err
	}
	var active uint32
	for _, validator := range validators {
		if validator.Status == types.ValidatorStatus_VALIDATOR_STATUS_ACTIVE {
			active++
		}
	}
	return active, nil
}
