package keeper

import (
	"context"
	"slices"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// forClaimant asks whether an operator may act for a claimant: its own, that of the institution that serves it, or
// that of a regulator who helps those who cannot act themselves.
func (k *Keeper) forClaimant(ctx context.Context, operator string, claimant accesstypes.Member) (accesstypes.Actor, error) {
	scope, err := k.deps.Access.ScopeOf(ctx, operator)
	if err != nil {
		return accesstypes.Actor{}, err
	}
	if scope.Covers(claimant.Scope()) || scope == (accesstypes.Scope{}) {
		return k.ofClaimant(ctx, operator, claimant)
	}
	actor, err := k.deps.Access.Require(ctx, accesstypes.Ask{Operator: operator, Permission: types.PermissionAssist, Scope: accesstypes.OwnScope})
	if err != nil {
		return accesstypes.Actor{}, err
	}
	if actor.Kind != accesstypes.InstitutionKind_INSTITUTION_KIND_REGULATOR {
		return accesstypes.Actor{}, types.ErrNotSide.Wrapf("%s does not act for %s", operator, claimant.Text())
	}
	return actor, nil
}

// ofClaimant is forClaimant without the regulator: who helps gives nothing up.
func (k *Keeper) ofClaimant(ctx context.Context, operator string, claimant accesstypes.Member) (accesstypes.Actor, error) {
	return k.deps.Access.Require(ctx, accesstypes.Ask{Operator: operator, Permission: types.PermissionFile, Scope: claimant.Scope()})
}

// forRespondent asks whether an operator may act for the respondent, with a permission; who did what is disputed may
// not (CBIRC 2020 No. 3: who handles a complaint has no interest in it).
func (k *Keeper) forRespondent(ctx context.Context, operator string, c types.Case) (accesstypes.Actor, error) {
	actor, err := k.deps.Access.Require(ctx, accesstypes.Ask{Operator: operator, Permission: types.PermissionAnswer, Scope: c.Respondent.Scope()})
	if err != nil {
		return actor, err
	}
	return actor, k.checkHandler(ctx, actor, c)
}

func (k *Keeper) checkHandler(ctx context.Context, actor accesstypes.Actor, c types.Case) error {
	if actor.Address == c.Operator {
		return types.ErrHandlerInvolved.Wrapf("%s filed the case", actor.Address)
	}
	if c.Kind != types.MatterRating && c.Kind != types.MatterAttestation {
		return nil
	}
	facts, err := k.factsOf(ctx, c)
	if err != nil {
		return err
	}
	for _, known := range facts {
		if known.Attestation != nil && known.Attestation.Operator == actor.Address || known.Rating != nil && known.Rating.Operator == actor.Address {
			return types.ErrHandlerInvolved.Wrapf("%s", actor.Address)
		}
	}
	return nil
}

// forAll asks whether an operator may act for all claimants: it acts for a representative who has not left.
func (k *Keeper) forAll(ctx context.Context, operator string, c types.Case) (accesstypes.Member, accesstypes.Actor, error) {
	representative, err := k.representedBy(ctx, operator, c)
	if err != nil {
		return accesstypes.Member{}, accesstypes.Actor{}, err
	}
	actor, err := k.forClaimant(ctx, operator, representative)
	return representative, actor, err
}

// representedBy is the representative that an operator acts for: the first whom it covers. A regulator's operator
// covers none, and stands for the first.
func (k *Keeper) representedBy(ctx context.Context, operator string, c types.Case) (accesstypes.Member, error) {
	scope, err := k.deps.Access.ScopeOf(ctx, operator)
	if err != nil {
		return accesstypes.Member{}, err
	}
	first, concerned := accesstypes.Member{}, false
	for _, claimant := range c.Claimants {
		if claimant.Left {
			continue
		}
		covered := scope.Covers(claimant.Member.Scope())
		concerned = concerned || covered
		if !claimant.Representative {
			continue
		}
		if covered {
			return claimant.Member, nil
		}
		if first == (accesstypes.Member{}) {
			first = claimant.Member
		}
	}
	if concerned {
		return accesstypes.Member{}, types.ErrNotRepresentative.Wrapf("case %d", c.Id)
	}
	return first, nil
}

// side is who acts in a case: a claimant for all, or the respondent.
type side struct {
	member     accesstypes.Member
	isClaimant bool
	actor      accesstypes.Actor
}

// eitherSide finds the side of an operator and asks whether it may act for it.
func (k *Keeper) eitherSide(ctx context.Context, operator string, c types.Case) (side, error) {
	scope, err := k.deps.Access.ScopeOf(ctx, operator)
	if err != nil {
		return side{}, err
	}
	// An institution may stand on both sides by its customers: it acts for the claimant first, as its own customers
	// expect; the respondent's own operators have that scope alone.
	isClaimants := slices.ContainsFunc(c.Claimants, func(claimant types.Claimant) bool { return scope.Covers(claimant.Member.Scope()) })
	if scope.Covers(c.Respondent.Scope()) && !isClaimants {
		actor, err := k.forRespondent(ctx, operator, c)
		return side{member: c.Respondent, actor: actor}, err
	}
	member, actor, err := k.forAll(ctx, operator, c)
	return side{member: member, isClaimant: true, actor: actor}, err
}
