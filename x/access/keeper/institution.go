package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// VotingInstitutions are the ids of the active banks, central banks and members, sorted; at most
// MaxInstitutions.
func (k *Keeper) VotingInstitutions(ctx context.Context) ([]string, error) {
	var voters []string
	err := k.institutions.Walk(ctx, nil, func(id string, institution types.Institution) (bool, error) {
		if institution.Kind.Votes() && institution.Status == types.MemberStatus_MEMBER_STATUS_ACTIVE {
			voters = append(voters, id)
		}
		return false, nil
	})
	return voters, err
}

// registerInstitution admits an institution with its first administrator.
func (k *Keeper) registerInstitution(ctx context.Context, institution types.Institution, administrator string) error {
	if err := k.requireFreeID(ctx, institution.Id); err != nil {
		return err
	}
	if err := k.requireFreeIdentifiers(ctx, institution); err != nil {
		return err
	}
	if err := k.institutions.Set(ctx, institution.Id, institution); err != nil {
		return err
	}
	if err := emit(ctx, &types.EventInstitutionRegistered{
		InstitutionId: institution.Id,
		Kind:          institution.Kind,
		Administrator: administrator,
	}); err != nil {
		return err
	}
	return k.registerOperator(ctx, k.authority, types.Operator{
		Address:       administrator,
		InstitutionId: institution.Id,
		Roles:         []string{types.AdministratorRole},
		Status:        types.MemberStatus_MEMBER_STATUS_ACTIVE,
	})
}

func (k *Keeper) setInstitutionStatus(ctx context.Context, id string, status types.MemberStatus) error {
	institution, err := k.Institution(ctx, id)
	if err != nil {
		return err
	}
	old := institution.Status
	if err := domain.CheckTransition(old, status); err != nil {
		return err
	}
	institution.Status = status
	if err := k.institutions.Set(ctx, id, institution); err != nil {
		return err
	}
	return emit(ctx, &types.EventInstitutionStatusChanged{InstitutionId: id, OldStatus: old, NewStatus: status})
}

// requireFreeID keeps institutions and parties in one space of ids: settlement accounts are
// derived from the owner's id alone.
func (k *Keeper) requireFreeID(ctx context.Context, id string) error {
	if taken, err := k.institutions.Has(ctx, id); err != nil || taken {
		return takenOr(err, id, "an institution")
	}
	if taken, err := k.parties.Has(ctx, id); err != nil || taken {
		return takenOr(err, id, "a party")
	}
	return nil
}

func takenOr(err error, id, owner string) error {
	if err != nil {
		return err
	}
	return types.ErrIDTaken.Wrapf("%s is %s", id, owner)
}

// requireFreeIdentifiers walks the members, at most MaxInstitutions. An index would be read by
// nothing else: members are admitted a few times a year.
func (k *Keeper) requireFreeIdentifiers(ctx context.Context, added types.Institution) error {
	count := 0
	err := k.institutions.Walk(ctx, nil, func(id string, member types.Institution) (bool, error) {
		count++
		if shared := added.SharesIdentifier(member); shared != "" {
			return true, types.ErrIdentifierTaken.Wrapf("%s has the same %s", id, shared)
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	if count >= types.MaxInstitutions {
		return types.ErrTooManyInstitutions.Wrapf("at most %d", types.MaxInstitutions)
	}
	return nil
}
