package genesis

import (
	"slices"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	consortiumtypes "github.com/zhilian-network/zhilian/x/consortium/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"

	"github.com/zhilian-network/zhilian/localnet/network"
)

// Ids of the standard roles.
const (
	// RoleInstitutionAdmin holds every permission: what an operator may do with it depends on the
	// kind of its institution. An administrator passes on only what it holds itself, so it must
	// hold what any of its colleagues needs.
	RoleInstitutionAdmin = accesstypes.AdministratorRole
	// RolePartyAdmin pays, and manages the keys of its own party.
	RolePartyAdmin = "party-admin"
	// RolePayer pays.
	RolePayer = "payer"
	// RoleOnboarding registers customers and opens their accounts.
	RoleOnboarding = "onboarding"
	// RoleTreasury issues and redeems a bank's deposit money.
	RoleTreasury = "treasury"
	// RoleReserveIssuer issues and redeems reserves, at the central bank.
	RoleReserveIssuer = "reserve-issuer"
	// RoleVoter takes part in collective decisions.
	RoleVoter = "voter"
	// RoleValidatorOperator brings a jailed validator back.
	RoleValidatorOperator = "validator-operator"
)

// Roles are the standard roles, sorted, each with sorted permissions.
func Roles() []accesstypes.Role {
	roles := []accesstypes.Role{
		role(RoleInstitutionAdmin,
			accesstypes.PermissionOperator, accesstypes.PermissionParty,
			consortiumtypes.PermissionPropose, consortiumtypes.PermissionUnjail, consortiumtypes.PermissionVote,
			settlementtypes.PermissionAccount, settlementtypes.PermissionDeposit,
			settlementtypes.PermissionPay, settlementtypes.PermissionReserve),
		role(RoleOnboarding, accesstypes.PermissionParty, settlementtypes.PermissionAccount),
		role(RolePartyAdmin, accesstypes.PermissionOperator, settlementtypes.PermissionPay),
		role(RolePayer, settlementtypes.PermissionPay),
		role(RoleReserveIssuer, settlementtypes.PermissionReserve),
		role(RoleTreasury, settlementtypes.PermissionDeposit),
		role(RoleValidatorOperator, consortiumtypes.PermissionUnjail),
		role(RoleVoter, consortiumtypes.PermissionPropose, consortiumtypes.PermissionVote),
	}
	slices.SortFunc(roles, func(a, b accesstypes.Role) int { return compare(a.Id, b.Id) })
	return roles
}

func role(id string, permissions ...string) accesstypes.Role {
	slices.Sort(permissions)
	return accesstypes.Role{Id: id, Permissions: permissions}
}

// Actor is who a key acts for.
type Actor struct {
	Key         string // name in the keyring
	Institution string
	Party       string // empty for the institution itself
	Roles       []string
}

// Actors lists the operators that a network starts with: an administrator per institution, and a
// payer per party.
func Actors(file *network.File) []Actor {
	actors := make([]Actor, 0, len(file.Institutions)+len(file.Parties))
	for _, institution := range file.Institutions {
		actors = append(actors, Actor{
			Key:         "bank-" + institution.ID,
			Institution: institution.ID,
			Roles:       []string{RoleInstitutionAdmin},
		})
	}
	for _, party := range file.Parties {
		actors = append(actors, Actor{
			Key:         "party-" + party.ID,
			Institution: party.Institution,
			Party:       party.ID,
			Roles:       []string{RolePayer},
		})
	}
	return actors
}
