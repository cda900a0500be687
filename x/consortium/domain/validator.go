package domain

import (
	"time"

	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// ValidatorEvent is what can happen to a validator.
type ValidatorEvent int

// Events of a validator's life.
const (
	ValidatorAdmitted ValidatorEvent = iota + 1
	ValidatorJailed
	ValidatorUnjailed
	ValidatorRemoved
	ValidatorExpelled
)

// String names the event as a verb, for error texts.
func (e ValidatorEvent) String() string {
	switch e {
	case ValidatorAdmitted:
		return "admit"
	case ValidatorJailed:
		return "jail"
	case ValidatorUnjailed:
		return "unjail"
	case ValidatorRemoved:
		return "remove"
	case ValidatorExpelled:
		return "expel"
	default:
		return "unknown event"
	}
}

// Short names of the statuses, for the tables.
const (
	absent   = types.ValidatorStatus_VALIDATOR_STATUS_UNSPECIFIED
	active   = types.ValidatorStatus_VALIDATOR_STATUS_ACTIVE
	jailed   = types.ValidatorStatus_VALIDATOR_STATUS_JAILED
	removed  = types.ValidatorStatus_VALIDATOR_STATUS_REMOVED
	expelled = types.ValidatorStatus_VALIDATOR_STATUS_EXPELLED
)

// validatorTransitions is the whole life of a validator; what is not in it is refused. Nothing leads
// out of expelled. A removed validator can still be expelled, since evidence may arrive later than
// the vote, and leaving must not be a way to dodge it.
var validatorTransitions = map[types.ValidatorStatus]map[ValidatorEvent]types.ValidatorStatus{
	absent:  {ValidatorAdmitted: active},
	active:  {ValidatorJailed: jailed, ValidatorRemoved: removed, ValidatorExpelled: expelled},
	jailed:  {ValidatorUnjailed: active, ValidatorRemoved: removed, ValidatorExpelled: expelled},
	removed: {ValidatorAdmitted: active, ValidatorExpelled: expelled},
}

// advance is the only place that sets a validator's status. Whatever the event, an earlier time in
// jail is over.
func advance(validator types.Validator, event ValidatorEvent) (types.Validator, error) {
	next, legal := validatorTransitions[validator.Status][event]
	if !legal {
		return types.Validator{}, types.ErrIllegalStatusChange.Wrapf("cannot %s the validator of %s: it is %s",
			event, validator.InstitutionId, validator.Status)
	}
	validator.Status = next
	validator.JailedUntil = time.Time{}
	return validator, nil
}

// Admit makes a new or removed validator active with this key and power.
func Admit(validator types.Validator, key types.ConsensusKey, power int64) (types.Validator, error) {
	if err := types.ValidatePower(power); err != nil {
		return types.Validator{}, err
	}
	next, err := advance(validator, ValidatorAdmitted)
	if err != nil {
		return types.Validator{}, err
	}
	next.ConsensusPubkey = key.ConsensusPubkey
	next.Power = power
	return next, nil
}

// Jail takes an active validator out until it is brought back, at the earliest at this time.
func Jail(validator types.Validator, until time.Time) (types.Validator, error) {
	next, err := advance(validator, ValidatorJailed)
	if err != nil {
		return types.Validator{}, err
	}
	next.JailedUntil = until
	return next, nil
}

// Unjail brings a jailed validator back.
func Unjail(validator types.Validator, now time.Time) (types.Validator, error) {
	next, err := advance(validator, ValidatorUnjailed)
	if err != nil {
		return types.Validator{}, err
	}
	if now.Before(validator.JailedUntil) {
		return types.Validator{}, types.ErrStillJailed.Wrapf("try again at %s or later",
			validator.JailedUntil.UTC().Format(time.RFC3339))
	}
	return next, nil
}

// Remove takes a validator out by vote.
func Remove(validator types.Validator) (types.Validator, error) {
	return advance(validator, ValidatorRemoved)
}

// Expel takes a validator out for good.
func Expel(validator types.Validator) (types.Validator, error) {
	return advance(validator, ValidatorExpelled)
}
