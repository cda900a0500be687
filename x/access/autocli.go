package access

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

	"github.com/zhilian-network/zhilian/x/access/types"
)

// AutoCLIOptions describes `zhiliand query access …` and `zhiliand tx access …`.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service:           types.Query_serviceDesc.ServiceName,
			Short:             "Institutions, parties, operators and roles",
			RpcCommandOptions: queryCommands(),
		},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service:           types.Msg_serviceDesc.ServiceName,
			Short:             "Register parties and operators, change roles and standing",
			RpcCommandOptions: txCommands(),
		},
	}
}

func queryCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "Params", Use: "params", Short: "Show the settings", Example: "zhiliand query access params"},
		{
			RpcMethod: "Institution", Use: "institution [institution-id]", Short: "Show an institution",
			Example: "zhiliand query access institution BQDQ", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Institutions", Use: "institutions", Short: "List institutions by id",
			Example: "zhiliand query access institutions --page-limit 200",
		},
		{
			RpcMethod: "Party", Use: "party [party-id]", Short: "Show a party",
			Example: "zhiliand query access party acme-trading", PositionalArgs: arguments("party_id"),
		},
		{
			RpcMethod: "Parties", Use: "parties [institution-id]", Short: "List the parties of an institution by id",
			Example: "zhiliand query access parties BQDQ", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Operator", Use: "operator [address]", Short: "Show an operator and what its roles allow",
			Example: "zhiliand query access operator zhilian1…", PositionalArgs: arguments("address"),
		},
		{
			RpcMethod: "Operators", Use: "operators [institution-id]", Short: "List the operators of an institution, then of its parties",
			Example: "zhiliand query access operators BQDQ", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Policies", Use: "policies [institution-id]", Short: "Show the approval policies of an institution or a party",
			Example: "zhiliand query access policies BQDQ --party-id acme-trading", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Delegations", Use: "delegations [address]", Short: "List what was lent to an operator",
			Example: "zhiliand query access delegations zhilian1…", PositionalArgs: arguments("address"),
		},
		{
			RpcMethod: "Explain", Use: "explain [operator]",
			Short: "Say whether an operator may do something, and by which rule",
			Example: "zhiliand query access explain zhilian1… --message-type /zhilian.settlement.v1.MsgPay " +
				"--currency CNY --amount 500000000 --approvers zhilian1…",
			PositionalArgs: arguments("operator"),
		},
		{RpcMethod: "Roles", Use: "roles", Short: "List roles and their permissions", Example: "zhiliand query access roles"},
		{
			RpcMethod: "Consent", Use: "consent [consent-id]", Short: "Show a consent",
			Example: "zhiliand query access consent 7", PositionalArgs: arguments("consent_id"),
		},
		{
			RpcMethod: "Consents", Use: "consents [institution-id]", Short: "List the consents of a subject, newest first",
			Example: "zhiliand query access consents BQDQ --party-id acme-trading", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "LegalBases", Use: "legal-bases [institution-id]", Short: "List the laws that allow sharing data of a subject, newest first",
			Example: "zhiliand query access legal-bases BQDQ --party-id acme-trading", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "BreakGlass", Use: "break-glass [break-glass-id]", Short: "Show an emergency access",
			Example: "zhiliand query access break-glass 3", PositionalArgs: arguments("break_glass_id"),
		},
		{
			RpcMethod: "BreakGlasses", Use: "break-glasses [institution-id]", Short: "List emergency accesses to a subject or of a regulator, newest first",
			Example: "zhiliand query access break-glasses BQDQ --party-id acme-trading", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Action", Use: "action [action-id]", Short: "Show an action, with its messages while it is pending",
			Example: "zhiliand query access action 7", PositionalArgs: arguments("action_id"),
		},
		{
			RpcMethod: "Actions", Use: "actions [institution-id]", Short: "List the actions of an institution or a party, newest first",
			Example:        "zhiliand query access actions BQDQ --party-id acme-trading --status action-status-pending",
			PositionalArgs: arguments("institution_id"),
		},
	}
}

func txCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "RegisterInstitution", Skip: true},
		{RpcMethod: "SetInstitutionStatus", Skip: true},
		{RpcMethod: "DefineRole", Skip: true},
		{RpcMethod: "UpdateParams", Skip: true},
		{RpcMethod: "ReplaceAdministrator", Skip: true},
		// Written by hand, in client.
		{RpcMethod: "ProposeAction", Skip: true},
		{RpcMethod: "ApproveAction", Skip: true},
		{RpcMethod: "RotateKey", Skip: true},
		{RpcMethod: "RecoverOperator", Skip: true},
		{
			RpcMethod: "RejectAction", Use: "reject-action [action-id] [reason]",
			Short:          "Refuse an action that you could approve, with a reason code of A-Z, 0-9 and -",
			Example:        "zhiliand tx access reject-action 7 WRONG-AMOUNT --from director",
			PositionalArgs: arguments("action_id", "reason"),
		},
		{
			RpcMethod: "WithdrawAction", Use: "withdraw-action [action-id]",
			Short:          "Take back an action that you have proposed, with any of your keys",
			Example:        "zhiliand tx access withdraw-action 7 --from accountant",
			PositionalArgs: arguments("action_id"),
		},
		{
			RpcMethod: "RegisterParty", Use: "register-party [party]",
			Short: "Add a customer of your institution, given as JSON or a .json file",
			Example: `zhiliand tx access register-party '{"id":"acme-trading","institution_id":"BQDQ",` +
				`"kind":"PARTY_KIND_LEGAL_PERSON","status":"MEMBER_STATUS_ACTIVE","kyc_level":2}' --from admin`,
			PositionalArgs: arguments("party"),
		},
		{
			RpcMethod: "SetPartyStatus", Use: "set-party-status [party-id] [status]",
			Short:          "Suspend, restore or close a party (active, suspended, closed)",
			Example:        "zhiliand tx access set-party-status acme-trading suspended --from admin",
			PositionalArgs: arguments("party_id", "status"),
		},
		{
			RpcMethod: "RegisterOperator", Use: "register-operator [address] [institution-id]",
			Short:          "Give a key its place and roles",
			Example:        "zhiliand tx access register-operator zhilian1… BQDQ --party-id acme-trading --roles payer --from admin",
			PositionalArgs: arguments("address", "institution_id"),
		},
		{
			RpcMethod: "SetOperatorRoles", Use: "set-operator-roles [address]",
			Short:          "Replace an operator's roles",
			Example:        "zhiliand tx access set-operator-roles zhilian1… --roles payer,viewer --from admin",
			PositionalArgs: arguments("address"),
		},
		{
			RpcMethod: "SetPartyKyc", Use: "set-party-kyc [party-id] [kyc-level]",
			Short:          "Say how well a customer is known: level 1 (simplified) to 3 (enhanced)",
			Example:        "zhiliand tx access set-party-kyc acme-trading 2 --from admin",
			PositionalArgs: arguments("party_id", "kyc_level"),
		},
		{
			RpcMethod: "SetOperatorLimits", Use: "set-operator-limits [address]",
			Short: "Replace what an operator may move, in minor units by currency; 0 is no bound",
			Example: `zhiliand tx access set-operator-limits zhilian1… ` +
				`--limits '{"currency":"CNY","per_payment":"500000000","per_day":"0"}' --from admin`,
			PositionalArgs: arguments("address"),
		},
		{
			RpcMethod: "SetOperatorHolder", Use: "set-operator-holder [address] [holder]",
			Short:          "Name the person who holds a key, once, by a pseudonymous id",
			Example:        "zhiliand tx access set-operator-holder zhilian1… staff-0007 --from admin",
			PositionalArgs: arguments("address", "holder"),
		},
		{
			RpcMethod: "SetPolicies", Use: "set-policies [institution-id]",
			Short: "Replace the approval policies of an institution or a party",
			Example: `zhiliand tx access set-policies BQDQ --party-id acme-trading --policies '{"id":"large",` +
				`"permission":"settlement.pay","currency":"CNY","from_amount":"100000000","approvals":1,"roles":["director"]}' --from admin`,
			PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Delegate", Use: "delegate [delegate] [role-id]",
			Short:          "Lend a role of your own to a colleague, for a time",
			Example:        "zhiliand tx access delegate zhilian1… director --expires-at 2026-12-31T16:00:00Z --from director",
			PositionalArgs: arguments("delegate", "role_id"),
		},
		{
			RpcMethod: "RevokeDelegation", Use: "revoke-delegation [delegator] [delegate] [role-id]",
			Short:          "Take a lent role back, or give it back",
			Example:        "zhiliand tx access revoke-delegation zhilian1… zhilian1… director --from director",
			PositionalArgs: arguments("delegator", "delegate", "role_id"),
		},
		{
			RpcMethod: "SetOperatorStatus", Use: "set-operator-status [address] [status]",
			Short:          "Suspend, restore or close an operator (active, suspended, closed)",
			Example:        "zhiliand tx access set-operator-status zhilian1… closed --from admin",
			PositionalArgs: arguments("address", "status"),
		},
		{
			RpcMethod: "GiveConsent", Use: "give-consent [subject] [grantee]", Short: "Let a grantee get your data",
			Example: `zhiliand tx access give-consent '{"institution_id":"BQDQ","party_id":"acme-trading"}' '{"institution_id":"HZHZ"}' ` +
				"--purposes financing --level 3 --expires-at 2027-01-01T00:00:00Z --from treasurer",
			PositionalArgs: arguments("subject", "grantee"),
		},
		{
			RpcMethod: "WithdrawConsent", Use: "withdraw-consent [consent-id]", Short: "End a consent at once",
			Example: "zhiliand tx access withdraw-consent 7 --from treasurer", PositionalArgs: arguments("consent_id"),
		},
		{
			RpcMethod: "RecordLegalBasis", Use: "record-legal-basis [subject] [grantee] [reference]",
			Short: "Record a law that allows sharing without consent",
			Example: `zhiliand tx access record-legal-basis '{"institution_id":"BQDQ","party_id":"acme-trading"}' '{"institution_id":"HZHZ"}' "PIPL 13(3)" ` +
				"--purposes due-diligence --level 3 --expires-at 2027-01-01T00:00:00Z --from compliance",
			PositionalArgs: arguments("subject", "grantee", "reference"),
		},
		{
			RpcMethod: "RevokeLegalBasis", Use: "revoke-legal-basis [legal-basis-id]", Short: "End a legal basis at once",
			Example: "zhiliand tx access revoke-legal-basis 3 --from compliance", PositionalArgs: arguments("legal_basis_id"),
		},
		{
			RpcMethod: "OpenBreakGlass", Use: "open-break-glass [subject] [level] [legal-reference]",
			Short: "Open a regulator's emergency access; propose it as an action",
			Example: `zhiliand tx access open-break-glass '{"institution_id":"BQDQ","party_id":"acme-trading"}' 4 "order 7" ` +
				"--expires-at 2026-12-01T00:00:00Z --from supervisor --generate-only",
			PositionalArgs: arguments("subject", "level", "legal_reference"),
		},
		{
			RpcMethod: "CloseBreakGlass", Use: "close-break-glass [break-glass-id]", Short: "End an emergency access before its time",
			Example: "zhiliand tx access close-break-glass 3 --from supervisor", PositionalArgs: arguments("break_glass_id"),
		},
		{
			RpcMethod: "ReviewBreakGlass", Use: "review-break-glass [break-glass-id] [report-digest]",
			Short:          "File the review of an emergency access that you had no part in",
			Example:        "zhiliand tx access review-break-glass 3 <SHA-256 of the report> --justified --from reviewer",
			PositionalArgs: arguments("break_glass_id", "report_digest"),
		},
	}
}

func arguments(fields ...string) []*autocliv1.PositionalArgDescriptor {
	descriptors := make([]*autocliv1.PositionalArgDescriptor, len(fields))
	for i, field := range fields {
		descriptors[i] = &autocliv1.PositionalArgDescriptor{ProtoField: field}
	}
	return descriptors
}
