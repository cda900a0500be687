package genesis

import (
	"slices"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	consortiumtypes "github.com/zhilian-network/zhilian/x/consortium/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	disputetypes "github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"

	"github.com/zhilian-network/zhilian/localnet/network"
)

// Ids of the standard roles.
const (
	// RoleInstitutionAdmin holds every permission: what an operator may do with it depends on the
	// kind of its institution. An administrator passes on only what it holds itself, so it must
	// hold what any of its colleagues needs.
	RoleInstitutionAdmin = accesstypes.AdministratorRole
	// RolePartyAdmin pays, manages the keys, policies and records of its own party, and consents for it.
	RolePartyAdmin = "party-admin"
	// RolePayer pays, collects and reads: an accountant, who may need a director's approval.
	RolePayer = "payer"
	// RoleApprover approves what others have prepared.
	RoleApprover = "approver"
	// RoleCompliance shares records on a legal basis and asks for them.
	RoleCompliance = "compliance"
	// RoleAttester attests at a data provider.
	RoleAttester = "attester"
	// RoleRiskOfficer registers models and endorses those of others, sets a lender's limits and writes off loans.
	RoleRiskOfficer = "risk-officer"
	// RoleRater publishes ratings on sealed values; RoleArbitrator opens them in a dispute, and decides cases.
	RoleRater      = "rater"
	RoleArbitrator = "arbitrator"
	// RoleComplaints answers cases for the respondent, and approves more time.
	RoleComplaints = "complaints"
	// RoleSupervisor reads the totals of money and opens emergency access, at a regulator; RoleReviewer reviews that.
	RoleSupervisor = "supervisor"
	RoleReviewer   = "reviewer"
	// RoleOnboarding registers customers and opens their accounts.
	RoleOnboarding = "onboarding"
	// RoleTreasury issues and redeems a bank's deposit money.
	RoleTreasury = "treasury"
	// RoleReserveIssuer issues and redeems reserves, at the central bank.
	RoleReserveIssuer = "reserve-issuer"
	// RoleVoter takes part in collective decisions, and enrols arbitrators.
	RoleVoter = "voter"
	// RoleValidatorOperator brings a jailed validator back.
	RoleValidatorOperator = "validator-operator"
)

// Roles are the standard roles, sorted, each with sorted permissions.
func Roles() []accesstypes.Role {
	roles := []accesstypes.Role{
		role(RoleInstitutionAdmin,
			slices.Concat(partyPermissions(), []string{
				accesstypes.PermissionParty, accesstypes.PermissionLegalBasis,
				accesstypes.PermissionBreakGlass, accesstypes.PermissionBreakGlassReview,
				credittypes.PermissionArbitrate, credittypes.PermissionAttest, credittypes.PermissionEndorse,
				credittypes.PermissionModel, credittypes.PermissionPublish,
				disputetypes.PermissionArbitrate, disputetypes.PermissionAssist, disputetypes.PermissionEnrol, disputetypes.PermissionExtend,
				consortiumtypes.PermissionPropose, consortiumtypes.PermissionUnjail, consortiumtypes.PermissionVote,
				settlementtypes.PermissionAccount, settlementtypes.PermissionDeposit, settlementtypes.PermissionReserve,
				settlementtypes.PermissionSupervise,
			})...),
		role(RoleApprover, accesstypes.PermissionApprove, accesstypes.PermissionRead, settlementtypes.PermissionRead),
		role(RoleAttester, credittypes.PermissionAttest, credittypes.PermissionRead),
		role(RoleComplaints, disputetypes.PermissionAnswer, disputetypes.PermissionExtend, disputetypes.PermissionRead, accesstypes.PermissionRead),
		role(RoleCompliance, accesstypes.PermissionLegalBasis, accesstypes.PermissionRead, settlementtypes.PermissionRead,
			atTop(vaulttypes.PermissionShare), atTop(vaulttypes.PermissionRequest), atTop(vaulttypes.PermissionRead)),
		role(RoleOnboarding, accesstypes.PermissionParty, accesstypes.PermissionRead, settlementtypes.PermissionAccount,
			vaulttypes.PermissionKey, atTop(vaulttypes.PermissionPut)),
		role(RolePartyAdmin, partyPermissions()...),
		role(RolePayer, accesstypes.PermissionRead,
			settlementtypes.PermissionCollect, settlementtypes.PermissionPay, settlementtypes.PermissionRead),
		role(RoleReserveIssuer, settlementtypes.PermissionReserve, settlementtypes.PermissionRead),
		role(RoleReviewer, accesstypes.PermissionBreakGlassReview, accesstypes.PermissionRead),
		role(RoleArbitrator, credittypes.PermissionArbitrate, credittypes.PermissionRead,
			disputetypes.PermissionArbitrate, disputetypes.PermissionRead, atTop(vaulttypes.PermissionRead)),
		role(RoleRater, credittypes.PermissionPublish, credittypes.PermissionRate, credittypes.PermissionRead),
		role(RoleRiskOfficer, credittypes.PermissionEndorse, credittypes.PermissionModel, credittypes.PermissionRead,
			financingtypes.PermissionRead, financingtypes.PermissionRisk),
		role(RoleSupervisor, disputetypes.PermissionAssist, disputetypes.PermissionRead, accesstypes.PermissionBreakGlass, accesstypes.PermissionLegalBasis, accesstypes.PermissionRead,
			settlementtypes.PermissionSupervise, vaulttypes.PermissionKey, atTop(vaulttypes.PermissionRequest), atTop(vaulttypes.PermissionRead)),
		role(RoleTreasury, settlementtypes.PermissionDeposit, settlementtypes.PermissionRead),
		role(RoleValidatorOperator, consortiumtypes.PermissionUnjail),
		role(RoleVoter, consortiumtypes.PermissionPropose, consortiumtypes.PermissionVote, disputetypes.PermissionEnrol),
	}
	slices.SortFunc(roles, func(a, b accesstypes.Role) int { return compare(a.Id, b.Id) })
	return roles
}

// partyPermissions are what a customer's administrator needs.
func partyPermissions() []string {
	return []string{
		accesstypes.PermissionApprove, accesstypes.PermissionConsent, accesstypes.PermissionDelegate,
		accesstypes.PermissionOperator, accesstypes.PermissionPolicy, accesstypes.PermissionRead,
		credittypes.PermissionRate, credittypes.PermissionRead,
		financingtypes.PermissionAccept, financingtypes.PermissionBorrow, financingtypes.PermissionConfirm, financingtypes.PermissionIssue,
		financingtypes.PermissionLend, financingtypes.PermissionOffer, financingtypes.PermissionRead, financingtypes.PermissionRequest,
		financingtypes.PermissionRisk, financingtypes.PermissionTransfer,
		disputetypes.PermissionAnswer, disputetypes.PermissionFeedback, disputetypes.PermissionFile, disputetypes.PermissionRead,
		settlementtypes.PermissionCollect, settlementtypes.PermissionPay, settlementtypes.PermissionRead,
		vaulttypes.PermissionKey, atTop(vaulttypes.PermissionPut), atTop(vaulttypes.PermissionShare),
		atTop(vaulttypes.PermissionRequest), atTop(vaulttypes.PermissionErase), atTop(vaulttypes.PermissionRead),
	}
}

// atTop is a permission for records of every level.
func atTop(permission string) string {
	return vaulttypes.AtLevel(permission, accesstypes.MaxSharingLevel)
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

// Actors lists the operators that a network starts with: an administrator per institution and party.
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
			Roles:       []string{RolePartyAdmin},
		})
	}
	return actors
}
