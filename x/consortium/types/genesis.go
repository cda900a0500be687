package types

import (
	errorsmod "cosmossdk.io/errors"
)

// DefaultGenesis returns the state of a network without validators. It does not pass Validate until
// one is added: there is no default validator, and a chain cannot start without any.
func DefaultGenesis() *GenesisState {
	return &GenesisState{Params: DefaultParams(), NextProposalId: 1}
}

// Validate checks every record and the references between them.
func (g GenesisState) Validate() error {
	if err := g.Params.Validate(); err != nil {
		return err
	}
	statuses, err := g.validateValidators()
	if err != nil {
		return err
	}
	if err := g.validateDowntimes(statuses); err != nil {
		return err
	}
	proposals, err := g.validateProposals()
	if err != nil {
		return err
	}
	return g.validateVotes(proposals)
}

// validateValidators returns the status of each institution's validator.
func (g GenesisState) validateValidators() (map[string]ValidatorStatus, error) {
	statuses := make(map[string]ValidatorStatus, len(g.Validators))
	owners := make(map[string]string, len(g.Validators))
	var active, members int
	for _, validator := range g.Validators {
		if err := validator.validate(); err != nil {
			return nil, errorsmod.Wrapf(err, "validator of %q", validator.InstitutionId)
		}
		if _, found := statuses[validator.InstitutionId]; found {
			return nil, ErrInvalidGenesis.Wrapf("institution %q has two validators", validator.InstitutionId)
		}
		statuses[validator.InstitutionId] = validator.Status
		key := ConsensusKey{InstitutionId: validator.InstitutionId, ConsensusPubkey: validator.ConsensusPubkey}
		if err := key.claim(owners); err != nil {
			return nil, err
		}
		switch validator.Status {
		case ValidatorStatus_VALIDATOR_STATUS_ACTIVE:
			active++
			members++
		case ValidatorStatus_VALIDATOR_STATUS_JAILED:
			members++
		}
	}
	if active == 0 {
		return nil, ErrInvalidGenesis.Wrap("no active validator: add one to consortium.validators")
	}
	if members > ValidatorsMax || len(g.Validators) > ValidatorRecordsMax {
		return nil, ErrTooManyValidators.Wrapf("want at most %d in consensus or jail and %d on record, got %d and %d",
			ValidatorsMax, ValidatorRecordsMax, members, len(g.Validators))
	}
	for _, key := range g.RetiredKeys {
		if _, found := statuses[key.InstitutionId]; !found {
			return nil, ErrInvalidGenesis.Wrapf("retired key of %q, which has no validator", key.InstitutionId)
		}
		if err := key.claim(owners); err != nil {
			return nil, err
		}
	}
	return statuses, nil
}

func (v Validator) validate() error {
	if err := validateInstitutionID(v.InstitutionId); err != nil {
		return err
	}
	if err := ValidatePower(v.Power); err != nil {
		return err
	}
	if _, known := ValidatorStatus_name[int32(v.Status)]; !known || v.Status == ValidatorStatus_VALIDATOR_STATUS_UNSPECIFIED {
		return ErrInvalidGenesis.Wrapf("unknown status %d", v.Status)
	}
	return nil
}

// claim notes the key's owner and refuses a key that is there already.
func (k ConsensusKey) claim(owners map[string]string) error {
	address, err := ConsensusAddress(k.ConsensusPubkey)
	if err != nil {
		return errorsmod.Wrapf(err, "validator of %q", k.InstitutionId)
	}
	if owner, found := owners[string(address)]; found {
		return ErrConsensusKeyUsed.Wrapf("key %X of %q is also listed for %q", address.Bytes(), k.InstitutionId, owner)
	}
	owners[string(address)] = k.InstitutionId
	return nil
}

func (g GenesisState) validateDowntimes(statuses map[string]ValidatorStatus) error {
	seen := make(map[string]bool, len(g.Downtimes))
	for _, downtime := range g.Downtimes {
		if statuses[downtime.InstitutionId] != ValidatorStatus_VALIDATOR_STATUS_ACTIVE {
			return ErrInvalidGenesis.Wrapf("downtime of %q, which has no active validator", downtime.InstitutionId)
		}
		if seen[downtime.InstitutionId] {
			return ErrInvalidGenesis.Wrapf("two downtimes of %q", downtime.InstitutionId)
		}
		seen[downtime.InstitutionId] = true
		if downtime.Points < 1 || downtime.Points > DowntimePointsLimit {
			return ErrInvalidGenesis.Wrapf("downtime of %q: want 1 to %d points, got %d",
				downtime.InstitutionId, uint64(DowntimePointsLimit), downtime.Points)
		}
	}
	return nil
}

// validateProposals returns the ids that votes may refer to.
func (g GenesisState) validateProposals() (map[uint64]bool, error) {
	if g.NextProposalId < 1 {
		return nil, ErrInvalidGenesis.Wrap("next_proposal_id must be 1 or more")
	}
	ids := make(map[uint64]bool, len(g.Proposals))
	open := 0
	for _, proposal := range g.Proposals {
		if proposal.Id < 1 || proposal.Id >= g.NextProposalId {
			return nil, ErrInvalidGenesis.Wrapf("proposal %d: want an id from 1 and below next_proposal_id %d", proposal.Id, g.NextProposalId)
		}
		if ids[proposal.Id] {
			return nil, ErrInvalidGenesis.Wrapf("two proposals %d", proposal.Id)
		}
		ids[proposal.Id] = true
		if err := proposal.validate(); err != nil {
			return nil, errorsmod.Wrapf(err, "proposal %d", proposal.Id)
		}
		if proposal.Status == ProposalStatus_PROPOSAL_STATUS_OPEN {
			open++
		}
	}
	if open > OpenProposalsMax {
		return nil, ErrTooManyProposals.Wrapf("want at most %d, got %d", OpenProposalsMax, open)
	}
	return ids, nil
}

func (p Proposal) validate() error {
	if err := validateInstitutionID(p.InstitutionId); err != nil {
		return err
	}
	if err := validateTitle(p.Title); err != nil {
		return err
	}
	if err := validateMessages(p.Messages); err != nil {
		return err
	}
	if _, known := ProposalStatus_name[int32(p.Status)]; !known || p.Status == ProposalStatus_PROPOSAL_STATUS_UNSPECIFIED {
		return ErrInvalidGenesis.Wrapf("unknown status %d", p.Status)
	}
	if len(p.Failure) > FailureBytesMax {
		return ErrInvalidGenesis.Wrapf("failure: want at most %d bytes, got %d", FailureBytesMax, len(p.Failure))
	}
	return nil
}

func (g GenesisState) validateVotes(proposals map[uint64]bool) error {
	type ballot struct {
		proposalID    uint64
		institutionID string
	}
	seen := make(map[ballot]bool, len(g.Votes))
	for _, vote := range g.Votes {
		if !proposals[vote.ProposalId] {
			return ErrInvalidGenesis.Wrapf("vote on proposal %d, which is not there", vote.ProposalId)
		}
		if err := validateInstitutionID(vote.InstitutionId); err != nil {
			return err
		}
		if err := validateOption(vote.Option); err != nil {
			return err
		}
		cast := ballot{proposalID: vote.ProposalId, institutionID: vote.InstitutionId}
		if seen[cast] {
			return ErrInvalidGenesis.Wrapf("two votes of %q on proposal %d", vote.InstitutionId, vote.ProposalId)
		}
		seen[cast] = true
	}
	return nil
}
