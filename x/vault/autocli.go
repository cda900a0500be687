package vault

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

	"github.com/zhilian-network/zhilian/x/vault/types"
)

// AutoCLIOptions describes `zhiliand query vault …` and `zhiliand tx vault …`. What seals or opens is no
// command of this kind: it needs keys that no node sees.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service:           types.Query_serviceDesc.ServiceName,
			Short:             "Sealed records, encryption keys, requests and trails",
			RpcCommandOptions: queryCommands(),
		},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service:           types.Msg_serviceDesc.ServiceName,
			Short:             "Ask for records, deny, revoke and erase",
			RpcCommandOptions: txCommands(),
		},
	}
}

func queryCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "Params", Use: "params", Short: "Show the settings", Example: "zhiliand query vault params"},
		{
			RpcMethod: "Keys", Use: "keys [institution-id]", Short: "List encryption keys, newest first",
			Example: "zhiliand query vault keys BQDQ --party-id acme-trading", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Record", Use: "record [record-id]", Short: "Show a record and who reads it",
			Example: "zhiliand query vault record 7", PositionalArgs: arguments("record_id"),
		},
		{
			RpcMethod: "Records", Use: "records [institution-id]", Short: "List the records about a subject, newest first",
			Example: "zhiliand query vault records BQDQ --party-id acme-trading", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Requests", Use: "requests [institution-id]", Short: "List who asked for the records of a subject, newest first",
			Example: "zhiliand query vault requests BQDQ --party-id acme-trading", PositionalArgs: arguments("institution_id"),
		},
		{
			RpcMethod: "Trail", Use: "trail [record-id]", Short: "List what happened to a record, oldest first",
			Example: "zhiliand query vault trail 7", PositionalArgs: arguments("record_id"),
		},
	}
}

func txCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "UpdateParams", Skip: true},
		{RpcMethod: "RegisterKey", Skip: true},
		{RpcMethod: "RevokeKey", Skip: true},
		{RpcMethod: "Put", Skip: true},
		{RpcMethod: "Share", Skip: true},
		{RpcMethod: "NoteOpening", Skip: true},
		{
			RpcMethod: "RequestAccess", Use: "request-access [record-id] [purpose]", Short: "Ask for a record",
			Example: "zhiliand tx vault request-access 7 financing --from reader", PositionalArgs: arguments("record_id", "purpose"),
		},
		{
			RpcMethod: "DenyAccess", Use: "deny-access [request-id]", Short: "Deny a request",
			Example: "zhiliand tx vault deny-access 3 --from treasurer", PositionalArgs: arguments("request_id"),
		},
		{
			RpcMethod: "Revoke", Use: "revoke [record-id] [reader]", Short: "End a reader's access, given as JSON",
			Example: `zhiliand tx vault revoke 7 '{"institution_id":"HZHZ"}' --from treasurer`, PositionalArgs: arguments("record_id", "reader"),
		},
		{
			RpcMethod: "Erase", Use: "erase [record-id]", Short: "Delete the sealed keys and the ciphertext of a record for good",
			Example: "zhiliand tx vault erase 7 --from treasurer", PositionalArgs: arguments("record_id"),
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
