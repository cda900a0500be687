package types

// Permissions that the module asks access for.
const (
	// PermissionPropose lets an institution's operator open a collective decision.
	PermissionPropose = "consortium.propose"
	// PermissionVote lets an institution's operator answer for it.
	PermissionVote = "consortium.vote"
	// PermissionUnjail lets an institution's operator bring its jailed validator back.
	PermissionUnjail = "consortium.unjail"
)
