package keeper

import (
	"context"
	"errors"
	"slices"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// Require answers whether an operator may do something about a scope: it, its institution and its
// party are active; one of its roles gives the permission; it acts for the scope; and the scope's
// institution and party are registered and active. OwnScope stands for what the operator acts for.
// Denied by default.
func (k *Keeper) Require(ctx context.Context, operator, permission string, scope types.Scope) (types.Actor, error) {
	actor, err := k.authorise(ctx, operator, permission, scope)
	if err != nil {
		return types.Actor{}, err
	}
	if scope == actor.Scope() || scope == types.OwnScope {
		return actor, nil // authorise has just seen that its own scope is active
	}
	institution, party, err := k.scopeRecords(ctx, scope)
	if err != nil {
		return types.Actor{}, err
	}
	if err := domain.CheckScopeActive(institution, party); err != nil {
		return types.Actor{}, err
	}
	return actor, nil
}

// authorise is Require without the question whether the scope is active: a suspended party must
// remain manageable, or nobody could restore it or close its keys.
func (k *Keeper) authorise(ctx context.Context, text, permission string, scope types.Scope) (types.Actor, error) {
	address, err := k.decode(text)
	if err != nil {
		return types.Actor{}, err
	}
	operator, institution, err := k.activeOperator(ctx, address)
	if err != nil {
		return types.Actor{}, err
	}
	if err := k.requirePermission(ctx, operator, permission); err != nil {
		return types.Actor{}, err
	}
	if scope != types.OwnScope && !operator.Scope().Covers(scope) {
		return types.Actor{}, types.ErrScopeDenied.Wrapf("%s: institution %.40q, party %.70q", operator.Address, scope.InstitutionID, scope.PartyID)
	}
	return types.Actor{
		Address:       operator.Address,
		InstitutionID: operator.InstitutionId,
		PartyID:       operator.PartyId,
		Kind:          institution.Kind,
	}, nil
}

// activeOperator loads an operator that may act at all.
func (k *Keeper) activeOperator(ctx context.Context, address sdk.AccAddress) (types.Operator, types.Institution, error) {
	operator, err := k.operatorAt(ctx, address)
	if err != nil {
		return types.Operator{}, types.Institution{}, err
	}
	institution, party, err := k.scopeRecords(ctx, operator.Scope())
	if err != nil {
		return types.Operator{}, types.Institution{}, err
	}
	if err := domain.CheckStanding(operator, institution, party); err != nil {
		return types.Operator{}, types.Institution{}, err
	}
	return operator, institution, nil
}

// requirePermission reads roles until one gives the permission; most operators have one or two.
func (k *Keeper) requirePermission(ctx context.Context, operator types.Operator, permission string) error {
	for _, id := range operator.Roles {
		role, err := k.role(ctx, id)
		if err != nil {
			return err
		}
		if slices.Contains(role.Permissions, permission) {
			return nil
		}
	}
	return types.ErrPermissionDenied.Wrapf("%s lacks %s", operator.Address, permission)
}

// AdmitSigner lets a transaction in: its signer is a known operator, active with its institution
// and party, and has not used up its quota of this block. It counts the units. It reads 2 to 4
// records and writes none that is Merklised; whether a simulated or rechecked transaction counts
// is the caller's matter.
func (k *Keeper) AdmitSigner(ctx context.Context, signer sdk.AccAddress, units uint64) error {
	operator, _, err := k.activeOperator(ctx, signer)
	if err != nil {
		return err
	}
	quota, err := k.quotaOf(ctx, operator)
	if err != nil {
		return err
	}
	used, err := k.unitsUsed.Get(ctx, signer)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	used, err = domain.UseQuota(used, units, quota)
	if err != nil {
		return err
	}
	return k.unitsUsed.Set(ctx, signer, used)
}

// quotaOf reads the settings only for an operator without a quota of its own.
func (k *Keeper) quotaOf(ctx context.Context, operator types.Operator) (uint64, error) {
	if operator.QuotaPerBlock != 0 {
		return operator.QuotaPerBlock, nil
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return 0, err
	}
	return domain.EffectiveQuota(operator, params), nil
}

// requireAuthority refuses anyone but the collective decisions.
func (k *Keeper) requireAuthority(address string) error {
	if address != k.authority {
		return types.ErrNotAuthority.Wrapf("%s is needed, not %.100q", k.authority, address)
	}
	return nil
}
