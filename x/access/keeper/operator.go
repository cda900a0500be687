package keeper

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// appointOperator registers an operator on behalf of another, who gives nothing that it lacks.
func (k *Keeper) appointOperator(ctx context.Context, actor types.Actor, operator types.Operator) error {
	giver, err := k.operator(ctx, actor.Address)
	if err != nil {
		return err
	}
	if operator, err = k.normalised(operator); err != nil {
		return err
	}
	if err := k.requireGrant(ctx, giver, types.Operator{}, operator); err != nil {
		return err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	if err := domain.CheckQuotaGrant(giver, operator, params); err != nil {
		return err
	}
	return k.registerOperator(ctx, actor.Address, operator)
}

// normalised is an operator's record as it is stored: addresses in lower case, every list sorted. An account
// that is named in two spellings is refused.
func (k *Keeper) normalised(operator types.Operator) (types.Operator, error) {
	operator.Roles = domain.SortedIDs(operator.Roles)
	operator.Limits = types.SortedLimits(operator.Limits)
	accounts := slices.Clone(operator.AccountRoles)
	for at := range accounts {
		address, err := k.decode(accounts[at].Account)
		if err != nil {
			return operator, err
		}
		if accounts[at].Account, err = k.addresses.BytesToString(address); err != nil {
			return operator, types.ErrInvalidAddress.Wrap(err.Error())
		}
		accounts[at].Roles = domain.SortedIDs(accounts[at].Roles)
	}
	slices.SortFunc(accounts, func(a, b types.AccountRoles) int { return strings.Compare(a.Account, b.Account) })
	for at := 1; at < len(accounts); at++ {
		if accounts[at].Account == accounts[at-1].Account {
			return operator, types.ErrInvalidOperator.Wrapf("account %s is repeated", accounts[at].Account)
		}
	}
	operator.AccountRoles = accounts
	return operator, nil
}

// registerOperator writes a new operator; by is the operator, or the authority, who registers.
func (k *Keeper) registerOperator(ctx context.Context, by string, operator types.Operator) error {
	if _, err := k.rolesOf(ctx, operator.Roles); err != nil {
		return err
	}
	operator, err := k.insertOperator(ctx, operator)
	if err != nil {
		return err
	}
	return emit(ctx, &types.EventOperatorRegistered{
		Address:       operator.Address,
		InstitutionId: operator.InstitutionId,
		PartyId:       operator.PartyId,
		Roles:         operator.Roles,
		Operator:      by,
	})
}

// insertOperator writes a new operator, its index and count, and opens its account. It returns the
// record as stored: address in lower case, roles sorted. One with a successor has left its place to it.
func (k *Keeper) insertOperator(ctx context.Context, operator types.Operator) (types.Operator, error) {
	address, err := k.freeAddress(ctx, operator.Address)
	if err != nil {
		return types.Operator{}, err
	}
	if operator.Address, err = k.addresses.BytesToString(address); err != nil {
		return types.Operator{}, types.ErrInvalidAddress.Wrap(err.Error())
	}
	if operator, err = k.normalised(operator); err != nil {
		return types.Operator{}, err
	}
	if operator.Successor != "" {
		return operator, k.operators.Set(ctx, address, operator)
	}
	if err := k.countOperator(ctx, operator.Scope()); err != nil {
		return types.Operator{}, err
	}
	if err := k.operators.Set(ctx, address, operator); err != nil {
		return types.Operator{}, err
	}
	key := collections.Join3(operator.InstitutionId, operator.PartyId, []byte(address))
	if err := k.operatorsOfScope.Set(ctx, key); err != nil {
		return types.Operator{}, err
	}
	return operator, k.accounts.EnsureAccount(ctx, address)
}

// freeAddress decodes the address of a new operator. The authority is not a key: as an operator it
// would be subject to quotas and suspension.
func (k *Keeper) freeAddress(ctx context.Context, text string) (sdk.AccAddress, error) {
	address, err := k.decode(text)
	if err != nil {
		return nil, err
	}
	authority, err := k.decode(k.authority)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(address, authority) {
		return nil, types.ErrInvalidOperator.Wrap("the address of the collective decisions cannot be an operator")
	}
	taken, err := k.operators.Has(ctx, address)
	if err != nil {
		return nil, err
	}
	if taken {
		return nil, types.ErrOperatorExists.Wrapf("%.100q", text)
	}
	return address, nil
}

// countOperator keeps the operators of a scope below their bound. Closed ones count: their index
// entries are walked as well.
func (k *Keeper) countOperator(ctx context.Context, scope types.Scope) error {
	key := collections.Join(scope.InstitutionID, scope.PartyID)
	count, err := k.operatorCounts.Get(ctx, key)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	if count >= types.MaxOperatorsPerScope {
		return types.ErrTooManyOperators.Wrapf("institution %s, party %q: at most %d", scope.InstitutionID, scope.PartyID, types.MaxOperatorsPerScope)
	}
	return k.operatorCounts.Set(ctx, key, count+1)
}

// setOperatorRoles replaces an operator's roles. Only what is added must be held by the giver:
// taking away is never an escalation.
func (k *Keeper) setOperatorRoles(ctx context.Context, actor types.Actor, target types.Operator, msg *types.MsgSetOperatorRoles) error {
	changed := target
	changed.Roles, changed.AccountRoles = msg.Roles, msg.AccountRoles
	changed, err := k.normalised(changed)
	if err != nil {
		return err
	}
	giver, err := k.operator(ctx, actor.Address)
	if err != nil {
		return err
	}
	if err := k.requireGrant(ctx, giver, target, changed); err != nil {
		return err
	}
	if err := k.requireAdministratorLeft(ctx, target, changed); err != nil {
		return err
	}
	if err := k.setOperator(ctx, changed); err != nil {
		return err
	}
	return emit(ctx, &types.EventOperatorRolesChanged{
		Address:  target.Address,
		OldRoles: target.Roles,
		NewRoles: changed.Roles,
		Operator: actor.Address,
	})
}

// setOperatorLimits replaces what an operator may move.
func (k *Keeper) setOperatorLimits(ctx context.Context, actor types.Actor, target types.Operator, limits []types.Limit) error {
	giver, err := k.operator(ctx, actor.Address)
	if err != nil {
		return err
	}
	target.Limits = types.SortedLimits(limits)
	if err := domain.CheckLimitGrant(giver.Limits, target.Limits); err != nil {
		return err
	}
	if err := k.setOperator(ctx, target); err != nil {
		return err
	}
	return emit(ctx, &types.EventOperatorLimitsChanged{Address: target.Address, Operator: actor.Address})
}

// setOperatorHolder names the person who holds a key, once: who could change it would approve what the
// same person proposed.
func (k *Keeper) setOperatorHolder(ctx context.Context, actor types.Actor, target types.Operator, holder string) error {
	if target.Holder != "" {
		return types.ErrHolderSet.Wrap(target.Address)
	}
	held := target
	held.Holder = holder
	if err := k.setOperator(ctx, held); err != nil {
		return err
	}
	// What the key has moved today was its own so far.
	if err := k.moveSpending(ctx, target, held); err != nil {
		return err
	}
	return emit(ctx, &types.EventOperatorHolderSet{Address: target.Address, Operator: actor.Address})
}

// setOperatorStatus changes an operator's standing. Restoring one gives its roles back, so the
// giver must hold what they give.
func (k *Keeper) setOperatorStatus(ctx context.Context, actor types.Actor, target types.Operator, status types.MemberStatus) error {
	if err := domain.CheckTransition(target.Status, status); err != nil {
		return err
	}
	changed := target
	changed.Status = status
	if status == types.MemberStatus_MEMBER_STATUS_ACTIVE {
		giver, err := k.operator(ctx, actor.Address)
		if err != nil {
			return err
		}
		if err := k.requireGrant(ctx, giver, types.Operator{}, target); err != nil {
			return err
		}
	}
	if err := k.requireAdministratorLeft(ctx, target, changed); err != nil {
		return err
	}
	if err := k.setOperator(ctx, changed); err != nil {
		return err
	}
	return emit(ctx, &types.EventOperatorStatusChanged{
		Address:   target.Address,
		OldStatus: target.Status,
		NewStatus: status,
		Operator:  actor.Address,
	})
}

// requireGrant refuses to give what the giver lacks: permissions that it does not hold by roles of its own,
// which lent ones are not, and amounts above its own limits. What the operator had before is not given.
func (k *Keeper) requireGrant(ctx context.Context, giver, before, after types.Operator) error {
	granted, err := k.rolesOf(ctx, domain.Added(before.Roles, after.Roles))
	if err != nil {
		return err
	}
	if err := domain.CheckRoleScope(after.Scope(), granted); err != nil {
		return err
	}
	forAccounts, err := k.rolesOf(ctx, domain.AddedForAccounts(before, after))
	if err != nil {
		return err
	}
	granted = append(granted, forAccounts...)
	own, err := k.rolesOf(ctx, giver.Roles)
	if err != nil {
		return err
	}
	if err := domain.CheckGrant(domain.Permissions(own), granted); err != nil || len(granted) == 0 {
		return err
	}
	return domain.CheckLimitGrant(giver.Limits, after.Limits)
}

// requireAdministratorLeft refuses a change that takes the last active administrator from an
// institution, or from a party that has one.
func (k *Keeper) requireAdministratorLeft(ctx context.Context, before, after types.Operator) error {
	known := map[string]types.Role{}
	was, err := k.isAdministrator(ctx, before, known)
	if err != nil || !was {
		return err
	}
	stays, err := k.isAdministrator(ctx, after, known)
	if err != nil || stays {
		return err
	}
	other, err := k.hasOtherAdministrator(ctx, before, known)
	if err != nil {
		return err
	}
	if !other {
		return types.ErrLastAdministrator.Wrapf("%s is the last of institution %s, party %q", before.Address, before.InstitutionId, before.PartyId)
	}
	return nil
}

func (k *Keeper) isAdministrator(ctx context.Context, operator types.Operator, known map[string]types.Role) (bool, error) {
	roles, err := k.rolesKnown(ctx, operator.Roles, known)
	if err != nil {
		return false, err
	}
	return domain.IsAdministrator(operator, roles), nil
}

// hasOtherAdministrator walks the operators of a scope, at most MaxOperatorsPerScope, until it
// finds one. A stored count of administrators would have to follow every redefinition of a role.
func (k *Keeper) hasOtherAdministrator(
	ctx context.Context, operator types.Operator, known map[string]types.Role,
) (bool, error) {
	found := false
	scope := collections.NewSuperPrefixedTripleRange[string, string, []byte](operator.InstitutionId, operator.PartyId)
	err := k.operatorsOfScope.Walk(ctx, scope, func(key operatorKey) (bool, error) {
		other, err := k.operatorAt(ctx, key.K3())
		if err != nil || other.Address == operator.Address {
			return false, err
		}
		found, err = k.isAdministrator(ctx, other, known)
		return found, err
	})
	return found, err
}
