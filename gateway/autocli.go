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
					RpcMethod: "Status",
					Use:       "status",
					Short:     "Say how the node and its network are",
					Example:   "zhiliand query gateway status",
				},
			},
		},
	}
}
