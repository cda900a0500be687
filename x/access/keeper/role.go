package keeper

import (
	"context"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

// defineRole creates a role or replaces its permissions, for everyone who holds it, at once.
func (k *Keeper) defineRole(ctx context.Context, role types.Role) error {
	role.Permissions = domain.SortedIDs(role.Permissions)
	if err := k.roles.Set(ctx, role.Id, role); err != nil {
		return err
	}
	return emit(ctx, &types.EventRoleDefined{RoleId: role.Id, Permissions: role.Permissions})
}

func (k *Keeper) updateParams(ctx context.Context, params types.Params) error {
	old, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	if err := k.params.Set(ctx, params); err != nil {
		return err
	}
	return emit(ctx, &types.EventParamsUpdated{
		OldDefaultQuotaPerBlock: old.DefaultQuotaPerBlock,
		NewDefaultQuotaPerBlock: params.DefaultQuotaPerBlock,
	})
}
