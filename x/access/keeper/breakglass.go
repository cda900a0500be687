package keeper

import (
	"context"
	"errors"
	"slices"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/internal/number"
	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// BreakGlass returns an emergency access, or ErrBreakGlassNotFound.
func (k *Keeper) BreakGlass(ctx context.Context, number uint64) (types.BreakGlass, error) {
	access, err := k.sharing.breakGlasses.Get(ctx, number)
	if errors.Is(err, collections.ErrNotFound) {
		return types.BreakGlass{}, types.ErrBreakGlassNotFound.Wrapf("%d", number)
	}
	return access, err
}

// openBreakGlass opens an emergency access; approvals are those of the action that it is part of.
func (k *Keeper) openBreakGlass(ctx context.Context, access types.BreakGlass, approvals *types.Approvals) (uint64, error) {
	if _, _, err := k.scopeRecords(ctx, access.Subject.Scope()); err != nil {
		return 0, err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return 0, err
	}
	access.OpenedAt = sdk.UnwrapSDKContext(ctx).BlockTime()
	if !access.OpenedAt.Before(access.ExpiresAt) || access.ExpiresAt.After(access.OpenedAt.Add(params.BreakGlassMax)) {
		return 0, types.ErrInvalidBreakGlass.Wrapf("it must end after now and within %s", params.BreakGlassMax)
	}
	if err := k.mayOpenAnother(ctx, access.RegulatorId, access.OpenedAt); err != nil {
		return 0, err
	}
	access.ReviewBy = access.ExpiresAt.Add(params.BreakGlassReview)
	access.Holders = holdersOf(approvals)
	access.Status = types.BreakGlassOpen
	if access.Id, err = number.Next(ctx, k.sharing.nextBreakGlass); err != nil {
		return 0, err
	}
	if err := k.insertBreakGlass(ctx, access); err != nil {
		return 0, err
	}
	return access.Id, emit(ctx, &types.EventBreakGlassOpened{
		BreakGlassId: access.Id, RegulatorId: access.RegulatorId, Subject: access.Subject, Level: access.Level,
		LegalReference: access.LegalReference, ExpiresAt: access.ExpiresAt, Operator: access.OpenedBy,
	})
}

// holdersOf are the persons who asked and approved, sorted.
func holdersOf(approvals *types.Approvals) []string {
	holders := []string{approvals.Holder}
	for _, approver := range approvals.Approvers {
		holders = append(holders, approver.Operator.Holder)
	}
	slices.Sort(holders)
	return slices.Compact(holders)
}

// mayOpenAnother refuses a regulator that owes a review, or has too many open. The index of reviews is in
// the order of their ends: its first entry tells.
func (k *Keeper) mayOpenAnother(ctx context.Context, regulator string, now time.Time) error {
	var overdue uint64
	err := k.sharing.unreviewed.Walk(ctx, collections.NewPrefixedTripleRange[string, time.Time, uint64](regulator),
		func(key collections.Triple[string, time.Time, uint64]) (bool, error) {
			if key.K2().Before(now) {
				overdue = key.K3()
			}
			return true, nil
		})
	if err != nil {
		return err
	}
	if overdue != 0 {
		return types.ErrReviewOverdue.Wrapf("%d of %s", overdue, regulator)
	}
	open, err := k.openNumbers(ctx, regulator)
	if err != nil {
		return err
	}
	if len(open) >= types.MaxOpenBreakGlasses {
		return types.ErrTooManyBreakGlass.Wrapf("%s has %d", regulator, len(open))
	}
	return nil
}

// openNumbers are the numbers of a regulator's open emergency accesses, at most MaxOpenBreakGlasses.
func (k *Keeper) openNumbers(ctx context.Context, regulator string) ([]uint64, error) {
	var numbers []uint64
	err := k.sharing.openBreakGlasses.Walk(ctx, collections.NewPrefixedPairRange[string, uint64](regulator),
		func(key collections.Pair[string, uint64]) (bool, error) {
			numbers = append(numbers, key.K2())
			return len(numbers) == types.MaxOpenBreakGlasses, nil
		})
	return numbers, err
}

func (k *Keeper) findBreakGlass(ctx context.Context, wish domain.Wish) (types.Basis, error) {
	if wish.Reader.PartyID != "" {
		return types.Basis{}, nil
	}
	numbers, err := k.openNumbers(ctx, wish.Reader.InstitutionID)
	if err != nil {
		return types.Basis{}, err
	}
	var found types.Basis
	for _, number := range numbers {
		access, err := k.sharing.breakGlasses.Get(ctx, number)
		if err != nil {
			return types.Basis{}, err
		}
		if domain.BreaksGlassFor(access, wish) {
			found = domain.Longer(found, types.Basis{Kind: types.BasisBreakGlass, ID: number, ExpiresAt: access.ExpiresAt})
		}
	}
	return found, nil
}

// insertBreakGlass stores an emergency access with the indexes that its status asks for.
func (k *Keeper) insertBreakGlass(ctx context.Context, access types.BreakGlass) error {
	for _, scope := range []types.Scope{access.Regulator(), access.Subject.Scope()} {
		if err := k.sharing.breakGlassesOf.Set(ctx, numberOf(scope, access.Id)); err != nil {
			return err
		}
	}
	if access.Status == types.BreakGlassOpen {
		if err := k.sharing.openBreakGlasses.Set(ctx, collections.Join(access.RegulatorId, access.Id)); err != nil {
			return err
		}
		if err := k.sharing.breakGlassQueue.Set(ctx, collections.Join(access.ExpiresAt, access.Id)); err != nil {
			return err
		}
	}
	if access.Status != types.BreakGlassReviewed {
		if err := k.sharing.unreviewed.Set(ctx, unreviewedKey(access)); err != nil {
			return err
		}
	}
	return k.sharing.breakGlasses.Set(ctx, access.Id, access)
}

func unreviewedKey(access types.BreakGlass) collections.Triple[string, time.Time, uint64] {
	return collections.Join3(access.RegulatorId, access.ReviewBy, access.Id)
}

// closeBreakGlass ends an emergency access before its time; the time to review it runs from now.
func (k *Keeper) closeBreakGlass(ctx context.Context, actor types.Actor, access types.BreakGlass) error {
	if err := domain.CheckBreakGlassTransition(access.Status, types.BreakGlassDue); err != nil {
		return err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	if !now.Before(access.ExpiresAt) {
		return types.ErrBreakGlassStatus.Wrapf("%d is over already", access.Id)
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	if err := k.endBreakGlass(ctx, access, now, now.Add(params.BreakGlassReview)); err != nil {
		return err
	}
	return emit(ctx, &types.EventBreakGlassEnded{BreakGlassId: access.Id, Operator: actor.Address})
}

// endBreakGlass moves an open emergency access to those that wait for their review.
func (k *Keeper) endBreakGlass(ctx context.Context, access types.BreakGlass, end, reviewBy time.Time) error {
	if err := k.sharing.openBreakGlasses.Remove(ctx, collections.Join(access.RegulatorId, access.Id)); err != nil {
		return err
	}
	if err := k.sharing.breakGlassQueue.Remove(ctx, collections.Join(access.ExpiresAt, access.Id)); err != nil {
		return err
	}
	if err := k.sharing.unreviewed.Remove(ctx, unreviewedKey(access)); err != nil {
		return err
	}
	access.Status, access.ExpiresAt, access.ReviewBy = types.BreakGlassDue, end, reviewBy
	return k.insertBreakGlass(ctx, access)
}

// endBreakGlassesDue ends those whose time is over, at most MaxSharingEndsPerBlock.
func (k *Keeper) endBreakGlassesDue(ctx context.Context, now time.Time) error {
	var due []uint64
	err := k.sharing.breakGlassQueue.Walk(ctx, nil, func(key collections.Pair[time.Time, uint64]) (bool, error) {
		if key.K1().After(now) || len(due) == types.MaxSharingEndsPerBlock {
			return true, nil
		}
		due = append(due, key.K2())
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, number := range due {
		access, err := k.sharing.breakGlasses.Get(ctx, number)
		if err != nil {
			return err
		}
		if err := k.endBreakGlass(ctx, access, access.ExpiresAt, access.ReviewBy); err != nil {
			return err
		}
		if err := emit(ctx, &types.EventBreakGlassEnded{BreakGlassId: number}); err != nil {
			return err
		}
	}
	return nil
}

// reviewBreakGlass files a review, also a late one: a regulator that was late must be able to go on.
func (k *Keeper) reviewBreakGlass(ctx context.Context, reviewer types.Operator, access types.BreakGlass, msg *types.MsgReviewBreakGlass) error {
	if err := domain.CheckBreakGlassTransition(access.Status, types.BreakGlassReviewed); err != nil {
		return err
	}
	if err := domain.CheckReviewer(access, reviewer); err != nil {
		return err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	if err := k.sharing.unreviewed.Remove(ctx, unreviewedKey(access)); err != nil {
		return err
	}
	access.Status, access.ReviewedBy = types.BreakGlassReviewed, reviewer.Address
	access.Justified, access.ReportDigest = msg.Justified, msg.ReportDigest
	if err := k.sharing.breakGlasses.Set(ctx, access.Id, access); err != nil {
		return err
	}
	pruneAt := sdk.UnwrapSDKContext(ctx).BlockTime().Add(params.Retention)
	if err := k.sharing.due.Set(ctx, collections.Join3(pruneAt, dueBreakGlassPrune, access.Id)); err != nil {
		return err
	}
	return emit(ctx, &types.EventBreakGlassReviewed{BreakGlassId: access.Id, Justified: msg.Justified, Operator: reviewer.Address})
}

func (k *Keeper) pruneBreakGlass(ctx context.Context, number uint64) error {
	access, err := k.sharing.breakGlasses.Get(ctx, number)
	if err != nil {
		return err
	}
	for _, scope := range []types.Scope{access.Regulator(), access.Subject.Scope()} {
		if err := k.sharing.breakGlassesOf.Remove(ctx, numberOf(scope, number)); err != nil {
			return err
		}
	}
	return k.sharing.breakGlasses.Remove(ctx, number)
}
