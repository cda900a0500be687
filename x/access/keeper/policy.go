package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// setPolicies replaces the policies of a scope. The old ones were asked by Require, if they bind the use of
// access.policy.
func (k *Keeper) setPolicies(ctx context.Context, actor types.Actor, policies types.ApprovalPolicies) error {
	lockouts, err := k.lockouts(ctx, policies)
	if err != nil {
		return err
	}
	if len(lockouts) > 0 {
		return lockouts[0].Err
	}
	if err := k.storePolicies(ctx, policies); err != nil {
		return err
	}
	ids := make([]string, len(policies.Policies))
	for at, policy := range policies.Policies {
		ids[at] = policy.Id
	}
	return emit(ctx, &types.EventPoliciesSet{
		InstitutionId: policies.InstitutionId, PartyId: policies.PartyId, Policies: ids, Operator: actor.Address,
	})
}

// lockouts are the policies that the people of their scope could not meet. It refuses roles that nobody has
// defined.
func (k *Keeper) lockouts(ctx context.Context, policies types.ApprovalPolicies) ([]types.Lockout, error) {
	for _, policy := range policies.Policies {
		if _, err := k.rolesOf(ctx, policy.Roles); err != nil {
			return nil, err
		}
	}
	people, err := k.peopleOf(ctx, policies.Scope())
	if err != nil {
		return nil, err
	}
	var lockouts []types.Lockout
	for _, policy := range policies.Policies {
		if err := domain.CheckCanBeMet(policy, people); err != nil {
			lockouts = append(lockouts, types.Lockout{Policy: policy.Id, Err: err})
		}
	}
	return lockouts, nil
}

// storePolicies writes the policies of a scope. None leave no record.
func (k *Keeper) storePolicies(ctx context.Context, policies types.ApprovalPolicies) error {
	key := collections.Join(policies.InstitutionId, policies.PartyId)
	if len(policies.Policies) == 0 {
		return k.policies.Remove(ctx, key)
	}
	return k.policies.Set(ctx, key, policies)
}

// peopleOf are the active operators of a scope itself who have a holder, with what their own roles give. It
// walks at most MaxOperatorsPerScope.
func (k *Keeper) peopleOf(ctx context.Context, scope types.Scope) ([]types.Approver, error) {
	var people []types.Approver
	known := map[string]types.Role{}
	keys := collections.NewSuperPrefixedTripleRange[string, string, []byte](scope.InstitutionID, scope.PartyID)
	err := k.operatorsOfScope.Walk(ctx, keys, func(key operatorKey) (bool, error) {
		operator, err := k.operatorAt(ctx, key.K3())
		if err != nil || operator.Holder == "" || operator.Status != types.MemberStatus_MEMBER_STATUS_ACTIVE {
			return false, err
		}
		roles, err := k.rolesKnown(ctx, operator.Roles, known)
		people = append(people, types.Approver{Operator: operator, Roles: operator.Roles, Permissions: domain.Permissions(roles)})
		return false, err
	})
	return people, err
}
