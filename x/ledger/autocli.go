package ledger

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// AutoCLIOptions describes `zhiliand query ledger …`.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service: types.Query_serviceDesc.ServiceName,
			Short:   "Balances, supplies and denoms",
			RpcCommandOptions: []*autocliv1.RpcCommandOptions{
				{
					RpcMethod:      "Balance",
					Use:            "balance [address] [denom]",
					Short:          "Show what an account holds of a denom and what is available, in minor units",
					Example:        "zhiliand query ledger balance zhilian1… BQDQ/CNY",
					PositionalArgs: []*autocliv1.PositionalArgDescriptor{{ProtoField: "address"}, {ProtoField: "denom"}},
				},
				{
					RpcMethod:      "Balances",
					Use:            "balances [address]",
					Short:          "List what an account holds and what is available, in minor units, by denom",
					Example:        "zhiliand query ledger balances zhilian1… --page-limit 200",
					PositionalArgs: []*autocliv1.PositionalArgDescriptor{{ProtoField: "address"}},
				},
				{
					RpcMethod:      "Holds",
					Use:            "holds [address]",
					Short:          "List what is set aside of an account's balances: by which module, and how much is left",
					Example:        "zhiliand query ledger holds zhilian1… --page-limit 200",
					PositionalArgs: []*autocliv1.PositionalArgDescriptor{{ProtoField: "address"}},
				},
				{
					RpcMethod:      "Supply",
					Use:            "supply [denom]",
					Short:          "Show how much of a denom exists, in minor units",
					Example:        "zhiliand query ledger supply reserve/CNY",
					PositionalArgs: []*autocliv1.PositionalArgDescriptor{{ProtoField: "denom"}},
				},
				{
					RpcMethod: "Denoms",
					Use:       "denoms",
					Short:     "List the denoms with their supplies",
					Example:   "zhiliand query ledger denoms",
				},
			},
		},
	}
}
