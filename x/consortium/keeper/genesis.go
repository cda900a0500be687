package keeper

import (
	"context"

	abci "github.com/cometbft/cometbft/abci/types"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// InitGenesis stores the state and returns the validators that CometBFT begins with: the active ones.
// The keys in it must be unpacked.
func (k *Keeper) InitGenesis(ctx context.Context, state *types.GenesisState) ([]abci.ValidatorUpdate, error) {
	if err := state.Validate(); err != nil {
		return nil, err
	}
	if err := k.params.Set(ctx, state.Params); err != nil {
		return nil, err
	}
	if err := k.initProposals(ctx, state); err != nil {
		return nil, err
	}
	if err := k.noteKeyTypes(ctx); err != nil {
		return nil, err
	}
	return k.initValidators(ctx, state)
}

func (k *Keeper) initValidators(ctx context.Context, state *types.GenesisState) ([]abci.ValidatorUpdate, error) {
	var updates []abci.ValidatorUpdate
	for _, validator := range state.Validators {
		key := types.ConsensusKey{InstitutionId: validator.InstitutionId, ConsensusPubkey: validator.ConsensusPubkey}
		if err := k.claimKey(ctx, key); err != nil {
			return nil, err
		}
		if err := k.validators.Set(ctx, validator.InstitutionId, validator); err != nil {
			return nil, err
		}
		if validator.IsMember() { // who has left may have had a key of any type
			if err := k.checkKeyType(ctx, validator.ConsensusPubkey); err != nil {
				return nil, errorsmod.Wrapf(err, "validator of %q", validator.InstitutionId)
			}
		}
		if power := validator.EffectivePower(); power > 0 {
			update, err := validatorUpdate(validator.ConsensusPubkey, power)
			if err != nil {
				return nil, err
			}
			updates = append(updates, update)
		}
	}
	for _, key := range state.RetiredKeys {
		if err := k.claimKey(ctx, key); err != nil {
			return nil, err
		}
	}
	for _, downtime := range state.Downtimes {
		if err := k.saveDowntime(ctx, downtime.InstitutionId, downtime.Points); err != nil {
			return nil, err
		}
	}
	return updates, nil
}

func (k *Keeper) initProposals(ctx context.Context, state *types.GenesisState) error {
	if err := k.nextProposalID.Set(ctx, state.NextProposalId); err != nil {
		return err
	}
	for _, proposal := range state.Proposals {
		if err := k.proposals.Set(ctx, proposal.Id, proposal); err != nil {
			return err
		}
		if proposal.Status != types.ProposalStatus_PROPOSAL_STATUS_OPEN {
			continue
		}
		if err := k.openProposals.Set(ctx, expiryKey(proposal), proposal.InstitutionId); err != nil {
			return err
		}
	}
	for _, vote := range state.Votes {
		if err := k.votes.Set(ctx, collections.Join(vote.ProposalId, vote.InstitutionId), vote); err != nil {
			return err
		}
	}
	return nil
}

// ExportGenesis returns the whole state, as it stands between blocks.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	var state types.GenesisState
	var err error
	if state.Params, err = k.params.Get(ctx); err != nil {
		return nil, err
	}
	if state.Validators, err = k.allValidators(ctx); err != nil {
		return nil, err
	}
	if state.Downtimes, err = collect(ctx, k.downtimes.Walk, nil); err != nil {
		return nil, err
	}
	if state.Proposals, err = collect(ctx, k.proposals.Walk, nil); err != nil {
		return nil, err
	}
	if state.Votes, err = collect(ctx, k.votes.Walk, nil); err != nil {
		return nil, err
	}
	if state.NextProposalId, err = k.nextProposalID.Peek(ctx); err != nil {
		return nil, err
	}
	if state.RetiredKeys, err = k.retiredKeys(ctx); err != nil {
		return nil, err
	}
	return &state, nil
}

// retiredKeys returns the keys that no validator uses now, by consensus address.
func (k *Keeper) retiredKeys(ctx context.Context) ([]types.ConsensusKey, error) {
	keys, err := collect(ctx, k.consensusKeys.Walk, nil)
	if err != nil {
		return nil, err
	}
	var retired []types.ConsensusKey
	for _, key := range keys {
		address, err := types.ConsensusAddress(key.ConsensusPubkey)
		if err != nil {
			return nil, err
		}
		_, current, err := k.validatorByAddress(ctx, address)
		if err != nil {
			return nil, err
		}
		if !current {
			retired = append(retired, key)
		}
	}
	return retired, nil
}
