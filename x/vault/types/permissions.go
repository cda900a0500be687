package types

import "strconv"

// Permissions that roles give for this module. All but PermissionKey are asked with the level of the record:
// "vault.read:3".
const (
	// PermissionKey lets an operator register and revoke encryption keys.
	PermissionKey = "vault.key"
	// PermissionPut lets an operator keep records.
	PermissionPut = "vault.put"
	// PermissionShare lets an operator give access, deny requests and revoke access.
	PermissionShare = "vault.share"
	// PermissionRequest lets an operator ask for records.
	PermissionRequest = "vault.request"
	// PermissionErase lets an operator erase records.
	PermissionErase = "vault.erase"
	// PermissionRead lets an operator read records, and their trails.
	PermissionRead = "vault.read"
)

// AtLevel is a permission for records of a level.
func AtLevel(permission string, level uint32) string {
	return permission + ":" + strconv.FormatUint(uint64(level), 10)
}
