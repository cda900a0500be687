package keeper

import (
	"context"
	"errors"
	"slices"

	"cosmossdk.io/core/comet"

	"github.com/zhilian-network/zhilian/x/consortium/domain"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// downtimeChange is what a block does to one validator's points.
type downtimeChange struct {
	institutionID string
	before, after uint64
}

// countDowntime reads the last commit's votes, keeps the points, and jails who has too many. A block
// that everyone signed, with no points left over, writes nothing.
func (k *Keeper) countDowntime(ctx context.Context, votes comet.VoteInfos) error {
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	changes, err := k.downtimeChanges(ctx, params, votes)
	if err != nil {
		return err
	}
	var silent []downtimeChange
	for _, change := range changes {
		if change.after != change.before {
			if err := k.saveDowntime(ctx, change.institutionID, change.after); err != nil {
				return err
			}
		}
		if domain.MustBeJailed(change.after, params) {
			silent = append(silent, change)
		}
	}
	if len(silent) == 0 {
		return nil
	}
	return k.jailSilent(ctx, params, silent)
}

// downtimeChanges returns one entry for each validator that has points or gets some: at most
// ValidatorsMax, records first, each group in a fixed order.
func (k *Keeper) downtimeChanges(ctx context.Context, params types.Params, votes comet.VoteInfos) ([]downtimeChange, error) {
	records, err := collect(ctx, k.downtimes.Walk, nil)
	if err != nil {
		return nil, err
	}
	changes := make([]downtimeChange, len(records))
	place := make(map[string]int, len(records))
	for i, record := range records {
		changes[i] = downtimeChange{institutionID: record.InstitutionId, before: record.Points, after: record.Points}
		place[record.InstitutionId] = i
	}
	for i := range votes.Len() {
		vote := votes.Get(i)
		missed := vote.GetBlockIDFlag() == comet.BlockIDFlagAbsent
		// Only a validator on record gains by a signature: with no records, the usual case, a block of
		// signatures asks nothing of the store.
		if !missed && len(records) == 0 {
			continue
		}
		institutionID, err := k.countedInstitution(ctx, vote.Validator().Address())
		if err != nil {
			return nil, err
		}
		at, onRecord := place[institutionID]
		switch {
		case institutionID == "":
		case missed && onRecord:
			changes[at].after = domain.PointsAfterMiss(changes[at].before, params)
		case missed:
			changes = append(changes, downtimeChange{institutionID: institutionID, after: domain.PointsAfterMiss(0, params)})
		case onRecord:
			changes[at].after = domain.PointsAfterSignature(changes[at].before)
		}
	}
	return changes, nil
}

// countedInstitution returns whose vote it is, or nothing if it counts for nobody: CometBFT applies an
// update two blocks later, so votes still come in for validators that have left or changed their key.
func (k *Keeper) countedInstitution(ctx context.Context, address []byte) (string, error) {
	validator, current, err := k.validatorByAddress(ctx, address)
	if errors.Is(err, types.ErrValidatorNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if !current || validator.Status != types.ValidatorStatus_VALIDATOR_STATUS_ACTIVE {
		return "", nil
	}
	return validator.InstitutionId, nil
}

// jailSilent jails those that may go and announces, once, those that must stay for the present.
func (k *Keeper) jailSilent(ctx context.Context, params types.Params, silent []downtimeChange) error {
	set, err := k.set(ctx)
	if err != nil {
		return err
	}
	candidates := make([]string, len(silent))
	for i, change := range silent {
		candidates[i] = change.institutionID
	}
	now, delayed := set.SplitJailings(candidates)
	for _, institutionID := range now {
		if err := k.jailValidator(ctx, params, institutionID); err != nil {
			return err
		}
	}
	for _, change := range silent {
		if !slices.Contains(delayed, change.institutionID) || !domain.ReachedMaximum(change.before, change.after, params) {
			continue
		}
		err := emit(ctx, &types.EventJailingDelayed{InstitutionId: change.institutionID, Points: change.after})
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) jailValidator(ctx context.Context, params types.Params, institutionID string) error {
	before, err := k.validator(ctx, institutionID)
	if err != nil {
		return err
	}
	after, err := domain.Jail(before, blockTime(ctx).Add(params.JailPeriod))
	if err != nil {
		return err
	}
	return k.changeValidator(ctx, before, after, reasonDowntime)
}
