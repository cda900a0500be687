package domain

import (
	"slices"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// Permissions are what roles give together: sorted, unique.
func Permissions(roles []types.Role) []string {
	var all []string
	for _, role := range roles {
		all = append(all, role.Permissions...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// CheckGrant refuses to give roles with a permission that the giver lacks, else whoever may
// register operators could make one who may do anything. A level gives those below.
func CheckGrant(held []string, granted []types.Role) error {
	for _, role := range granted {
		for _, permission := range role.Permissions {
			if !givesAny(held, permission) {
				return types.ErrGrantDenied.Wrapf("role %s gives %s", role.Id, permission)
			}
		}
	}
	return nil
}

// CheckRoleScope refuses roles that may not be given for a scope this wide.
func CheckRoleScope(scope types.Scope, roles []types.Role) error {
	for _, role := range roles {
		if !role.Fits(scope) {
			return types.ErrRoleScope.Wrapf("role %s, institution %s, party %q", role.Id, scope.InstitutionID, scope.PartyID)
		}
	}
	return nil
}

// AddedForAccounts are the role ids that an operator gets for an account for which it did not hold them;
// sorted, each once.
func AddedForAccounts(before, after types.Operator) []string {
	var added []string
	for _, roles := range after.AccountRoles {
		added = append(added, Added(before.RolesFor(roles.Account), roles.Roles)...)
	}
	slices.Sort(added)
	return slices.Compact(added)
}

// Added are the role ids in after that are not in before.
func Added(before, after []string) []string {
	return slices.DeleteFunc(slices.Clone(after), func(id string) bool { return slices.Contains(before, id) })
}

// SortedIDs returns a sorted copy: roles and permissions are stored in one order, whatever the
// order in a message.
func SortedIDs(ids []string) []string { return slices.Sorted(slices.Values(ids)) }

// IsAdministrator reports whether an active operator's roles let it manage operators.
func IsAdministrator(operator types.Operator, roles []types.Role) bool {
	return operator.Status == active && slices.Contains(Permissions(roles), types.PermissionOperator)
}
