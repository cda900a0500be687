package types

// Permissions that roles give for this module.
const (
	// PermissionAttest lets an operator of a data provider attest and revoke.
	PermissionAttest = "credit.attest"
	// PermissionModel lets an operator register models.
	PermissionModel = "credit.model"
	// PermissionEndorse lets a risk officer endorse steps of models for its institution.
	PermissionEndorse = "credit.endorse"
	// PermissionRate lets an operator have the chain rate what it acts for, or whom it has a consent of.
	PermissionRate = "credit.rate"
	// PermissionPublish lets a rater publish ratings on sealed values.
	PermissionPublish = "credit.publish"
	// PermissionArbitrate lets an arbitrator open published ratings.
	PermissionArbitrate = "credit.arbitrate"
	// PermissionRead lets an operator read attestations and ratings: those of its own scope, and those of
	// subjects who have consented.
	PermissionRead = "credit.read"
)
