package types

import (
	"slices"
	"strings"
)

// Validate checks a role's form. The order of permissions is the keeper's matter, repetition is
// refused.
func (r Role) Validate() error {
	if err := validateRoleID(r.Id); err != nil {
		return err
	}
	if n := len(r.Permissions); n > MaxPermissionsPerRole {
		return ErrInvalidRole.Wrapf("%s: %d permissions, at most %d", r.Id, n, MaxPermissionsPerRole)
	}
	for _, permission := range r.Permissions {
		if !isPermission(permission) {
			return ErrInvalidRole.Wrapf("%s: %.70q is not a permission such as settlement.pay or vault.read:3", r.Id, permission)
		}
	}
	if repeated := firstRepeated(r.Permissions); repeated != "" {
		return ErrInvalidRole.Wrapf("%s: permission %s is repeated", r.Id, repeated)
	}
	if _, known := RoleScope_name[int32(r.Scope)]; !known {
		return ErrInvalidRole.Wrapf("%s: scope %d is unknown", r.Id, r.Scope)
	}
	if r.Id == AdministratorRole && !r.Fits(Scope{}) {
		return ErrInvalidRole.Wrapf("%s must be for institutions", AdministratorRole)
	}
	if r.Id == AdministratorRole && !slices.Contains(r.Permissions, PermissionOperator) {
		return ErrInvalidRole.Wrapf("%s must give %s", AdministratorRole, PermissionOperator)
	}
	return nil
}

// Fits reports whether a role may be given for a whole scope; for a single account every role may.
func (r Role) Fits(scope Scope) bool {
	switch r.Scope {
	case RoleScope_ROLE_SCOPE_ACCOUNT:
		return false
	case RoleScope_ROLE_SCOPE_PARTY:
		return scope.PartyID != ""
	}
	return true
}

func validateRoleID(id string) error {
	if id == "" || len(id) > MaxRoleIDLength ||
		!consistsOf(id, func(c byte) bool { return isLower(c) || isDigit(c) || c == '-' }) {
		return ErrInvalidRole.Wrapf("id %.40q: 1 to %d of a-z, 0-9 and - are needed", id, MaxRoleIDLength)
	}
	return nil
}

// validateRoleIDs checks the list of roles of an operator.
func validateRoleIDs(ids []string) error {
	if n := len(ids); n > MaxRolesPerOperator {
		return ErrInvalidOperator.Wrapf("%d roles, at most %d", n, MaxRolesPerOperator)
	}
	for _, id := range ids {
		if err := validateRoleID(id); err != nil {
			return err
		}
	}
	if repeated := firstRepeated(ids); repeated != "" {
		return ErrInvalidOperator.Wrapf("role %s is repeated", repeated)
	}
	return nil
}

// isPermission accepts module.action and module.action:level.
func isPermission(s string) bool {
	if len(s) > MaxPermissionLength {
		return false
	}
	name, level, leveled := strings.Cut(s, ":")
	if leveled && (len(level) != 1 || !isDigit(level[0])) {
		return false
	}
	module, action, dotted := strings.Cut(name, ".")
	return dotted && isPermissionWord(module) && isPermissionWord(action)
}

func isPermissionWord(s string) bool {
	return s != "" && consistsOf(s, func(c byte) bool { return isLower(c) || isDigit(c) || c == '-' || c == '_' })
}

// firstRepeated names a value that stands twice in a short list, or is empty.
func firstRepeated(values []string) string {
	sorted := slices.Sorted(slices.Values(values))
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			return sorted[i]
		}
	}
	return ""
}
