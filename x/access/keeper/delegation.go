package keeper

import (
	"context"
	"errors"
	"slices"
	"time"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

type (
	// delegationKey is (delegate, delegator, role): what was lent to one operator lies together.
	delegationKey = collections.Triple[[]byte, []byte, string]
	// spendingKey is (whose day, currency); see dayKey.
	spendingKey = collections.Pair[[]byte, string]
)

// authorityStore is what judging a question reads besides who is who.
type authorityStore struct {
	policies    collections.Map[partyKey, types.ApprovalPolicies]
	delegations collections.Map[delegationKey, types.Delegation]
	// spending is overwritten each day: one record for each person, or key without holder, and currency, where
	// a limit or a policy looks at the day.
	spending collections.Map[spendingKey, types.DailySpending]
}

func newAuthorityStore(sb *collections.SchemaBuilder, cdc codec.BinaryCodec) authorityStore {
	return authorityStore{
		policies: collections.NewMap(sb, types.PoliciesPrefix, "policies",
			collections.PairKeyCodec(collections.StringKey, collections.StringKey), codec.CollValue[types.ApprovalPolicies](cdc)),
		delegations: collections.NewMap(sb, types.DelegationsPrefix, "delegations",
			collections.TripleKeyCodec(collections.BytesKey, collections.BytesKey, collections.StringKey), codec.CollValue[types.Delegation](cdc)),
		spending: collections.NewMap(sb, types.SpendingPrefix, "spending",
			collections.PairKeyCodec(collections.BytesKey, collections.StringKey), codec.CollValue[types.DailySpending](cdc)),
	}
}

// approver loads an operator who may approve what the maker proposes: known and active, with a holder,
// acting for a scope that covers the maker's. Its roles are its own and those that it was lent and may use
// now. Whether they are enough is asked by Require.
func (k *Keeper) approver(ctx context.Context, text string, maker types.Actor) (types.Approver, error) {
	address, err := k.decode(text)
	if err != nil {
		return types.Approver{}, err
	}
	operator, err := k.activeOperator(ctx, address)
	if err != nil {
		return types.Approver{}, err
	}
	if operator.Holder == "" {
		return types.Approver{}, types.ErrHolderMissing.Wrap(operator.Address)
	}
	if !operator.Scope().Covers(maker.Scope()) {
		return types.Approver{}, types.ErrScopeDenied.Wrapf("%s: institution %.40q, party %.70q", operator.Address, maker.InstitutionID, maker.PartyID)
	}
	ids, err := k.rolesNow(ctx, address, operator)
	if err != nil {
		return types.Approver{}, err
	}
	roles, err := k.rolesOf(ctx, ids)
	if err != nil {
		return types.Approver{}, err
	}
	return types.Approver{Operator: operator, Roles: ids, Permissions: domain.Permissions(roles)}, nil
}

// rolesNow are the ids of the roles that an operator holds for its whole scope and of those that it was
// lent and may use now; sorted, each once.
func (k *Keeper) rolesNow(ctx context.Context, address sdk.AccAddress, operator types.Operator) ([]string, error) {
	ids := slices.Clone(operator.Roles)
	lent, err := k.lentTo(ctx, address, operator)
	if err != nil {
		return nil, err
	}
	for _, delegation := range lent {
		ids = append(ids, delegation.RoleId)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// lentTo are the delegations that an operator may use now, at most MaxDelegationsPerOperator.
func (k *Keeper) lentTo(ctx context.Context, address sdk.AccAddress, operator types.Operator) ([]types.Delegation, error) {
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	all, err := k.delegationsTo(ctx, address)
	if err != nil {
		return nil, err
	}
	var usable []types.Delegation
	for _, delegation := range all {
		holds, err := k.delegationHolds(ctx, delegation, operator, now)
		if err != nil {
			return nil, err
		}
		if holds {
			usable = append(usable, delegation)
		}
	}
	return usable, nil
}

// delegationHolds asks that its time is now, and that the lender is active, of the same scope, and has the
// role itself: a role that was lent to the lender is not among its own.
func (k *Keeper) delegationHolds(ctx context.Context, delegation types.Delegation, delegate types.Operator, now time.Time) (bool, error) {
	if !delegation.ValidAt(now) {
		return false, nil
	}
	delegator, err := k.operator(ctx, delegation.Delegator)
	if errors.Is(err, types.ErrOperatorNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return domain.MayLend(delegator, delegate, delegation.RoleId), nil
}

// delegationsTo are all delegations to an operator, expired ones included.
func (k *Keeper) delegationsTo(ctx context.Context, delegate sdk.AccAddress) ([]types.Delegation, error) {
	var all []types.Delegation
	err := k.delegations.Walk(ctx, collections.NewPrefixedTripleRange[[]byte, []byte, string](delegate),
		func(_ delegationKey, delegation types.Delegation) (bool, error) {
			all = append(all, delegation)
			return false, nil
		})
	return all, err
}

// delegate lends a role of the lender's own. It takes the place of an earlier delegation of the same role
// by the same lender to the same operator.
func (k *Keeper) delegate(ctx context.Context, actor types.Actor, delegation types.Delegation) error {
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	if !delegation.ExpiresAt.After(now) {
		return types.ErrInvalidDelegation.Wrap("it has expired already")
	}
	lender, err := k.operator(ctx, actor.Address)
	if err != nil {
		return err
	}
	target, err := k.operator(ctx, delegation.Delegate)
	if err != nil {
		return err
	}
	delegation.Delegator, delegation.Delegate = lender.Address, target.Address
	if err := domain.CheckDelegation(delegation, lender, target); err != nil {
		return err
	}
	if err := k.makeRoom(ctx, delegation, now); err != nil {
		return err
	}
	if err := k.storeDelegation(ctx, delegation); err != nil {
		return err
	}
	return emit(ctx, &types.EventDelegated{
		Delegator: delegation.Delegator, Delegate: delegation.Delegate, RoleId: delegation.RoleId, ExpiresAt: delegation.ExpiresAt,
	})
}

// makeRoom drops what has expired of what was lent to an operator, and keeps the rest below its bound.
func (k *Keeper) makeRoom(ctx context.Context, next types.Delegation, now time.Time) error {
	address, err := k.decode(next.Delegate)
	if err != nil {
		return err
	}
	all, err := k.delegationsTo(ctx, address)
	if err != nil {
		return err
	}
	stay := 0
	for _, old := range all {
		if old.ExpiresAt.After(now) && (old.Delegator != next.Delegator || old.RoleId != next.RoleId) {
			stay++
			continue
		}
		if err := k.removeDelegation(ctx, old); err != nil {
			return err
		}
	}
	if stay >= types.MaxDelegationsPerOperator {
		return types.ErrInvalidDelegation.Wrapf("%s was lent %d roles already, the most", next.Delegate, stay)
	}
	return nil
}

// revokeDelegation ends a delegation for its lender, its delegate, or an administrator of their scope.
func (k *Keeper) revokeDelegation(ctx context.Context, actor types.Actor, msg *types.MsgRevokeDelegation) error {
	key, err := k.delegationKey(msg.Delegate, msg.Delegator, msg.RoleId)
	if err != nil {
		return err
	}
	delegation, err := k.delegations.Get(ctx, key)
	if errors.Is(err, collections.ErrNotFound) {
		return types.ErrDelegationNotFound.Wrapf("role %.40q to %.100q by %.100q", msg.RoleId, msg.Delegate, msg.Delegator)
	}
	if err != nil {
		return err
	}
	if actor.Address != delegation.Delegator && actor.Address != delegation.Delegate {
		target, err := k.operator(ctx, delegation.Delegate)
		if err != nil {
			return err
		}
		if _, err := k.authorise(ctx, types.Ask{Operator: actor.Address, Permission: types.PermissionOperator, Scope: target.Scope()}); err != nil {
			return err
		}
	}
	if err := k.delegations.Remove(ctx, key); err != nil {
		return err
	}
	return emit(ctx, &types.EventDelegationRevoked{
		Delegator: delegation.Delegator, Delegate: delegation.Delegate, RoleId: delegation.RoleId, Operator: actor.Address,
	})
}

func (k *Keeper) delegationKey(delegate, delegator, role string) (delegationKey, error) {
	to, err := k.decode(delegate)
	if err != nil {
		return delegationKey{}, err
	}
	from, err := k.decode(delegator)
	return collections.Join3([]byte(to), []byte(from), role), err
}

func (k *Keeper) storeDelegation(ctx context.Context, delegation types.Delegation) error {
	key, err := k.delegationKey(delegation.Delegate, delegation.Delegator, delegation.RoleId)
	if err != nil {
		return err
	}
	return k.delegations.Set(ctx, key, delegation)
}

func (k *Keeper) removeDelegation(ctx context.Context, delegation types.Delegation) error {
	key, err := k.delegationKey(delegation.Delegate, delegation.Delegator, delegation.RoleId)
	if err != nil {
		return err
	}
	return k.delegations.Remove(ctx, key)
}

// moveAuthority gives a new key what hangs on the old one besides its record: what it was lent and has
// lent, and what it has moved today if that is not its holder's. Both keys are registered in the same scope. It walks the operators of
// the scope: what was lent lies under who got it.
func (k *Keeper) moveAuthority(ctx context.Context, before, after types.Operator) error {
	from, err := k.decode(before.Address)
	if err != nil {
		return err
	}
	moved, err := k.delegationsTo(ctx, from)
	if err != nil {
		return err
	}
	scope := collections.NewSuperPrefixedTripleRange[string, string, []byte](before.InstitutionId, before.PartyId)
	err = k.operatorsOfScope.Walk(ctx, scope, func(key operatorKey) (bool, error) {
		lent := collections.NewSuperPrefixedTripleRange[[]byte, []byte, string](key.K3(), from)
		return false, k.delegations.Walk(ctx, lent, func(_ delegationKey, delegation types.Delegation) (bool, error) {
			moved = append(moved, delegation)
			return false, nil
		})
	})
	if err != nil {
		return err
	}
	for _, delegation := range moved {
		if err := k.removeDelegation(ctx, delegation); err != nil {
			return err
		}
		if delegation.Delegator == before.Address {
			delegation.Delegator = after.Address
		} else {
			delegation.Delegate = after.Address
		}
		if err := k.storeDelegation(ctx, delegation); err != nil {
			return err
		}
	}
	return k.moveSpending(ctx, before, after)
}
