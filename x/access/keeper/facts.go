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

// loadFacts reads what one question needs, and of that no more than the question needs: delegations only
// if no role of the operator's own gives the permission, settings only for a party, or where a limit or policy
// looks at the day. What is
// not registered is a fact; an error here is one of the store.
func (k *Keeper) loadFacts(ctx context.Context, ask *types.Ask, facts *domain.Facts) error {
	address, err := k.loadOperator(ctx, ask.Operator, facts)
	if err != nil || facts.OperatorErr != nil {
		return err
	}
	if err := k.loadPermission(ctx, address, ask, facts); err != nil {
		return err
	}
	if err := k.loadAsked(ctx, ask.Scope, facts); err != nil {
		return err
	}
	policies, err := k.policiesOf(ctx, facts.Operator.Scope())
	if err != nil {
		return err
	}
	facts.Policies = policies.Policies
	return k.loadLimits(ctx, ask.Money, facts)
}

// loadOperator reads an operator, its institution, and its party if it has one.
func (k *Keeper) loadOperator(ctx context.Context, text string, facts *domain.Facts) (sdk.AccAddress, error) {
	address, err := k.decode(text)
	if err != nil {
		facts.OperatorErr = err
		return nil, nil
	}
	facts.Operator, err = k.operatorAt(ctx, address)
	if errors.Is(err, types.ErrOperatorNotFound) {
		facts.OperatorErr = err
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	facts.Institution, facts.Party, err = k.scopeRecords(ctx, facts.Operator.Scope())
	return address, err
}

// loadPermission reads roles until one gives the permission: most operators have one or two.
func (k *Keeper) loadPermission(ctx context.Context, address sdk.AccAddress, ask *types.Ask, facts *domain.Facts) error {
	if ask.Permission == types.AnyOperator || ask.Permission == types.CollectiveDecision {
		return nil
	}
	var err error
	if facts.Role, err = k.roleGiving(ctx, facts.Operator.Roles, ask.Permission); err != nil || facts.Role != "" {
		return err
	}
	if ask.Account != "" {
		roles := facts.Operator.RolesFor(ask.Account)
		if facts.AccountRole, err = k.roleGiving(ctx, roles, ask.Permission); err != nil || facts.AccountRole != "" {
			return err
		}
	}
	lent, err := k.lentTo(ctx, address, facts.Operator)
	if err != nil {
		return err
	}
	for _, delegation := range lent {
		role, err := k.roleGiving(ctx, []string{delegation.RoleId}, ask.Permission)
		if err != nil {
			return err
		}
		if role != "" {
			facts.Lent = append(facts.Lent, delegation)
		}
	}
	return nil
}

// roleGiving is the id of the first role that gives a permission, or empty.
func (k *Keeper) roleGiving(ctx context.Context, ids []string, permission string) (string, error) {
	for _, id := range ids {
		role, err := k.role(ctx, id)
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(role.Permissions, func(held string) bool { return types.PermissionGives(held, permission) }) {
			return id, nil
		}
	}
	return "", nil
}

// loadAsked reads what stands at the asked scope, unless it is the operator's own or none of its business:
// nobody learns from a refusal what stands elsewhere.
func (k *Keeper) loadAsked(ctx context.Context, scope types.Scope, facts *domain.Facts) error {
	own := facts.Operator.Scope()
	if scope == types.OwnScope || scope == own || !own.Covers(scope) || facts.ScopeMayRest {
		return nil
	}
	institution, party, err := k.scopeRecords(ctx, scope)
	if errors.Is(err, types.ErrInstitutionNotFound) || errors.Is(err, types.ErrPartyNotFound) {
		facts.Asked = &domain.Asked{Err: err}
		return nil
	}
	facts.Asked = &domain.Asked{Institution: institution, Party: party}
	return err
}

// loadLimits reads the KYC rule of the operator's party, and what was spent today if a limit or policy looks at
// the day.
func (k *Keeper) loadLimits(ctx context.Context, money types.Money, facts *domain.Facts) error {
	if facts.Party == nil && !facts.NeedsDay(money) {
		return nil
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	if facts.Party != nil {
		facts.Kyc = params.KycRule(facts.Party.KycLevel)
	}
	if facts.Daily = facts.NeedsDay(money); !facts.Daily {
		return nil
	}
	facts.Day = params.Day(sdk.UnwrapSDKContext(ctx).BlockTime())
	key, err := k.dayKey(facts.Operator.Spender(), money.Currency)
	if err != nil {
		return err
	}
	facts.Spent, err = k.spentOn(ctx, key, facts.Day)
	return err
}

// policiesOf are the approval policies that bind the operators of a scope; none by default.
func (k *Keeper) policiesOf(ctx context.Context, scope types.Scope) (types.ApprovalPolicies, error) {
	policies, err := k.policies.Get(ctx, collections.Join(scope.InstitutionID, scope.PartyID))
	if errors.Is(err, collections.ErrNotFound) {
		return types.ApprovalPolicies{InstitutionId: scope.InstitutionID, PartyId: scope.PartyID}, nil
	}
	return policies, err
}
