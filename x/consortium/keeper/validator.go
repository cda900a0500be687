package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/consortium/domain"
	"github.com/zhilian-network/zhilian/x/consortium/types"
)

// Reasons in EventValidatorStatusChanged.
const (
	reasonAdmitted     = "admitted by collective decision"
	reasonRemoved      = "removed by collective decision"
	reasonUnjailed     = "brought back by its institution"
	reasonDowntime     = "missed too many blocks"
	reasonEquivocation = "signed against the protocol"
	reasonLastActive   = "signed against the protocol; stays because it is the last active validator"
)

// admitValidator lets an institution's validator into consensus.
func (k *Keeper) admitValidator(ctx context.Context, institutionID string, packedKey *codectypes.Any, power int64) error {
	institution, err := k.institutions.Institution(ctx, institutionID)
	if err != nil {
		return err
	}
	if institution.Status != accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE {
		return types.ErrInstitutionNotActive.Wrapf("%s is %s", institutionID, institution.Status)
	}
	before, err := k.validatorOrNew(ctx, institutionID)
	if err != nil {
		return err
	}
	key := types.ConsensusKey{InstitutionId: institutionID, ConsensusPubkey: packedKey}
	after, err := domain.Admit(before, key, power)
	if err != nil {
		return err
	}
	if err := k.checkRoom(ctx, after); err != nil {
		return err
	}
	if err := k.checkKeyType(ctx, packedKey); err != nil {
		return err
	}
	if err := k.claimKey(ctx, key); err != nil {
		return err
	}
	return k.changeValidator(ctx, before, after, reasonAdmitted)
}

func (k *Keeper) checkRoom(ctx context.Context, newcomer types.Validator) error {
	validators, err := k.allValidators(ctx)
	if err != nil {
		return err
	}
	onRecord, err := k.validators.Has(ctx, newcomer.InstitutionId)
	if err != nil {
		return err
	}
	if !onRecord && len(validators) >= types.ValidatorRecordsMax {
		return types.ErrTooManyValidators.Wrapf("want at most %d on record", types.ValidatorRecordsMax)
	}
	return domain.NewSet(validators).CheckAdmission(domain.Member{
		InstitutionID: newcomer.InstitutionId,
		Power:         newcomer.Power,
		Active:        true,
	})
}

// claimKey makes the key the institution's for ever. An institution may come back with a key of its own.
func (k *Keeper) claimKey(ctx context.Context, key types.ConsensusKey) error {
	address, err := types.ConsensusAddress(key.ConsensusPubkey)
	if err != nil {
		return err
	}
	known, err := k.consensusKeys.Get(ctx, address)
	switch {
	case errors.Is(err, collections.ErrNotFound):
		return k.consensusKeys.Set(ctx, address, key)
	case err != nil:
		return err
	case known.InstitutionId != key.InstitutionId:
		return types.ErrConsensusKeyUsed.Wrapf("key %X was first used by %s", address.Bytes(), known.InstitutionId)
	default:
		return nil
	}
}

// removeValidator takes an institution's validator out.
func (k *Keeper) removeValidator(ctx context.Context, institutionID string) error {
	before, err := k.validator(ctx, institutionID)
	if err != nil {
		return err
	}
	after, err := domain.Remove(before)
	if err != nil {
		return err
	}
	set, err := k.set(ctx)
	if err != nil {
		return err
	}
	if err := set.CheckDeparture(institutionID); err != nil {
		return err
	}
	return k.changeValidator(ctx, before, after, reasonRemoved)
}

// unjailValidator brings an institution's jailed validator back, with a clean downtime record.
func (k *Keeper) unjailValidator(ctx context.Context, institutionID string) error {
	before, err := k.validator(ctx, institutionID)
	if err != nil {
		return err
	}
	after, err := domain.Unjail(before, blockTime(ctx))
	if err != nil {
		return err
	}
	return k.changeValidator(ctx, before, after, reasonUnjailed)
}

// changeValidator stores a decided change, notes it for CometBFT, and tells the world.
func (k *Keeper) changeValidator(ctx context.Context, before, after types.Validator, reason string) error {
	if err := k.notePending(ctx, before, after); err != nil {
		return err
	}
	if err := k.validators.Set(ctx, after.InstitutionId, after); err != nil {
		return err
	}
	if after.Status != types.ValidatorStatus_VALIDATOR_STATUS_ACTIVE {
		if err := k.downtimes.Remove(ctx, after.InstitutionId); err != nil {
			return err
		}
	}
	return k.emitStatusChange(ctx, before, after, reason)
}

func (k *Keeper) emitStatusChange(ctx context.Context, before, after types.Validator, reason string) error {
	consensusAddress, err := types.ConsensusAddress(after.ConsensusPubkey)
	if err != nil {
		return err
	}
	text, err := k.consensusAddresses.BytesToString(consensusAddress)
	if err != nil {
		return err
	}
	return emit(ctx, &types.EventValidatorStatusChanged{
		InstitutionId:    after.InstitutionId,
		ConsensusAddress: text,
		OldStatus:        before.Status,
		NewStatus:        after.Status,
		Power:            after.EffectivePower(),
		Reason:           reason,
	})
}
