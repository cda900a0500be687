package gateway

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
)

// AutoCLIOptions makes commands of the node's own queries.
func AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service: "zhilian.gateway.v1.Query",
			Short:   "The node's own index: payments and movements of accounts, and how the node is",
			RpcCommandOptions: []*autocliv1.RpcCommandOptions{
				{
					RpcMethod:      "Payments",
					Use:            "payments [account]",
					Short:          "List the payments of an account, newest first",
					Example:        "zhiliand query gateway payments zhilian1... --limit 20",
					PositionalArgs: []*autocliv1.PositionalArgDescriptor{{ProtoField: "account"}},
				},
				{
					RpcMethod:      "Entries",
					Use:            "entries [account]",
					Short:          "List what moved the balance of an account, oldest first",
					Example:        "zhiliand query gateway entries zhilian1... --from-height 100",
					PositionalArgs: []*autocliv1.PositionalArgDescriptor{{ProtoField: "account"}},
				},
				{
					RpcMethod:      "FindPayments",
					Use:            "find-payments [reference]",
					Short:          "Find payments by UETR, transaction hash or digest, and say where they stand",
					Example:        "zhiliand query gateway find-payments 7c5a1f9e-2b7d-4c4e-9d3a-0f1e2d3c4b5a",
					PositionalArgs: []*autocliv1.PositionalArgDescriptor{{ProtoField: "reference"}},
				},
				{
					RpcMethod:      "PaymentProof",
					Use:            "payment-proof [uetr]",
					Short:          "Show a payment as it was stored, and its place in the log of payments",
					Example:        "zhiliand query gateway payment-proof 8a562c67-ca16-48ba-b074-65581be6f001",
					PositionalArgs: []*autocliv1.PositionalArgDescriptor{{ProtoField: "uetr"}},
				},
				{
					RpcMethod: "SimulatePolicies",
					Use:       "simulate-policies [institution-id]",
					Short:     "Say what proposed approval policies would have made of the newest payments",
					Long: `Judge the newest payments of an institution's own operators, or of a party's, by approval policies before they
are set, and by those in force. Amounts, their order and their days are those of the payments; standing, roles,
limits and delegations of the operators are today's. Give the policies as "tx access set-policies" takes them,
sorted by id, each with a flag of its own, as JSON or as a file with it; none at all shows what lifting the present
ones would do. Nothing changes.`,
					Example: `zhiliand query gateway simulate-policies BQDQ --party-id acme-trading --last 500 --policies '{"id":"large",` +
						`"permission":"settlement.pay","currency":"CNY","from_amount":"100000000","approvals":1,"roles":["director"],"per_day":true}'`,
					PositionalArgs: []*autocliv1.PositionalArgDescriptor{{ProtoField: "institution_id"}},
					FlagOptions: map[string]*autocliv1.FlagOptions{
						"party_id": {Usage: "party whose operators the policies would bind; the institution itself without it"},
						"policies": {Usage: "a policy that would take the place of the present ones"},
						"last":     {Usage: "how many payments to look at, 1 to 1000 (default 200)"},
					},
				},
				{
					RpcMethod: "Status",
					Use:       "status",
					Short:     "Say how the node and its network are",
					Example:   "zhiliand query gateway status",
				},
			},
		},
	}
}
