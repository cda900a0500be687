package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/codec"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

// limitKey is (lender, currency, what is limited).
type limitKey = collections.Triple[string, string, string]

// facilityState is the part of the store that knows limits and facilities.
type facilityState struct {
	limits             collections.Map[limitKey, types.Limit]
	facilities         collections.Map[uint64, types.Facility]
	nextFacility       collections.Sequence
	facilitiesOfMember collections.KeySet[numberOfMemberKey]
	// loansOfFacility lists those that are owed.
	loansOfFacility collections.KeySet[numbersKey]
}

func newFacilityState(cdc codec.BinaryCodec, sb *collections.SchemaBuilder) facilityState {
	return facilityState{
		limits: collections.NewMap(sb, types.LimitsPrefix, "limits",
			collections.TripleKeyCodec(collections.StringKey, collections.StringKey, collections.StringKey), codec.CollValue[types.Limit](cdc)),
		facilities: collections.NewMap(sb, types.FacilitiesPrefix, "facilities",
			collections.Uint64Key, codec.CollValue[types.Facility](cdc)),
		nextFacility: collections.NewSequence(sb, types.NextFacilityPrefix, "next_facility"),
		facilitiesOfMember: collections.NewKeySet(sb, types.FacilitiesOfMemberPrefix, "facilities_of_member",
			collections.TripleKeyCodec(collections.StringKey, collections.StringKey, collections.Uint64Key)),
		loansOfFacility: collections.NewKeySet(sb, types.LoansOfFacilityPrefix, "loans_of_facility",
			collections.PairKeyCodec(collections.Uint64Key, collections.Uint64Key)),
	}
}

func limitKeyOf(limit types.Limit) limitKey {
	return collections.Join3(limit.Lender.Text(), limit.Currency, limit.Subject())
}

// limit is what stands under the name of a limit, or one that allows everything and has counted nothing.
func (k *Keeper) limit(ctx context.Context, named types.Limit) (types.Limit, error) {
	stored, exists, err := found(k.limits.Get(ctx, limitKeyOf(named)))
	if err != nil || exists {
		return stored, err
	}
	named.Amount, named.Drawn, named.Reserved = math.ZeroInt(), math.ZeroInt(), math.ZeroInt()
	return named, nil
}

func (k *Keeper) setLimitRecord(ctx context.Context, limit types.Limit) error {
	return k.limits.Set(ctx, limitKeyOf(limit), limit)
}

// Facility returns a facility, or ErrFacilityNotFound.
func (k *Keeper) Facility(ctx context.Context, id uint64) (types.Facility, error) {
	return load(ctx, k.facilities, id, types.ErrFacilityNotFound.Wrapf("%d", id))
}

func (k *Keeper) insertFacility(ctx context.Context, facility types.Facility) error {
	for _, member := range []accesstypes.Member{facility.Lender, facility.Borrower} {
		if err := k.facilitiesOfMember.Set(ctx, numberOf(member, facility.Id)); err != nil {
			return err
		}
	}
	return k.facilities.Set(ctx, facility.Id, facility)
}

func (k *Keeper) dropFacility(ctx context.Context, facility types.Facility) error {
	for _, member := range []accesstypes.Member{facility.Lender, facility.Borrower} {
		if err := k.facilitiesOfMember.Remove(ctx, numberOf(member, facility.Id)); err != nil {
			return err
		}
	}
	return k.facilities.Remove(ctx, facility.Id)
}

// loansOf are the numbers of a facility's loans that are owed, at most MaxOpenLoans.
func (k *Keeper) loansOf(ctx context.Context, facility uint64) ([]uint64, error) {
	return secondNumbers(ctx, k.loansOfFacility, facility)
}
