package keeper

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// CheckInvariants says in words what is wrong with the state as it stands between blocks. It reads
// everything: for tests and audits.
func (k *Keeper) CheckInvariants(ctx context.Context) ([]string, error) {
	violations, err := k.checkValidators(ctx)
	if err != nil {
		return nil, err
	}
	more, err := k.checkProposals(ctx)
	if err != nil {
		return nil, err
	}
	return append(violations, more...), nil
}

func (k *Keeper) checkValidators(ctx context.Context) ([]string, error) {
	validators, err := k.allValidators(ctx)
	if err != nil {
		return nil, err
	}
	var violations []string
	active := 0
	for _, validator := range validators {
		if validator.EffectivePower() > 0 {
			active++
		}
		address, err := types.ConsensusAddress(validator.ConsensusPubkey)
		if err != nil {
			return nil, err
		}
		key, err := k.consensusKeys.Get(ctx, address)
		if err != nil || key.InstitutionId != validator.InstitutionId {
			violations = append(violations, fmt.Sprintf("the key of %s is not noted as its own", validator.InstitutionId))
		}
	}
	if active == 0 {
		violations = append(violations, "no validator is active")
	}
	downtimes, err := collect(ctx, k.downtimes.Walk, nil)
	if err != nil {
		return nil, err
	}
	for _, downtime := range downtimes {
		validator, err := k.validator(ctx, downtime.InstitutionId)
		if err != nil || validator.EffectivePower() == 0 {
			violations = append(violations, fmt.Sprintf("%s has downtime points and no active validator", downtime.InstitutionId))
		}
	}
	pending, err := collect(ctx, k.pendingUpdates.Walk, nil)
	if err != nil {
		return nil, err
	}
	if len(pending) > 0 {
		violations = append(violations, fmt.Sprintf("%d validator updates were not delivered", len(pending)))
	}
	return violations, nil
}

func (k *Keeper) checkProposals(ctx context.Context) ([]string, error) {
	proposals, err := collect(ctx, k.proposals.Walk, nil)
	if err != nil {
		return nil, err
	}
	var violations []string
	open := 0
	for _, proposal := range proposals {
		queued, err := k.openProposals.Has(ctx, expiryKey(proposal))
		if err != nil {
			return nil, err
		}
		isOpen := proposal.Status == types.ProposalStatus_PROPOSAL_STATUS_OPEN
		if isOpen {
			open++
		}
		if isOpen != queued {
			violations = append(violations, fmt.Sprintf("proposal %d is %s, in the expiry queue: %t", proposal.Id, proposal.Status, queued))
		}
	}
	queue, err := collect(ctx, k.openProposals.Walk, nil)
	if err != nil {
		return nil, err
	}
	if len(queue) != open {
		violations = append(violations, fmt.Sprintf("%d proposals are open, the expiry queue holds %d", open, len(queue)))
	}
	err = k.votes.Walk(ctx, nil, func(key collections.Pair[uint64, string], vote types.Vote) (bool, error) {
		if vote.ProposalId != key.K1() || vote.InstitutionId != key.K2() {
			violations = append(violations, fmt.Sprintf("a vote of %s on proposal %d is stored elsewhere", vote.InstitutionId, vote.ProposalId))
		}
		return false, nil
	})
	return violations, err
}
