package types

import "strings"

// Permissions that this module asks for. Other modules define their own.
const (
	// PermissionParty allows registering the customers of an institution and changing their standing.
	PermissionParty = "access.party"
	// PermissionOperator allows registering operators and changing their roles and standing.
	PermissionOperator = "access.operator"
	// PermissionPolicy allows setting the approval policies of a scope.
	PermissionPolicy = "access.policy"
	// PermissionDelegate allows lending one's roles.
	PermissionDelegate = "access.delegate"
	// PermissionConsent allows giving and withdrawing consents of what the operator acts for.
	PermissionConsent = "access.consent"
	// PermissionLegalBasis allows recording laws that allow sharing without consent.
	PermissionLegalBasis = "access.legal-basis"
	// PermissionBreakGlass allows a regulator to open, approve and close emergency accesses.
	PermissionBreakGlass = "access.break-glass"
	// PermissionBreakGlassReview allows reviewing them.
	PermissionBreakGlassReview = "access.break-glass-review"
	// PermissionApprove allows approving actions for which no policy says who approves, and rejecting any.
	PermissionApprove = "access.approve"
	// PermissionRead allows reading who is who and who may do what, of the operator's scope.
	PermissionRead = "access.read"
)

// AdministratorRole is the role of an institution's first operator. It always gives
// PermissionOperator, so that no redefinition can leave an institution without an administrator.
const AdministratorRole = "institution-admin"

// What a message's option says besides permissions; no role gives them.
const (
	// CollectiveDecision: only a collective decision may.
	CollectiveDecision = "authority"
	// AnyOperator: every active operator may, of whatever role and KYC level.
	AnyOperator = "operator"
)

// supervision is the action of permissions that only a regulator's operators can use, about every institution and
// party of the network: "settlement.supervise". A role of another institution may name one; it gives nothing.
const supervision = "supervise"

// IsSupervision reports whether a permission is for regulators alone.
func IsSupervision(permission string) bool {
	_, action, _ := strings.Cut(PermissionName(permission), ".")
	return action == supervision
}

// AnyPermission stands for every permission, alone in a KYC rule.
const AnyPermission = "*"

// PermissionName is a permission without its level.
func PermissionName(permission string) string {
	name, _, _ := strings.Cut(permission, ":")
	return name
}

// PermissionGives reports whether who holds a permission has what is asked: the same one, or a level of it
// and those below. Asked without a level, any level will do.
func PermissionGives(held, asked string) bool {
	if held == asked {
		return asked != ""
	}
	heldName, heldLevel, leveled := strings.Cut(held, ":")
	askedName, askedLevel, _ := strings.Cut(asked, ":")
	return leveled && heldName == askedName && len(heldLevel) == 1 && len(askedLevel) <= 1 && askedLevel <= heldLevel
}
