package types

// Permissions that this module asks for. Other modules define their own.
const (
	// PermissionParty allows registering the customers of an institution and changing their standing.
	PermissionParty = "access.party"
	// PermissionOperator allows registering operators and changing their roles and standing.
	PermissionOperator = "access.operator"
)

// AdministratorRole is the role of an institution's first operator. It always gives
// PermissionOperator, so that no redefinition can leave an institution without an administrator.
const AdministratorRole = "institution-admin"
