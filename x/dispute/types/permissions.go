package types

// Permissions that roles give for this module.
const (
	// PermissionFile lets an operator file cases and act for the claimant.
	PermissionFile = "dispute.file"
	// PermissionAssist lets an operator of a regulator file and act for claimants who cannot, such as a customer
	// who is suspended.
	PermissionAssist = "dispute.assist"
	// PermissionAnswer lets an operator act for the respondent.
	PermissionAnswer = "dispute.answer"
	// PermissionFeedback lets an operator score what an institution did.
	PermissionFeedback = "dispute.feedback"
	// PermissionExtend lets a second person of the respondent's institution approve more time.
	PermissionExtend = "dispute.extend"
	// PermissionEnrol lets an institution enrol arbitrators.
	PermissionEnrol = "dispute.enrol"
	// PermissionArbitrate lets an arbitrator decide.
	PermissionArbitrate = "dispute.arbitrate"
	// PermissionRead lets an operator read cases of its scope, and those of panels of its institution.
	PermissionRead = "dispute.read"
)
