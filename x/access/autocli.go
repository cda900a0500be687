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
		{RpcMethod: "Roles", Use: "roles", Short: "List roles and their permissions", Example: "zhiliand query access roles"},
	}
}

func txCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "RegisterInstitution", Skip: true},
		{RpcMethod: "SetInstitutionStatus", Skip: true},
		{RpcMethod: "DefineRole", Skip: true},
		{RpcMethod: "UpdateParams", Skip: true},
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
			RpcMethod: "SetOperatorStatus", Use: "set-operator-status [address] [status]",
			Short:          "Suspend, restore or close an operator (active, suspended, closed)",
			Example:        "zhiliand tx access set-operator-status zhilian1… closed --from admin",
			PositionalArgs: arguments("address", "status"),
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
